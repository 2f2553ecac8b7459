// One BGP peer as a process: keeps its UPDATEs ready, opens the session when told, and sends as fast as the daemon takes them.
import { connect } from 'node:net';
import { KEEPALIVE, openMessage, updatesOf } from './messages.mjs';
import { announcementsOf, prefixesOf } from './table.mjs';

const [local, remote, peer, count, sets] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const asn = 65000 + peer;
const updates = updatesOf(announcementsOf(prefixesOf(count), peer, sets), local);
let socket;

function open() {
  socket = connect({ host: remote, port: 179, localAddress: local });
  socket.on('connect', () => socket.write(openMessage(asn, local)));
  socket.on('error', (error) => process.send({ error: String(error) }));
  let pending = Buffer.alloc(0);
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 19 && pending.length >= pending.readUInt16BE(16)) {
      const [length, type] = [pending.readUInt16BE(16), pending[18]];
      if (type === 1) socket.write(KEEPALIVE);
      if (type === 3) process.send({ error: `NOTIFICATION ${pending.subarray(19, length).toString('hex')}` });
      if (type === 4 && socket.established !== true) {
        socket.established = true;
        process.send({ established: true });
      }
      pending = pending.subarray(length);
    }
  });
}

process.on('message', (command) => {
  if (command === 'open') open();
  if (command === 'send') socket.write(updates.bytes, () => process.send({ sent: true })); // calls back when the kernel has the last byte
  if (command === 'close') socket.resetAndDestroy();
  if (command === 'end') process.exit(0);
});
process.send({ ready: true, bytes: updates.bytes.length, messages: updates.messages });
