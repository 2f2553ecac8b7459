const CHECK_TIMEOUT_MS = 2_000;

/** What has to work before a service should get requests. */
export class Readiness {
  readonly #checks = new Map<string, () => Promise<void>>();

  /** @param check resolves when it is well, throws why it is not; one that takes two seconds counts as failed */
  add(name: string, check: () => Promise<void>): void {
    this.#checks.set(name, check);
  }

  /** All checks at once; `checks` says "ok" or why not. */
  async look(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const));
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
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
