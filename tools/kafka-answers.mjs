// One question in Kafka's protocol, so that a script without dependencies can tell a broker that serves from a port that is open.
import { connect } from 'node:net';

const METADATA = 3;
const VERSION = 2; // the first that names the cluster, and one that every broker since 0.10.1 knows
const PATIENCE_MS = 2_000;

/** The cluster id of the broker that serves on a plaintext port of this machine, or undefined: none does, or not yet. @param {number} port @returns {Promise<string | undefined>} */
export function clusterIdAt(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PATIENCE_MS });
    let received = Buffer.alloc(0);
    const answer = (/** @type {string | undefined} */ id) => {
      socket.destroy();
      resolve(id);
    };
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) answer(clusterId(received.subarray(4)));
    });
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => answer(undefined));
  });
}

/** Of no topic at all: brokers, cluster and controller come with every answer. */
function metadataRequest() {
  const client = Buffer.from('bordergate-tools');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(METADATA, 4);
  request.writeInt16BE(VERSION, 6);
  request.writeInt32BE(1, 8); // correlation id
  request.writeInt16BE(client.length, 12);
  client.copy(request, 14);
  request.writeInt32BE(0, 14 + client.length); // topics
  return request;
}

/** Correlation id, the brokers (node, host, port, rack), then the cluster. @param {Buffer} response */
function clusterId(response) {
  let at = 4;
  const string = () => {
    const length = response.readInt16BE(at);
    at += 2 + Math.max(length, 0);
    return length < 0 ? undefined : response.toString('utf8', at - length, at);
  };
  const brokers = response.readInt32BE(at);
  at += 4;
  for (let i = 0; i < brokers; i++) {
    at += 4;
    string();
    at += 4;
    string();
  }
  return brokers === 0 ? undefined : string();
}
