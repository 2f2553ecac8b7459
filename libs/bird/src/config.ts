import { comparePrefixes, MARTIANS, prefixOf } from '@bordergate/kernel';
import type { BirdAttachmentRoute, BirdBgpSession, BirdConfigOptions, BirdGateway, BirdStaticRoute } from './gateway.js';
import { HEARD } from './heard.js';
import { address, between, BirdConfigError, device, prefix, protocolName, quoted } from './config-words.js';

/**
 * The whole bird.conf of a gateway (BIRD 2.0.12). Equal gateways give equal text, whatever the order of their lists, so
 * "has it changed" is a comparison of strings. Throws BirdConfigError on a value BIRD's language cannot carry.
 *
 * Everything of a session is inside its own `protocol` block and everything shared is constant: `configure` then
 * touches only the session that changed.
 */
export function renderBirdConfig(gateway: BirdGateway, options: BirdConfigOptions): string {
  const sessions = [...gateway.bgp].sort((a, b) => (a.name < b.name ? -1 : 1));
  unique('bgp.name', sessions.map(session => session.name));
  return [
    renderGlobals(gateway, options),
    renderKernel(gateway),
    renderAttachments(gateway.attachmentRoutes),
    renderStatics('customer', 'staticRoutes', gateway.staticRoutes),
    renderStatics('direct_connect', 'directRoutes', gateway.directRoutes ?? []),
    ...(sessions.some(session => session.bfd) ? [renderBfdProtocol(sessions)] : []),
    ...(sessions.length > 0 ? [renderImportFunction(gateway)] : []),
    ...sessions.map(renderSession),
  ].join('\n');
}

const renderGlobals = (gateway: BirdGateway, options: BirdConfigOptions): string => `\
log ${quoted('logFile', options.logFile)} { trace, info, remote, warning, error, auth, fatal, bug };
timeformat base iso long;
timeformat log iso long ms;
timeformat protocol iso long ms;
timeformat route iso long ms;
router id ${address('routerId', gateway.routerId)};
graceful restart wait ${between('gracefulRestartSeconds', gateway.gracefulRestartSeconds, 1, 65535)};

protocol device {
  scan time 1;
}
`;

// `persist` and `graceful restart`: the kernel keeps forwarding while BIRD is away. The scan repairs what others deleted.
// 255 is BIRD's most; its default of 16 would cut a large equal-cost set in silence.
const renderKernel = (gateway: BirdGateway): string => `\
protocol kernel k4 {
  persist;
  graceful restart on;
  merge paths on limit 255;
  scan time 10;
${gateway.kernelTable === undefined ? '' : `  kernel table ${between('kernelTable', gateway.kernelTable, 1, 2 ** 32 - 1)};\n`}\
  ipv4 {
    import none;
    export where source = RTS_STATIC || source = RTS_BGP;
  };
}
`;

// All static protocols are always there: appearing and vanishing would be a restart where a change of routes is none.
function renderAttachments(routes: readonly BirdAttachmentRoute[]): string {
  unique('attachmentRoutes.prefix', routes.map(route => route.prefix));
  const lines = byPrefix(routes, 'attachmentRoutes.prefix').map(route => {
    const on = device('attachmentRoutes.device', route.device);
    const hop = route.via === undefined ? `"${on}"` : `${address('attachmentRoutes.via', route.via)}%'${on}'`;
    return `  route ${route.prefix} via ${hop} { preference = ${preference(route)}; };\n`;
  });
  return `protocol static attachments {\n  ipv4;\n${lines.join('')}}\n`;
}

function renderStatics(name: string, field: string, routes: readonly BirdStaticRoute[]): string {
  unique(`${field}.prefix`, routes.map(route => route.prefix));
  const lines = byPrefix(routes, `${field}.prefix`).filter(route => route.nextHops.length > 0).map(route => {
    const hops = route.nextHops.map(hop =>
      `via ${address(`${field}.via`, hop.via)}%'${device(`${field}.device`, hop.device)}'`);
    return `  route ${route.prefix} ${[...new Set(hops)].sort().join(' ')} { preference = ${preference(route)}; };\n`;
  });
  return `protocol static ${name} {\n  check link on;\n  ipv4;\n${lines.join('')}}\n`;
}

// A BFD session that only its BGP session asked for would go and come with it, each time as another one (RFC 5880, 6.3: My Discriminator),
// which a peer that has the old one up takes for up until it has waited in vain, and then breaks the new BGP session for it.
function renderBfdProtocol(sessions: readonly BirdBgpSession[]): string {
  const lines = sessions.flatMap(({ bfd, disabled, ...session }) => {
    if (bfd === undefined || disabled) return [];
    const on = device('bgp.device', session.device);
    return [`  interface "${on}" { ${bfdOptions(bfd)} };\n  neighbor ${address('bgp.neighborAddress', session.neighborAddress)} dev "${on}" local ${address('bgp.localAddress', session.localAddress)};\n`];
  });
  return `protocol bfd bfd1 {\n  debug { states, events };\n${lines.join('')}}\n`;
}

// Best path here must be best path in our RIB: AS_PATH length decides within a preference, and nothing else does. So all
// that RFC 4271 §9.1.2.2 would ask before or after it is made equal. A set MED is not sent on to external peers (§5.1.4).
// LLGR_STALE (RFC 9494) would make BIRD prefer other routes; nobody here asked for long-lived stale routes.
//
// The preference is an argument and not the channel's option: BIRD stamps the option on a route when it arrives, so a
// reload from the import table would bring the old one back. A changed body is a changed filter of all sessions: their
// import tables are gone through again, and no session notices.
//
// What the peer itself said goes along under names of ours, and `heardRoutes` puts it back: the import table, which has it, must not be
// listed, because a session that ends meanwhile takes the table away and BIRD with it ("Assertion 'r->use_count == 0' failed").
const renderImportFunction = ({ refused, ownAsns }: BirdGateway): string => `\
attribute int ${HEARD.origin};
attribute int ${HEARD.med};
attribute int ${HEARD.stale};

function from_peer(int rank) {
  if net ~ [ ${MARTIANS.map(range => `${range}+`).join(', ')} ] then reject;
${ownAsns.length === 0 ? '' : `  if bgp_path ~ [ ${[...new Set(ownAsns)].sort((a, b) => a - b).map(number => asn('ownAsns', number)).join(', ')} ] then reject;\n`}\
${refused.length === 0 ? '' : `  if net ~ ${prefixSet(refused, 'refused', '    ')} then reject;\n`}\
  if bgp_origin = ORIGIN_EGP then ${HEARD.origin} = 1;
  if bgp_origin = ORIGIN_INCOMPLETE then ${HEARD.origin} = 2;
  if defined(bgp_med) then ${HEARD.med} = bgp_med;
  bgp_origin = ORIGIN_IGP;
  bgp_med = 0;
  bgp_local_pref = 100;
  preference = rank;
  if (65535, 6) ~ bgp_community then {
    ${HEARD.stale} = 1;
    bgp_community.delete((65535, 6));
  }
  accept;
}
`;

// `import table on`: what the peer said is kept, so that a changed preference or limit is applied without asking the
// peer again (not every peer knows ROUTE-REFRESH, RFC 2918). `import keep filtered on`: what was refused can be listed.
function renderSession(session: BirdBgpSession): string {
  const on = device('bgp.device', session.device);
  return `\
protocol bgp ${protocolName('bgp.name', session.name)} {
  debug { states, events };
${session.disabled ? '  disabled;\n' : ''}\
  local ${address('bgp.localAddress', session.localAddress)} as ${asn('bgp.localAsn', session.localAsn)};
  neighbor ${address('bgp.neighborAddress', session.neighborAddress)} as ${asn('bgp.neighborAsn', session.neighborAsn)};
  interface "${on}";
  direct;
  check link on;
${session.bfd === undefined ? '' : `  bfd { ${bfdOptions(session.bfd)} };\n`}\
${session.password === undefined ? '' : `  password ${quoted('bgp.password', session.password)};\n`}\
${renderTimers(session)}\
  connect retry time 5;
  connect delay time 1;
  error wait time 0, 0;
  graceful restart on;
  ipv4 {
    import table on;
    import keep filtered on;
    import filter { ${session.quarantined ? 'reject;' : `from_peer(${preference(session)});`} };
${session.receiveLimit === undefined ? '' : `    receive limit ${between('bgp.receiveLimit', session.receiveLimit, 1, 2 ** 31 - 1)} action block;\n`}\
    export ${session.quarantined ? 'none' : renderExport(session)};
    next hop self;
  };
}
`;
}

// BIRD refuses keepalives slower than the hold time, and any at all when there is none.
function renderTimers(session: BirdBgpSession): string {
  if (session.holdSeconds === 0) return '  hold time 0;\n';
  const hold = between('bgp.holdSeconds', session.holdSeconds, 3, 65535);
  return `  hold time ${hold};\n  keepalive time ${between('bgp.keepaliveSeconds', session.keepaliveSeconds, 1, hold)};\n`;
}

// The slow interval before a session is up (RFC 5880 §6.8.3 wants at least 1 s by default) follows the wanted one: the
// sooner BFD is up, the sooner it protects.
function bfdOptions(bfd: NonNullable<BirdBgpSession['bfd']>): string {
  const interval = between('bgp.bfd.intervalMs', bfd.intervalMs, 10, 60_000);
  const multiplier = between('bgp.bfd.multiplier', bfd.multiplier, 2, 255);
  return `interval ${interval} ms; idle tx interval ${interval} ms; multiplier ${multiplier};`;
}

// Our own routes are told from the static protocols only: where a static route of the set has no next hop on this node, the table may
// hold another peer's route to the prefix, and passing that on were transit. What transit may pass on is a set of its own.
function renderExport({ advertise, transit }: BirdBgpSession): string {
  const own = advertise.length > 0 ? [`source = RTS_STATIC && net ~ ${prefixSet(advertise, 'bgp.advertise', '      ')}`] : [];
  const notFrom = [...new Set(transit?.notFrom)].sort().map(name => `proto != "${protocolName('bgp.transit.notFrom', name)}" && `).join('');
  const others = transit && transit.prefixes.length > 0 ? [`${notFrom}net ~ ${prefixSet(transit.prefixes, 'bgp.transit.prefixes', '      ')}`] : [];
  const conditions = [...own, ...others];
  return conditions.length === 0 ? 'none' : `where ${conditions.length === 1 ? conditions[0] : conditions.map(one => `(${one})`).join(' || ')}`;
}

function prefixSet(texts: readonly string[], field: string, indent: string): string {
  const prefixes = byPrefix([...new Set(texts)].map(text => ({ prefix: text })), field).map(entry => entry.prefix);
  return `[\n${prefixes.map(text => `${indent}${text}`).join(',\n')}\n${indent.slice(2)}]`;
}

const preference = (of: { readonly preference: number }): number => between('preference', of.preference, 1, 65535);

const asn = (field: string, value: number): number => between(field, value, 1, 2 ** 32 - 1);

function byPrefix<T extends { readonly prefix: string }>(entries: readonly T[], field: string): T[] {
  for (const entry of entries) prefix(field, entry.prefix);
  return [...entries].sort((a, b) => comparePrefixes(prefixOf(a.prefix), prefixOf(b.prefix)));
}

function unique(field: string, values: readonly string[]): void {
  const seen = new Set<string>();
  const twice = values.find(value => seen.size === seen.add(value).size);
  if (twice !== undefined) throw new BirdConfigError(field, `has ${twice} twice`);
}
