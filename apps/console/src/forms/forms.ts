import { http } from '@bordergate/contracts';
import { z } from 'zod';
import type { Where } from '../api/queries.js';
import type { Collection } from '../api/types.js';
import type { Values } from './schema-fields.js';

/** A field whose value is the id of a resource, or several; null while what decides about it has not been chosen. */
export interface Reference {
  readonly collection: Collection;
  readonly where?: Where;
}

/** How a request is asked for; its fields, defaults, ranges and rules are those of the schema. */
export interface FormDef {
  readonly schema: z.ZodObject;
  readonly refs?: Readonly<Record<string, (values: Values) => Reference | null>>;
  /** Behind "more settings". */
  readonly advanced?: readonly string[];
  readonly only?: readonly string[];
  /** Fields that are asked for only then. */
  readonly when?: Readonly<Record<string, (values: Values) => boolean>>;
  /** Paths of the fields inside of its fields, such as "webhook.url": where an error can be shown. */
  readonly inner?: (values: Values) => readonly string[];
  /** What it begins with, where that is not the schema's default. */
  readonly start?: Values;
}

const to = (collection: Collection) => (): Reference => ({ collection });
const withBgp = ({ bgpEnabled }: Values) => bgpEnabled === true;
const withBfd = ({ bgpEnabled, bfdEnabled }: Values) => bgpEnabled === true && bfdEnabled === true;
const bgpTimers = ['localAsn', 'bgpHoldSec', 'bfdEnabled', 'bfdIntervalMs', 'bfdMultiplier'];
const bgpWhen = { bgpHoldSec: withBgp, bfdEnabled: withBgp, bfdIntervalMs: withBfd, bfdMultiplier: withBfd };
const chosenSubnets = { subnetIds: ({ propagateType }: Values) => propagateType === 'partial' };
const subnetsOfVpc = ({ vpcId }: Values): Reference | null => (vpcId ? { collection: 'subnets', where: { vpcId: String(vpcId) } } : null);
const tablesOfVpc = ({ vpcId }: Values): Reference => ({ collection: 'routeTables', ...(vpcId ? { where: { vpcId: String(vpcId) } } : {}) });

const NEXT_HOPS: Readonly<Record<string, Collection>> = { vpn_connection: 'vpnConnections', vpc_attachment: 'vpcAttachments', private_vif: 'virtualInterfaces' };
const nextHop = ({ bgwId, bgwRouteNextHopType }: Values): Reference | null => (bgwId ? { collection: NEXT_HOPS[String(bgwRouteNextHopType)]!, where: { bgwId: String(bgwId) } } : null);

/** All fields of a tunnel but which tunnel it is: the parameters come first in the API's order. */
export const TUNNEL_IDENTITY = ['tunnelIp', 'localTunnelIp', 'localId', 'remoteId'];
export const RARE_TUNNEL_OPTIONS = ['ikeMode', 'ikeDpdSec', 'ipsecSaLifepkt', 'ipsecSaLifebyte', 'bandwidthMbps'];
export const tunnelWhen = { ikeMode: ({ ikeVersion }: Values) => ikeVersion === 'v1', ipsecAuth: ({ ipsecCipher }: Values) => !String(ipsecCipher).includes('gcm') };

/** Many routes of one table at once: their destinations are lines, all else is the same. */
const destinations = { destinations: z.string().meta({ format: 'lines' }) };
export const BULK_FORMS = {
  staticRoutes: { schema: http.CreateStaticRoute.omit({ bgwRouteDestination: true, description: true }).extend(destinations), refs: { bgwId: to('borderGateways'), bgwRouteNexthop: nextHop } },
  vpcRoutes: { schema: http.CreateVpcRoute.omit({ destination: true, description: true }).extend(destinations), refs: { routeTableId: tablesOfVpc, bgwId: to('borderGateways') } },
} satisfies Readonly<Record<string, FormDef>>;

export const FORMS: Readonly<Record<Collection, { readonly create?: FormDef; readonly edit?: FormDef }>> = {
  vpcs: { create: { schema: http.CreateVpc }, edit: { schema: http.UpdateVpc } },
  subnets: {
    create: { schema: http.CreateSubnet, refs: { vpcId: to('vpcs'), routeTableId: (values) => (values.vpcId ? tablesOfVpc(values) : null) } },
    edit: { schema: http.UpdateSubnet, refs: { routeTableId: tablesOfVpc } },
  },
  routeTables: { create: { schema: http.CreateRouteTable, refs: { vpcId: to('vpcs') } } },
  routePropagations: { create: { schema: http.CreateRoutePropagation, refs: { routeTableId: tablesOfVpc, bgwId: to('borderGateways') } }, edit: { schema: http.UpdateRoutePropagation } },
  vpcRoutes: { create: { schema: http.CreateVpcRoute, refs: { routeTableId: tablesOfVpc, bgwId: to('borderGateways') } }, edit: { schema: http.UpdateVpcRoute } },
  borderGateways: { create: { schema: http.CreateBorderGateway, only: ['bgwName', 'description', 'transitEnabled'] }, edit: { schema: http.UpdateBorderGateway } },
  vpcAttachments: {
    create: { schema: http.CreateVpcAttachment, refs: { bgwId: to('borderGateways'), vpcId: to('vpcs'), subnetIds: subnetsOfVpc }, when: chosenSubnets },
    edit: { schema: http.UpdateVpcAttachment, refs: { vpcId: to('vpcs'), subnetIds: subnetsOfVpc }, when: chosenSubnets },
  },
  staticRoutes: {
    create: { schema: http.CreateStaticRoute, refs: { bgwId: to('borderGateways'), bgwRouteNexthop: nextHop } },
    edit: { schema: http.UpdateStaticRoute },
  },
  customerGateways: { create: { schema: http.CreateCustomerGateway, start: { customerIps: ['', ''] } }, edit: { schema: http.UpdateCustomerGateway } },
  vpnConnections: {
    create: { schema: http.CreateVpnConnection, refs: { bgwId: to('borderGateways'), cgwId: to('customerGateways') }, advanced: bgpTimers, when: bgpWhen },
    edit: { schema: http.UpdateVpnConnection, advanced: bgpTimers, when: { ...bgpWhen, trafficSelectors: ({ bgpEnabled }) => bgpEnabled === false } },
  },
  vpnTunnels: { edit: { schema: http.UpdateVpnTunnel, advanced: RARE_TUNNEL_OPTIONS, when: tunnelWhen } },
  virtualInterfaces: {
    create: { schema: http.CreateVirtualInterface, refs: { bgwId: to('borderGateways') }, advanced: bgpTimers, when: { ...bgpWhen, customerAsn: withBgp, localAsn: withBgp } },
    edit: { schema: http.UpdateVirtualInterface, advanced: bgpTimers, when: { ...bgpWhen, customerAsn: withBgp } },
  },
  publicAddresses: { create: { schema: http.CreatePublicAddress } },
};
