import type { BorderGatewayDecision, EventMeta } from '@bordergate/contracts';
import { reject, type Decider } from '@bordergate/kernel';
import { DataSource } from 'typeorm';
import { testDatabase } from '../../../../test/database.js';
import { CreateEventStore1763683200000 } from '../migrations.js';

// Support of this library's own specs.

/** A DataSource on a new database with an empty event store. */
export async function testStore(poolSize = 12): Promise<{ db: DataSource; close(): Promise<void> }> {
  const { url, drop } = await testDatabase();
  const db = await new DataSource({ type: 'postgres', url, poolSize, extra: { pipeline: true }, migrations: [CreateEventStore1763683200000], migrationsRun: true }).initialize();
  return {
    db,
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

export const META: EventMeta = { actor: 'ann', tenant: 'default', at: '2026-11-21T10:00:00.000Z', causationId: 'r1', correlationId: 'r1' };
export const created = (id: string): BorderGatewayDecision => ({ type: 'BorderGatewayCreated', borderGatewayId: id, region: 'cn-north-1', name: id, description: '', bgpAsn: 65000 });
export const renamed = (id: string, name: string): BorderGatewayDecision => ({ type: 'BorderGatewayUpdated', borderGatewayId: id, name, description: '' });

export type GatewayCommand = { do: 'create'; id: string } | { do: 'rename'; id: string; name: string };

/** A decider that is just large enough: a name that may not be repeated. */
export const gateway: Decider<{ names: readonly string[] }, GatewayCommand, BorderGatewayDecision> = {
  initial: { names: [] },
  evolve: (state, event) => ('name' in event ? { names: [...state.names, event.name] } : state),
  decide(state, command) {
    if (command.do === 'create') return state.names.length ? reject('gateway-exists', 'there is one') : [created(command.id)];
    if (!state.names.length) return reject('not-found', 'no such gateway');
    return state.names.includes(command.name) ? reject('name-exists', 'it has or had this name', 'name') : [renamed(command.id, command.name)];
  },
};
