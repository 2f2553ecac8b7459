import { DH_GROUPS, IkeCipher, Integrity, IpsecCipher } from '@bordergate/contracts';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProblemError, type Document } from './demo/api.js';
import { Reporter } from './demo/report.js';
import { until } from './index.js';
import type { ListedSa } from './tunnels/charon-sas.js';
import { negotiation, pause, Site } from './tunnels/site.js';

// Every value that the API accepts, negotiated with a stock strongSwan, in each way of negotiating in which it is legal.
const WAYS = [
  { way: 'IKEv1 main', ikeVersion: 'v1', ikeMode: 'main' },
  { way: 'IKEv1 aggressive', ikeVersion: 'v1', ikeMode: 'aggressive' },
  { way: 'IKEv2', ikeVersion: 'v2', ikeMode: 'main' },
] as const;
const GROUPS = Object.keys(DH_GROUPS);
const isAead = (cipher: string) => cipher.includes('gcm');

/** What a way of negotiating can have: AEAD in phase 1 and Curve25519 came with IKEv2 (RFC 5282, RFC 8031). */
const legal = (ikeVersion: string) => {
  const v2 = ikeVersion === 'v2';
  const groups = GROUPS.filter((group) => v2 || group !== 'curve25519');
  return {
    ikeCipher: IkeCipher.options.filter((cipher) => v2 || !isAead(cipher)), ikeAuth: Integrity.options, ikeKeyExchange: groups,
    ipsecCipher: IpsecCipher.options, ipsecAuth: Integrity.options, ipsecKeyExchange: [null, ...groups],
  };
};
type Column = keyof ReturnType<typeof legal>;

/** Rows in which every value of every column meets every way: as many as the longest column has values. */
function rows(): Document[] {
  return WAYS.flatMap(({ way, ikeVersion, ikeMode }, w) => {
    const columns = Object.entries(legal(ikeVersion)) as [Column, readonly (string | null)[]][];
    const count = Math.max(...columns.map(([, values]) => values.length));
    return Array.from({ length: count }, (_, i) => {
      // Each column starts elsewhere in each way, so that values do not meet the same others each time.
      const row: Document = Object.fromEntries(columns.map(([name, values], c) => [name, values[(i + c * (w + 1)) % values.length]]));
      // An AEAD cipher has its own integrity: that row's algorithm is then tried with the next row's cipher.
      return { way, ikeVersion, ikeMode, ...row };
    });
  });
}

/** Integrity algorithms fall on rows whose cipher has its own: those get a row with a cipher that has not. */
function complete(table: Document[]): Document[] {
  const missing = WAYS.flatMap(({ way }) => Integrity.options.filter((auth) => !table.some((row) => row.way === way && row.ipsecAuth === auth && !isAead(row.ipsecCipher))).map((ipsecAuth) => ({ way, ipsecAuth })));
  return [...table, ...missing.map(({ way, ipsecAuth }) => ({ ...table.find((row) => row.way === way)!, ipsecCipher: 'aes256', ipsecAuth }))];
}

/** strongSwan's words in `list-sas` for ours. */
const LISTED: Record<string, string> = {
  aes128: 'AES_CBC_128', aes192: 'AES_CBC_192', aes256: 'AES_CBC_256', '3des': '3DES_CBC', aes128gcm16: 'AES_GCM_16_128', aes256gcm16: 'AES_GCM_16_256',
  sha1: 'HMAC_SHA1_96', sha256: 'HMAC_SHA2_256_128', sha384: 'HMAC_SHA2_384_192', sha512: 'HMAC_SHA2_512_256', curve25519: 'CURVE_25519',
};
const prf = (auth: string) => `PRF_HMAC_${auth === 'sha1' ? 'SHA1' : `SHA2_${auth.slice(3)}`}`;
const group = (name: string) => LISTED[name] ?? name.toUpperCase().replace(/(\d+)$/, '_$1');
const wantedIke = (row: Document) => [LISTED[row.ikeCipher], ...(isAead(row.ikeCipher) ? [] : [LISTED[row.ikeAuth]]), prf(row.ikeAuth), group(row.ikeKeyExchange)].join('/');
const wantedEsp = (row: Document) => [LISTED[row.ipsecCipher], ...(isAead(row.ipsecCipher) ? [] : [LISTED[row.ipsecAuth]]), ...(row.ipsecKeyExchange ? [group(row.ipsecKeyExchange)] : [])].join('/');

const TUNNELS = 4;
const TABLE = complete(rows());
const report = new Reporter((line) => console.log(line));
let site: Site;

beforeAll(async () => {
  site = await Site.create({ name: 'bgm', bgp: false, customerIps: [1, 2, 3, 4].map((n) => `198.51.100.${n}`) });
  await site.addCustomer();
  await site.customer.start();
  await site.untilUp();
});
afterAll(() => site?.destroy());

/** Sets both sides to a row, waits until exactly that is negotiated, and uses it. */
async function negotiate(index: number, row: Document): Promise<string[]> {
  const { way: _, ...options } = row;
  if (isAead(row.ipsecCipher)) delete options.ipsecAuth;
  const customerLog = site.end(index).log().length;
  await site.end(index).reconfigure(negotiation(row));
  const began = Date.now();
  await site.change(index, options);
  const charon = site.charon(index);
  let seen: ListedSa[] = [];
  const sa = await until(`${JSON.stringify(row)} negotiated`, async () => {
    seen = await charon.sas();
    return seen.length === 1 && seen[0]!.algorithms === wantedIke(row) && seen[0]!.children.some((child) => child.state === 'INSTALLED') && seen[0];
  }, { timeoutMs: 90_000 }).catch((error: Error) => {
    throw new Error(`${error.message}: found ${JSON.stringify(seen)}`, { cause: error });
  });
  const took = Date.now() - began;
  await site.untilTunnel(index, 'UP', (tunnel) => tunnel.opStatus === 'UP', 90_000);
  // The first CHILD SA of IKEv2 has its keys from phase 1 (RFC 7296, 1.2): PFS shows in the next one.
  await charon.swanctl('--rekey', '--child', 'net');
  const child = await until(`${JSON.stringify(row)}: another CHILD SA`, async () => (await charon.sas()).flatMap(({ children }) => children).find((each) => each.state === 'INSTALLED' && each.uniqueId !== sa.children[0]!.uniqueId), { timeoutMs: 30_000 });
  // IKEv1's responder has the new keys only after the third message: with a slow group that is a moment after us.
  const answered = await until('three answers', async () => (await site.pingThrough(index)) === 3 && 3, { timeoutMs: 15_000 });
  const exchange = row.ikeVersion === 'v1' && /parsed AGGRESSIVE request/.test(site.end(index).log().slice(customerLog)) ? 'aggressive' : 'main';
  const found = { version: sa.version, ike: sa.algorithms, esp: child.algorithms, answered, exchange };
  const wanted = { version: row.ikeVersion.slice(1), ike: wantedIke(row), esp: wantedEsp(row), answered: 3, exchange: row.ikeVersion === 'v1' ? row.ikeMode : 'main' };
  if (!isDeepStrictEqual(found, wanted)) throw new Error(`found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  const asked = [negotiation(row).ikeProposal, negotiation(row).espProposal].join(' | ');
  return [row.way, asked, sa.algorithms, child.algorithms, `${answered}/3`, `${took} ms`];
}

it('every cipher, integrity, DH and PFS value is negotiated in IKEv1 main, IKEv1 aggressive and IKEv2, and carries a ping', async () => {
  const lines: string[][] = [];
  const failed: string[] = [];
  const work = TABLE.map((row, i) => ({ row, i }));
  await Promise.all(Array.from({ length: TUNNELS }, async (_, index) => {
    for (let next = work.shift(); next; next = work.shift()) {
      try {
        lines[next.i] = await negotiate(index, next.row);
      } catch (error) {
        failed.push(`${JSON.stringify(next.row)}: ${(error as Error).message}`);
      }
    }
  }));
  report.table(['way', 'asked', 'IKE SA', 'CHILD SA (re-keyed)', 'ping', 'up after'], lines.filter(Boolean));
  expect(failed).toEqual([]);
  expect(lines.length).toBe(TABLE.length);
});

it('the table has every value in every way in which it is legal', () => {
  for (const { way, ikeVersion } of WAYS) {
    for (const [column, values] of Object.entries(legal(ikeVersion))) {
      const tried = TABLE.filter((row) => row.way === way && (column !== 'ipsecAuth' || !isAead(row.ipsecCipher))).map((row) => row[column]);
      expect([...new Set(tried)].sort(), `${column} with ${way}`).toEqual([...values].sort());
    }
  }
});

it('what a combination cannot have is refused by field and rule, and nothing changes', async () => {
  const refused = async (options: Document): Promise<unknown[]> => {
    try {
      await site.change(0, options);
      return ['accepted'];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return [error.status, error.code, error.problem.field];
    }
  };
  await negotiate(0, { way: 'IKEv2', ikeVersion: 'v2', ikeMode: 'main', ikeCipher: 'aes128', ikeAuth: 'sha256', ikeKeyExchange: 'ecp256', ipsecCipher: 'aes128', ipsecAuth: 'sha256', ipsecKeyExchange: null });
  const before = await site.tunnel(0);
  expect(await refused({ ikeVersion: 'v1', ikeCipher: 'aes256gcm16' })).toEqual([422, 'aead-needs-ikev2', 'ikeCipher']);
  expect(await refused({ ikeVersion: 'v1', ikeKeyExchange: 'curve25519' })).toEqual([422, 'group-needs-ikev2', 'ikeKeyExchange']);
  expect(await refused({ ikeVersion: 'v1', ipsecKeyExchange: 'curve25519' })).toEqual([422, 'group-needs-ikev2', 'ipsecKeyExchange']);
  expect(await refused({ ipsecCipher: 'aes256gcm16', ipsecAuth: 'sha256' })).toEqual([422, 'aead-has-own-integrity', 'ipsecAuth']);
  expect(await refused({ ipsecAuth: null })).toEqual([422, 'integrity-needed', 'ipsecAuth']);
  expect(await refused({ ipsecCipher: '3des' })).toEqual([400, 'invalid-request', 'ipsecCipher']);
  expect((await site.tunnel(0)).updatedTime).toBe(before.updatedTime);
  // ikeMode is IKEv1's: with IKEv2 it is accepted and has no effect (product rule, semantics 2)
  const ids = (await site.charon(0).sas()).map(({ uniqueId }) => uniqueId);
  expect((await site.change(0, { ikeMode: 'aggressive' })).ikeMode).toBe('aggressive');
  await pause(1_000);
  expect((await site.charon(0).sas()).map(({ uniqueId }) => uniqueId)).toEqual(ids);
});
