import type { http } from '@bordergate/contracts';

export type StateChange = http.StateChange;
