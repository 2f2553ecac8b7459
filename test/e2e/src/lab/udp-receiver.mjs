// Collects the probes of udp-sender.mjs: node udp-receiver.mjs <address>. Says first which port it has, and when its
// standard input ends, what has arrived: flow, number, time of sending and time of arrival, flat.
import { createSocket } from 'node:dgram';

const arrivals = [];
const socket = createSocket('udp4');
socket.on('message', (probe) => {
  const arrivedAt = performance.timeOrigin + performance.now();
  arrivals.push(probe.readUInt32BE(0), probe.readUInt32BE(4), probe.readDoubleBE(8), arrivedAt);
});
socket.bind(0, process.argv[2], () => {
  socket.setRecvBufferSize(1024 * 1024);
  process.stdout.write(`${JSON.stringify({ port: socket.address().port })}\n`);
});

process.stdin.resume().once('end', () => {
  process.stdout.write(`${JSON.stringify(arrivals)}\n`, () => process.exit(0));
});
