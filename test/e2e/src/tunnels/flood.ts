import type { Host } from '../index.js';

/** Sends full packets at a rate, whatever becomes of them; the port is the receiver's. */
const SENDER = `
const [host, port, mbps, seconds] = process.argv.slice(1);
const socket = require('dgram').createSocket('udp4');
const packet = Buffer.alloc(1200);
const bits = (packet.length + 28) * 8;
const began = Date.now();
let sent = 0;
socket.on('error', () => {});
const timer = setInterval(() => {
  const passed = Math.min(Date.now() - began, seconds * 1000);
  while (sent * bits < mbps * 1000 * passed) { socket.send(packet, Number(port), host, () => {}); sent++; }
  if (passed >= seconds * 1000) { clearInterval(timer); setTimeout(() => { socket.close(); console.log(sent * bits / (seconds * 1e6)); }, 300); }
}, 2);`;

/** Counts from the second second on, when a limiter's burst is spent, until nothing has come for a while. */
const RECEIVER = `
const [host, seconds] = process.argv.slice(1);
const socket = require('dgram').createSocket('udp4');
let first = 0, bytes = 0;
socket.on('message', (message) => { const now = Date.now(); first ||= now; const at = now - first; if (at >= 1000 && at < seconds * 1000) bytes += message.length + 28; });
socket.bind({ address: host, port: 47474 }, () => { socket.setRecvBufferSize?.(4194304); });
setTimeout(() => { console.log(bytes * 8 / ((seconds - 1) * 1e6)); process.exit(); }, (Number(seconds) + 2) * 1000);`;

/** One UDP flow faster than a limit allows: what was sent, and what came through, as the rates of IP packets. */
export async function flood(from: Host, to: Host, { mbps, seconds }: { mbps: number; seconds: number }): Promise<{ sentMbps: number; receivedMbps: number }> {
  const receiver = to.exec([process.execPath, '-e', RECEIVER, to.address, String(seconds)], 60_000);
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  const sent = from.exec([process.execPath, '-e', SENDER, to.address, '47474', String(mbps), String(seconds)], 60_000);
  return { sentMbps: Number(await sent), receivedMbps: Number(await receiver) };
}
