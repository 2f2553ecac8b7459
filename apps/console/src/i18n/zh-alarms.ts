import type { Texts } from './en.js';

const levels = { common: '一般', critical: '严重', fatal: '紧急' };
const kinds = { vpnTunnel: '隧道', vpnConnection: 'VPN 连接', borderGateway: '边界网关' };
const metrics = {
  originalInBps: '原始流量，客户到云端', originalOutBps: '原始流量，云端到客户', encryptedInBps: '加密流量，客户到云端', encryptedOutBps: '加密流量，云端到客户', packetsInPps: '报文，客户到云端', packetsOutPps: '报文，云端到客户',
  operUp: '正常时间占比', ikeSas: 'IKE SA', childSas: 'Child SA', bgpEstablished: 'BGP 建立时间占比', learnedPrefixes: '学到的前缀', probeLossRatio: '探测丢失', probeRttMs: '探测往返时间', rekeys: '密钥更新', negotiationFailures: '协商失败',
  spareTunnels: '备用隧道', flaps: '由正常变为断开的次数', probeLossRatioWhileUp: '正常时的探测丢失', prefixesWhileEstablished: 'BGP 建立时的前缀', routeLimitStatus: '网关路由上限（1 接近，2 超出）',
};
const statistics = { avg: '平均', min: '最小', max: '最大', sum: '合计' };
const operators = { lte: '不大于', lt: '小于', gt: '大于', gte: '不小于', eq: '等于', ne: '不等于' };

export const alarms: Texts['alarms'] = {
  tab: '告警', title: '告警', about: '每条告警规则对其各个资源的当前判断，每分钟检查一次。', present: '当前', history: '历史', raisedOf: (n) => `${n} 个告警`, more: (n) => `再显示 ${n} 个`,
  none: '没有处于该状态的内容。', noneOf: '还没有告警规则监控它。', nothingWatched: '还没有可监控的内容；一分钟内新建的尚未检查。', allWell: '没有告警。', allWellShort: '没有告警', rule: '规则', resource: '资源', since: '开始时间', detail: '判断依据', older: '更早', emptyHistory: '最近 14 天没有变化。', aboutHistory: '最近 14 天的变化以及是否已通知，最新的在前。',
  states: { alarm: '告警中', insufficientData: '数据不足', normal: '正常', disabled: '已禁用' }, anyState: '全部', still: '持续',
  levels,
  notification: { none: '', pending: '正在通知', delivered: '已通知', failed: '通知失败，不再重试' }, tries: (n) => `${n} 次`, failure: (why) => `最近一次失败：${why}`,
  rules: {
    one: '告警规则', many: '告警规则', create: '创建告警规则', about: '监控什么、通知谁。每个地域自带一组规则，可以像其他规则一样修改、禁用和删除。',
    empty: '该地域还没有告警规则。有了第一条隧道一两分钟后会自动给出；也可以自行创建。', isDefault: '默认', isDefaultLong: '地域自带的规则', deleteWarning: '历史会保留。', deleteDefault: '默认规则不会重新出现。', disableText: '不再监控，也不再通知。', enabled: '启用', disabled: '已禁用', states: '状态', notify: '通知',
  },
  kinds, allOf: (kind) => `${kind}：全部`, chosenOf: (kind, n) => `${kind}：${n} 个`,
  metrics, statistics,
  condition: (metric, statistic, period, operator, threshold, times) => `${metric}：${period} 内${statistic} ${operator} ${threshold}${times === 1 ? '' : `，连续 ${times} 次`}`,
  form: {
    watched: '监控对象', kind: '类型', all: '全部，包括以后新建的', chosen: '所选的', chooseOne: '请至少选择一个，或切换为全部。', conditions: '条件', conditionsText: '任一条件满足即告警；多个满足时取最高级别。', conditionN: (n) => `条件 ${n}`, addCondition: '添加条件', removeCondition: (n) => `移除条件 ${n}`,
    metric: '指标', periodMinutes: '周期', statistic: '统计方式', operator: '比较', threshold: (unit) => (unit === '' ? '阈值' : `阈值（${unit}）`), consecutivePeriods: '连续周期', level: '级别', share: '1 为全部',
    told: '通知', toldText: '没有 webhook 则不通知任何人；状态和历史照常保留。', withWebhook: '调用 webhook', url: '地址', urlHint: 'http 或 https；不能指向本机或其网段。', secret: '密钥', secretHint: '16 至 128 个字符，或 whsec_ 加 24 至 64 字节的 base64；用于对每个通知签名（Standard Webhooks），之后不再显示。', secretKept: '留空：保留现有密钥。密钥从不显示。',
    onAlarm: '告警时', onInsufficientData: '数据不足时', onRecovery: '恢复时', atHours: '仅在指定时段', from: '从', to: '至', toHint: '结束早于开始时，指第二天。', timeZone: '时区', none: '没有 webhook', allDay: '全天', hours: (from, to, zone) => `${from} 至 ${to}，${zone}`,
  },
  choices: { repeatMinutes: { null: '一次' }, metric: metrics, statistic: statistics, operator: operators, level: levels, kind: kinds },
};
