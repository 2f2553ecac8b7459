import type { EndPoints } from '@bordergate/contracts';
import { requestOf, type FieldSpec, type Values } from '../../forms/schema-fields.js';

/** A tunnel that is being put together. */
export interface Draft {
  readonly pair: EndPoints;
  /** Has the parameters of the first one. */
  readonly same: boolean;
  readonly values: Values;
}

/** What is each tunnel's own, also when the rest is as the first one's. */
const OWN = new Set(['tunnelIp', 'localTunnelIp', 'localId', 'remoteId', 'psk']);
const isAead = (cipher: unknown): boolean => String(cipher).includes('gcm');

/** The request's tunnels. In the API what a tunnel leaves out is as the first one has it, so a tunnel of its own kind says everything. */
export const requestedTunnels = (drafts: readonly Draft[], fields: readonly FieldSpec[]): Values[] =>
  drafts.map(({ pair, same, values }, n) => {
    const sent = requestOf(n > 0 && same ? fields.filter(({ name }) => OWN.has(name)) : fields, values);
    return { ...pair, ...sent, ...('ipsecCipher' in sent && isAead(sent.ipsecCipher) ? { ipsecAuth: null } : {}) };
  });

/** The parameters that a draft will have. */
export const effectiveValues = (drafts: readonly Draft[], n: number): Values => (n > 0 && drafts[n]!.same ? drafts[0]!.values : drafts[n]!.values);
