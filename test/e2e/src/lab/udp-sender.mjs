// Sends numbered probes in several flows (one socket, so one source port, each): node udp-sender.mjs <source> <destinations, by commas>
// <port> <flows> <intervalMs> <bytes of each>. Ends with its standard input, so it cannot outlive its parent; then it reports on stdout.
import { createSocket } from 'node:dgram';

const [source, destinations, port, flowCount, intervalMs, size] = process.argv.slice(2);
const interval = Number(intervalMs);
const sent = new Array(Number(flowCount)).fill(0);
const errors = {};
let firstSentAt;
let lastSentAt;

// An ICMP error or a full queue is a loss, which the receiver shows; its kind is reported, it does not end the probe.
const count = (error) => {
  if (error) errors[error.code] = (errors[error.code] ?? 0) + 1;
};

const now = () => performance.timeOrigin + performance.now();

const towards = destinations.split(',');
async function open(_, flow) {
  const socket = createSocket('udp4');
  socket.on('error', count);
  await new Promise((resolve) => socket.bind(0, source, resolve));
  // Connected: an unconnected socket resolves its destination again for every packet.
  await new Promise((resolve) => socket.connect(Number(port), towards[flow % towards.length], resolve));
  return socket;
}

const sockets = await Promise.all(sent.map(open));

function sendOnce() {
  lastSentAt = now();
  firstSentAt ??= lastSentAt;
  sockets.forEach((socket, flow) => {
    const probe = Buffer.alloc(Number(size));
    probe.writeUInt32BE(flow, 0);
    probe.writeUInt32BE(sent[flow]++, 4);
    probe.writeDoubleBE(lastSentAt, 8);
    socket.send(probe, count);
  });
}

// By absolute time: a late tick does not shift all later ones. Ticks missed altogether are not made up for in a burst.
let next = performance.now();
let timer;
function tick() {
  sendOnce();
  next = Math.max(next + interval, performance.now() - interval);
  timer = setTimeout(tick, Math.max(0, next - performance.now()));
}
tick();
process.stdout.write('{"ready":true}\n');

process.stdin.resume().once('end', () => {
  clearTimeout(timer);
  process.stdout.write(`${JSON.stringify({ sent, firstSentAt, lastSentAt, errors })}\n`, () => process.exit(0));
});
