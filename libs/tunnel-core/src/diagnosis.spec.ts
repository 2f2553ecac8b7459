import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnosis.js';

describe('diagnose', () => {
  it.each([
    ['IKEv2 proposal', ['received NO_PROPOSAL_CHOSEN notify error', "establishing CHILD_SA 'net' failed"], 'no-proposal-chosen', /DH group/],
    ['PSK, IKEv2', ['received AUTHENTICATION_FAILED notify error'], 'authentication-failed', /pre-shared key/],
    ['PSK, IKEv1: a silent peer with a tell-tale', ['invalid HASH_V1 payload length, decryption failed?', 'could not decrypt payloads', 'retransmit 1 of request with message ID 0', 'giving up after 3 retransmits'], 'authentication-failed', /key differs/],
    ['identity, IKEv1', ["IDir '198.51.100.1' does not match to 'cpe.example'"], 'authentication-failed', /remoteId/],
    ['ESP proposal, IKEv2', ['IKE_SA tun-1[1] established between a...b', 'received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built'], 'child-no-proposal-chosen', /phase 2/i],
    ['ESP proposal, IKEv1', ['IKE_SA tun-1[1] established between a...b', 'received NO_PROPOSAL_CHOSEN error notify'], 'child-no-proposal-chosen', /PFS/],
    ['traffic selectors, IKEv2', ['received TS_UNACCEPTABLE notify, no CHILD_SA built'], 'ts-unacceptable', /0\.0\.0\.0\/0/],
    ['traffic selectors, IKEv1', ['received INVALID_ID_INFORMATION error notify'], 'ts-unacceptable', /0\.0\.0\.0\/0/],
    ['silence', ['retransmit 3 of request with message ID 0', 'establishing IKE_SA failed, peer not responding'], 'peer-not-responding', /UDP 500/],
    ['UDP 4500 filtered', ['retransmit 2 of request with message ID 1', 'giving up after 3 retransmits'], 'peer-not-responding', /UDP 4500/],
    ['DPD, IKEv1', ['DPD check timed out, enforcing DPD action'], 'dpd-timeout', /stopped answering/],
    ['the peer deleted', ['received DELETE for IKE_SA tun-1[3]'], 'peer-deleted', /closed the tunnel/],
    ['no daemon', ['connect ECONNREFUSED /run/vici.sock'], 'charon-not-running', /started again/],
    ['anything else keeps its last line', ['something new', ''], 'unknown', /something new/],
    ['nothing at all', [], 'unknown', /without a reason/],
  ] as const)('%s', (_, lines, fault, detail) => {
    expect(diagnose(lines)).toEqual({ fault, detail: expect.stringMatching(detail) });
  });
});
