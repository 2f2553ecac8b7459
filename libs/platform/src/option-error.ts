/** A setting that breaks its rule; the message names the variable. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}
