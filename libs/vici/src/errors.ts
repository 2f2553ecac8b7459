/** Bytes that are no VICI message or packet. The stream cannot be trusted after it. */
export class ViciDecodeError extends Error {
  override readonly name = 'ViciDecodeError';
}

/** A message that VICI's lengths cannot carry: a name over 255 bytes, a value over 65535, a packet over 512 KiB. */
export class ViciEncodeError extends Error {
  override readonly name = 'ViciEncodeError';
}

/** The socket is gone; everything that was waiting fails with this. */
export class ViciClosedError extends Error {
  override readonly name = 'ViciClosedError';

  constructor(cause?: Error) {
    super('the VICI socket is closed', { cause });
  }
}

/** CMD_UNKNOWN or EVENT_UNKNOWN: this charon does not have it (an old version, or a plugin that is not loaded). */
export class ViciUnknownCommandError extends Error {
  override readonly name = 'ViciUnknownCommandError';

  constructor(readonly command: string) {
    super(`charon does not know ${command}`);
  }
}

/** charon understood and failed; `errmsg` is its sentence, e.g. "establishing CHILD_SA 'net' failed". */
export class ViciCommandError extends Error {
  override readonly name = 'ViciCommandError';

  constructor(readonly errmsg: string) {
    super(`charon: ${errmsg}`);
  }
}
