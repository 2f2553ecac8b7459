import { http, ID_PREFIX } from '@bordergate/contracts';
import type { z } from 'zod';
import { UsageError } from './io.js';

/** A collection as the command line knows it. `create` and `update` are null where the API has no such thing. */
export interface CliCollection {
  readonly path: http.Collection;
  /** The canonical word, plural kebab-case: "border-gateways". */
  readonly word: string;
  readonly words: ReadonlySet<string>;
  readonly idField: string;
  readonly resource: z.ZodObject;
  readonly create: z.ZodObject;
  readonly update: z.ZodObject | null;
}

const SCHEMAS: Record<http.Collection, readonly [resource: z.ZodObject, create: z.ZodObject, update: z.ZodObject | null, ...abbreviations: string[]]> = {
  vpcs: [http.Vpc, http.CreateVpc, http.UpdateVpc],
  subnets: [http.Subnet, http.CreateSubnet, http.UpdateSubnet],
  routeTables: [http.RouteTable, http.CreateRouteTable, null, 'rtb'],
  routePropagations: [http.RoutePropagation, http.CreateRoutePropagation, http.UpdateRoutePropagation, 'propagation', 'propagations', 'prop'],
  vpcRoutes: [http.VpcStaticRoute, http.CreateVpcRoute, http.UpdateVpcRoute],
  borderGateways: [http.BorderGateway, http.CreateBorderGateway, http.UpdateBorderGateway, 'bgw'],
  vpcAttachments: [http.VpcAttachment, http.CreateVpcAttachment, http.UpdateVpcAttachment, 'attachment', 'attachments'],
  staticRoutes: [http.StaticRoute, http.CreateStaticRoute, http.UpdateStaticRoute],
  customerGateways: [http.CustomerGateway, http.CreateCustomerGateway, http.UpdateCustomerGateway, 'cgw'],
  vpnConnections: [http.VpnConnection, http.CreateVpnConnection, http.UpdateVpnConnection, 'connection', 'connections', 'vpn'],
  vpnTunnels: [http.VpnTunnel, http.CreateVpnTunnel, http.UpdateVpnTunnel, 'tunnel', 'tunnels', 'tun'],
  virtualInterfaces: [http.VirtualInterface, http.CreateVirtualInterface, http.UpdateVirtualInterface, 'vif', 'vifs'],
  publicAddresses: [http.PublicAddress, http.CreatePublicAddress, null],
};

export const kebab = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const CLI_COLLECTIONS: readonly CliCollection[] = (Object.keys(SCHEMAS) as http.Collection[]).map((path) => {
  const [resource, create, update, ...abbreviations] = SCHEMAS[path];
  const { kind, id } = http.COLLECTIONS[path];
  const words = [path, kind, kebab(path), kebab(kind), ...abbreviations].map((word) => word.toLowerCase());
  return { path, word: kebab(path), words: new Set(words), idField: id, resource, create, update };
});

/** Singular or plural, kebab or camel case, or the usual abbreviation. */
export function named<C extends Pick<CliCollection, 'word' | 'words'>>(collections: readonly C[], word: string): C {
  const found = collections.find(({ words }) => words.has(word.toLowerCase()));
  if (!found) throw new UsageError(`no collection "${word}"; there are ${collections.map((c) => c.word).join(', ')}`);
  return found;
}

/** An id alone is enough: its prefix tells the collection. A public address is its own id. */
export function collectionOfId(id: string): CliCollection {
  const prefix = id.slice(0, id.indexOf('-'));
  const found = CLI_COLLECTIONS.find(({ path }) => {
    const { kind } = http.COLLECTIONS[path];
    return kind === 'publicAddress' ? /^\d+\.\d+\.\d+\.\d+$/.test(id) : ID_PREFIX[kind] === prefix;
  });
  if (!found) throw new UsageError(`"${id}" is not an id: one looks like ${Object.values(ID_PREFIX).map((p) => `${p}-…`).join(', ')}`);
  return found;
}

/** The id, when it is one of this kind of thing. */
export function idOf(path: http.Collection, id: string): string {
  const collection = collectionOfId(id);
  if (collection.path !== path) throw new UsageError(`"${id}" is one of ${collection.word}, not of ${kebab(path)}`);
  return id;
}
