import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStage, stageFolder, type Stage } from './demo/stage.js';

// The README's commands are what a newcomer types: they are run as they stand, against a platform on the simulated driver.
const ROOT = path.resolve(import.meta.dirname, '../../..');
const blocks = [...readFileSync(path.join(ROOT, 'README.md'), 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].map((m) => m[1]!);
let stage: Stage;

beforeAll(async () => {
  stage = await createStage({ dir: stageFolder('readme'), name: 'bgr', simulated: true });
  await stage.platform.start();
});
afterAll(() => stage?.destroy());

it('the tutorial by hand and the command line work as written', () => {
  expect(blocks.length).toBe(2);
  const [tutorial, commandLine] = blocks as [string, string];
  const script = `set -eu\n${tutorial.replaceAll('http://127.0.0.1:8480', stage.platform.url)}\n${commandLine.replace(/^bordergate watch.*$/m, '')}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, BORDERGATE_URL: stage.platform.url }, timeout: 120_000 });
  expect(stderr.replaceAll(/^npm warn.*\n?/gm, '')).toBe('');
  expect(status).toBe(0);
  // no answer was a problem
  expect(stdout).not.toContain('urn:bordergate:problem');
  expect(stdout).toContain('"psk":"');
  expect(stdout).toMatch(/^TUNNEL +CONNECTION/m);
});
