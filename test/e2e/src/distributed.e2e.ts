import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canHaveBroker } from './demo/distributed/broker.js';
import { playDistributed } from './demo/distributed/play.js';
import { createDistributedStage, type DistributedStage } from './demo/distributed/stage.js';
import { Reporter } from './demo/report.js';
import { stageFolder } from './demo/stage.js';

// The distributed demo, as it stands: a process per service, Kafka, PostgreSQL, two nodes, a worker killed, a node lost.
describe.skipIf(!canHaveBroker())('services that run apart', () => {
  let stage: DistributedStage;
  const report = new Reporter((line) => console.log(line));

  beforeAll(async () => { stage = await createDistributedStage({ dir: stageFolder('distributed-test'), name: 'bgq' }); });
  afterAll(() => stage?.destroy());

  it('carry the tutorial, a killed worker and a lost node', async () => {
    await playDistributed(stage, report).catch((error: Error) => {
      throw new Error(`${error.message}\n${stage.cluster.logTail()}`, { cause: error });
    });
    report.summary();
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.switchovers.find(({ name }) => name === 'worker killed')!.loss).toMatchObject({ cloudToCustomer: { lost: 0 }, customerToCloud: { lost: 0 } });
  });
});
