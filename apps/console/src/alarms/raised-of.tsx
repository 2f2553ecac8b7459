import { useRaised } from './queries.js';
import { AlarmCards } from './raised.js';

/** Alarms that are raised about a resource, on its page. */
export const RaisedOf = ({ id }: { readonly id: string }) => <AlarmCards alarms={useRaised({ resourceId: id }).rows} named={{ rule: true }} />;
