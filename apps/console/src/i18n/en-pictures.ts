/** Texts of routes and their reasons. */
const routes = {
  tab: 'Routes', table: 'Route table', tables: { effective: 'Effective', static: 'Static', propagated: 'Propagated', learned: 'Learned', advertised: 'Advertised' },
  about: {
    effective: 'What the gateway forwards by: every route that won.', static: 'Routes that somebody entered, those that lost included.', propagated: 'Routes of attachments and of BGP peers, those that lost included.',
    learned: 'What this peer announces to the cloud.', advertised: 'What this peer is told by the cloud.',
  },
  destination: 'Destination', nextHop: 'Next hop', kind: 'Kind', asPath: 'AS path', priority: 'Priority', inUse: 'In use', why: 'Why?', whyOf: (what: string) => `Why? ${what}`, origin: 'Origin', med: 'MED', communities: 'Communities', since: 'Since', because: 'Because',
  peer: 'Peer', noPeers: 'This gateway has no tunnel and no virtual interface yet: nobody announces anything to it.', choosePeer: 'Peer', local: 'Inside the VPC', tableOf: 'Route table', allTables: 'All route tables', refused: 'refused',
  filter: 'Filter routes', filterPlaceholder: '10.20.0.0/16, tun-…', count: (shown: number, all: number) => (shown === all ? `${all} routes` : `${shown} of ${all} routes`), nothing: 'No route matches the filter.',
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

export const pictures = { routes, why };
