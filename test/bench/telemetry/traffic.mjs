// Tunnels with traffic of no pattern that a codec could know: a rate that wanders, and noise in every interval. The same seed makes the same counters.
const EPOCH = 'bench-1';
export const INTERVAL_MS = 10_000;
/** What both stores hold of a tunnel, as Prometheus names it. */
export const SERIES = [
  'vpn_tunnel_original_in_bytes_total', 'vpn_tunnel_original_out_bytes_total', 'vpn_tunnel_encrypted_in_bytes_total', 'vpn_tunnel_encrypted_out_bytes_total', 'vpn_tunnel_encrypted_in_packets_total',
  'vpn_tunnel_encrypted_out_packets_total', 'vpn_tunnel_probe_loss_ratio', 'vpn_tunnel_probe_rtt_seconds', 'vpn_tunnel_oper_up', 'vpn_tunnel_ike_sas', 'vpn_tunnel_child_sas', 'bgp_peer_established', 'bgp_routes_received',
  'vpn_tunnel_rekeys_total', 'vpn_tunnel_negotiation_failures_total',
];

/** A generator of 32-bit numbers (xorshift): quick, and the same everywhere. */
function randomFrom(seed) {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4_294_967_296;
  };
}

export class Tunnel {
  constructor(number, { gateways }) {
    this.ref = { region: 'bench', borderGatewayId: `bgw-${number % gateways}`, vpnConnectionId: `vpn-${Math.floor(number / 2)}`, tunnelId: `tun-${String(number).padStart(6, '0')}`, node: 'node-1' };
    this.random = randomFrom(number + 1);
    this.rate = 1e5 * 10 ** (2 * this.random()); // 100 kB/s to 10 MB/s
    this.original = { bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0 };
    this.encrypted = { bytesIn: 0, bytesOut: 0, packetsIn: 0, packetsOut: 0 };
    this.values = new Float64Array(SERIES.length).fill(0);
  }

  /** The next ten seconds. Answers the sample of the counters and that of the probes, as a worker's are when they have been parsed. */
  next() {
    const { random } = this;
    this.rate *= 0.98 + 0.04 * random();
    const [inBytes, outBytes] = [Math.floor(this.rate * 10 * (0.8 + 0.4 * random())), Math.floor(this.rate * 5 * (0.8 + 0.4 * random()))];
    const [inPackets, outPackets] = [Math.ceil(inBytes / (600 + 600 * random())), Math.ceil(outBytes / (600 + 600 * random()))];
    const lost = random() < 0.01 ? 1 : 0;
    const rtt = 8 + 4 * random();
    const { original, encrypted, values, ref } = this;
    this.original = { bytesIn: original.bytesIn + inBytes, bytesOut: original.bytesOut + outBytes, packetsIn: original.packetsIn + inPackets, packetsOut: original.packetsOut + outPackets };
    this.encrypted = {
      bytesIn: encrypted.bytesIn + inBytes + 57 * inPackets, bytesOut: encrypted.bytesOut + outBytes + 57 * outPackets, packetsIn: encrypted.packetsIn + inPackets, packetsOut: encrypted.packetsOut + outPackets,
    };
    values.set([
      this.original.bytesIn, this.original.bytesOut, this.encrypted.bytesIn, this.encrypted.bytesOut, this.encrypted.packetsIn, this.encrypted.packetsOut, lost / 10, rtt / 1_000, 1, 1, 1, 1, 12, 0, 0,
    ]);
    return [
      { type: 'TunnelCountersSampled', ...ref, counterEpoch: EPOCH, original: this.original, encrypted: this.encrypted },
      { type: 'TunnelProbesSampled', ...ref, sent: 10, received: 10 - lost, answers: true, rttMs: { min: rtt * 0.9, avg: rtt, max: rtt * 1.2 } },
    ];
  }
}
