import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadMark } from './read-mark.js';
import { removeAll } from './remove-all.js';
import { SimulatedDataPlane } from './simulated/data-plane.js';
import { DECISIONS, DERIVATIONS, Lab, until } from './worker.test-support.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'read-mark-'));
  file = path.join(folder, 'decisions.read');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the mark', () => {
  it('is 0 at first, and only grows', async () => {
    const mark = new ReadMark(file);
    expect(await mark.load()).toBe(0n);
    await mark.save(7n);
    await mark.save(3n);
    expect(await new ReadMark(file).load()).toBe(7n);
  });
  it('is saved by one at a time, however many ask', async () => {
    const mark = new ReadMark(file);
    await Promise.all([1n, 5n, 3n, 4n].map((position) => mark.save(position)));
    expect(await new ReadMark(file).load()).toBe(5n);
  });
  it('that cannot be read is no 0', async () => {
    writeFileSync(file, 'seven');
    await expect(new ReadMark(file).load()).rejects.toThrow('holds no position');
  });
});

describe('a worker whose journal was lost', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = new Lab();
    await lab.decide(...DECISIONS);
    await lab.derive(DERIVATIONS);
  });
  afterEach(() => lab.stop());

  it('touches nothing before it has read again what it knew, and then finds all as it should be', async () => {
    await lab.start({ mark: new ReadMark(file) });
    await lab.bothUp();
    await expect.poll(() => new ReadMark(file).load()).toBe(BigInt(DECISIONS.length));
    const before = lab.worker;
    await lab.restart();
    await lab.decide(...DECISIONS.slice(0, 3)); // no tunnel among them: at its word, nothing is wanted
    const starting = lab.start({ mark: new ReadMark(file), loop: { settleMs: 1_000, lookMs: 100, sweepMs: 300 } });
    await until(() => lab.worker !== before);
    const readiness = async () => (await lab.worker!.app.inject('/health/ready')).json().checks.facts as string;
    await expect.poll(readiness).toMatch(/the journal has decisions up to 3, and this node knew 8 of them .*decisions\.read/);
    await lab.decide(...DECISIONS.slice(3));
    await lab.derive(DERIVATIONS);
    await starting;
    await lab.bothUp();
    expect([await readiness(), lab.told]).toEqual(['ok', []]);
  });
});

it('a node that is taken out of service is empty', async () => {
  const lab = new Lab();
  await lab.decide(...DECISIONS);
  await lab.derive(DERIVATIONS);
  await lab.start();
  await lab.bothUp();
  await lab.stop();
  const dataPlane = new SimulatedDataPlane(lab.node);
  expect(await removeAll(dataPlane)).toEqual({ tunnels: 2, gateways: 1, vpcs: 1, failures: [] });
  expect(await dataPlane.found()).toEqual({ borderGatewayIds: [], vpcIds: [], attachments: [], tunnelIds: [], vifs: [] });
});
