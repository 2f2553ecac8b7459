import { describe, expect, it } from 'vitest';
import { canHaveBroker } from './demo/distributed/broker.js';
import { main } from './faults/main.js';

// The short form of `npm run test:faults`: a few kills, and an outage of the broker and of the database.
describe.skipIf(!canHaveBroker({}))('under faults', () => {
  it('no command is lost, no table differs, no tunnel drops and traffic flows', async () => {
    expect(await main({ kills: 10, seed: Date.now() % 1_000_000, only: ['kill', 'broker-stopped', 'postgres-restarted'] })).toBe(0);
  });
});
