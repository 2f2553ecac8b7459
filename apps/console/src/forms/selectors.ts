/** Traffic selectors as lines of text: "10.1.0.0/16 -> 10.20.0.0/16, 10.21.0.0/16". */
interface Selector { readonly localSubnet: string; readonly remoteSubnets: readonly string[]; readonly description?: string }

export const selectorsText = (selectors: readonly Selector[]): string => selectors.map(({ localSubnet, remoteSubnets, description }) => `${localSubnet} -> ${remoteSubnets.join(', ')}${description ? ` # ${description}` : ''}`).join('\n');

/** What cannot be read becomes what the API refuses with its own words. */
export const selectorsOf = (text: string): Selector[] => text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
  const [, networks = '', description = ''] = /^([^#]*)(?:#(.*))?$/.exec(line) ?? [];
  const [localSubnet = '', remote = ''] = networks.split(/->|→/);
  return { localSubnet: localSubnet.trim(), remoteSubnets: remote.split(/[\s,]+/).filter(Boolean), description: description.trim() };
});
