/** Anything that runs SQL, such as a TypeORM EntityManager: what is done through it joins the caller's transaction. */
export interface Sql {
  query(sql: string, parameters?: any[]): Promise<any>;
}

/** The SQLSTATE of a database error, through TypeORM's wrapping; undefined when the error is another one. */
export function sqlState(error: unknown): string | undefined {
  const { driverError, code } = (error ?? {}) as { driverError?: { code?: unknown }; code?: unknown };
  const state = driverError?.code ?? code;
  return typeof state === 'string' ? state : undefined;
}
