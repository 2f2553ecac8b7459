import { type Netns, ip, ipList, isAbsent } from './exec.js';

/** A device as `ip -j addr` tells it. */
export interface Device {
  ifindex: number;
  ifname: string;
  flags: string[];
  addr_info: { family: string; local: string; prefixlen: number }[];
}

export const devicesOf = (netns: Netns): Promise<Device[]> => ipList<Device>(netns, 'addr', 'show');

export async function deviceOf(netns: Netns, name: string): Promise<Device | undefined> {
  try {
    return (await ipList<Device>(netns, 'addr', 'show', 'dev', name))[0];
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export async function removeDevice(netns: Netns, name: string): Promise<void> {
  try {
    await ip(netns, 'link', 'del', 'dev', name);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** IPv4 addresses with their length, as `ip addr` takes them. */
export const addressesOf = (device: Device): string[] =>
  device.addr_info.filter(address => address.family === 'inet').map(address => `${address.local}/${address.prefixlen}`);

/** `ip` commands that leave the device with exactly this address. */
export const exactAddress = (device: Device | undefined, name: string, address: string): string[] => {
  const found = device ? addressesOf(device) : [];
  return [
    ...(found.includes(address) ? [] : [`addr add ${address} dev ${name}`]),
    ...found.filter(other => other !== address).map(other => `addr del ${other} dev ${name}`),
  ];
};

export const isUp = (device: Pick<Device, 'flags'>): boolean => device.flags.includes('UP');
