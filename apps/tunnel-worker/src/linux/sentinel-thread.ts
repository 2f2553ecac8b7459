import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { createLog } from '@bordergate/platform';
import { Sentinel, type SentinelOrder } from './sentinel.js';

const log = createLog('tunnel-worker');

// In Linux a priority is a thread's. This one has as much as the daemons whose silence it has to notice (ADR 12).
try {
  setPriority(Number(path.basename(readlinkSync('/proc/thread-self'))), -10);
} catch (error) {
  log.warn('the sentinel keeps its ordinary priority: failovers may be late on a busy node', { error });
}

const sentinel = new Sentinel(log, report => parentPort!.postMessage(report));
let tail: Promise<unknown> = Promise.resolve();
parentPort!.on('message', (order: SentinelOrder) => {
  tail = tail.then(() => sentinel.take(order)).catch((error: unknown) => log.error('the sentinel could not do as it was told', { order: order.order, error }));
  if (order.order === 'close') void tail.then(() => parentPort!.close());
});
