import { ID_PREFIX } from '@bordergate/contracts';
import type { DataPlane, TunnelPort } from '../data-plane.js';
import { KeyedLock } from '../linux/keyed-lock.js';
import { LinuxNode, type LinuxNodeOptions } from '../linux/linux-node.js';
import { Tunnel } from './tunnel.js';

export type LibipsecOptions = LinuxNodeOptions;

/**
 * Driver for kernels without ESP: charon encrypts in user space (kernel-libipsec), through a TUN. libipsec cannot tell
 * two any-to-any tunnels apart, hence an outer namespace and a charon per tunnel.
 */
export function createLibipsecDataPlane(options: LibipsecOptions): DataPlane {
  const tunnels = new Map<string, Tunnel>();
  const lock = new KeyedLock();
  const node = new LinuxNode(options, () => [...tunnels.values()].map(tunnel => tunnel.logFile));

  const tunnelOf = (tunnelId: string): Tunnel => {
    const known = tunnels.get(tunnelId);
    if (known) return known;
    const netns = node.names.outer(tunnelId);
    const tunnel = new Tunnel({
      tunnelId, netns, dir: node.dirOf(netns), uplink: options.uplinkNetns, log: options.log,
      gatewayNetns: id => node.names.gateway(id),
      onChange: event => node.emit({ what: 'tunnel', tunnelId, event }),
    });
    tunnels.set(tunnelId, tunnel);
    return tunnel;
  };

  return {
    kind: 'libipsec',
    ensureGateway: gateway => node.ensureGateway(gateway),
    removeGateway: id => node.removeGateway(id),
    ensureVpc: vpc => node.ensureVpc(vpc),
    removeVpc: id => node.removeVpc(id),
    ensureAttachment: attachment => node.ensureAttachment(attachment),
    removeAttachment: attachment => node.removeAttachment(attachment),
    vifs: node.vifs,
    bird: id => node.bird(id),
    sentinel: node.sentinel,
    kernelFib: id => node.kernelFib(id),
    onChange: listener => node.onChange(listener),

    ensureOuter: tunnel => lock.run(tunnel.tunnelId, () => tunnelOf(tunnel.tunnelId).ensureOuter(tunnel)),
    ensureDevice: tunnel => lock.run(tunnel.tunnelId, () => tunnelOf(tunnel.tunnelId).ensureDevice(tunnel)),
    // Not behind a slow `ensure` of the same tunnel: this is what moves routes when a tunnel fails.
    setDevice: (tunnel, up) => tunnelOf(tunnel.tunnelId).setDevice(tunnel, up),
    charon: (tunnel: TunnelPort) => tunnelOf(tunnel.tunnelId).charon,
    inspect: tunnel => tunnelOf(tunnel.tunnelId).inspect(tunnel),
    counters: tunnel => tunnelOf(tunnel.tunnelId).counters(tunnel),
    removeTunnel: ({ tunnelId }) => lock.run(tunnelId, async () => {
      await tunnelOf(tunnelId).remove();
      tunnels.delete(tunnelId);
    }),

    found: async () => {
      const { outers, ...found } = await node.found();
      return { ...found, tunnelIds: outers.map(random => `${ID_PREFIX.vpnTunnel}-${random}`) };
    },

    close: async () => {
      for (const tunnel of tunnels.values()) tunnel.release();
      await node.close();
    },
  };
}
