/**
 * A connected byte stream, as the shell provides it (a unix socket in production, an array in tests). Chunks may be cut
 * anywhere. Listeners are set once, before the first chunk is delivered; `onClose` fires once, whoever closed, and no
 * data follows it.
 */
export interface ByteStream {
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  onClose(listener: (error?: Error) => void): void;
  close(): void;
}
