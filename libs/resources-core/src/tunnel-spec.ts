import { weakAlgorithms, type OwnedAddress, type PartialTunnelOptions, type TunnelOptions, type TunnelSpec, type WeakAlgorithmsPolicy } from '@bordergate/contracts';
import { isRejection, reject, type Rejection } from '@bordergate/kernel';
import { effectiveOptions, newOptions } from './algorithms.js';
import { overlapsTunnel } from './destinations.js';
import { innerAddresses } from './inner-addresses.js';

/** A tunnel as it is asked for: what is omitted is allocated, or follows from its end points. */
export interface TunnelRequest {
  readonly tunnelId: string;
  readonly cloudPublicIp: string;
  readonly customerIp: string;
  readonly tunnelIp?: string | undefined;
  readonly localTunnelIp?: string | undefined;
  readonly localId?: string | undefined;
  readonly remoteId?: string | undefined;
  readonly pskRef: string;
  /** What is omitted has its default. */
  readonly options: PartialTunnelOptions;
}

/** What a tunnel must know of its surroundings. */
export interface TunnelFacts {
  /** The addresses of the connection's customer gateway. */
  readonly customerIps: readonly string[];
  /** Inner prefixes of every other tunnel on the border gateway. */
  readonly innerPrefixes: readonly string[];
  /** Subnets of the VPCs that are attached to the border gateway. */
  readonly subnetCidrs: readonly string[];
  /** Of the region. */
  readonly weakAlgorithms: WeakAlgorithmsPolicy;
}

/** The specification of a new tunnel between a cloud address of the connection and an address of its customer gateway. */
export function newTunnel(request: TunnelRequest, cloudPublicIps: readonly OwnedAddress[], siblings: readonly TunnelSpec[], facts: TunnelFacts): TunnelSpec | Rejection {
  const { tunnelId, cloudPublicIp, customerIp, localId = cloudPublicIp, remoteId = customerIp, pskRef } = request;
  const cloud = cloudPublicIps.find(({ address }) => address === cloudPublicIp);
  if (!cloud) return reject('cloud-ip-not-of-connection', `one of the connection's addresses: ${cloudPublicIps.map(({ address }) => address).join(', ')}`, 'cloudPublicIp');
  if (!facts.customerIps.includes(customerIp)) return reject('customer-ip-not-of-gateway', `one of the customer gateway's addresses: ${facts.customerIps.join(', ')}`, 'customerIp');
  if (cloudPublicIp === customerIp) return reject('tunnel-ends-equal', 'two different ends: the customer gateway has the connection\'s own address', 'customerIp');
  // One tunnel per pair also bounds their number: cloud addresses times customer addresses.
  const twin = siblings.find((other) => other.cloudPublicIp === cloudPublicIp && other.customerIp === customerIp);
  if (twin) return reject('tunnel-pair-taken', `one tunnel per pair of addresses: ${twin.tunnelId} is between ${cloudPublicIp} and ${customerIp}`, 'customerIp');
  const options = newOptions(request.options);
  if (isRejection(options)) return options;
  const weak = newlyWeak(facts.weakAlgorithms, options);
  if (weak) return weak;
  const inner = innerAddresses(request, facts.innerPrefixes);
  if (isRejection(inner)) return inner;
  const overlap = innerInSubnet(inner.tunnelIp, facts);
  if (overlap) return overlap;
  return { tunnelId, cloudPublicIp, node: cloud.node, customerIp, ...inner, localId, remoteId, pskRef, options };
}

/** What may change about a tunnel; its end points never do. */
export interface TunnelChange {
  readonly tunnelIp?: string | undefined;
  readonly localTunnelIp?: string | undefined;
  readonly localId?: string | undefined;
  readonly remoteId?: string | undefined;
  readonly pskRef?: string | undefined;
  readonly options?: PartialTunnelOptions | undefined;
}

/** The specification after a change. A new inner /30 without a cloud address puts the cloud on the second host address again. */
export function changedTunnel(before: TunnelSpec, change: TunnelChange, facts: Omit<TunnelFacts, 'customerIps'>): TunnelSpec | Rejection {
  const { localId = before.localId, remoteId = before.remoteId, pskRef = before.pskRef } = change;
  const moved = change.tunnelIp !== undefined && change.tunnelIp !== before.tunnelIp;
  const inner = innerAddresses({ tunnelIp: change.tunnelIp ?? before.tunnelIp, localTunnelIp: change.localTunnelIp ?? (moved ? undefined : before.localTunnelIp) }, facts.innerPrefixes);
  if (isRejection(inner)) return inner;
  const overlap = moved ? innerInSubnet(inner.tunnelIp, facts) : undefined;
  if (overlap) return overlap;
  const options = effectiveOptions(before.options, change.options ?? {});
  if (isRejection(options)) return options;
  return newlyWeak(facts.weakAlgorithms, options, before.options) ?? { ...before, ...inner, localId, remoteId, pskRef, options };
}

/** Allocated ones never clash: no VPC may have link-local addresses. */
const innerInSubnet = (tunnelIp: string, { subnetCidrs }: Pick<TunnelFacts, 'subnetCidrs'>): Rejection | undefined => overlapsTunnel(subnetCidrs, [tunnelIp], 'tunnelIp');

/** A region may refuse weak algorithms; what a tunnel has already, it keeps: only what would be weak anew is refused. */
function newlyWeak(policy: WeakAlgorithmsPolicy, after: TunnelOptions, before?: TunnelOptions): Rejection | undefined {
  if (policy === 'accept') return undefined;
  const known = before ? weakAlgorithms(before) : [];
  const [weak] = weakAlgorithms(after).filter((each) => !known.includes(each));
  if (weak === undefined) return undefined;
  const [field, value] = weak.split(':') as [string, string];
  return reject('weak-algorithm', `the region's policy refuses algorithms that are advised against: ${value} is one`, field);
}
