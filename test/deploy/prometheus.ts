import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const FOLDER = path.resolve(import.meta.dirname, '../../deploy/prometheus');
export const RULES = path.join(FOLDER, 'rules.yaml');

export interface Rule { readonly alert?: string; readonly record?: string; readonly expr: string; readonly for?: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }

export const rules = (): Rule[] => parse(readFileSync(RULES, 'utf8')).groups.flatMap((group: { rules: Rule[] }) => group.rules);

/** What promtool says; nothing is good. */
export function promtool(args: string[], input?: string): string {
  const { stdout, stderr, status, error } = spawnSync('promtool', args, { encoding: 'utf8', ...(input === undefined ? {} : { input }), maxBuffer: 64 * 1024 * 1024 });
  if (error) throw error;
  return status === 0 && !args.includes('metrics') ? '' : `${stdout}${stderr}`.trim();
}
