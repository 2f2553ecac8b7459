import { expect } from 'vitest';
import { childSa, ikeSa } from './fixtures.test-support.js';
import type { FoundTunnel, Operation } from './plan.js';
import { isUsableSa } from './sas.js';
import { isNameOf } from './vici-intent.js';
import type { WantedTunnel } from './wanted.js';

/** A node of one tunnel that does what it is told, and refuses to be told things in a wrong order. */
export interface Model {
  readonly tunnelId: string;
  readonly wanted: WantedTunnel | undefined;
  readonly found: FoundTunnel;
  readonly withdrawn: boolean;
  readonly waited: boolean;
}

export function apply(model: Model, operation: Operation): Model {
  const { found } = model;
  const become = (changes: Partial<FoundTunnel>): Model => ({ ...model, found: { ...found, ...changes } });
  const own = found.ikeSas.filter(sa => isNameOf(model.tunnelId, sa.name));
  switch (operation.op) {
    case 'ensure-outer':
      return become({ outer: true, charonRunning: true, ...(found.charonRunning ? {} : { connections: [], secrets: [], ikeSas: [] }) });
    case 'ensure-device':
      expect(found.charonRunning, 'a device needs its charon').toBe(true);
      return become({ device: { up: found.device?.up ?? false, address: `${model.wanted!.spec.localTunnelIp}/30` } });
    case 'load-shared': return become({ secrets: [...found.secrets, operation.secret.id] });
    case 'load-conn':
      expect(found.secrets.length, 'a connection comes after its secret').toBeGreaterThan(0);
      return become({ connections: [...found.connections, operation.name] });
    case 'unload-conn':
      expect(isNameOf(model.tunnelId, operation.name)).toBe(true);
      if (model.wanted?.adminStatus === 'UP') expect(found.connections.length, 'the new one is there before the old one goes').toBeGreaterThan(1);
      return become({ connections: found.connections.filter(name => name !== operation.name) });
    case 'unload-shared':
      expect(isNameOf(model.tunnelId, operation.id)).toBe(true);
      return become({ secrets: found.secrets.filter(id => id !== operation.id) });
    case 'withdraw': return { ...model, withdrawn: true };
    case 'wait': return { ...model, waited: model.withdrawn };
    case 'terminate': {
      const sa = own.find(each => String(each.uniqueId) === operation.ikeId);
      expect(sa, 'only SAs of this tunnel').toBeDefined();
      const rest = found.ikeSas.filter(each => each !== sa);
      // Traffic leaves before the last thing that carries it; a tunnel whose current SA carries on needs no drain.
      if (found.device?.up && isUsableSa(sa!) && !own.some(each => each !== sa && isUsableSa(each))) expect(model.waited, 'drained').toBe(true);
      return become({ ikeSas: rest });
    }
    case 'set-device':
      expect(found.device).not.toBeNull();
      expect(found.device!.up, 'no needless change').toBe(!operation.up);
      expect(own.some(isUsableSa), 'the device is up exactly while a CHILD SA is usable').toBe(operation.up);
      return become({ device: { ...found.device!, up: operation.up } });
    case 'initiate':
      expect(found.connections).toContain(operation.ike);
      expect(found.device).not.toBeNull();
      return become({ ikeSas: [...found.ikeSas.filter(sa => sa.name !== operation.ike), ikeSa(operation.ike, 99, [childSa(99)])] });
    case 'remove':
      expect(own.some(isUsableSa), 'nothing is removed that still carries traffic').toBe(false);
      expect(found.device?.up ?? false).toBe(false);
      return become({ outer: false, charonRunning: false, connections: [], secrets: [], ikeSas: [], device: null });
  }
}
