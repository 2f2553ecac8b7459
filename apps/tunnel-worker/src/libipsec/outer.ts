import { deviceNames, type TunnelPort } from '../data-plane.js';
import { addressesOf, deviceOf, exactAddress, isUp, removeDevice } from '../linux/devices.js';
import { inNetns, ip, ipBatch, type Netns, run } from '../linux/exec.js';
import { readIfThere, writeWhole } from '../linux/files.js';
import { ensureNetns, removeNetns } from '../linux/namespaces.js';
import { ensureUplinkRoute, leadsToUplinkDevice, removeUplinkRoute } from '../linux/uplink.js';

/** The uplink's end of every tunnel's wire has this address: it is every outer namespace's default gateway (RFC 6598). */
const UPLINK_ADDRESS = '100.64.0.1';
const WAN = 'wan';
/** While charon is not there, yet or any more, the peer hears nothing: only IKE and ESP leave a public address of ours. */
const QUIET = `table ip bordergate
delete table ip bordergate
table ip bordergate {
  chain quiet {
    type filter hook output priority filter; policy accept;
    oifname "${WAN}" icmp type destination-unreachable counter drop
  }
}
`;

/**
 * The namespace that owns the tunnel's public address, on a wire to the uplink. Several tunnels may own the same
 * address, each in a namespace of its own; the uplink tells them apart by the customer's address.
 */
export async function ensureOuter(netns: string, uplink: Netns, tunnel: TunnelPort, numberFile: string): Promise<void> {
  const device = deviceNames.uplink(tunnel.tunnelId);
  await ensureNetns(netns);
  let [wan, atUplink] = await Promise.all([deviceOf(netns, WAN), deviceOf(uplink, device)]);
  if (!wan || !atUplink) {
    if (atUplink) await removeDevice(uplink, device);
    if (wan) await removeDevice(netns, WAN);
    await ip(null, 'link', 'add', 'name', device, ...(uplink === null ? [] : ['netns', uplink]), 'type', 'veth', 'peer', 'name', WAN, 'netns', netns);
    [wan, atUplink] = [undefined, undefined];
    await run(inNetns(netns, ['nft', '-f', '-']), QUIET);
    if (uplink === null) await forwardHere();
  }
  if (!wan || !isUp(wan) || addressesOf(wan).join() !== `${tunnel.cloudPublicIp}/32`) {
    await ipBatch(netns, [
      ...exactAddress(wan, WAN, `${tunnel.cloudPublicIp}/32`),
      `link set dev ${WAN} up`,
      `route replace ${UPLINK_ADDRESS} dev ${WAN}`,
      `route replace default via ${UPLINK_ADDRESS} dev ${WAN}`,
    ]);
  }
  if (!atUplink || !isUp(atUplink) || addressesOf(atUplink).join() !== `${UPLINK_ADDRESS}/32`) {
    await ipBatch(uplink, [...exactAddress(atUplink, device, `${UPLINK_ADDRESS}/32`), `link set dev ${device} up`]);
  }
  const remembered = await rememberedNumber(numberFile);
  const number = await ensureUplinkRoute(uplink, { device, cloudIp: tunnel.cloudPublicIp, customerIp: tunnel.customerIp }, remembered);
  if (number !== remembered) await writeWhole(numberFile, `${number}\n`);
}

/** Whether the wire is as `ensureOuter` makes it. */
export async function isWired(netns: string, uplink: Netns, tunnel: TunnelPort): Promise<boolean> {
  const device = deviceNames.uplink(tunnel.tunnelId);
  const [wan, leads] = await Promise.all([
    deviceOf(netns, WAN), leadsToUplinkDevice(uplink, { device, cloudIp: tunnel.cloudPublicIp, customerIp: tunnel.customerIp }),
  ]);
  return leads && wan !== undefined && isUp(wan) && addressesOf(wan).join() === `${tunnel.cloudPublicIp}/32`;
}

export async function removeOuter(netns: string, uplink: Netns, tunnelId: string, numberFile: string): Promise<void> {
  await removeUplinkRoute(uplink, deviceNames.uplink(tunnelId), await rememberedNumber(numberFile));
  await removeNetns(netns);
}

/** Only this node's own namespace: a named one was set up by who made it. */
async function forwardHere(): Promise<void> {
  await run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
}

/** Routing table of the tunnel in the uplink: by it the rule is found again when the device has gone some other way. */
async function rememberedNumber(file: string): Promise<number | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : Number(text);
}
