import type { NegotiationFault } from '@bordergate/contracts';

/** What a failed negotiation means and what a person should check, in a sentence. */
export interface Diagnosis { readonly fault: NegotiationFault; readonly detail: string }

interface Sign { readonly fault: NegotiationFault; readonly signs: readonly RegExp[]; readonly advice: string }

/**
 * charon's words as the initiator sees them (reference/dataplane.md C.1), most telling first. The order matters twice:
 * "no CHILD_SA built" says more than the NO_PROPOSAL_CHOSEN in the same line, and an IKEv1 peer with another key
 * looks like one that is silent unless the failed decryption is seen first.
 */
const SIGNS: readonly Sign[] = [
  {
    fault: 'charon-not-running',
    signs: [/ECONNREFUSED|ENOENT|EPIPE|socket (closed|hang up)|connection closed|not running/i],
    advice: 'The IKE daemon of this tunnel does not answer; it is being started again.',
  },
  {
    fault: 'authentication-failed',
    signs: [/invalid (HASH|ID)_V1 payload length, decryption failed/, /could not decrypt payloads/],
    advice: 'The pre-shared key differs: the messages of the customer gateway cannot be decrypted. Enter the same key on both sides.',
  },
  {
    fault: 'authentication-failed',
    signs: [/IDir '.*' does not match/],
    advice: 'The customer gateway presents another identity. Its IKE identity must equal the tunnel\'s remoteId.',
  },
  {
    fault: 'authentication-failed',
    signs: [/AUTHENTICATION_FAILED/, /MAC mismatched/, /authentication of .* failed/],
    advice: 'The customer gateway refuses us: compare the pre-shared key, then localId and remoteId, on both sides.',
  },
  {
    fault: 'ts-unacceptable',
    signs: [/TS_UNACCEPTABLE/, /INVALID_ID_INFORMATION/, /traffic selectors .* unacceptable/],
    advice: 'The traffic selectors do not match: both sides must name the same networks (ours are 0.0.0.0/0 unless the connection has traffic selectors).',
  },
  {
    fault: 'child-no-proposal-chosen',
    signs: [/NO_PROPOSAL_CHOSEN notify, no CHILD_SA built/, /no acceptable proposal found/, /no matching proposal found/, /received proposals: ESP:/],
    advice: 'Phase 1 is up, phase 2 is refused: compare the IPsec cipher, integrity algorithm and PFS group.',
  },
  {
    fault: 'no-proposal-chosen',
    signs: [/NO_PROPOSAL_CHOSEN/, /proposals (did not match|unacceptable)/, /no proposal found/, /INVALID_KE_PAYLOAD/],
    advice: 'Phase 1 is refused: compare the IKE version, cipher, integrity algorithm and DH group, and that the customer gateway has a configuration for our address.',
  },
  {
    fault: 'dpd-timeout',
    signs: [/DPD check timed out/, /sending DPD request/],
    advice: 'The customer gateway stopped answering: check its Internet line and that it is running.',
  },
  {
    fault: 'peer-deleted',
    signs: [/received DELETE for (IKE_SA|ESP CHILD_SA)/],
    advice: 'The customer gateway closed the tunnel: look at its log for the reason.',
  },
  {
    fault: 'peer-not-responding',
    signs: [/retransmit \d+ of request with message ID 1\b/],
    advice: 'The customer gateway answers on UDP 500 but not on UDP 4500: a firewall or NAT between us filters UDP 4500.',
  },
  {
    fault: 'peer-not-responding',
    signs: [/peer not responding/, /giving up after \d+ retransmits/, /retransmit \d+ of request/, /not established after \d+ ?ms/, /timed? ?out/i],
    advice: 'The customer gateway does not answer on UDP 500: check its address, that it is running, and the firewalls between.',
  },
];

/** Reads charon's control log and the error's own text. An unknown failure keeps its last line: better than nothing. */
export function diagnose(lines: readonly string[]): Diagnosis {
  const afterPhase1 = phase1Done(lines);
  for (const { fault, signs, advice } of SIGNS) {
    if (!lines.some(line => signs.some(sign => sign.test(line)))) continue;
    // IKEv1 says only "received NO_PROPOSAL_CHOSEN error notify"; when phase 1 was up, it speaks of phase 2.
    if (fault === 'no-proposal-chosen' && afterPhase1) return CHILD_REFUSED;
    return { fault, detail: advice };
  }
  const last = lines.findLast(line => line.trim() !== '');
  return { fault: 'unknown', detail: last ? `The negotiation failed: ${last.trim()}` : 'The negotiation failed without a reason.' };
}

const phase1Done = (lines: readonly string[]): boolean => lines.some(line => /IKE_SA .* established between/.test(line));
const childRefused = SIGNS.find(sign => sign.fault === 'child-no-proposal-chosen')!;
const CHILD_REFUSED: Diagnosis = { fault: childRefused.fault, detail: childRefused.advice };
