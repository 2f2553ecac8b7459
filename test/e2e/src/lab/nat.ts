import { inNetns, ipBatch, run } from './exec.js';
import { connect } from './netns.js';

/** A home router: masquerades what comes from inside, on ports of its own choice, and knows nobody inside to hand a call to. */
export class Nat {
  readonly inside = '192.168.77.2';

  private constructor(readonly netns: string) {}

  /** Between the namespace of a customer's end and the provider's network. */
  static async create(netns: string, inner: string): Promise<Nat> {
    await connect({ netns, device: 'lan', address: '192.168.77.1/24' }, { netns: inner, device: 'wan', address: '192.168.77.2/24' });
    await ipBatch(inner, ['route add default via 192.168.77.1']);
    // A call to the public address is not answered at all, as by a firewall, rather than with an ICMP error.
    await run(inNetns(netns, ['nft', '-f', '-']), { input: `table ip nat {
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    oifname "wan" masquerade random
  }
  chain input {
    type filter hook input priority 0; policy accept;
    iifname "wan" drop
  }
}
` });
    return new Nat(netns);
  }
}
