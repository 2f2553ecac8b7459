import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLog } from '@bordergate/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../worker.test-support.js';
import { CharonEvents } from './charon-events.js';

const EVENT_CONFIRM = Buffer.from([0, 0, 0, 1, 5]);

describe('CharonEvents', () => {
  let dir: string;
  let charon: Server;
  let events: CharonEvents;
  let hangs = true;
  const told: string[] = [];

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'charon-events-'));
    // A session asks one thing at a time.
    charon = createServer(socket => socket.on('data', () => { if (!hangs) socket.write(EVENT_CONFIRM); }).on('error', () => {}));
    events = new CharonEvents(path.join(dir, 'vici'), createLog('test', { level: 'silent' }), event => told.push(event), 50);
  });
  afterEach(async () => {
    events.close();
    await new Promise(resolve => { charon.close(resolve); });
    rmSync(dir, { recursive: true });
  });

  it('does not wait for a charon that hangs, and hears it when it answers again', async () => {
    await new Promise<void>(resolve => { charon.listen(path.join(dir, 'vici'), resolve); });
    let started = false;
    void events.start().then(() => { started = true; });
    await until(() => started);
    expect(told).toEqual([]);
    hangs = false;
    await until(() => told.includes('vici connected'));
  });
});
