// A Prometheus server that is written to as remote servers write: protobuf in snappy (its literal form, which needs no search).
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../events/surroundings.mjs';
import { SERIES } from './traffic.mjs';

export async function startPrometheus(dir) {
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const config = path.join(dir, 'prometheus.yml');

  writeFileSync(config, 'global: {}\n');
  const log = openSync(path.join(dir, 'prometheus.log'), 'a');
  const child = spawn('prometheus', [
    `--config.file=${config}`, `--storage.tsdb.path=${path.join(dir, 'data')}`, '--storage.tsdb.retention.time=60d', `--web.listen-address=127.0.0.1:${port}`, '--web.enable-remote-write-receiver', '--web.enable-admin-api',
    '--log.level=warn',
  ], { stdio: ['ignore', log, log] });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}; its log is in ${dir}`);
    await sleep(50);
  }
  return {
    pid: child.pid,
    async write(body) {
      const response = await fetch(`${url}/api/v1/write`, { method: 'POST', body, headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' } });
      if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
    },
    /** All that it holds, as blocks on disk. */
    async snapshot() {
      const answer = await (await fetch(`${url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' })).json();
      return path.join(dir, 'data/snapshots', answer.data.name);
    },
    async queryRange(query, startMs, endMs, step) {
      const response = await fetch(`${url}/api/v1/query_range?${new URLSearchParams({ query, start: String(startMs / 1_000), end: String(endMs / 1_000), step: String(step) })}`);
      const answer = await response.json();
      if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
      return answer.data.result;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** What is to be written of some tunnels: gathered step by step, encoded at once. */
export class WriteRequest {
  #of = new Map();

  add(tunnel, at) {
    const samples = this.#of.get(tunnel) ?? [];
    this.#of.set(tunnel, samples);
    samples.push(at, Float64Array.from(tunnel.values));
  }

  get samples() {
    return [...this.#of.values()].reduce((sum, samples) => sum + samples.length / 2, 0) * SERIES.length;
  }

  encode() {
    const size = [...this.#of.values()].reduce((sum, samples) => sum + SERIES.length * (260 + samples.length * 10), 0);
    const writer = new Writer(Buffer.allocUnsafe(size));
    for (const [{ labels }, samples] of this.#of) {
      labels.forEach((label, index) => {
        writer.bytes(0x0a, (series) => {
          series.raw(label);
          for (let i = 0; i < samples.length; i += 2) series.sample(samples[i + 1][index], samples[i]);
        }, label.length + samples.length * 10);
      });
    }
    this.#of.clear();
    return snappy(writer.done());
  }
}

/** The labels of each series of a tunnel, encoded once. */
export function labelsOf({ ref }) {
  return SERIES.map((name) => {
    const writer = new Writer(Buffer.allocUnsafe(400));
    const labels = { __name__: name, bgw_id: ref.borderGatewayId, region: ref.region, service: 'telemetry', vpn_connection_id: ref.vpnConnectionId, vpn_tunnel_id: ref.tunnelId };
    for (const [key, value] of Object.entries(labels)) writer.bytes(0x0a, (label) => { label.text(0x0a, key); label.text(0x12, value); }, key.length + value.length + 8);
    return writer.done();
  });
}

class Writer {
  #at = 0;

  constructor(buffer) {
    this.buffer = buffer;
  }

  byte(value) {
    this.buffer[this.#at++] = value;
  }

  varint(value) {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  raw(bytes) {
    bytes.copy(this.buffer, this.#at);
    this.#at += bytes.length;
  }

  text(tag, value) {
    this.byte(tag);
    this.varint(value.length);
    this.#at += this.buffer.write(value, this.#at, 'latin1');
  }

  sample(value, at) {
    this.byte(0x12);
    this.byte(16); // 9 of the value, 7 of the time: a varint of 41 bits is 6
    this.byte(0x09);
    this.#at = this.buffer.writeDoubleLE(value, this.#at);
    this.byte(0x10);
    this.varint(at);
  }

  bytes(tag, fill, most) {
    const inner = new Writer(Buffer.allocUnsafe(most * 2 + 64));
    fill(inner);
    this.byte(tag);
    const bytes = inner.done();
    this.varint(bytes.length);
    this.raw(bytes);
  }

  done() {
    return this.buffer.subarray(0, this.#at);
  }
}

const LITERAL = 65_536;
function snappy(bytes) {
  const head = new Writer(Buffer.allocUnsafe(10));
  head.varint(bytes.length);
  const parts = [head.done()];
  for (let at = 0; at < bytes.length; at += LITERAL) {
    const part = bytes.subarray(at, at + LITERAL);
    parts.push(Buffer.from([61 << 2, (part.length - 1) & 255, (part.length - 1) >> 8]), part);
  }
  return Buffer.concat(parts);
}
