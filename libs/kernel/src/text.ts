// The library sees neither Node nor the DOM; these two exist in every host it may run in.
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: string, options: { ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** UTF-8; what is not becomes U+FFFD: a peer's raw bytes in one message must not break the reader of the rest. */
export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);
