import { http } from '@bordergate/contracts';
import type { Api, Document } from './api.js';

/** What must be as it was answered last. */
const STABLE_FIELDS = [
  'vpcName', 'cidr', 'subnetName', 'customerGatewayName', 'customerIps', 'bgpAsn', 'vpnConnectionName', 'bgpEnabled', 'tunnelIp', 'description', 'cloudPublicIp', 'adminStatus', 'bgwRouteDestination', 'destination', 'maxLimit',
];
const idFieldOf = (collection: string): string => (collection === 'quotas' ? 'type' : http.COLLECTIONS[collection as http.Collection]?.id);

/** What was acknowledged is there, with what was answered last; what was acknowledged as deleted is not. Answers what is lost, in words. */
export async function lostCommands(api: Api): Promise<string[]> {
  const wanted = wantedBy(api.acknowledged);
  const found = new Map<string, Document>();
  for (const collection of new Set([...wanted.keys()].map((path) => path.split('/')[0]!))) {
    for (const document of await api.list(collection)) found.set(`${collection}/${document[idFieldOf(collection)]}`, document);
  }
  return [...wanted].flatMap(([path, answer]) => {
    const there = found.get(path);
    if (answer === null) return there ? [`${path} is there though deleted`] : [];
    if (!there) return [`${path} is gone`];
    return STABLE_FIELDS.filter((field) => field in answer && JSON.stringify(answer[field]) !== JSON.stringify(there[field])).map((field) => `${path}.${field} is ${there[field]}, and ${answer[field]} was acknowledged`);
  });
}

/** By path: the document as it was acknowledged last, null when it was deleted. */
function wantedBy(acknowledged: Api['acknowledged']): Map<string, Document | null> {
  const wanted = new Map<string, Document | null>();
  for (const { method, path, answer } of acknowledged) {
    const [target, verb] = path.split(':') as [string, string | undefined];
    if (method === 'DELETE') wanted.set(path, null);
    else if (method === 'PATCH') wanted.set(path, answer!);
    else if (verb === 'addTunnels') for (const { vpnTunnelId, tunnelIp, adminStatus } of answer!.items) wanted.set(`vpnTunnels/${vpnTunnelId}`, { tunnelIp, adminStatus });
    else if (verb === 'disable' || verb === 'enable') wanted.set(target, { ...wanted.get(target), adminStatus: verb === 'enable' ? 'UP' : 'DOWN' });
    else if (verb === undefined) wanted.set(`${path}/${answer![idFieldOf(path)]}`, answer!);
  }
  return wanted;
}
