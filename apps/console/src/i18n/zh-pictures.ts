import type { pictures as inEnglish } from './en-pictures.js';

const routes: typeof inEnglish.routes = {
  tab: '路由', table: '路由表', tables: { effective: '生效路由', static: '静态路由', propagated: '传播路由', learned: '学到的路由', advertised: '通告的路由' },
  about: { effective: '网关据以转发的路由：每条胜出的路由。', static: '手工配置的路由，包括未胜出的。', propagated: '来自 VPC 接口和 BGP 对等体的路由，包括未胜出的。', learned: '该对等体向云端通告的网络。', advertised: '云端告知该对等体的网络。' },
  destination: '目的网段', nextHop: '下一跳', kind: '类型', asPath: 'AS 路径', priority: '优先级', inUse: '使用情况', why: '为什么？', whyOf: (what) => `为什么？${what}`, med: 'MED', communities: '团体属性', since: '开始时间', because: '原因',
  peer: '对等体', noPeers: '该网关还没有隧道和虚拟接口：没有对等体向其通告路由。', local: 'VPC 内部', tableOf: '路由表',
  filter: '筛选路由', filterPlaceholder: '10.20.0.0/16、tun-…', count: (shown, all) => (shown === all ? `${all} 条路由` : `${shown} / ${all} 条路由`), nothing: '没有符合条件的路由。',
  empty: {
    effective: '尚无转发：请接入 VPC、添加静态路由，或启用带 BGP 的隧道。', static: '该网关没有手工配置的路由。', propagated: '没有 VPC 接口传播子网，也没有 BGP 对等体通告网络。', learned: '该对等体没有通告：其 BGP 会话是否已建立？', advertised: '没有向该对等体通告：其 BGP 会话是否已建立？', vpc: '该路由表没有路由。',
  },
  limit: (count, max) => `${count} / ${max}`, limitOf: { gateway: '网关的动态路由', table: '传播路由' }, limitRefused: (n) => `${n} 条被拒绝`, limitStatus: { ok: '尚有空间', 'near-limit': '即将用满', 'over-limit': '已满：最新的被拒绝' },
  kernels: { agreed: (node) => `节点 ${node} 的内核按此表转发`, differs: (node, n) => `节点 ${node} 的内核有 ${n} 处不同`, silent: '尚无节点上报其内核路由表', seen: (when) => `上报于 ${when}` },
  nextHopTypes: { vpc_attachment: 'VPC 接口', direct_connect: '专线', vpn_connection: 'VPN' }, routeTypes: { static: '静态', propagated: '传播', ebgp: 'EBGP', ibgp: 'IBGP', local: '本地' },
  reasons: {
    'only-path': '唯一的路由', best: '最优', 'equal-cost': '等价：分担流量', 'next-hop-type': '下一跳类型落选', 'route-type': '路由类型落选', 'as-path-length': 'AS 路径落选', 'overlaps-earlier-attachment': '与其他 VPC 接口重叠', 'no-usable-next-hop': '没有可用的下一跳', 'session-down': '会话未建立',
    martian: '不是有效的公网或私网网段', 'own-asn': '含有云端的 AS 号', 'over-limit': '超出上限', local: 'VPC 内部', 'only-route': '唯一的路由', 'static-over-propagated': '静态路由优先', 'inside-vpc': '在 VPC 网段之内', 'gateway-not-attached': '网关未接入', 'attachment-route': 'VPC 接口的路由', 'static-route': '静态路由',
    transit: '中转', 'own-route': '其自身的路由', 'no-transit': '未开启中转', 'bgp-off': '未启用 BGP', 'not-forwarded': '未转发', 'outside-ranges': '在传播范围之外', 'no-relation': '没有来自该网关的传播',
  },
};

const why: typeof inEnglish.why = {
  title: (what) => `为什么 ${what}？`, ask: '查询', askLabel: '报文去往何处？输入地址或网段', askPlaceholder: '10.20.0.5 或 10.20.0.0/16', askInvalid: '请输入 IPv4 地址（如 10.20.0.5）或网段（如 10.20.0.0/16）。', working: '正在查询…', back: '返回',
  candidates: (prefix) => `${prefix} 的候选路由`, none: '没有到该目的网段的路由。', kinds: { winner: '使用中', loser: '落选', refused: '不参与选择' }, marks: { passed: '不劣于最优', lost: '在此落选', unasked: '未比较' },
  steps: { 'next-hop-type': '下一跳类型', 'route-type': '路由类型', 'as-path-length': 'AS 路径长度' }, order: '从左到右依次比较，数值小者优先。', from: '来源', went: '去向', propagated: 'VPC 路由表', advertised: '告知对等体',
  told: '已告知', notTold: '未告知', taken: '使用中', notTaken: '未使用', lessSpecific: '覆盖它的更大网段', forwards: '转发', drops: '不转发', notPropagated: '没有提供该路由的网关', onward: '在网关中', noOnward: '网关没有到它的路由，报文被丢弃。', askThere: '那里为什么？',
  decision: (type) => `决定 ${type}`, by: (actor) => `操作者 ${actor}`, at: (position) => `日志位置 ${position}`, request: (id) => `请求 ${id}`, said: (neighbor, asn) => `由 ${neighbor}（AS ${asn}）通告`, overPeer: '经由', session: (when) => `会话始于 ${when}`, sessionDown: '会话未建立', nobody: '对等体',
};

const network: typeof inEnglish.network = {
  tab: '网络', of: (region) => `${region} 的网络`, about: '每个边界网关及其 VPC、VPN 连接、隧道和客户的当前状态。点击任意部分查看详情。', drawingOf: (name, state) => `${name} 的示意图：${state}`,
  vpc: 'VPC', gateway: '边界网关', connection: 'VPN 连接', vif: '虚拟接口', customer: '客户网关', peer: '专线对端', tunnel: '隧道', line: '专线', noTunnels: '没有隧道', bgpUp: 'BGP 已建立', bgpDown: 'BGP 未建立',
  propagates: (n) => `${n} 个子网`, vpcLabel: (name, cidr, attachment, n) => `VPC ${name}，${cidr}，VPC 接口 ${attachment} 传播 ${n} 个子网`, rates: (into, out) => `入 ${into} · 出 ${out}`, down: (n) => `${n} 条中断`, disabled: (n) => `${n} 条停用`, size: (vpcs, connections) => `${vpcs} 个 VPC，${connections} 个 VPN 连接`,
  moreWays: (n) => `另有 ${n} 个，均正常`, moreVpcs: (n) => `另有 ${n} 个 VPC`, allShown: '画出每条隧道', lessShown: '简化', asText: '以文字显示', nothing: '尚未连接任何网络：请接入 VPC，并创建 VPN 连接。',
};

const charts: typeof inEnglish.charts = {
  tab: '图表', states: '正常的时间', window: '时间范围', windows: { '1h': '1 小时', '6h': '6 小时', '12h': '12 小时', '1d': '1 天', '3d': '3 天', '7d': '7 天', '14d': '14 天' }, spread: '最小和最大', csv: 'CSV', latest: '最新', nothing: '该时间段没有测量数据。', time: '起始时间', asTable: '以表格显示', neverMeasured: '没有测量数据',
  panels: {
    original: '原始流量', encrypted: '加密流量', packets: '报文', originalInBps: '原始流量，客户到云端', originalOutBps: '原始流量，云端到客户', encryptedInBps: '加密流量，客户到云端', encryptedOutBps: '加密流量，云端到客户', packetsInPps: '报文，客户到云端', packetsOutPps: '报文，云端到客户', probeLoss: '探测丢失', probeRtt: '探测往返时间', learned: '学到的前缀',
  },
  metrics: {
    originalInBps: '客户到云端', originalOutBps: '云端到客户', encryptedInBps: '客户到云端', encryptedOutBps: '云端到客户', packetsInPps: '客户到云端', packetsOutPps: '云端到客户', operUp: '正常', ikeSas: 'IKE SA', childSas: 'Child SA', bgpEstablished: 'BGP 已建立', learnedPrefixes: '学到的前缀', probeLossRatio: '丢失', probeRttMs: '往返时间', rekeys: '密钥更新', negotiationFailures: '协商失败',
  },
  summary: (least, mean, most) => `最小 ${least}，平均 ${mean}，最大 ${most}`, upShare: (percent) => `测量时间内 ${percent} 正常`, caption: (title, minutes) => `${title}，每 ${minutes} 分钟一行`, noStore: '本系统没有监控存储，不保存时间序列。', notYet: '尚无测量数据。', noTunnels: '还没有隧道，没有可测量的内容。',
};

const timeline: typeof inEnglish.timeline = {
  tab: '时间线', zone: (zone) => `时间按 ${zone} 显示。`, about: '最近 14 天内隧道的变化，最新的在前。', aboutShort: '最近的变化。本系统没有监控存储，只保留每条隧道的最后几次变化。', empty: '尚无变化。', more: '更早的变化',
  what: { 'oper UP': '正常', 'oper DOWN': '中断', 'admin UP': '启用', 'admin DOWN': '停用', 'BGP established': 'BGP 已建立', 'BGP down': 'BGP 断开', added: '添加', reconfigured: '修改', 'negotiation failed': '协商失败', gone: '节点不再运行' },
};

export const pictures: typeof inEnglish = { routes, why, network, charts, timeline };
