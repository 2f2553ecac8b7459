/** BIRD answered, and refused: 8xxx at run time ("8003 No protocols match"), 9xxx when it could not parse the command. */
export class BirdCommandError extends Error {
  override readonly name = 'BirdCommandError';

  constructor(readonly code: number, readonly text: string) {
    super(`BIRD: ${String(code).padStart(4, '0')} ${text}`);
  }
}

/** The control socket is gone; every command that was waiting fails with this. */
export class BirdClosedError extends Error {
  override readonly name = 'BirdClosedError';

  constructor(cause?: Error) {
    super('the BIRD control socket is closed', { cause });
  }
}

/** Bytes that are not BIRD's control protocol, or a table whose columns this library does not know. */
export class BirdProtocolError extends Error {
  override readonly name = 'BirdProtocolError';
}
