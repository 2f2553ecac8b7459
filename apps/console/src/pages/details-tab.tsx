import { Details } from '../resources/details.js';
import { RESOURCES } from '../resources/registry.js';
import type { TabProps } from './tabs.js';

export const DetailsTab = ({ collection, row }: TabProps) => <Details def={RESOURCES[collection]} row={row} />;
