import { useTexts } from '../i18n/index.js';
import { usePlatform } from '../api/platform.js';
import { ResourceList } from '../resources/resource-list.js';
import { Page } from '../ui/page.js';

export function Overview() {
  const t = useTexts();
  const { region } = usePlatform();
  return <Page title={t.overview.of(region)}><ResourceList collection="borderGateways" /></Page>;
}
