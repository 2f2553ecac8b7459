import type { TestProject } from 'vitest/node';
// @ts-expect-error plain JavaScript, which also runs before the packages are installed
import { deployTools } from '../../tools/deploy-tools.mjs';

export interface DeployTools { readonly helm?: string; readonly hadolint?: string; readonly kubernetesValidate?: string; readonly prometheus?: boolean }

declare module 'vitest' {
  export interface ProvidedContext { deployTools: DeployTools }
}

/** Installs what the checks need, once for all files; what cannot be is said by name, and in CI fails. */
export default function setup(project: TestProject): void {
  const { lacking, ...tools } = deployTools() as DeployTools & { lacking: { name: string; why: string }[] };
  for (const { name, why } of lacking) console.log(`lacking: ${name}: ${why}`);
  project.provide('deployTools', tools);
}
