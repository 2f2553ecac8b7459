import type { BirdProtocol, BirdRoute } from '@bordergate/bird';
import { sameData } from '@bordergate/kernel';
import { sectionOf, type IkeSa } from '@bordergate/vici';
import {
  type AttachmentLink, type AttachmentPort, type BirdPort, type Change, type CharonPort, type DataPlane, deviceNames, type GatewayPort, type KernelRoute, type SentinelPort, type TunnelCounters, type TunnelFound,
  type TunnelPort, type VifPlane, type VpcPort,
} from '../data-plane.js';
import { accepts, selectRoutes } from './bird-model.js';
import { otherEnd, type SimulatedNode } from './node.js';
import type { SimulatedTunnel } from './state.js';
import { simulatedCounters } from './traffic.js';

/** The data plane without root, daemons and packets: to try the API and the console on any machine. Says so everywhere. */
export class SimulatedDataPlane implements DataPlane {
  readonly kind = 'simulated';
  /** No packets, so nobody who could fall silent: here the model's IKE is the truth. */
  readonly sentinel: SentinelPort = { watch: () => {}, bfdLookedUp: () => {}, samples: async () => [], onJudgement: () => {} };

  constructor(readonly node: SimulatedNode) {}

  async ensureGateway({ borderGatewayId }: Pick<GatewayPort, 'borderGatewayId'>): Promise<void> {
    this.node.state.gateways[borderGatewayId] ??= { bird: null, established: {}, closed: {}, disabled: [] };
    this.node.changed();
  }

  async removeGateway(borderGatewayId: string): Promise<void> {
    this.node.tell(`remove gateway ${borderGatewayId}`);
    delete this.node.state.gateways[borderGatewayId];
    this.node.changed();
  }

  async ensureVpc({ vpcId }: VpcPort): Promise<void> {
    this.node.state.vpcs[vpcId] = true;
    this.node.changed();
  }

  async removeVpc(vpcId: string): Promise<void> {
    this.node.tell(`remove vpc ${vpcId}`);
    delete this.node.state.vpcs[vpcId];
    this.node.changed();
  }

  async ensureAttachment(attachment: AttachmentPort): Promise<AttachmentLink> {
    this.node.state.attachments[attachment.vpcAttachmentId] = attachment;
    this.node.changed();
    return { device: deviceNames.attachment(attachment.vpcAttachmentId), gatewayAddress: '100.65.0.0', vpcAddress: '100.65.0.1' };
  }

  async removeAttachment({ vpcAttachmentId }: AttachmentPort): Promise<void> {
    this.node.tell(`remove attachment ${vpcAttachmentId}`);
    delete this.node.state.attachments[vpcAttachmentId];
    this.node.changed();
  }

  async ensureOuter(tunnel: TunnelPort): Promise<void> {
    this.node.ensureTunnel(tunnel);
    this.node.changed();
  }

  async ensureDevice(tunnel: TunnelPort): Promise<void> {
    const simulated = this.node.ensureTunnel(tunnel);
    const { up = false, madeAt = this.node.now() } = simulated.device ?? {};
    simulated.device = { up, madeAt, address: `${tunnel.localTunnelIp}/30`, bandwidthMbps: tunnel.bandwidthMbps };
    this.node.changed();
  }

  async setDevice({ tunnelId }: TunnelPort, up: boolean): Promise<void> {
    this.node.tell(`device ${tunnelId} ${up ? 'up' : 'down'}`);
    const device = this.node.tunnel(tunnelId)?.device;
    if (device) device.up = up;
    this.node.changed();
  }

  charon(tunnel: TunnelPort): CharonPort {
    const { node } = this;
    const withList = (list: 'connections' | 'secrets', change: (before: string[]) => string[]): void => {
      const simulated = node.ensureTunnel(tunnel);
      simulated[list] = change(simulated[list]);
      node.changed();
    };
    return {
      loadShared: async ({ id }) => { node.tell(`load-shared ${id}`); withList('secrets', ids => [...new Set([...ids, id])]); },
      unloadShared: async id => { node.tell(`unload-shared ${id}`); withList('secrets', ids => ids.filter(each => each !== id)); },
      loadConn: async (name, connection) => {
        node.tell(`load-conn ${name}`);
        withList('connections', names => [...new Set([...names, name])]);
        node.tunnel(tunnel.tunnelId)!.children = { [name]: Object.keys(sectionOf(connection, 'children') ?? { net: {} }) };
      },
      unloadConn: async name => { node.tell(`unload-conn ${name}`); withList('connections', names => names.filter(each => each !== name)); },
      initiate: ({ ike, timeoutMs }) => node.initiate(tunnel, ike, timeoutMs),
      terminate: async request => {
        node.tell(`terminate ${tunnel.tunnelId}`);
        node.terminate(tunnel, sa => ('ike' in request ? sa.name === request.ike : String(sa.uniqueId) === request.ikeId));
      },
    };
  }

  async inspect({ tunnelId }: TunnelPort): Promise<TunnelFound> {
    const tunnel = this.node.tunnel(tunnelId);
    if (!tunnel) return { outer: false, charonRunning: false, charonStartedAt: null, connections: [], secrets: [], ikeSas: [], device: null };
    const { up, address, bandwidthMbps } = tunnel.device ?? {};
    return {
      outer: true, charonRunning: true, charonStartedAt: tunnel.charonStartedAt, connections: [...tunnel.connections], secrets: [...tunnel.secrets],
      ikeSas: tunnel.sas.map(sa => this.#ikeSa(tunnel, sa)),
      device: tunnel.device ? { name: deviceNames.tunnel(tunnelId), up: up!, address: address!, bandwidthMbps: bandwidthMbps! } : null,
    };
  }

  async counters({ tunnelId }: TunnelPort): Promise<TunnelCounters | undefined> {
    const tunnel = this.node.tunnel(tunnelId);
    return tunnel?.device ? simulatedCounters(tunnel, this.node.now()) : undefined;
  }

  async removeTunnel({ tunnelId }: Pick<TunnelPort, 'tunnelId'>): Promise<void> {
    this.node.tell(`remove tunnel ${tunnelId}`);
    this.node.removeTunnel(tunnelId);
  }

  /** Every interface is there and free: what is simulated is the customer at the other end. */
  get vifs(): VifPlane {
    const { node } = this;
    const { state } = node;
    return {
      take: async port => {
        node.tell(`take ${port.interface} for ${port.vifId}`);
        state.vifs[port.vifId] = { up: false, takenAt: node.now(), ...state.vifs[port.vifId], port };
        node.changed();
      },
      setDevice: async ({ vifId }, up) => {
        node.tell(`device ${vifId} ${up ? 'up' : 'down'}`);
        const vif = state.vifs[vifId];
        if (vif) vif.up = up;
        node.changed();
      },
      inspect: async ({ vifId }) => {
        const vif = state.vifs[vifId];
        return { device: vif ? { up: vif.up, carrier: node.customer(otherEnd(vif.port)).linkUp, address: vif.port.localAddress } : null, obstacle: null };
      },
      counters: async ({ vifId }) => {
        const vif = state.vifs[vifId];
        return vif && { counterEpoch: `simulated-${vif.takenAt}`, io: { bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0 } };
      },
      giveBack: async ({ vifId }) => {
        node.tell(`give back ${vifId}`);
        delete state.vifs[vifId];
        node.changed();
      },
    };
  }

  bird(borderGatewayId: string): BirdPort {
    const { node } = this;
    const disabled = (change: (names: string[]) => string[]): void => {
      const gateway = node.gateway(borderGatewayId);
      if (gateway) gateway.disabled = change(gateway.disabled);
      node.changed();
    };
    return {
      logFile: '/dev/null',
      ensure: async ({ value }) => {
        const before = node.gateway(borderGatewayId)?.bird;
        if (before && sameData(before, value)) return 'unchanged';
        node.tell(`bird ${borderGatewayId} ${value.bgp.map(({ name }) => name).join(' ')}`.trim());
        node.configure(borderGatewayId, value);
        return before ? 'reconfigured' : 'started';
      },
      running: async () => Boolean(node.gateway(borderGatewayId)?.bird),
      protocols: async () => this.#protocols(borderGatewayId),
      routesOf: async protocol => {
        const config = node.gateway(borderGatewayId)?.bird;
        return node.learned(borderGatewayId, protocol).filter(route => config && accepts(config, route)).map(route => birdRoute(protocol, route, node.now()));
      },
      bfdSessions: async () => [],
      heardFrom: async protocol => node.learned(borderGatewayId, protocol).map(route => birdRoute(protocol, route, node.now())),
      restart: async protocol => node.tell(`restart ${protocol}`),
      disable: async protocol => { node.tell(`disable ${protocol}`); disabled(names => [...new Set([...names, protocol])]); },
      enable: async protocol => disabled(names => names.filter(each => each !== protocol)),
    };
  }

  async kernelFib(borderGatewayId: string): Promise<KernelRoute[]> {
    const config = this.node.gateway(borderGatewayId)?.bird;
    if (!config) return [];
    return selectRoutes(config, {
      deviceUp: device => this.node.deviceUp(borderGatewayId, device),
      learned: protocol => this.node.learned(borderGatewayId, protocol),
    });
  }

  async found(): ReturnType<DataPlane['found']> {
    const { gateways, vpcs, tunnels, vifs } = this.node.state;
    return { borderGatewayIds: Object.keys(gateways), vpcIds: Object.keys(vpcs), attachments: this.node.attachments(), tunnelIds: Object.keys(tunnels), vifs: Object.values(vifs).map(({ port: { vifId, borderGatewayId } }) => ({ vifId, borderGatewayId })) };
  }

  onChange(listener: (change: Change) => void): void {
    this.node.onChange(listener);
  }

  async close(): Promise<void> {
    this.node.onChange(() => {});
  }

  #ikeSa({ port, children }: SimulatedTunnel, { name, uniqueId, establishedAt }: SimulatedTunnel['sas'][number]): IkeSa {
    const seconds = Math.floor((this.node.now() - establishedAt) / 1_000);
    const spi = (n: number): string => (uniqueId * 2 + n).toString(16).padStart(8, '0');
    return {
      name, uniqueId, version: 2, state: 'ESTABLISHED', localHost: port.cloudPublicIp, remoteHost: port.customerIp, initiator: true, nat: false, establishedSeconds: seconds,
      childSas: (children?.[name] ?? ['net']).map(child => ({
        key: `${child}-${uniqueId}`, name: child, uniqueId, reqId: 1, state: 'INSTALLED', spiIn: spi(0), spiOut: spi(1), encap: false, bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0,
        installSeconds: seconds, encrAlg: 'SIMULATED', localTs: ['0.0.0.0/0'], remoteTs: ['0.0.0.0/0'],
      })),
    };
  }

  #protocols(borderGatewayId: string): BirdProtocol[] {
    const gateway = this.node.gateway(borderGatewayId);
    return (gateway?.bird?.bgp ?? []).map(session => {
      const since = gateway!.established[session.name];
      const closed = gateway!.closed[session.name];
      const common = { name: session.name, proto: 'BGP', table: 'master4', neighborAddress: session.neighborAddress, neighborAsn: session.neighborAsn, localAsn: session.localAsn };
      if (since !== undefined) return { ...common, state: 'up', bgpState: 'Established', since: birdTime(since), info: 'Established' };
      const off = gateway!.disabled.includes(session.name);
      return {
        ...common, state: off ? 'down' : 'start', bgpState: off ? 'Down' : 'Active', since: birdTime(closed?.at ?? this.node.now()), info: off ? '' : 'Active',
        ...(closed ? { lastError: closed.reason } : {}),
      };
    });
  }
}

/** As BIRD says it: iso long ms, UTC. */
const birdTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);

const birdRoute = (protocol: string, { prefix, asPath }: { prefix: string; asPath: number[] }, now: number): BirdRoute => ({
  table: 'master4', prefix, protocol, since: birdTime(now), best: true, kernelError: false, destination: 'unicast', nextHops: [], preference: 0, asPath, asPathLength: asPath.length,
  asPathTruncated: false, origin: 'igp', med: 0, communities: [],
});
