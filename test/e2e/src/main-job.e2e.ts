import { afterAll, beforeAll, expect, it } from 'vitest';
import { failovers, staticBeatsBgp } from './demo/failover.js';
import { chartsMatch } from './demo/integrals.js';
import { Reporter } from './demo/report.js';
import { createStage, stageFolder, type Stage } from './demo/stage.js';
import { outsideLink, tutorial, type Site } from './demo/walk.js';

// The demo, step by step, on real tunnels: each part builds on the one before it.
let stage: Stage;
let site: Site;
const report = new Reporter((line) => console.log(line));
const allPassed = () => expect(report.checks.filter((c) => !c.ok)).toEqual([]);

beforeAll(async () => {
  stage = await createStage({ dir: stageFolder('main-job'), name: 'bgt', simulated: false });
  await stage.platform.start();
});
afterAll(() => stage?.destroy());

it('the nine-step tutorial ends with pings both ways', async () => {
  site = await tutorial(stage.api, stage.world, report);
  allPassed();
});
it('the charts show what was sent through each tunnel, inside and outside', async () => {
  await chartsMatch(stage.api, stage.world, report, site);
  allPassed();
});
it('a static route beats BGP for the same prefix and is removed again', async () => {
  await staticBeatsBgp(stage.api, stage.world, report, site);
  allPassed();
});
it('traffic moves when a tunnel is disabled, a session broken, a link cut', async () => {
  await failovers(stage.api, stage.world, report, site);
  report.summary();
  allPassed();
  const cut = report.switchovers.find((s) => s.name === 'client link cut')!;
  expect(cut.loss.cloudToCustomer.longestGapMs).toBeLessThan(1_000);
});
it("in every settled state the kernel's FIB was the RIB's", () => expect(report.fibComparisons.length).toBeGreaterThanOrEqual(9));
it('there was nothing but IKE and ESP on the outside link', async () => {
  await outsideLink(stage.world, report);
  allPassed();
});
