import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatPrefix, parseIpv4, prefixAround } from '@bordergate/kernel';
import type { Log } from '@bordergate/platform';
import { PROBE_INTERVAL_MS, type TrafficSeen } from '@bordergate/tunnel-core';
import { deviceNames, type SentinelTarget } from '../data-plane.js';
import { commandEnvironment, inNetns, ipBatch, ipList } from './exec.js';

const FIRST_RESTART_MS = 1_000;
const LAST_RESTART_MS = 60_000;
const REPLY_WITHIN_MS = 1_000;
/** Ours among the gateway's routes. */
const PROTO = '198';

/** A reply, or (`rttMs` null) that none came within a second. */
export interface ProbeResult { tunnelId: string; at: number; rttMs: number | null }

/**
 * fping in the gateway's namespace: one small process for all of its tunnels. It ends with the worker, whose judgement its
 * results are for; BIRD and BFD go on without either. Without fping on the machine nothing is probed, and that is said.
 */
export class Prober {
  #targets: ReadonlyMap<string, SentinelTarget> = new Map();
  #child: ChildProcess | undefined;
  /** An `ip` that waits for its next command: starting one when it is needed would cost a failover tens of milliseconds. */
  #ip: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #restartMs = FIRST_RESTART_MS;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(readonly netns: string, readonly log: Log, readonly onResult: (result: ProbeResult) => void) {}

  /** From now on exactly these are probed, each through its own tunnel alone; an empty list ends it. */
  probe(tunnels: readonly SentinelTarget[]): Promise<void> {
    const result = this.#tail.then(() => this.#probe(new Map(tunnels.map(tunnel => [tunnel.remoteTunnelIp, tunnel]))));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** What the kernel has counted, read on the spot; tunnels without a device are missing, and all of them while nothing is probed. */
  traffic(): ReadonlyMap<string, TrafficSeen> {
    const pid = this.#child?.pid;
    if (pid === undefined) return new Map();
    try {
      const echoesSent = echoRequests(readFileSync(`/proc/${pid}/net/snmp`, 'latin1'));
      const devices = packets(readFileSync(`/proc/${pid}/net/dev`, 'latin1'));
      return new Map([...this.#targets.values()].flatMap(({ tunnelId }): [string, TrafficSeen][] => {
        const counted = devices.get(deviceNames.tunnel(tunnelId));
        return counted ? [[tunnelId, { ...counted, echoesSent }]] : [];
      }));
    } catch (error) {
      if (['ENOENT', 'ESRCH', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return new Map(); // fping has ended
      throw error;
    }
  }

  /** Takes a probed tunnel's device down, in well under a millisecond. The worker's own look tells whether it worked. */
  cutOff(tunnelId: string): void {
    this.#ip?.stdin?.write(`link set dev ${deviceNames.tunnel(tunnelId)} down\n`);
  }

  close(): Promise<void> {
    return this.probe([]);
  }

  async #probe(targets: ReadonlyMap<string, SentinelTarget>): Promise<void> {
    const same = targets.size === this.#targets.size && [...targets].every(([address, { tunnelId }]) => this.#targets.get(address)?.tunnelId === tunnelId);
    if (same) return;
    // None until it has come about: who asks again after a failure is not told that all is as it was.
    this.#targets = new Map();
    clearTimeout(this.#restart);
    await this.#stop();
    if (targets.size === 0) return;
    await this.#keepToTunnels(targets);
    this.#targets = targets;
    this.#start();
  }

  /**
   * While a tunnel's device is down its inner network leads nowhere: else an echo request would take a customer's default route
   * over another tunnel, be answered there, and a dead tunnel look alive.
   */
  async #keepToTunnels(targets: ReadonlyMap<string, SentinelTarget>): Promise<void> {
    const wanted = new Set([...targets.values()].map(({ localTunnelIp }) => formatPrefix(prefixAround(parseIpv4(localTunnelIp)!, 30))));
    const found = (await ipList<{ dst: string }>(this.netns, '-4', 'route', 'show', 'proto', PROTO)).map(({ dst }) => dst);
    await ipBatch(this.netns, [
      ...[...wanted].filter(network => !found.includes(network)).map(network => `route replace unreachable ${network} proto ${PROTO} metric 1`),
      ...found.filter(network => !wanted.has(network)).map(network => `route del unreachable ${network} proto ${PROTO} metric 1`),
    ]);
  }

  #start(): void {
    const fping = [
      'fping', '--loop', '--timestamp', '--period', String(PROBE_INTERVAL_MS), '--interval', '0.1', '--timeout', String(REPLY_WITHIN_MS), '--size', '24', ...this.#targets.keys(),
    ] as const;
    const argv = inNetns(this.netns, ['nice', '-n', '-10', ...fping]);
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...argv], { env: commandEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#keepIp();
    let said = '';
    createInterface({ input: child.stdout }).on('line', line => this.#take(child, line));
    child.stderr.on('data', (bytes: Buffer) => { said = `${said}${bytes.toString()}`.slice(-500); });
    child.once('error', error => { said = error.message; });
    child.once('close', () => this.#ended(child, said));
    child.unref();
    for (const pipe of [child.stdout, child.stderr]) (pipe as unknown as { unref(): void }).unref();
  }

  #keepIp(): void {
    if (this.#ip) return;
    const argv = ['--pdeathsig', 'TERM', 'nice', '-n', '-10', 'ip', '-n', this.netns, '-force', '-batch', '-'];
    const child = spawn('setpriv', argv, { env: commandEnvironment(), stdio: ['pipe', 'ignore', 'ignore'] });
    this.#ip = child;
    const gone = (): void => { if (this.#ip === child) this.#ip = undefined; };
    child.once('error', gone).once('close', gone);
    child.stdin.on('error', gone);
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
  }

  async #stop(): Promise<void> {
    this.#ip?.stdin?.end();
    this.#ip = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined) return;
    const closed = once(child, 'close');
    child.ref();
    child.kill('SIGTERM');
    await Promise.race([closed, sleep(1_000)]);
  }

  #ended(child: ChildProcess, said: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.log.warn('fping ended: silent losses are left to BFD and DPD until it runs again', { netns: this.netns, said, restartMs: this.#restartMs });
    this.#restart = setTimeout(() => this.#start(), this.#restartMs).unref();
    this.#restartMs = Math.min(2 * this.#restartMs, LAST_RESTART_MS);
  }

  #take(child: ChildProcess, line: string): void {
    const result = parseFpingLine(line);
    const tunnel = result && this.#targets.get(result.address);
    if (!tunnel || this.#child !== child) return;
    this.#restartMs = FIRST_RESTART_MS;
    this.onResult({ tunnelId: tunnel.tunnelId, at: result.at, rttMs: result.rttMs });
  }
}

/** `[1795253813.61032] 169.254.0.1 : [0], 32 bytes, 0.258 ms (0.258 avg, 0% loss)` or `… : [13], timed out (…)`. */
export function parseFpingLine(line: string): { address: string; at: number; rttMs: number | null } | undefined {
  const match = /^\[(\d+\.\d+)\] (\S+)\s+: \[\d+\], (?:\d+ bytes, ([\d.]+) ms|timed out)/.exec(line);
  return match ? { address: match[2]!, at: Number(match[1]) * 1_000, rttMs: match[3] === undefined ? null : Number(match[3]) } : undefined;
}

/** /proc/net/snmp has two lines for each protocol: names, and values below them. */
export function echoRequests(snmp: string): number {
  const [names = [], values = []] = snmp.split('\n').filter(line => line.startsWith('Icmp: ')).map(line => line.split(' '));
  return Number(values[names.indexOf('OutEchos')] ?? 0);
}

/** /proc/net/dev: received bytes, packets and six more, then sent bytes and packets. */
export function packets(dev: string): Map<string, { packetsIn: number; packetsOut: number }> {
  return new Map(dev.split('\n').slice(2).filter(line => line.includes(':')).map(line => {
    const [name, rest = ''] = line.split(':');
    const columns = rest.trim().split(/\s+/).map(Number);
    return [name!.trim(), { packetsIn: columns[1] ?? 0, packetsOut: columns[9] ?? 0 }];
  }));
}
