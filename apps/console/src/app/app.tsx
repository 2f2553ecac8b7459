import { Anchor, Loader } from '@mantine/core';
import { Component, lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { Link, Redirect, Route, Switch, useLocation, useParams } from 'wouter';
import type { ApiClient } from '../api/client.js';
import { PlatformProvider, type Config } from '../api/platform.js';
import { useTexts } from '../i18n/index.js';
import { Page } from '../ui/page.js';
import { ProblemBox } from '../ui/problem-box.js';
import { resourceBySlug } from '../resources/registry.js';
import { ListPage } from '../pages/list-page.js';
import { PAGES } from '../pages/index.js';
import { paths } from './routes.js';
import { Shell } from './shell.js';

const DetailPage = lazy(() => import('../pages/detail-page.js').then(({ DetailPage }) => ({ default: DetailPage })));

/** /r/{region}/…: everything is of one region. */
export function App({ api, config }: { readonly api: ApiClient; readonly config: Config }) {
  return (
    <Switch>
      <Route path="/r/:region" nest>
        {({ region }) => <InRegion key={region} api={api} config={config} region={region} />}
      </Route>
      <Route><Redirect to={`/r/${config.region}/`} replace /></Route>
    </Switch>
  );
}

function InRegion({ api, config, region }: { readonly api: ApiClient; readonly config: Config; readonly region: string }) {
  const [location] = useLocation();
  return (
    <PlatformProvider api={api} config={config} region={region}>
      <Shell>
        <PageBoundary at={location}>
          <Suspense fallback={<Loader size="sm" />}>
            <Switch>
              {PAGES.map(({ path, page: Each }) => <Route key={path} path={path} component={Each as ComponentType} />)}
              <Route path="/:slug" component={OfList} />
              <Route path="/:slug/:id/:tab?" component={OfOne} />
              <Route component={UnknownPage} />
            </Switch>
          </Suspense>
        </PageBoundary>
      </Shell>
    </PlatformProvider>
  );
}

function OfList() {
  const { slug } = useParams<{ slug: string }>();
  const def = resourceBySlug(slug);
  return def ? <ListPage key={slug} collection={def.collection} /> : <UnknownPage />;
}

function OfOne() {
  const { slug, id, tab } = useParams<{ slug: string; id: string; tab?: string }>();
  const def = resourceBySlug(slug);
  return def ? <DetailPage key={`${slug}/${id}`} collection={def.collection} id={id} tab={tab} /> : <UnknownPage />;
}

function UnknownPage() {
  const t = useTexts();
  return <Page title={t.errors.unknownPage}><Anchor component={Link} href={paths.overview}>{t.errors.home}</Anchor></Page>;
}

/** A page that fails takes nothing else with it, and says so. */
class PageBoundary extends Component<{ readonly at: string; readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override componentDidUpdate(before: { readonly at: string }) {
    if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
  }
  override render() {
    return this.state.error ? <ProblemBox error={this.state.error} onRetry={() => window.location.reload()} /> : this.props.children;
  }
}
