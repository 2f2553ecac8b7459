/** Anything that runs SQL, such as a TypeORM EntityManager: what is done through it joins the caller's transaction. */
export interface Sql {
  query(sql: string, parameters?: any[]): Promise<any>;
}

/** What is to be asked, ready: nothing can fail any more before it is sent. */
export interface Statement {
  readonly sql: string;
  readonly parameters: (string | number | null | string[])[];
}

/** The answers of statements that were asked at once. Of several that failed the first one is told: the others failed because it had aborted the transaction. */
export async function together<T extends readonly unknown[] | []>(asked: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(asked);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return settled.map((result) => (result as PromiseFulfilledResult<unknown>).value) as { -readonly [K in keyof T]: Awaited<T[K]> };
}

/** The SQLSTATE of a database error, through TypeORM's wrapping; undefined when the error is another one. */
export function sqlState(error: unknown): string | undefined {
  const { driverError, code } = (error ?? {}) as { driverError?: { code?: unknown }; code?: unknown };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
