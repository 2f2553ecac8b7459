import { randomBytes } from 'node:crypto';
import { cloudEventType, http, keyOf, TOPICS, type CloudEvent, type JournalRecord } from '@bordergate/contracts';
import { createLog, MemoryJournal, newUuid, parseVaultKeys, type Journal } from '@bordergate/platform';
import { createResources } from '@bordergate/resources';
import { createRouting } from '@bordergate/routing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Document } from './client.js';
import { query } from './database.js';
import { difference, type RegionSnapshot, still } from './snapshot.js';

/** Of explanations: when a session began is known to us to the second only. Of the FIB: what nodes report is not folded again. */
const NOT_FOLDED: ReadonlySet<string> = new Set(['counters', 'rates', 'observedAt', 'nodes', 'agreed', 'sessionEpoch', 'opSince', 'opReason', 'opDetail']);

/**
 * The whole control plane once more, on a copy of the log: a new database, a new journal, all views folded from the first event on,
 * and what workers reported put in as the API tells it. Law 2: it must say what the running platform says.
 * @returns the differences, in sentences
 */
export async function foldAnew(databaseUrl: string, regions: readonly RegionSnapshot[]): Promise<string[]> {
  const name = `fold_${newUuid().slice(0, 8)}`;
  const admin = databaseUrl.replace(/\/[^/]*$/, '/postgres');
  const copy = databaseUrl.replace(/\/[^/]*$/, `/${name}`);
  const failures: unknown[] = [];
  const log = createLog('fold', { level: 'error', write: (line) => failures.push(line) });
  const vaultKeys = parseVaultKeys(`fold:${randomBytes(32).toString('base64')}`);
  await query(admin, `create database ${name}`);
  const journal = new MemoryJournal({ onError: (error) => failures.push(error) });
  try {
    await (await createResources({ databaseUrl: copy, journal: new MemoryJournal({ onError: () => undefined }), vaultKeys, log })).close(); // makes the tables
    await copyLog(databaseUrl, copy);
    const resources = await createResources({ databaseUrl: copy, journal, vaultKeys, log });
    await resources.rebuild();
    await report(journal, regions, await generationsOf(copy));
    const routing = await createRouting({ journal, log });
    try {
      await routing.ready;
      const rows = 'select tenant, region, kind, id, stream, fields, version, first_version, created, updated from resource order by tenant, region, kind, id';
      const view = difference(await query(databaseUrl, rows), await query(copy, rows));
      return [...(view ? [`table resource: ${view}`] : []), ...(await answersThatDiffer({ resources: resources.app, routing: routing.app }, regions)), ...failures.map(String)];
    } finally {
      await routing.close();
      await resources.close();
    }
  } finally {
    await journal.close();
    await query(admin, `drop database ${name} with (force)`);
  }
}

async function copyLog(from: string, to: string): Promise<void> {
  const columns = 'position, id, stream, version, type, decision, meta, at';
  for (let after = '0'; ; ) {
    const page = await query(from, `select ${columns} from events where position > $1 order by position limit 1000`, [after]);
    if (page.length === 0) return;
    await query(to, `insert into events (${columns}) overriding system value select ${columns} from jsonb_populate_recordset(null::events, $1::jsonb)`, [JSON.stringify(page)]);
    after = String(page.at(-1)!.position);
  }
}

/** How often each tunnel has been enabled, as it was folded anew: a report of an earlier generation is not of the tunnel as it is. */
async function generationsOf(databaseUrl: string): Promise<ReadonlyMap<string, number>> {
  const rows = await query(databaseUrl, "select id, (fields->>'generation')::int as generation from resource where kind = 'vpnTunnel'");
  return new Map(rows.map(({ id, generation }) => [String(id), Number(generation)]));
}

/** What workers have told, made from what the API says that they have: of tunnels, and of the lines of virtual interfaces. */
async function report(journal: Journal, regions: readonly RegionSnapshot[], generations: ReadonlyMap<string, number>): Promise<void> {
  for (const { region, listed, read } of regions) {
    for (const end of [...listed.vpnTunnels!, ...listed.virtualInterfaces!].filter(({ driver }) => driver !== null)) {
      const id: string = end.vpnTunnelId ?? end.vifId;
      const { bgwId: borderGatewayId, node, opStatus: operStatus, opReason: reason, opDetail: detail, opSince: since, driver } = end;
      const ref = { region, borderGatewayId, node, ...(end.vifId ? { vifId: id } : { tunnelId: id, vpnConnectionId: end.vpnConnectionId }) };
      const record = (key: string, type: string, data: object): JournalRecord => ({ key, partitionKey: borderGatewayId, event: eventOf({ type, ...ref, ...data }, id, borderGatewayId) });
      await journal.publish(TOPICS.tunnelObservations, [record(keyOf.tunnel(borderGatewayId, id), end.vifId ? 'VifOperStatusChanged' : 'TunnelOperStatusChanged', { operStatus, reason, detail, since, driver, ...(end.vifId ? {} : { generation: generations.get(id) ?? 0 }) })]);
      const state = [...listed.tunnelStates!, ...listed.vifStates!].find(({ vpnTunnelId, vifId }) => (vpnTunnelId ?? vifId) === id);
      if (state?.bgpStatus !== 'established') continue;
      const epoch = Date.parse(state.bgpSince);
      const neighborAsn = end.customerAsn ?? listed.vpnConnections!.find(({ vpnConnectionId }) => vpnConnectionId === end.vpnConnectionId)!.customerAsn;
      const learned = read[`${end.vifId ? 'virtualInterfaces' : 'vpnTunnels'}/${id}/learnedRoutes`] as Document[];
      await journal.publish(TOPICS.ribIn, [
        record(keyOf.bgpSession(borderGatewayId, id), 'BgpSessionEstablished', { epoch, neighborAddress: end.remoteTunnelIp ?? end.remoteVifIp, neighborAsn, since: state.bgpSince }),
        ...learned.map(({ prefix, asPath, asPathLength = asPath.length, origin, med, communities, since: learnedAt }) =>
          record(keyOf.bgpRoute(borderGatewayId, id, prefix), 'BgpRouteAnnounced', { epoch, prefix, asPath, asPathLength, origin, med, communities, since: learnedAt })),
      ]);
    }
  }
}

const eventOf = (data: { type: string }, subject: string, partitionkey: string): CloudEvent => ({
  specversion: '1.0', id: newUuid(), source: '/fuzz/fold', type: cloudEventType(data.type), subject, time: new Date().toISOString(), data, tenant: 'default', actor: 'fuzz', correlationid: newUuid(), causationid: newUuid(), partitionkey,
});

/** Every path of the snapshot, asked of the new services. */
async function answersThatDiffer(services: { resources: NestFastifyApplication; routing: NestFastifyApplication }, regions: readonly RegionSnapshot[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { region, read } of regions) {
    for (const [path, running] of Object.entries(read)) {
      const url = `/v1/regions/${region}/${path}`;
      const service = http.SERVICE_PATHS.find((rule) => rule.path.test(url.split('?')[0]!))?.service;
      if (service !== 'resources' && service !== 'routing') throw new Error(`who answers ${url}?`);
      const answer = await services[service].inject(Array.isArray(running) ? `${url}${url.includes('?') ? '&' : '?'}limit=200` : url);
      const folded = answer.json();
      const differs = difference(still(running, NOT_FOLDED), still(Array.isArray(running) ? (folded.items ?? folded) : folded, NOT_FOLDED));
      if (differs) problems.push(`${url}: running and folded differ at ${differs}`);
    }
  }
  return problems;
}
