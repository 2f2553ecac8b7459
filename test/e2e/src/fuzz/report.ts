import { type Answers, count, type PartResult } from './schemathesis.js';

/** Operations that no request can make answer 2xx, each with its reason. */
const NEVER_2XX: Readonly<Record<string, string>> = {
  'methods that a path has not': 'they have none',
  // nobody outside of the process can publish to the memory journal, so nothing is parked; apps/telemetry/src/parked.spec.ts has these answers
  'GET /v1/parkedRecords/{id}': 'nothing is parked',
  'POST /v1/parkedRecords/{id}:replay': 'nothing is parked',
  'POST /v1/parkedRecords/{id}:discard': 'nothing is parked',
};

/** The figures of all parts together. */
export function tally(parts: readonly PartResult[]): { answers: Answers; slowest: Record<string, number> } {
  const answers: Answers = {};
  const slowest: Record<string, number> = {};
  for (const part of parts) {
    for (const [operation, statuses] of Object.entries(part.answers)) {
      answers[operation] ??= {};
      const sum = answers[operation];
      for (const [status, n] of Object.entries(statuses)) sum[status] = (sum[status] ?? 0) + n;
      slowest[operation] = Math.max(slowest[operation] ?? 0, part.slowest[operation] ?? 0);
    }
  }
  return { answers, slowest };
}

const classes = (statuses: Record<string, number>): number[] => [2, 3, 4, 5].map((first) => Object.entries(statuses).filter(([status]) => Math.floor(Number(status) / 100) === first).reduce((sum, [, n]) => sum + n, 0));

/** Operations without a single 2xx: the fuzzer has not reached what they do. */
export const neverAnswered = (answers: Answers, operations: readonly string[]): string[] =>
  operations.filter((operation) => !(operation in NEVER_2XX) && classes(answers[operation] ?? {})[0] === 0);

export function printTable({ answers, slowest }: ReturnType<typeof tally>): void {
  const width = Math.max(...Object.keys(answers).map((operation) => operation.length));
  console.log(`${'operation'.padEnd(width)}   sent    2xx    3xx    4xx    5xx  slowest  statuses`);
  for (const [operation, statuses] of Object.entries(answers).sort(([a], [b]) => a.localeCompare(b))) {
    const columns = [count({ operation: statuses }), ...classes(statuses)].map((n) => String(n).padStart(6)).join(' ');
    console.log(`${operation.padEnd(width)} ${columns} ${`${Math.round((slowest[operation] ?? 0) * 1_000)} ms`.padStart(8)}  ${Object.entries(statuses).sort().map(([status, n]) => `${status}:${n}`).join(' ')}`);
  }
  const all = Object.values(answers).map(classes);
  console.log(`${'all'.padEnd(width)} ${[count(answers), ...[0, 1, 2, 3].map((n) => all.reduce((sum, row) => sum + row[n]!, 0))].map((n) => String(n).padStart(6)).join(' ')}`);
}
