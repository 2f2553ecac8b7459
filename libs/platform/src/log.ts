export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON object a line: `time`, `level`, `service`, `message` and the fields of the call. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields that every line carries. */
  child(fields: LogFields): Log;
}

const ORDER: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 };
// `pskRef` is a name, not a secret: only keys that end in one of the words are hidden.
const SECRET = /(^|[a-z0-9_-])(psk|secret|password|passphrase|authorization)$/i;
const MAX_DEPTH = 8;

export interface LogOptions {
  /** Lines below it are dropped; info when not said. */
  level?: LogLevel;
  fields?: LogFields;
  /** Where a line goes; stderr when not said, because stdout belongs to the command line's answers. */
  write?: (line: string) => void;
}

export function createLog(service: string, { level = 'info', fields = {}, write = toStderr }: LogOptions = {}): Log {
  const at = (own: Exclude<LogLevel, 'silent'>) => (message: string, more: LogFields = {}) => {
    if (ORDER[own] < ORDER[level]) return;
    write(`${JSON.stringify(printable({ time: new Date().toISOString(), level: own, service, message, ...fields, ...more }, 0))}\n`);
  };
  return {
    debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'),
    child: (more) => createLog(service, { level, fields: { ...fields, ...more }, write }),
  };
}

function toStderr(line: string): void {
  process.stderr.write(line);
}

/** Plain JSON of anything: secrets hidden by key, errors with their cause, bigints as text, depth bounded (so cycles end). */
function printable(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[deep]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // Only these: a database error also carries the parameters of its query.
  if (value instanceof Error) return printable({ name: value.name, message: value.message, code: (value as { code?: unknown }).code, stack: value.stack, cause: value.cause }, depth);
  if (Array.isArray(value)) return value.map((item) => printable(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, SECRET.test(key) && item !== undefined ? '[redacted]' : printable(item, depth + 1)]));
}
