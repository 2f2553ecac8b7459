import { http } from '@bordergate/contracts';
import { Text } from '@mantine/core';
import { usePlatform } from '../api/platform.js';
import { ApiProblem, brokenOf } from '../api/problem.js';
import { useTexts } from '../i18n/index.js';
import { BULK_FORMS } from './forms.js';
import { ResourceForm } from './resource-form.js';
import { inLines, linesOf } from './route-lines.js';
import { brokenIn, type Values } from './schema-fields.js';
import { useCreated } from './use-created.js';

/** Where the routes go, and what of them stands on the lines. */
const KINDS = {
  staticRoutes: { parent: 'bgwId', path: (id: string) => `borderGateways/${id}:addStaticRoutes`, destination: 'bgwRouteDestination', schema: http.AddStaticRoutes, shared: ['bgwRouteNextHopType', 'bgwRouteNexthop'] },
  vpcRoutes: { parent: 'routeTableId', path: (id: string) => `routeTables/${id}:addRoutes`, destination: 'destination', schema: http.AddVpcRoutes, shared: ['bgwId'] },
} as const;

interface Props {
  readonly collection: keyof typeof KINDS;
  readonly given: Values;
  readonly onClose: () => void;
}

/** Many routes at once, all or nothing; what is wrong names its line. */
export function BulkRoutes({ collection, given, onClose }: Props) {
  const t = useTexts();
  const { region } = usePlatform();
  const create = useCreated(onClose);
  const { parent, path, destination, schema, shared } = KINDS[collection];
  const linesIn = ({ destinations }: Values) => linesOf(String(destinations ?? ''));
  const requestIn = (values: Values) => ({ routes: linesIn(values).map((line) => ({ ...Object.fromEntries(shared.map((name) => [name, values[name]])), [destination]: line.destination, description: line.description })) });
  const check = (values: Values) => (values.destinations === undefined ? [] : inLines(brokenIn(schema, requestIn(values), t.form.required), linesIn(values), shared, t.form.line).filter(({ rule }) => rule !== t.form.required));
  const send = async (values: Values) => {
    const body = requestIn(values);
    try {
      await create(`/v1/regions/${region}/${path(encodeURIComponent(String(values[parent])))}`, body, () => t.form.addedSeveral(body.routes.length));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const errors = inLines(brokenOf(error.problem), linesIn(values), shared, t.form.line).map((one) => ({ ...one, code: error.problem.code }));
      throw errors.length > 0 ? new ApiProblem({ ...error.problem, errors }) : error;
    }
  };
  return (
    <>
      <Text size="sm" mb="md">{t.form.allOrNothing}</Text>
      <ResourceForm def={BULK_FORMS[collection]} given={given} fixed={Object.keys(given)} editing={false} submitLabel={t.actions.create} onCancel={onClose} check={check} send={send} />
    </>
  );
}
