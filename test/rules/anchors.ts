/**
 * The rows and rules of the product reference, sections 1 to 4, and the steps of the seeds: what docs/rules.md has to cover. The
 * reference lies outside of the repository, so its anchors are kept here: section, then a word or two of the row.
 */
const SECTIONS: Readonly<Record<string, string>> = {
  '1.0': 'name, name uniqueness, description, scope, address family, timestamps, pagination, tags, availability',
  '1.1': 'bgwId, name, description, azType, az, vifIds, bgp-asn, state, editable, delete, new-bgw, no-transit, reach',
  '1.2': 'vpcAttachmentId, name, bgwId, vpcId, propagateType, subnetIds, propagateCidrInfos, status, one-per-pair, same region, performance, all, partial, none, edit, delete',
  '1.3': 'customerGatewayId, name, customerIps, bgpAsn, description, asn-optional, default-two, regional, duplicates, editable, delete, state, several-connections',
  '1.4': 'vpnConnectionId, name, description, bgwId-cgwId, bgpEnabled, localAsn, cloudPublicIp, providers, azType, haStatus, trafficSelectors, charge, type, edit, bgp-to-static, static-to-bgp, delete, ha-rule, several',
  '1.5': 'ends, one-per-pair, bandwidth, immutable, delete, initiates, charge, initial-1, initial-2, initial-4, copy',
  '1.6': 'bgw, attachments, static routes, dynamic routes, connections, cloud-ips, tunnels, pair, attachment pair, cgws, cgw-ips, selectors, vpc static, vpc propagated, vpc others, api',
  '1.7': 'bgw, attachment, cgw, connection, tunnel',
  2: 'cloudPublicIp, customerIp, psk, tunnelIp, localTunnelIp, ids, ikeVersion, ikeMode, ikeKeyExchange, ikeCipher, ikeAuth, ikeDpdSec, ikeSaLifeSec, ipsecCipher, ipsecAuth, ipsecKeyExchange, ipsecSaLifeSec, ipsecSaLifepkt, ipsecSaLifebyte, bandwidthMbps, charge, fixed, read-psk, read-model, mtu, sample-order, static-inner, recommended, client-side',
  '3.1': 'tables, record, counts, static-next-hop, hosted',
  '3.2': 'destinations, next-hop type, route type, metric, ecmp, exceptions, standby',
  '3.3': 'lpm, ecmp-hash, dc-ecmp, all-tunnels, primary, dup-static, all-down',
  '3.4': 'overlap, coexist',
  '3.5': 'type, cloud-asn, customer-asn, peering, learned, advertised, other settings, timers, static-with-bgp, default-route, transit, clash, direct, vif-health, vif-peers, jd-jd',
  '3.6': 'limit, vpc limit, session',
  '3.7': 'relation, ranges, model, precedence, conflicts, no-dynamic, without, delete',
  '3.8': 'vpc-to-vpc',
  '3.9': 'static, bgp',
  '4.1': 'adminStatus, opStatus, operation, disable, enable, edit-up, order, maintenance, arrears',
  '4.2': 'status, enable',
  '4.3': 'states, vif-states, logs, download',
  'seed 001': 'step 1, step 2, step 3, step 4, step 5, step 6, step 7, step 8, step 9, step 10',
};
const SEEDS = ['seed 000', 'seed 002', 'seed 003', 'seed 004'];

export const ANCHORS: readonly string[] = [...Object.entries(SECTIONS).flatMap(([section, rows]) => rows.split(', ').map((row) => `${section} ${row}`)), ...SEEDS];
