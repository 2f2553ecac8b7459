import type { TrafficLoss } from '../index.js';

/** One failover step of the demo: what was done and what the traffic felt, in each direction. */
export interface Switchover {
  readonly name: string;
  readonly loss: TrafficLoss;
  readonly movedMs: number;
}

export interface DemoResult {
  readonly checks: { name: string; ok: boolean; detail: string }[];
  readonly switchovers: Switchover[];
  readonly fibComparisons: { state: string; prefixes: number }[];
}

/** Colours are for a terminal, and for who wants them. */
const style = (code: string, text: string): string => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);

/** Prints as it goes, and remembers for the table at the end. */
export class Reporter implements DemoResult {
  readonly checks: { name: string; ok: boolean; detail: string }[] = [];
  readonly switchovers: Switchover[] = [];
  readonly fibComparisons: { state: string; prefixes: number }[] = [];

  constructor(private readonly print: (line: string) => void, private readonly simulated = false) {}

  step(title: string): void {
    this.print(`\n${style('1', title)}`);
  }

  say(line: string): void {
    this.print(`   ${line}`);
  }

  check(name: string, ok: boolean, detail: string): void {
    this.checks.push({ name, ok, detail });
    this.print(`   ${ok ? style('32', '✔') : style('31', '✘')} ${name}: ${detail}`);
  }

  /** What was waited for and came; had it not come, the wait would have failed the demo. */
  seen(name: string, detail: string): void {
    this.check(name, true, detail);
  }

  table(header: string[], rows: string[][]): void {
    const widths = header.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] ?? '').length)));
    const line = (cells: string[]) => `   ${cells.map((c, i) => c.padEnd(widths[i]!)).join('  ')}`.trimEnd();
    this.print(line(header));
    for (const row of rows) this.print(line(row));
  }

  get failed(): number {
    return this.checks.filter((c) => !c.ok).length;
  }

  summary(): void {
    this.step('Summary');
    this.table(
      ['failover', 'cloud→customer', 'lost', 'customer→cloud', 'lost', 'FIB moved'],
      this.switchovers.map(({ name, loss: { cloudToCustomer: down, customerToCloud: up }, movedMs }) =>
        [name, `${down.longestGapMs} ms`, `${down.lost}/${down.sent}`, `${up.longestGapMs} ms`, `${up.lost}/${up.sent}`, `${movedMs} ms`]),
    );
    this.print('');
    if (this.simulated) this.say('simulated: a gap is the time until the FIB left a useless tunnel, and what is lost are looks at it; there are no packets');
    this.say(`${this.simulated ? 'simulated' : 'kernel'} FIB = RIB's FIB in all ${this.fibComparisons.length} settled states (${this.fibComparisons.reduce((n, c) => n + c.prefixes, 0)} prefixes compared)`);
    this.say(`${this.checks.length - this.failed} of ${this.checks.length} checks passed${this.failed ? `; failed: ${this.checks.filter((c) => !c.ok).map((c) => c.name).join(', ')}` : ''}`);
  }
}
