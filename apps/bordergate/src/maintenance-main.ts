import { existsSync } from 'node:fs';
import path from 'node:path';
import { becomeOnlyOwner, createLog, findPostgres, loadVaultKeys, MemoryJournal, startPostgres } from '@bordergate/platform';
import { createResources, type Resources } from '@bordergate/resources';
import { readOptions } from './options.js';

/** What an operator does with the data while the platform is stopped. */
const COMMANDS: Record<string, { what: string; run(resources: Resources): Promise<string> }> = {
  'rebuild-views': {
    what: 'makes the view of resources anew from the event log',
    run: async (resources) => {
      await resources.rebuild();
      return 'the view of resources was made anew from the log';
    },
  },
  'reseal-psks': {
    what: 'puts every pre-shared key under the current vault key (the first of BORDERGATE_VAULT_KEYS or vault.keys)',
    run: async (resources) => `${await resources.resealPsks()} pre-shared keys were under another key and are resealed`,
  },
};

const command = Object.hasOwn(COMMANDS, process.argv[2] ?? '') ? COMMANDS[process.argv[2]!] : undefined;
if (!command) {
  console.error(`usage: npm run maintenance -- <command>\n${Object.entries(COMMANDS).map(([name, { what }]) => `  ${name.padEnd(14)} ${what}`).join('\n')}`);
  process.exit(2);
}

const options = readOptions(process.env);
const folder = path.join(options.dataDir, 'postgres');
if (!options.databaseUrl && !existsSync(folder)) {
  console.error(`there is no data in ${options.dataDir}, and DATABASE_URL is not set`);
  process.exit(1);
}
const running = options.databaseUrl ? undefined : await findPostgres(folder);
const started = options.databaseUrl || running ? undefined : await startPostgres(folder, 0);
const databaseUrl = options.databaseUrl ?? (await (running ?? started)!.createDatabase('bordergate'));
const release = await becomeOnlyOwner(databaseUrl, () => {}).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const log = createLog('maintenance', { level: 'warn' });
const journal = new MemoryJournal({ onError: (error, context) => log.error('a consumer failed', { ...context, error }) });
const resources = await createResources({ databaseUrl, journal, log, quiet: true, vaultKeys: loadVaultKeys({ env: process.env.BORDERGATE_VAULT_KEYS, file: path.join(options.dataDir, 'vault.keys') }) });
console.log(await command.run(resources));
await resources.close();
await journal.close();
await release();
await started?.stop();
