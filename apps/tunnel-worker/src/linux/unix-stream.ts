import { createConnection } from 'node:net';
import type { ByteStream } from '@bordergate/kernel';

/** A connection to a unix socket, as the protocol libraries take it. Rejects with the system's error: ENOENT, ECONNREFUSED. */
export function connectUnix(path: string): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    let failure: Error | undefined;
    socket.on('error', error => {
      failure = error;
      reject(error);
    });
    socket.once('connect', () => resolve({
      write: bytes => { socket.write(bytes); },
      onData: listener => { socket.on('data', listener); },
      onClose: listener => { socket.once('close', () => listener(failure)); },
      // What was written has arrived: every command was answered before anyone closes.
      close: () => { socket.destroy(); },
    }));
  });
}

/** sun_path has 108 bytes with the final NUL; longer ones are cut off in silence by some, refused by others. */
export function checkSocketPath(path: string): void {
  if (Buffer.byteLength(path) > 107) throw new Error(`a unix socket's path has at most 107 bytes; choose a shorter data folder: ${path}`);
}
