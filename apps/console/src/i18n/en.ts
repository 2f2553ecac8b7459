import type { Collection } from '../api/types.js';
import { alarms } from './en-alarms.js';
import { pictures } from './en-pictures.js';

interface ResourceTexts {
  readonly one: string;
  readonly many: string;
  readonly create: string;
  /** What it is, under the title of the list. */
  readonly about: string;
  /** What an empty list says, and what comes first when something is needed before. */
  readonly empty: string;
  /** Before it is deleted. */
  readonly deleteWarning?: string;
}

const resources: Record<Collection, ResourceTexts> = {
  borderGateways: { one: 'Border gateway', many: 'Border gateways', create: 'Create border gateway', about: 'The cloud’s end of every VPN connection: VPCs and customer networks meet here.', empty: 'Everything begins with a border gateway. It needs a name and nothing else.', deleteWarning: 'Its attachments, VPN connections and virtual interfaces have to be deleted first.' },
  vpcAttachments: { one: 'VPC attachment', many: 'VPC attachments', create: 'Create VPC attachment', about: 'Connects a VPC with a border gateway; the chosen subnets become routes of the gateway.', empty: 'Attach a VPC to a border gateway, so that its subnets become reachable.', deleteWarning: 'Its propagated routes go with it, in the gateway and in the VPC.' },
  staticRoutes: { one: 'Static route', many: 'Static routes', create: 'Add static route', about: 'Routes of a border gateway that you enter. With the same kind of next hop they win over BGP.', empty: 'No static routes: the gateway knows what BGP and attachments tell it. Add one for a customer that does not speak BGP.' },
  customerGateways: { one: 'Customer gateway', many: 'Customer gateways', create: 'Create customer gateway', about: 'The customer’s device as the cloud knows it: its public addresses and its AS number.', empty: 'Describe the customer’s router or firewall: one, two or four public addresses, and its AS number.', deleteWarning: 'VPN connections that use it have to be deleted first.' },
  vpnConnections: { one: 'VPN connection', many: 'VPN connections', create: 'Create VPN connection', about: 'The tunnels between one border gateway and one customer gateway. Two cloud addresses are allocated to each.', empty: 'Connect a border gateway with a customer gateway. Two cloud addresses are allocated at once; tunnels come next.', deleteWarning: 'Its tunnels have to be deleted first. Its cloud addresses go back to the pool.' },
  vpnTunnels: { one: 'Tunnel', many: 'Tunnels', create: 'Add tunnel', about: 'An encrypted path between one cloud address and one customer address.', empty: 'Tunnels are added on the page of their VPN connection: it proposes the first two or four.', deleteWarning: 'It has to be disabled first. Its pre-shared key is forgotten.' },
  virtualInterfaces: { one: 'Virtual interface', many: 'Virtual interfaces', create: 'Create virtual interface', about: 'A direct line that ends on a worker node: preferred over VPN for the same destination.', empty: 'No direct lines. A virtual interface brings a line of a node into a border gateway.', deleteWarning: 'Its routes are withdrawn.' },
  vpcs: { one: 'VPC', many: 'VPCs', create: 'Create VPC', about: 'Private networks of the cloud (a stand-in for the platform’s own VPC service).', empty: 'Create a VPC with the address range of your cloud network; it must not overlap with the customer’s.', deleteWarning: 'Its subnets and attachments have to be deleted first.' },
  subnets: { one: 'Subnet', many: 'Subnets', create: 'Create subnet', about: 'A part of a VPC. A subnet of an attached VPC is a route of the border gateway.', empty: 'Create a subnet: its range is what the customer will reach.' },
  routeTables: { one: 'Route table', many: 'Route tables', create: 'Create route table', about: 'Where packets of a VPC’s subnets go: local, static and propagated routes.', empty: 'Each VPC has a main route table; create the VPC first.' },
  routePropagations: { one: 'Route propagation', many: 'Route propagations', create: 'Add route propagation', about: 'Copies a border gateway’s routes into a VPC route table, as far as they lie inside the given ranges.', empty: 'Without a propagation a VPC does not know the customer’s networks. Add one from the gateway into the VPC’s route table.', deleteWarning: 'The routes that it copied go with it.' },
  vpcRoutes: { one: 'VPC static route', many: 'VPC static routes', create: 'Add VPC static route', about: 'Routes of a VPC route table that you enter; they win over propagated ones of the same length.', empty: 'No static routes in VPC route tables: propagation is the usual way.' },
  publicAddresses: { one: 'Public address', many: 'Public addresses', create: 'Add public address', about: 'The pool from which VPN connections get their cloud addresses; each belongs to a worker node.', empty: 'Add the public addresses of your worker nodes: each VPN connection takes two.' },
};

const fields = {
  name: 'Name', description: 'Description', createdTime: 'Created', updatedTime: 'Changed', region: 'Region', node: 'Node', status: 'Status', driver: 'Driver',
  bgwName: 'Name', bgwId: 'Border gateway', bgpAsn: 'AS number', transitEnabled: 'Transit', azType: 'Kind', vpnConnectionIds: 'VPN connections', vpcAttachmentIds: 'VPC attachments', vifIds: 'Virtual interfaces',
  vpcAttachmentName: 'Name', vpcAttachmentId: 'Attachment', vpcId: 'VPC', propagateType: 'Propagated subnets', subnetIds: 'Subnets', propagateCidrInfos: 'Propagated ranges',
  bgwRouteId: 'Route', bgwRouteDestination: 'Destination', bgwRouteNexthop: 'Next hop', bgwRouteNextHopType: 'Kind of next hop',
  customerGatewayName: 'Name', customerGatewayId: 'Customer gateway', customerIps: 'Public addresses',
  vpnConnectionName: 'Name', vpnConnectionId: 'VPN connection', cgwId: 'Customer gateway', bgpEnabled: 'BGP', localAsn: 'Cloud AS number', customerAsn: 'Customer AS number', bgpHoldSec: 'BGP hold time (s)', bfdEnabled: 'BFD',
  bfdIntervalMs: 'BFD interval (ms)', bfdMultiplier: 'BFD multiplier', trafficSelectors: 'Traffic selectors', haStatus: 'Availability', cloudPublicIp: 'Cloud address', vpnTunnelIds: 'Tunnels',
  vpnTunnelId: 'Tunnel', customerIp: 'Customer address', tunnelIp: 'Inner /30', localTunnelIp: 'Inner address, cloud', remoteTunnelIp: 'Inner address, customer', localId: 'IKE identity, cloud', remoteId: 'IKE identity, customer', psk: 'Pre-shared key',
  ikeVersion: 'IKE version', ikeMode: 'IKEv1 mode', ikeKeyExchange: 'DH group (phase 1)', ikeCipher: 'Encryption (phase 1)', ikeAuth: 'Authentication (phase 1)', ikeDpdSec: 'Dead peer detection (s)', ikeSaLifeSec: 'IKE SA lifetime (s)',
  ipsecCipher: 'Encryption (phase 2)', ipsecAuth: 'Authentication (phase 2)', ipsecKeyExchange: 'PFS group (phase 2)', ipsecSaLifeSec: 'IPsec SA lifetime (s)', ipsecSaLifepkt: 'Lifetime in packets', ipsecSaLifebyte: 'Lifetime in bytes',
  bandwidthMbps: 'Bandwidth (Mbit/s)', weakAlgorithms: 'Weak algorithms', adminStatus: 'Administrative status', opStatus: 'Status', opReason: 'Reason', bgpStatus: 'BGP session',
  vifName: 'Name', vifId: 'Virtual interface', interface: 'Interface', vlanId: 'VLAN', vifIp: 'Line’s /30', localVifIp: 'Address, cloud', remoteVifIp: 'Address, customer',
  vpcName: 'Name', cidr: 'Address range', mainRouteTableId: 'Main route table', routeTableIds: 'Route tables', subnetName: 'Name', subnetId: 'Subnet', routeTableId: 'Route table', routeTableName: 'Name', main: 'Main',
  propagationId: 'Propagation', propagationCidrs: 'Inside of', vpcRouteId: 'Route', destination: 'Destination', destinations: 'Destinations', publicAddress: 'Public address', device: 'Device', networks: 'Customer networks', outsideInterface: 'Outside interface', maxLimit: 'Limit',
  count: 'Used', type: 'What', parentResourceId: 'Of', alarmRuleName: 'Name', alarmRuleId: 'Alarm rule', enabled: 'Enabled', resources: 'What is watched', conditions: 'Conditions', notify: 'Told', effectiveHours: 'Hours', repeatMinutes: 'Repeat', webhook: 'Webhook',
};

/** Under the fields of forms; a field without one has the API's own description. */
const hints: Partial<Record<keyof typeof fields, string>> = {
  cidr: 'An IPv4 range such as 10.1.0.0/16; it must not overlap with the customer’s networks.', transitEnabled: 'VPN connections and direct lines of the gateway may reach each other through it.', bgpAsn: 'The customer’s AS number, such as 65010. It has to differ from the cloud’s, and never changes.',
  customerIps: 'One, two or four public IPv4 addresses. Two are the usual choice for high availability; four are for another cloud.', bgpEnabled: 'Recommended: routes are learned, and a failed tunnel is left at once.', localAsn: 'Fixed from then on.',
  bgwRouteDestination: 'The customer’s network, such as 10.20.0.0/16.', destination: 'The network to reach, such as 10.20.0.0/16.', propagationCidrs: 'Routes inside one of these ranges are copied; 0.0.0.0/0 is all.', node: 'The worker node, such as node-1.',
  repeatMinutes: 'While it lasts.', effectiveHours: 'When somebody is told.',
  maxLimit: 'How many there may be.', ipsecKeyExchange: 'For perfect forward secrecy; it may be none.', ikeDpdSec: 'How long the peer may be silent before it is asked.',
  destinations: 'One per line, at most 100; after “#” a description. 10.20.0.0/16 # data centre',
  psk: 'Left empty: 32 random letters and digits. It is shown only when you ask for it.', tunnelIp: 'Left empty: allocated. A /30 in 169.254.0.0/20 or a private range.', subnetIds: 'With “chosen subnets”.', routeTableId: 'Left empty: the main one of its VPC.',
  localId: 'Left empty: the cloud address.', remoteId: 'Left empty: the customer address.', ipsecAuth: 'Nothing beside a GCM cipher: it has its own.', networks: 'Comma-separated: what the customer announces, such as 192.168.10.0/24.', customerAsn: 'Needed with BGP.', weakAlgorithms: 'Whether tunnels may be created with, or changed to, algorithms that are advised against.',
};

/** Values of enumerations. */
const values: Record<string, string> = {
  all: 'All subnets', partial: 'Chosen subnets', none: 'None', active: 'Active', standard: 'Standard', vpn_connection: 'VPN connection', vpc_attachment: 'VPC attachment', private_vif: 'Virtual interface', UP: 'Up', DOWN: 'Down',
  established: 'Established', down: 'Down', off: 'Off', redundancy: 'Redundant', no_redundancy: 'Not redundant', v1: 'IKEv1', v2: 'IKEv2', simulated: 'Simulated', libipsec: 'User space (libipsec)', xfrm: 'Kernel (xfrm)', Pending: 'Pending', Active: 'Active',
  Down: 'Down', InActive: 'Disabled', accept: 'Accept, and mark them', refuse: 'Refuse', main: 'Main', aggressive: 'Aggressive', null: 'None',
};

/** Why a tunnel is not up, and what to change. */
const reasons: Record<string, { readonly why: string; readonly fix: string }> = {
  established: { why: 'The tunnel is established.', fix: '' },
  negotiating: { why: 'Negotiation is under way.', fix: 'If it stays so: is the customer’s router configured, and reachable on UDP 500 and 4500?' },
  'admin-down': { why: 'The tunnel is disabled.', fix: 'Enable it when maintenance is over.' },
  draining: { why: 'The tunnel is being drained: routes leave it before it goes down.', fix: '' },
  'peer-silent': { why: 'Nothing comes back through the tunnel.', fix: 'Look at the customer’s side: is the tunnel interface up, and does its firewall let traffic and ping through?' },
  'peer-not-responding': { why: 'The customer’s router does not answer.', fix: 'Check its public address in the customer gateway, that the router is on, and that UDP 500, UDP 4500 and ESP pass its firewall.' },
  'no-proposal-chosen': { why: 'The two sides have no phase-1 algorithms in common.', fix: 'Compare IKE version, encryption, authentication and DH group of phase 1 with the router’s configuration; disable the tunnel, change it, enable it.' },
  'authentication-failed': { why: 'The two sides do not accept each other’s key or identity.', fix: 'Compare the pre-shared key and both IKE identities on both sides.' },
  'ts-unacceptable': { why: 'The two sides do not agree on the traffic to protect.', fix: 'Use a route-based tunnel (0.0.0.0/0 on both sides), or enter the same networks as traffic selectors of the connection.' },
  'child-no-proposal-chosen': { why: 'The two sides have no phase-2 algorithms in common.', fix: 'Compare encryption, authentication and PFS group of phase 2 with the router’s configuration.' },
  'peer-deleted': { why: 'The customer’s router closed the tunnel.', fix: 'The router’s log says why. The cloud negotiates again by itself.' },
  'dpd-timeout': { why: 'The customer’s router stopped answering.', fix: 'Is the router on, and its line up? The cloud negotiates again by itself.' },
  'charon-not-running': { why: 'The cloud’s IKE daemon is not running.', fix: 'Look at the worker node: its log, and whether strongSwan is installed.' },
  'node-silent': { why: 'The node is not heard any more; whether the tunnel carries is not known.', fix: 'Is the node on, is its worker running, and does it reach Kafka? Its tunnels may carry meanwhile.' },
  'no-worker': { why: 'No worker node has reported yet.', fix: 'Is the worker of this node running?' },
  unknown: { why: 'The tunnel is down, and nobody said why.', fix: 'The detail below is what the daemon said.' },
};

/** The same of a virtual interface. */
const vifReasons: Record<string, { readonly why: string; readonly fix: string }> = {
  'link-up': { why: 'The line is up.', fix: '' },
  'admin-down': { why: 'The virtual interface is disabled.', fix: 'Enable it when maintenance is over.' },
  draining: { why: 'The line is being drained: routes leave it before it goes down.', fix: '' },
  'no-carrier': { why: 'The line has no carrier.', fix: 'Look at both ends: cables, optics, the switch port, and the customer’s router.' },
  'interface-missing': { why: 'The node has no such interface.', fix: 'Compare the name of the interface with those of the node (ip link).' },
  'interface-in-use': { why: 'The interface is in use by the node itself or by another virtual interface.', fix: 'Take the node’s addresses off it, choose a VLAN of it, or choose another interface.' },
  preparing: { why: 'The worker has not set it up yet.', fix: 'If it stays so: is the worker of this node running?' },
  'node-silent': { why: 'The node is not heard any more; whether the line carries is not known.', fix: 'Is the node on, is its worker running, and does it reach Kafka?' },
};

const steps = [
  { title: 'Create a border gateway', text: 'The cloud’s VPN gateway. BGP runs on it with AS 65000.', action: 'Create border gateway' },
  { title: 'Attach a VPC', text: 'Choose the VPC and which of its subnets become routes of the gateway.', action: 'Create VPC attachment' },
  { title: 'Create a customer gateway', text: 'The public addresses and the AS number of the customer’s device.', action: 'Create customer gateway' },
  { title: 'Create a VPN connection', text: 'Two cloud addresses are allocated. BGP is on unless you switch it off.', action: 'Create VPN connection' },
  { title: 'Add tunnels', text: 'Two or four, proposed from the addresses of both sides.', action: 'Add tunnels' },
  { title: 'Configure the customer’s device', text: 'Download the configuration for its make. Done when a tunnel is up.', action: 'Client configuration' },
  { title: 'BGP', text: 'Comes up by itself through the tunnels; nothing to do with static routing.', action: 'Look at the tunnels' },
  { title: 'Routes into the VPC', text: 'Propagate the gateway’s routes into the VPC’s route table.', action: 'Add route propagation' },
  { title: 'Test the connection', text: 'Ping from a machine in the VPC to one behind the customer’s device: packets are counted in both directions.', action: 'Look at the tunnels' },
];

/** Inside of a sentence: "border gateways", but "VPN connections". */
const inside = (name: string): string => (/^[A-Z]{2}/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1));

export const en = {
  product: 'Bordergate',
  resources, fields, hints, values, reasons, vifReasons, steps, alarms, ...pictures,
  nav: { overview: 'Overview', first: 'First steps', sections: { gateways: 'Border gateway', vpn: 'VPN', vpc: 'VPC', monitoring: 'Monitoring', region: 'Region' }, quotas: 'Quotas', policy: 'Policy', parked: 'Parked records', open: 'Open navigation', label: 'Main navigation', skip: 'Skip to content', api: 'API', status: 'Platform status' },
  header: { region: 'Region', otherRegion: 'Another region…', regionRule: 'Lower-case letters, digits and “-”, beginning with a letter; at most 32.', language: 'Language', scheme: 'Colours', schemes: { auto: 'As the system', light: 'Light', dark: 'Dark' }, settings: 'Settings' },
  live: { notices: 'Notices', live: 'Live', empty: 'Empty region', connecting: 'Connecting…', offline: 'Offline, catching up…', offlineLong: 'The connection to the platform is lost. What you see is the last that was known; it is caught up as soon as the connection is back.', simulated: 'Simulated: no tunnels, no packets; states and routes follow a model of the data plane.' },
  list: {
    filter: (many: string) => `Filter ${inside(many)}`, filterPlaceholder: 'Name, address, id…', count: (shown: number, all: number) => (shown === all ? `${all}` : `${shown} of ${all}`), loading: 'Loading…', loadingMore: (n: number) => `${n} so far…`, nothing: 'Nothing matches the filter.', clear: 'Clear the filter',
    actions: 'Actions', actionsOf: (what: string) => `Actions for ${what}`, state: 'State', states: { any: 'Any state', up: 'Up', down: 'Down', disabled: 'Disabled' }, 
  },
  detail: { tabs: 'Views', details: 'Details', resourceInfo: 'Resource information', clientConfig: 'Client configuration', notFound: (what: string, id: string) => `There is no ${inside(what)} ${id} here. It may have been deleted.`, back: (many: string) => `All ${inside(many)}`, id: 'Id', none: '—', yes: 'Yes', no: 'No' },
  actions: { create: 'Create', save: 'Save', edit: 'Edit', delete: 'Delete', cancel: 'Cancel', close: 'Close', enable: 'Enable', disable: 'Disable', retry: 'Try again', copy: 'Copy', copied: 'Copied', download: 'Download', show: 'Show', hide: 'Hide', remove: 'Remove', },
  form: {
    advanced: 'More settings', required: 'is required', range: (min: string, max: string) => `${min} to ${max}.`, choose: 'Choose…', nothingToChoose: (what: string) => `There is no ${inside(what)} yet.`, addItem: 'Add one more', item: (label: string, n: number) => `${label} ${n}`,
    removeItem: (n: number) => `Remove ${n}`, unchanged: 'Nothing has been changed.', created: (what: string, name: string) => `${what} ${name} has been created.`, saved: (name: string) => `${name} has been saved.`, deleted: (name: string) => `${name} has been deleted.`, enabled: (name: string) => `${name} is being enabled.`, disabled: (name: string) => `${name} is being disabled.`,
    editTitle: (what: string, name: string) => `Edit ${inside(what)} ${name}`, deleteTitle: (what: string) => `Delete this ${inside(what)}?`, deleteText: (name: string) => `${name} will be deleted. This cannot be undone.`, disableTitle: 'Disable it?', disableTunnel: 'Its routes are withdrawn first, then it is closed: traffic moves to the other tunnels. Take its routes off the customer’s device before.', disableOther: 'Traffic leaves it.',
    changed: 'Someone else has changed it meanwhile. The form now shows what is there; your own changes are kept. Look at it and save again.', changedFields: (names: string) => `Changed by both, yours is in the form: ${names}.`, changedElsewhere: 'Someone else has changed it meanwhile. It has been read again: look, and try once more.', nullOption: 'None',
    several: 'Add several', severalOf: (many: string) => `Add several ${inside(many)}`, allOrNothing: 'All are added, or none of them.', line: (n: number, rule: string) => `line ${n}: ${rule}`, addedSeveral: (n: number) => (n === 1 ? '1 route has been added.' : `${n} routes have been added.`),
    unknownOutcome: 'The platform does not answer, so it is not known whether this was done. Try again: the same request is never carried out twice.', selectors: 'One per line: the cloud’s network, an arrow, the customer’s networks: 10.1.0.0/16 -> 10.20.0.0/16, 10.21.0.0/16',
  },
  errors: { unreachable: 'The platform does not answer.', title: 'That did not work', problem: (detail: string, code: string) => `${detail} (${code})`, unknownPage: 'There is no such page.', home: 'To the overview' },
  status: { up: 'Up', down: 'Down', disabled: 'Disabled', since: (when: string) => `since ${when}`, bgp: { established: 'Established', down: 'Down', off: 'Off' }, redundant: 'Redundant', notRedundant: 'Not redundant', whatToDo: 'What to do', detail: 'What the daemon said', weak: 'Weak', weakLong: 'Advised against (NIST, RFC 8247): fine for trying, not for keeping.', notWeak: 'None', outOf: (up: number, all: number) => `${up} of ${all} up` },
  tunnels: {
    add: 'Add tunnel', addFirst: 'Add tunnels', first: (n: number) => `The first ${n} tunnels`, firstText: 'Proposed so that both cloud addresses and the customer’s addresses are used. The pairs follow from the number of the customer’s addresses.', one: 'One more tunnel between two addresses that have none yet.', full: 'Every pair of addresses has its tunnel.', tunnelN: (n: number) => `Tunnel ${n}`,
    same: 'As tunnel 1', sameLong: 'Copies the IKE and IPsec parameters of tunnel 1', pair: 'Addresses', weakIn: (names: string) => `Weak: ${names}.`, pairs: (cloud: string, customer: string) => `${cloud} ↔ ${customer}`, parameters: 'IKE and IPsec parameters', phase1: 'Phase 1 (IKE)', phase2: 'Phase 2 (IPsec)', addresses: 'Addresses and identity', recommended: 'The defaults are recommended.',
    added: (n: number) => (n === 1 ? 'The tunnel has been added: negotiation begins by itself.' : `${n} tunnels have been added: negotiation begins by itself.`), disableFirst: 'Disable the tunnel before you change or delete it.', revealed: 'Shown now; that it was shown is on record.', psk: 'Pre-shared key', reveal: 'Show the pre-shared key', life: 'Life', rateIn: 'Customer to cloud', rateOut: 'Cloud to customer', original: 'original', encrypted: 'encrypted', packets: 'packets', packetsPerSecond: 'packets/s',
    learned: 'Learned prefixes', probes: 'Probes', noProbes: 'none', loss: (percent: string, rtt: string) => `${percent} lost, ${rtt}`, history: 'What happened', rekeys: 'Rekeys', sas: 'SAs (IKE / child)', tunnelsOf: 'Tunnels', none: 'This connection has no tunnels yet.', noneText: 'Add the proposed tunnels: each cloud address to another address of the customer.',
  },
  vif: { countedIn: 'Counted, customer to cloud', countedOut: 'Counted, cloud to customer', sampled: 'Last sample' },
  client: { text: 'For the customer’s router, made of what this connection really is.', device: 'Device', scope: 'Tunnels', allTunnels: 'All of the connection', withKeys: 'With the pre-shared keys', withKeysLong: 'That they were shown is on record', make: 'Show', download: (name: string) => `Download ${name}`, outOfDate: 'Out of date: the connection has changed since you downloaded this configuration. Download it again.', upToDate: 'The configuration you downloaded is up to date.', notes: 'Notes', hash: 'Version', none: 'Add tunnels first: there is nothing to configure yet.', },
  first: {
    title: 'First steps', about: 'From nothing to a connected data centre in nine steps. Each is ticked when it is really so.', progress: (done: number, all: number) => `${done} of ${all} steps are done`, done: 'Done', later: 'Later', before: 'Before you begin', beforeText: 'What a platform would bring along, and this one has to be told.',
    vpc: 'A VPC with a subnet', vpcText: 'The cloud network that the customer will reach.', addresses: 'Two public addresses of worker nodes', addressesText: 'Each VPN connection takes two from the pool, from two nodes where there are two.', all: 'All steps are done: the data centre is connected.', 
  },
  overview: { count: (n: number) => `${n}`, redundant: (n: number, all: number) => `${n} of ${all} redundant`, of: (region: string) => `Overview of ${region}`, tunnels: 'Tunnels', connections: 'VPN connections', gateways: 'Border gateways', attention: 'What needs attention', allWell: 'All enabled tunnels are up, and no alarm is raised.', moreDown: (n: number) => `${n} more are down`, },
  quotas: { title: 'Quotas', about: 'How many of each a region or one parent may have.', set: 'Set limit', setFor: (what: string) => `Limit of ${what}`, fixed: 'Fixed', reset: 'Back to the default', eachOwn: 'each its own', region: 'Region', every: 'Each one',
    types: {
      bgw: 'Border gateways', bgw_route: 'Static routes of a border gateway', bgw_propagated_route: 'Dynamic routes of a border gateway', vpc_attachment: 'VPC attachments of a border gateway', vpc_attachment_pair: 'Attachments between a border gateway and a VPC',
      customer_gateway: 'Customer gateways', customer_gateway_ip: 'Public addresses of a customer gateway', vpn_connection: 'VPN connections of a border gateway', vpn_connection_ip: 'Cloud addresses of a VPN connection', vpn_tunnel: 'Tunnels of a VPN connection',
      vpn_tunnel_pair: 'Tunnels between the same two addresses', vpn_traffic_selector: 'Traffic selectors of a VPN connection', vif: 'Virtual interfaces of a border gateway', vpc: 'VPCs', vpc_subnet: 'Subnets of a VPC', vpc_route_table: 'Route tables of a VPC',
      vpc_route: 'Static routes of a VPC route table', vpc_propagated_route: 'Propagated routes of a VPC route table',
    } as Record<string, string>,
  },
  policy: { title: 'Policy', about: 'What this region allows.' },
  parked: { title: 'Parked records', about: 'Messages that a consumer could not read. They are set aside, and nothing waits for them.', empty: 'Nothing is parked: every message could be read.', consumer: 'Consumer', place: 'Place', reason: 'Reason', eventType: 'Event', parkedTime: 'Parked', replay: 'Publish again', discard: 'Leave out for good', key: 'Key', value: 'Content', headers: 'Headers', discardText: 'Consumers that read the topic anew leave it out too. This cannot be undone.', replayed: 'It has been published again.', discarded: 'It has been left out.' },
};

export type Texts = typeof en;
export type FieldName = keyof typeof fields;
