/** The corridors between services. A compacted topic is a table: the last record of a key stands, null removes it. */
export interface Topic {
  readonly name: string;
  readonly key: string;
  readonly content: string;
  /** Milliseconds, 'forever', or 'compacted'. */
  readonly retention: number | 'forever' | 'compacted';
}

const DAY = 86_400_000;
const topic = (name: string, key: string, content: string, retention: Topic['retention']): Topic => ({ name, key, content, retention });

export const TOPICS = {
  decisions: topic('resources.decisions.v1', 'stream', 'all decisions, in stream order', 'forever'),
  tunnelObservations: topic('tunnel.observations.v1', 'gateway/tunnel or virtual interface', 'IKE and CHILD SA life, DPD, probes, oper status, alerts, kernel FIBs', 14 * DAY),
  ribIn: topic('bgp.rib-in.v1', 'gateway/peer/prefix', 'announcements, session epochs; null withdraws', 'compacted'),
  fib: topic('routing.fib.v1', 'gateway/prefix', 'the FIB the RIB expects on each node', 'compacted'),
  vpcRoutes: topic('routing.vpc-routes.v1', 'vpc route table/prefix', 'propagated and effective VPC routes', 'compacted'),
  ribOut: topic('routing.rib-out.v1', 'gateway/peer/prefix', 'what each peer is told', 'compacted'),
  limits: topic('routing.limits.v1', 'gateway/prefix', 'destinations over a limit, and warnings', 'compacted'),
  samples: topic('telemetry.samples.v1', 'tunnel or virtual interface', 'counters; probe loss and round trip', DAY),
  nodes: topic('tunnel.nodes.v1', 'region/node, or listener/service', 'signs of life of nodes, and of those that listen for them', 'compacted'),
  usage: topic('billing.usage.v1', 'connection or tunnel/hour', 'what was used in an hour, once per hour and resource', 400 * DAY),
  parked: topic('journal.parked.v1', 'consumer/topic/partition/offset', 'messages that a consumer could not read, and what became of them', 'compacted'),
} as const;
export type TopicName = (typeof TOPICS)[keyof typeof TOPICS]['name'];

/** Keys of the per-gateway tables. */
export const keyOf = {
  /** Of a tunnel or a virtual interface, by its id. */
  tunnel: (borderGatewayId: string, legId: string) => `${borderGatewayId}/${legId}`,
  kernelFib: (borderGatewayId: string, node: string) => `${borderGatewayId}/fib@${node}`,
  bgpSession: (borderGatewayId: string, peerId: string) => `${borderGatewayId}/${peerId}/session`,
  bgpRoute: (borderGatewayId: string, peerId: string, prefix: string) => `${borderGatewayId}/${peerId}/${prefix}`,
  fib: (borderGatewayId: string, prefix: string) => `${borderGatewayId}/${prefix}`,
  ribOut: (borderGatewayId: string, peerId: string, prefix: string) => `${borderGatewayId}/${peerId}/${prefix}`,
  refused: (borderGatewayId: string, prefix: string) => `${borderGatewayId}/${prefix}`,
  limitStatus: (resourceId: string) => `${resourceId}/status`,
  vpcRoute: (routeTableId: string, prefix: string) => `${routeTableId}/${prefix}`,
  node: (region: string, node: string) => `${region}/${node}`,
  usage: (resourceId: string, hour: string) => `${resourceId}/${hour}`,
  parked: (consumer: string, topic: string, partition: number, offset: number) => `${consumer}/${topic}/${partition}/${offset}`,
};
