import { ID_PREFIX, streamOf } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import { newId, type UnitOfWork } from '@bordergate/platform';
import { addedTunnelCount, vpnConnectionDecider, type Fields, type TunnelFacts, type VpnConnectionCommand } from '@bordergate/resources-core';
import { innerPrefixesOf } from '../store/inner-prefixes.js';
import { generatePsk, PskVault } from '../store/psk-vault.js';
import type { RegionReader } from '../store/region-reader.js';
import { subnetCidrsAt } from './address-facts.js';
import type { VpnConnectionIntent } from './commands.js';
import { settingsOf } from './to-region.handler.js';

type IntentOf<T extends VpnConnectionIntent['type']> = Extract<VpnConnectionIntent, { type: T }>;

const newPskRef = (): string => newId('psk');

/** Commands on the tunnels of one connection, with their secrets: the vault is written when, and only when, the decision is made. */
export class TunnelCommands {
  constructor(private readonly unit: UnitOfWork, private readonly region: RegionReader, private readonly connection: Fields['vpnConnection'], private readonly psks: PskVault) {}

  async add({ tunnelId, tunnel: { psk, ...request } }: IntentOf<'AddTunnel'>): Promise<Rejection | undefined> {
    const pskRef = newPskRef();
    const refused = await this.#decide({ type: 'AddTunnel', tunnel: { ...request, tunnelId, pskRef }, facts: await this.#facts() });
    if (!refused) await this.#keep(pskRef, psk ?? generatePsk());
    return refused;
  }

  /** Their ids. A secret that the first one names goes for all that name none; generated ones are generated one by one. */
  async addSeveral({ tunnels }: IntentOf<'AddTunnels'>): Promise<Rejection | readonly string[]> {
    const facts = await this.#facts();
    const count = addedTunnelCount(tunnels.length, this.connection.vpnTunnelIds.length, this.connection.cloudPublicIp, facts.customerIps);
    const secrets = Array.from({ length: count }, () => ({ tunnelId: newId(ID_PREFIX.vpnTunnel), pskRef: newPskRef() }));
    const refused = await this.#decide({ type: 'AddTunnels', tunnels: tunnels.map(({ psk: _, ...request }) => request), secrets, facts });
    if (refused) return refused;
    for (const [index, { pskRef }] of secrets.entries()) await this.#keep(pskRef, tunnels[index]?.psk ?? tunnels[0]?.psk ?? generatePsk());
    return secrets.map(({ tunnelId }) => tunnelId);
  }

  /** A new secret gets a new reference; the same one again is no change. */
  async reconfigure({ tunnelId, change: { psk, ...change } }: IntentOf<'ReconfigureTunnel'>): Promise<Rejection | undefined> {
    const before = await this.#pskRefOf(tunnelId);
    const isNew = psk !== undefined && before !== undefined && psk !== (await this.psks.open(this.unit.tx, this.#tenant, before));
    const pskRef = isNew ? newPskRef() : undefined;
    const facts = await this.#facts(tunnelId);
    const refused = await this.#decide({ type: 'ReconfigureTunnel', tunnelId, change: { ...change, pskRef }, facts });
    if (!refused && isNew && pskRef) {
      await this.#keep(pskRef, psk);
      await this.psks.remove(this.unit.tx, [before]);
    }
    return refused;
  }

  async reveal(tunnelId: string): Promise<Rejection | { document: object }> {
    const psks = await this.revealAll([tunnelId]);
    return isRejection(psks) ? psks : { document: { vpnTunnelId: tunnelId, psk: psks.get(tunnelId) } };
  }

  /** The secrets by tunnel; that each was shown is an event. */
  async revealAll(tunnelIds: readonly string[]): Promise<Rejection | ReadonlyMap<string, string>> {
    const psks = new Map<string, string>();
    for (const tunnelId of tunnelIds) {
      const pskRef = await this.#pskRefOf(tunnelId);
      const refused = await this.#decide({ type: 'RevealTunnelPsk', tunnelId });
      if (refused) return refused;
      const psk = pskRef && (await this.psks.open(this.unit.tx, this.#tenant, pskRef));
      if (!psk) return reject('psk-lost', `the pre-shared key of tunnel ${tunnelId} is not in the vault (it was lost with a database): give the tunnel a new one (PATCH …/vpnTunnels/${tunnelId} with psk)`);
      psks.set(tunnelId, psk);
    }
    return psks;
  }

  async remove(tunnelId: string): Promise<Rejection | undefined> {
    const pskRef = await this.#pskRefOf(tunnelId);
    const refused = await this.#decide({ type: 'RemoveTunnel', tunnelId });
    if (!refused && pskRef) await this.psks.remove(this.unit.tx, [pskRef]);
    return refused;
  }

  get #stream(): string {
    return streamOf.vpnConnection(this.connection.vpnConnectionId);
  }

  get #tenant(): string {
    return this.region.scope.tenant;
  }

  async #decide(command: VpnConnectionCommand): Promise<Rejection | undefined> {
    const decided = await this.unit.decide(this.#stream, vpnConnectionDecider, command);
    return isRejection(decided) ? decided : undefined;
  }

  async #keep(pskRef: string, psk: string): Promise<void> {
    await this.psks.put(this.unit.tx, this.#tenant, pskRef, psk);
  }

  async #pskRefOf(tunnelId: string): Promise<string | undefined> {
    return (await this.unit.load(this.#stream, vpnConnectionDecider)).state?.tunnels.get(tunnelId)?.spec.pskRef;
  }

  /** @param own the tunnel that is changed: it is not in its own way */
  async #facts(own?: string): Promise<TunnelFacts> {
    const customerGateway = await this.region.find('customerGateway', this.connection.cgwId);
    const { weakAlgorithms } = await settingsOf(this.unit, this.region);
    const { bgwId } = this.connection;
    return {
      customerIps: customerGateway?.fields.customerIps ?? [], innerPrefixes: await innerPrefixesOf(this.region, bgwId, own), subnetCidrs: await subnetCidrsAt(this.region, bgwId), weakAlgorithms,
    };
  }
}
