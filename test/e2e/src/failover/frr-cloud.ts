import { FakeCloud } from '../lab/fake-cloud.js';
import { Frr } from '../lab/frr.js';

/** The hand-built cloud with FRR in BIRD's place. */
export class FrrCloud extends FakeCloud {
  private frr: Frr | undefined;

  protected override async startBgp(): Promise<void> {
    this.frr = new Frr(this.context, 'cloud', this.gateway, ['zebra', 'staticd', 'bgpd', 'bfdd']);
    await this.frr.start(this.frrConf());
  }

  override async destroy(): Promise<void> {
    await this.frr?.stop();
    await super.destroy();
  }

  private frrConf(): string {
    const { bfd, vpc, customerAsn, tunnels } = this.spec;
    const [asn] = tunnels.map(tunnel => tunnel.cloudAsn);
    return [
      'frr version 8.4', 'frr defaults traditional', 'hostname cloud', 'no zebra nexthop kernel enable',
      'bfd', ' profile customer', `  detect-multiplier ${bfd.multiplier}`, `  receive-interval ${bfd.intervalMs}`, `  transmit-interval ${bfd.intervalMs}`, ' exit', 'exit',
      'bgp as-path access-list OWN permit ^$',
      `router bgp ${asn}`, ` bgp router-id ${vpc.gateway.split('/')[0]}`, ' no bgp ebgp-requires-policy', ' no bgp default ipv4-unicast', ' bgp bestpath as-path multipath-relax',
      ...tunnels.flatMap(({ innerCustomer, innerCloud }) => [
        ` neighbor ${innerCustomer} remote-as ${customerAsn}`, ` neighbor ${innerCustomer} update-source ${innerCloud}`, ` neighbor ${innerCustomer} timers 3 9`,
        ` neighbor ${innerCustomer} timers connect 2`, ` neighbor ${innerCustomer} advertisement-interval 0`, ` neighbor ${innerCustomer} bfd profile customer`,
      ]),
      ' address-family ipv4 unicast', `  network ${vpc.prefix}`,
      ...tunnels.flatMap(({ innerCustomer }) => [`  neighbor ${innerCustomer} activate`, `  neighbor ${innerCustomer} filter-list OWN out`]),
      '  maximum-paths 8', ' exit-address-family', 'exit', '',
    ].join('\n');
  }
}
