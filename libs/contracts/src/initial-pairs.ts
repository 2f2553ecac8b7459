/** The two outer ends of a tunnel. */
export interface EndPoints { readonly cloudPublicIp: string; readonly customerIp: string }

/**
 * Which pairs a connection starts with (semantics 1.5): every cloud address gets a tunnel, and customer addresses are
 * dealt out in order: 1 address c1-g1 c2-g1; 2 addresses c1-g1 c2-g2; 4 addresses c1-g1 c1-g2 c2-g3 c2-g4.
 */
export function initialPairs(cloudIps: readonly string[], customerIps: readonly string[]): EndPoints[] {
  const [only] = customerIps;
  if (only !== undefined && customerIps.length === 1) return cloudIps.map((cloudPublicIp) => ({ cloudPublicIp, customerIp: only }));
  return customerIps.map((customerIp, index) => ({ cloudPublicIp: cloudIps[Math.floor((index * cloudIps.length) / customerIps.length)]!, customerIp }));
}
