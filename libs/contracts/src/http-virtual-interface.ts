import { z } from 'zod';
import { AdminStatus, AsnNumber, Description, Name, Node, OperStatus, PrefixText } from './values.js';
import { InterfaceName, VlanId } from './virtual-interface.js';
import { ShownVifReason, VifDriver } from './vif-observations.js';

/** The REST schemas of virtual interfaces: /v1/regions/{region}/virtualInterfaces. */
const time = z.string().describe('RFC 3339, UTC');
const vifIp = PrefixText.describe('the /30 on the line, in 169.254/16, 10/8, 172.16/12 or 192.168/16: the customer has its first address, the cloud its second; allocated when omitted');
const bgpHoldSec = z.int().min(3).max(180);
const bfdIntervalMs = z.int().min(50).max(1_000);
const bfdMultiplier = z.int().min(3).max(10);

export const CreateVirtualInterface = z.strictObject({
  vifName: Name, description: Description.default(''), bgwId: z.string(), node: Node.describe('the worker node on which the line ends'),
  interface: InterfaceName.describe("the node's interface; it may have no addresses of its own when it is taken whole"),
  vlanId: VlanId.nullable().default(null).describe('one VLAN of the interface (IEEE 802.1Q); the whole interface when omitted'), vifIp: vifIp.optional(),
  bgpEnabled: z.boolean().default(true), localAsn: AsnNumber.default(64512 as never).describe("the cloud's AS number"), customerAsn: AsnNumber.optional().describe('required with BGP'),
  bgpHoldSec: bgpHoldSec.default(30).describe('BGP hold time; keepalive is a third of it'), bfdEnabled: z.boolean().default(true).describe('offer BFD; used where the peer answers it'),
  bfdIntervalMs: bfdIntervalMs.default(100), bfdMultiplier: bfdMultiplier.default(3),
}).meta({ id: 'CreateVirtualInterface' });

export const UpdateVirtualInterface = z.strictObject({
  vifName: Name.optional(), description: Description.optional(), vifIp: vifIp.optional(), bgpEnabled: z.boolean().optional(), customerAsn: AsnNumber.optional(), bgpHoldSec: bgpHoldSec.optional(),
  bfdEnabled: z.boolean().optional(), bfdIntervalMs: bfdIntervalMs.optional(), bfdMultiplier: bfdMultiplier.optional(),
}).meta({ id: 'UpdateVirtualInterface' });

/** The product's states of an interface (semantics 4.3), as far as there is nobody who must confirm it. */
export const VifStatus = z.enum(['Pending', 'Active', 'Down', 'InActive']);
export type VifStatus = z.infer<typeof VifStatus>;

export const VirtualInterface = z.object({
  vifId: z.string(), vifName: z.string(), description: z.string(), bgwId: z.string(), node: z.string(), interface: z.string(), vlanId: z.int().nullable(), vifIp: z.string(), localVifIp: z.string(),
  remoteVifIp: z.string(), bgpEnabled: z.boolean(), localAsn: z.int(), customerAsn: z.int().nullable(), bgpHoldSec: z.int(), bfdEnabled: z.boolean(), bfdIntervalMs: z.int(), bfdMultiplier: z.int(),
  status: VifStatus.describe('Pending: no worker has reported; InActive: disabled'), adminStatus: AdminStatus, opStatus: OperStatus, opReason: ShownVifReason, opDetail: z.string(), opSince: time.nullable(),
  driver: VifDriver.nullable().describe('null until a worker reports'), bgpStatus: z.enum(['established', 'down', 'off']),
  region: z.string(), tenant: z.string(), createdTime: time, updatedTime: time,
}).meta({ id: 'VirtualInterface' });

const io = z.object({ bytesIn: z.number(), bytesOut: z.number(), packetsIn: z.number(), packetsOut: z.number() });
/** The present state of a virtual interface, from telemetry. Nothing is encrypted on it, so there is one measurement. */
export const VifState = z.object({
  vifId: z.string(), bgwId: z.string(), node: z.string(), driver: VifDriver.nullable(), adminStatus: AdminStatus, opStatus: OperStatus, opReason: ShownVifReason, opDetail: z.string(), opSince: time.nullable(),
  bgpStatus: z.enum(['established', 'down', 'off']), bgpSince: time.nullable(), learnedPrefixes: z.int(),
  counters: io.extend({ sampledAt: time }).nullable().describe('in is customer to cloud'),
  rates: z.object({ inBps: z.number(), outBps: z.number(), inPps: z.number(), outPps: z.number() }).nullable(),
  history: z.array(z.object({ at: time, what: z.string(), detail: z.string() })).describe('newest first'),
}).meta({ id: 'VifState' });
