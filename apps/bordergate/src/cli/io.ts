/** The world of a command: nothing else is read or written, so a test can be that world. */
export interface CliIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends `watch`. */
  readonly signal?: AbortSignal;
}

/** A command line that cannot be meant (exit code 2). */
export class UsageError extends Error {}
