import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';

const { hadolint } = inject('deployTools');
const DEPLOY = path.resolve(import.meta.dirname, '../../deploy');
const text = (file: string) => readFileSync(path.join(DEPLOY, file), 'utf8');
const compose = parse(text('compose/compose.yaml'), { merge: true });
const isEntryPoint = (command: string) => existsSync(path.join(DEPLOY, '..', command.replace('/dist/', '/src/').replace(/\.js$/, '.ts')));

it.skipIf(!hadolint)('hadolint has nothing to say of the Containerfile', () => expect(execFileSync(hadolint!, [path.join(DEPLOY, 'images/Containerfile')], { encoding: 'utf8' })).toBe(''));

describe('compose', () => {
  const ours = Object.entries<any>(compose.services).filter(([, service]) => service.command?.[0]?.startsWith('apps/'));
  it.each(ours)('%s runs an entry point that there is', (_, service) => expect(isEntryPoint(service.command[0]), service.command[0]).toBe(true));
  it('waits only for what there is', () => {
    const needed = ours.flatMap(([, service]) => (Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})));
    expect(needed.filter((name: string) => !(name in compose.services))).toEqual([]);
  });
  it('asks for each secret, and names each in the example', () => {
    const asked = [...new Set([...text('compose/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!))].sort();
    expect([...text('compose/example.env').matchAll(/^(\w+)=$/gm)].map(([, name]) => name!).sort()).toEqual(asked);
  });
});

it('a node installs the packages of the image', () => {
  const listed = (file: string) => [...new Set(/charon-systemd[^"&]*util-linux/s.exec(text(file))![0].split(/[\s\\]+/))].sort();
  expect(listed('node/setup.sh')).toEqual(listed('images/Containerfile'));
});

it('a node, a pod and a container have the same capabilities', () => {
  const names = (found: string) => found.split(/[\s,]+/).map((name) => name.replace('CAP_', '')).filter(Boolean).sort();
  const unit = names(/^CapabilityBoundingSet=(.*)$/m.exec(text('node/bordergate-worker.service'))![1]!);
  expect(names(/add: \[([A-Z_, ]+)\]/.exec(text('helm/bordergate/templates/worker.yaml'))![1]!)).toEqual(unit);
  expect([...compose.services.worker.cap_add, 'SYS_PTRACE'].sort()).toEqual(unit); // only where the worker sees the node's processes
});
