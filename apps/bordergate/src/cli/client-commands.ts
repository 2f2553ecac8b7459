import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { http } from '@bordergate/contracts';
import { collectionOfId } from './collections.js';
import type { CliContext } from './context.js';
import { UsageError } from './io.js';

interface Flags { device: string; withPsk?: boolean; out?: string; networks?: string; outsideInterface?: string; knownHash?: string }

/** Configurations for the customer's router. */
export function addClientCommands(program: Command, context: () => CliContext): void {
  program.command('client-devices').description('the routers a configuration can be made for').action(async () => {
    const { api, rows } = context();
    rows([['DEVICE', 'id'], ['NAME', 'title'], ['FOR', 'versions']], http.ClientDevices.parse(await api.request('GET', '/v1/clientDevices')).items);
  });

  program.command('client-config').description("the configuration of the customer's router, for a whole connection or one tunnel").argument('<vpnConnectionId|tunnelId>')
    .requiredOption('--device <device>', 'one of client-devices').option('--with-psk', 'with the pre-shared keys in it; this is recorded')
    .option('--networks <prefixes>', "the customer's networks, announced by BGP: a,b,...").option('--outside-interface <name>', 'the interface with the public address, where a device has to be told')
    .option('--known-hash <hash>', 'of the files the router has: says whether they are out of date').option('--out <dir>', 'write the files below a directory instead of printing them')
    .action(async (id: string, flags: Flags) => {
      const { path: collection } = collectionOfId(id);
      if (collection !== 'vpnConnections' && collection !== 'vpnTunnels') throw new UsageError(`"${id}" has no client configuration: give a VPN connection or a tunnel`);
      const at = `${collection}/${encodeURIComponent(id)}`;
      const { api, io, json, one } = context();
      const answer = await (flags.withPsk ? api.request('POST', `${at}:clientConfig?${queryOf(flags)}`) : api.request('GET', `${at}/clientConfig?${queryOf(flags)}`));
      const config = http.ClientConfig.parse(answer);
      if (flags.out !== undefined) for (const { name, content } of config.files) writeBelow(flags.out, name, content);
      if (json) return one(config);
      if (flags.out === undefined) io.stdout.write(config.files.map(({ name, content }) => (config.files.length > 1 ? `### ${name}\n${content}` : content)).join('\n'));
      else io.stdout.write(config.files.map(({ name }) => `${path.join(flags.out!, name)}\n`).join(''));
      // Beside the files, so that they can be redirected.
      io.stderr.write(config.notes.map((note) => `note: ${note}\n`).join(''));
      if (config.outOfDate !== undefined) io.stderr.write(config.outOfDate ? `out of date: the options are now ${config.hash.slice(0, 8)}\n` : 'up to date\n');
    });
}

function queryOf({ device, networks, outsideInterface, knownHash }: Flags): string {
  const query = new URLSearchParams({ device });
  for (const [name, value] of Object.entries({ networks, outsideInterface, knownHash })) if (value !== undefined) query.set(name, value);
  return query.toString();
}

/** Only the owner reads them: keys may be in there. A name from a server never leads out of the directory. */
function writeBelow(dir: string, name: string, content: string): void {
  const at = path.resolve(dir, name);
  if (!at.startsWith(path.resolve(dir) + path.sep)) throw new UsageError(`the server names a file outside of ${dir}: ${name}`);
  try {
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content, { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`cannot write ${at}: ${(error as Error).message}`);
  }
}
