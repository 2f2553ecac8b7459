import path from 'node:path';
import { run } from '../index.js';

/** A section of `swanctl --raw`: values, lists and sections under their names. */
export interface Section { readonly [name: string]: string | readonly string[] | Section }

/** One CHILD SA as the cloud's charon lists it. */
export interface ListedChild { readonly name: string; readonly uniqueId: string; readonly state: string; readonly spis: string; readonly algorithms: string; readonly dhGroup: string | undefined; readonly localTs: readonly string[]; readonly remoteTs: readonly string[]; readonly packetsIn: number; readonly packetsOut: number; readonly bytesIn: number; readonly bytesOut: number; readonly installedSeconds: number }
/** One IKE SA with its children. `exchange`: how phase 1 went is no attribute of an SA, so a list does not have it. */
export interface ListedSa { readonly name: string; readonly uniqueId: string; readonly version: string; readonly state: string; readonly initiator: boolean; readonly algorithms: string; readonly establishedSeconds: number; readonly remoteHost: string; readonly remotePort: string; readonly remoteId: string; readonly children: readonly ListedChild[] }

/** A charon of the platform, asked without the platform's help: `list-sas` and a few commands, by strongSwan's own tool. */
export class CloudCharon {
  readonly #uri: string;

  constructor(stateDir: string, tunnelId: string) {
    this.#uri = `unix://${path.join(stateDir, `o-${tunnelId.slice(tunnelId.lastIndexOf('-') + 1)}`, 'vici')}`;
  }

  async sas(): Promise<ListedSa[]> {
    const raw = await this.swanctl('--list-sas', '--raw');
    return raw.split('\n').filter((line) => line.startsWith('list-sa event')).flatMap((line) => Object.entries(parseRaw(line.slice('list-sa event'.length)))).map(([name, sa]) => listedSa(name, sa as Section));
  }

  swanctl(...args: string[]): Promise<string> {
    return run(['swanctl', ...args, '--uri', this.#uri]);
  }
}

const text = (section: Section, name: string): string => (typeof section[name] === 'string' ? section[name] : '');
const list = (section: Section, name: string): readonly string[] => (Array.isArray(section[name]) ? (section[name] as readonly string[]) : []);
const algorithms = (section: Section): string =>
  [[text(section, 'encr-alg'), text(section, 'encr-keysize')].filter(Boolean).join('_'), text(section, 'integ-alg'), text(section, 'prf-alg'), text(section, 'dh-group')].filter(Boolean).join('/');

const listedSa = (name: string, sa: Section): ListedSa => ({
  name, uniqueId: text(sa, 'uniqueid'), version: text(sa, 'version'), state: text(sa, 'state'), initiator: text(sa, 'initiator') === 'yes', algorithms: algorithms(sa),
  establishedSeconds: Number(text(sa, 'established')), remoteHost: text(sa, 'remote-host'), remotePort: text(sa, 'remote-port'), remoteId: text(sa, 'remote-id'),
  children: Object.values((sa['child-sas'] ?? {}) as Section).map((child) => listedChild(child as Section)),
});

const listedChild = (child: Section): ListedChild => ({
  name: text(child, 'name'), uniqueId: text(child, 'uniqueid'), state: text(child, 'state'), spis: `${text(child, 'spi-in')}/${text(child, 'spi-out')}`, algorithms: algorithms(child),
  dhGroup: text(child, 'dh-group') || undefined, localTs: list(child, 'local-ts'), remoteTs: list(child, 'remote-ts'),
  packetsIn: Number(text(child, 'packets-in')), packetsOut: Number(text(child, 'packets-out')), bytesIn: Number(text(child, 'bytes-in')), bytesOut: Number(text(child, 'bytes-out')), installedSeconds: Number(text(child, 'install-time')),
});

/** `{name {key=value list=[a b] section {…}}}`: no value has a space. */
export function parseRaw(raw: string): Section {
  const tokens = raw.match(/[{}\]]|[^\s{}=\]]+=\[|[^\s{}=\]]+=[^\s{}[\]]*|[^\s{}[\]=]+/g) ?? [];
  let at = 0;
  const section = (): Section => {
    const found: Record<string, string | string[] | Section> = {};
    for (;;) {
      const token = tokens[at++];
      if (token === undefined || token === '}') return found;
      if (token.endsWith('=[')) {
        const items: string[] = [];
        while (tokens[at] !== ']' && at < tokens.length) items.push(tokens[at++]!);
        at++;
        found[token.slice(0, -2)] = items;
      } else if (token.includes('=')) found[token.slice(0, token.indexOf('='))] = token.slice(token.indexOf('=') + 1);
      else {
        at++; // its "{"
        found[token] = section();
      }
    }
  };
  at++; // the outermost "{"
  return section();
}
