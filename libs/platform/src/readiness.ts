const CHECK_TIMEOUT_MS = 2_000;

type Check = () => Promise<void>;

export interface Look {
  /** "degraded": something is away that the service can serve without for a time. */
  readonly status: 'ok' | 'degraded' | 'not-ready';
  /** Of each check: "ok", or why not. */
  readonly checks: Record<string, string>;
}

/** What has to work before a service should get requests, and what an operator should know of beside it. */
export class Readiness {
  readonly #checks = new Map<string, { readonly check: Check; readonly needed: boolean }>();

  /** @param check resolves when it is well, throws why it is not; one that takes two seconds counts as failed */
  add(name: string, check: Check): void {
    this.#checks.set(name, { check, needed: true });
  }

  /** What the service goes on without: it is told, and the service stays ready. */
  watch(name: string, check: Check): void {
    this.#checks.set(name, { check, needed: false });
  }

  /** All checks at once. */
  async look(): Promise<Look> {
    const results = await Promise.all([...this.#checks].map(async ([name, { check, needed }]) => ({ name, needed, result: await outcome(check) })));
    const failed = results.filter(({ result }) => result !== 'ok');
    const status = failed.length === 0 ? 'ok' : failed.some(({ needed }) => needed) ? 'not-ready' : 'degraded';
    return { status, checks: Object.fromEntries(results.map(({ name, result }) => [name, result])) };
  }
}

async function outcome(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
