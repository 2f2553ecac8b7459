import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createNetns, deleteNetns } from './netns.js';
import { Processes } from './processes.js';

/** The worker takes its policy-routing tables in the provider namespace from 10000 on, the lab from here on. */
const FIRST_TABLE = 20_000;
const LAST_TABLE = 29_999;

/** What every part of one lab shares: where its files are, what it is called, what must be taken down again. */
export class LabContext {
  readonly dir: string;
  readonly inet: string;
  readonly processes: Processes;
  private readonly owned: string[] = [];
  private tables: number;

  /** `inet` is given by one who joins the provider network of another lab. */
  constructor(
    dir: string,
    readonly prefix: string,
    inet?: { readonly name: string; readonly firstTable: number },
  ) {
    // The prefix decides what a cleanup may delete: "bg" would also match the namespaces of "bg2-".
    if (!/^[a-z0-9][a-z0-9-]*-$/.test(prefix)) throw new Error(`lab prefix "${prefix}" must be lower case and end with "-"`);
    this.dir = resolve(dir);
    // The directory appears unquoted in configuration files and in an updown command.
    if (/\s/.test(this.dir)) throw new Error(`the lab's directory must not have white space in its name: "${this.dir}"`);
    mkdirSync(this.dir, { recursive: true });
    this.inet = inet?.name ?? `${prefix}inet`;
    this.tables = inet?.firstTable ?? FIRST_TABLE;
    this.processes = new Processes(this.dir);
  }

  /** One number serves as routing table, rule preference and device suffix of one tunnel end. */
  nextTable(): number {
    if (this.tables > LAST_TABLE) throw new Error(`the lab has used up its routing tables ${FIRST_TABLE}-${LAST_TABLE}`);
    return this.tables++;
  }

  async netns(shortName: string): Promise<string> {
    const name = `${this.prefix}${shortName}`;
    await createNetns(name);
    this.owned.push(name);
    return name;
  }

  subdirectory(...parts: string[]): string {
    const path = join(this.dir, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async deleteAllNetns(): Promise<void> {
    for (let name = this.owned.pop(); name !== undefined; name = this.owned.pop()) await deleteNetns(name);
  }
}
