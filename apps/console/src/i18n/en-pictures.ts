/** Texts of routes and their reasons. */
const routes = {
  tab: 'Routes', table: 'Route table', tables: { effective: 'Effective', static: 'Static', propagated: 'Propagated', learned: 'Learned', advertised: 'Advertised' },
  about: {
    effective: 'What the gateway forwards by: every route that won.', static: 'Routes that somebody entered, those that lost included.', propagated: 'Routes of attachments and of BGP peers, those that lost included.',
    learned: 'What this peer announces to the cloud.', advertised: 'What this peer is told by the cloud.',
  },
  destination: 'Destination', nextHop: 'Next hop', kind: 'Kind', asPath: 'AS path', priority: 'Priority', inUse: 'In use', why: 'Why?', whyOf: (what: string) => `Why? ${what}`, med: 'MED', communities: 'Communities', since: 'Since', because: 'Because',
  peer: 'Peer', noPeers: 'This gateway has no tunnel and no virtual interface yet: nobody announces anything to it.', local: 'Inside the VPC', tableOf: 'Route table',
  filter: 'Filter routes', filterPlaceholder: '10.20.0.0/16, tun-…', count: (shown: number, all: number) => (shown === all ? (all === 1 ? '1 route' : `${all} routes`) : `${shown} of ${all} routes`), nothing: 'No route matches the filter.',
  empty: {
    effective: 'Nothing is forwarded yet: attach a VPC, add a static route, or bring up a tunnel with BGP.', static: 'Nobody has entered a route for this gateway.', propagated: 'No attachment propagates a subnet, and no BGP peer announces a network.',
    learned: 'This peer announces nothing: is its BGP session up?', advertised: 'This peer is told nothing: is its BGP session up?', vpc: 'This table has no routes.',
  },
  limit: (count: number, max: number) => `${count} of ${max}`, limitOf: { gateway: 'Dynamic routes of the gateway', table: 'Propagated routes' }, limitRefused: (n: number) => `${n} refused`, limitStatus: { ok: 'There is room', 'near-limit': 'Nearly full', 'over-limit': 'Full: the youngest are refused' },
  kernels: { agreed: (node: string) => `The kernel of ${node} forwards by exactly these`, differs: (node: string, n: number) => `The kernel of ${node} differs in ${n}`, silent: 'No node has reported its kernel table yet', seen: (when: string) => `seen ${when}` },
  nextHopTypes: { vpc_attachment: 'VPC attachment', direct_connect: 'Direct line', vpn_connection: 'VPN' },
  routeTypes: { static: 'static', propagated: 'propagated', ebgp: 'EBGP', ibgp: 'IBGP', local: 'local' },
  reasons: {
    'only-path': 'the only route', best: 'best', 'equal-cost': 'equal: shared', 'next-hop-type': 'lost by kind of next hop', 'route-type': 'lost by route type', 'as-path-length': 'lost by AS path', 'overlaps-earlier-attachment': 'overlaps another attachment',
    'no-usable-next-hop': 'no usable next hop', 'session-down': 'session is down', martian: 'not a public or private network', 'own-asn': 'has the cloud’s AS number', 'over-limit': 'over the limit', local: 'inside the VPC', 'only-route': 'the only route',
    'static-over-propagated': 'a static route wins', 'inside-vpc': 'inside the VPC’s range', 'gateway-not-attached': 'gateway is not attached', 'attachment-route': 'route of an attachment', 'static-route': 'static route', transit: 'transit', 'own-route': 'its own route',
    'no-transit': 'transit is off', 'bgp-off': 'no BGP', 'not-forwarded': 'is not forwarded', 'outside-ranges': 'outside the propagated ranges', 'no-relation': 'no propagation from this gateway',
  } as Record<string, string>,
};

const why = {
  title: (what: string) => `Why ${what}?`, ask: 'Ask', askLabel: 'Where does a packet go? An address, or a network', askPlaceholder: '10.20.0.5 or 10.20.0.0/16', askInvalid: 'An IPv4 address such as 10.20.0.5, or a network such as 10.20.0.0/16.', working: 'Asking…', back: 'Back',
  candidates: (prefix: string) => `Candidates for ${prefix}`, none: 'There is no route to exactly this destination.', kinds: { winner: 'In use', loser: 'Lost', refused: 'Not a candidate' }, marks: { passed: 'not worse than the best', lost: 'lost here', unasked: 'not compared' },
  steps: { 'next-hop-type': 'Kind of next hop', 'route-type': 'Route type', 'as-path-length': 'AS path length' }, order: 'Compared from left to right; the lower number wins.', from: 'Where it comes from', went: 'Where it went', propagated: 'VPC route tables', advertised: 'Told to peers',
  told: 'Told', notTold: 'Not told', taken: 'In use', notTaken: 'Not in use', lessSpecific: 'Wider routes that cover it', forwards: 'forwards', drops: 'does not forward', notPropagated: 'Gateways that say nothing of it', onward: 'In the gateway', noOnward: 'The gateway has no route to it and drops it.', askThere: 'Why there?',
  decision: (type: string) => `Decision ${type}`, by: (actor: string) => `by ${actor}`, at: (position: string) => `place ${position} in the log`, request: (id: string) => `request ${id}`, said: (neighbor: string, asn: string) => `Said by ${neighbor} (AS ${asn})`, overPeer: 'over', session: (when: string) => `session since ${when}`, sessionDown: 'the session is down', nobody: 'a peer',
};

const network = {
  tab: 'Network', of: (region: string) => `Network of ${region}`, about: 'Every border gateway with its VPCs, VPN connections, tunnels and customers, as they are now. Everything leads to its details.', drawingOf: (name: string, state: string) => `Drawing of ${name}: ${state}`,
  vpc: 'VPC', gateway: 'Border gateway', connection: 'VPN connection', vif: 'Virtual interface', customer: 'Customer gateway', peer: 'Other end of the line', tunnel: 'Tunnel', line: 'Line', noTunnels: 'no tunnels', bgpUp: 'BGP up', bgpDown: 'BGP down',
  propagates: (n: number) => (n === 1 ? '1 subnet' : `${n} subnets`), vpcLabel: (name: string, cidr: string, attachment: string, n: number) => `VPC ${name}, ${cidr}, attachment ${attachment} propagates ${n === 1 ? '1 subnet' : `${n} subnets`}`,
  rates: (into: string, out: string) => `in ${into} · out ${out}`, down: (n: number) => `${n} down`, disabled: (n: number) => `${n} disabled`, size: (vpcs: number, connections: number) => `${vpcs === 1 ? '1 VPC' : `${vpcs} VPCs`}, ${connections === 1 ? '1 VPN connection' : `${connections} VPN connections`}`,
  moreWays: (n: number) => `${n} more, all well`, moreVpcs: (n: number) => (n === 1 ? '1 more VPC' : `${n} more VPCs`), allShown: 'Draw every tunnel', lessShown: 'Draw less', asText: 'The drawing as text', nothing: 'Nothing is connected yet: attach a VPC, and create a VPN connection.',
};

const charts = {
  tab: 'Charts', states: 'When it was up', window: 'Window', windows: { '1h': '1 h', '6h': '6 h', '12h': '12 h', '1d': '1 d', '3d': '3 d', '7d': '7 d', '14d': '14 d' }, spread: 'Least and most', csv: 'CSV', latest: 'Latest', nothing: 'Nothing was measured in this time.', time: 'From', asTable: 'As a table', neverMeasured: 'nothing was measured',
  panels: {
    original: 'Original traffic', encrypted: 'Encrypted traffic', packets: 'Packets', originalInBps: 'Original, customer to cloud', originalOutBps: 'Original, cloud to customer', encryptedInBps: 'Encrypted, customer to cloud', encryptedOutBps: 'Encrypted, cloud to customer', packetsInPps: 'Packets, customer to cloud', packetsOutPps: 'Packets, cloud to customer',
    probeLoss: 'Probes lost', probeRtt: 'Round trip of probes', learned: 'Learned prefixes',
  },
  metrics: {
    originalInBps: 'Customer to cloud', originalOutBps: 'Cloud to customer', encryptedInBps: 'Customer to cloud', encryptedOutBps: 'Cloud to customer', packetsInPps: 'Customer to cloud', packetsOutPps: 'Cloud to customer', operUp: 'Up', ikeSas: 'IKE SAs', childSas: 'Child SAs', bgpEstablished: 'BGP established', learnedPrefixes: 'Learned prefixes',
    probeLossRatio: 'Lost', probeRttMs: 'Round trip', rekeys: 'Rekeys', negotiationFailures: 'Failed negotiations',
  },
  summary: (least: string, mean: string, most: string) => `least ${least}, average ${mean}, most ${most}`, upShare: (percent: string) => `up ${percent} of the measured time`, caption: (title: string, minutes: number) => `${title}, a row for each ${minutes === 1 ? 'minute' : `${minutes} minutes`}`,
  noStore: 'This installation has no monitoring store: it keeps no series.', notYet: 'Nothing has been measured yet.', noTunnels: 'There are no tunnels yet, so there is nothing to measure.',
};

const timeline = {
  tab: 'Timeline', zone: (zone: string) => `Times are of ${zone}.`, about: 'What changed about the tunnels in the last 14 days, newest first.', aboutShort: 'What changed lately. This installation has no monitoring store, so only the last changes of each tunnel are known.', empty: 'Nothing has happened yet.', more: 'Older changes',
  what: { 'oper UP': 'Up', 'oper DOWN': 'Down', 'admin UP': 'Enabled', 'admin DOWN': 'Disabled', 'BGP established': 'BGP established', 'BGP down': 'BGP down', added: 'Added', reconfigured: 'Changed', 'negotiation failed': 'Negotiation failed', gone: 'No longer run by its node' } as Record<string, string>,
};

export const pictures = { routes, why, network, charts, timeline };
