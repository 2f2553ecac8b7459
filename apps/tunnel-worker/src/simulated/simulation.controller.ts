import { Ipv4Text, PrefixText } from '@bordergate/contracts';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { SimulatedNode } from './node.js';

const ChangeCustomer = z.strictObject({
  announce: z.array(PrefixText).max(10_000).optional().describe('prefixes its BGP announces, in place of those before'),
  prepend: z.int().min(0).max(20).optional().describe('its own AS number this often more in the AS_PATH'),
  linkUp: z.boolean().optional().describe('its Internet line'),
  bgpUp: z.boolean().optional().describe('its BGP daemon'),
}).meta({ id: 'ChangeSimulatedCustomer' });
const SimulatedCustomer = z.object({
  driver: z.literal('simulated'), customerIp: z.string(), announce: z.array(z.string()), prepend: z.int(), linkUp: z.boolean(), bgpUp: z.boolean(),
  tunnels: z.array(z.object({ tunnelId: z.string(), up: z.boolean(), bgpEstablished: z.boolean() })),
}).meta({ id: 'SimulatedCustomer' });
type SimulatedCustomer = z.infer<typeof SimulatedCustomer>;

/** The other end of simulated tunnels. Served with this driver only. */
@ApiTags('simulation')
@Controller('simulation/v1/customers')
export class SimulationController {
  constructor(@Inject(SimulatedNode) private readonly node: SimulatedNode) {}

  @Get()
  @ApiOperation({ summary: 'Customers this node has tunnels to, or was told of' })
  @ApiOkResponse({ standardSchema: z.object({ items: z.array(SimulatedCustomer) }) })
  list(): { items: SimulatedCustomer[] } {
    const { customers, tunnels } = this.node.state;
    const addresses = new Set([...Object.keys(customers), ...Object.values(tunnels).map(tunnel => tunnel.port.customerIp)]);
    return { items: [...addresses].sort().map(address => this.#shown(address)) };
  }

  @Get(':customerIp')
  @ApiOkResponse({ standardSchema: SimulatedCustomer })
  get(@Param('customerIp', { schema: Ipv4Text }) customerIp: string): SimulatedCustomer {
    return this.#shown(customerIp);
  }

  @Post(':customerIp')
  @HttpCode(200)
  @ApiOperation({ summary: 'Changes what a simulated customer announces, or cuts and mends its line or BGP' })
  @ApiOkResponse({ standardSchema: SimulatedCustomer })
  change(@Param('customerIp', { schema: Ipv4Text }) customerIp: string, @Body({ schema: ChangeCustomer }) changes: z.infer<typeof ChangeCustomer>): SimulatedCustomer {
    this.node.setCustomer(customerIp, Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)));
    return this.#shown(customerIp);
  }

  #shown(customerIp: string): SimulatedCustomer {
    const tunnels = Object.values(this.node.state.tunnels).filter(tunnel => tunnel.port.customerIp === customerIp).map(tunnel => ({
      tunnelId: tunnel.port.tunnelId, up: tunnel.sas.length > 0 && (tunnel.device?.up ?? false), bgpEstablished: this.node.bgpEstablished(tunnel.port),
    }));
    return { driver: 'simulated', customerIp, ...this.node.customer(customerIp), tunnels };
  }
}
