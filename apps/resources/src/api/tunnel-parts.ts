/** The members of a tunnel's body that are not options of IKE and IPsec. */
interface Flat {
  cloudPublicIp?: string | undefined; customerIp?: string | undefined; tunnelIp?: string | undefined; localTunnelIp?: string | undefined;
  localId?: string | undefined; remoteId?: string | undefined; psk?: string | undefined;
}

/** REST has a tunnel's options beside its addresses; commands have them in `options`. */
export function tunnelParts<T extends Flat>(flat: T): Pick<T, keyof Flat & keyof T> & { options: Omit<T, keyof Flat> } {
  const { cloudPublicIp, customerIp, tunnelIp, localTunnelIp, localId, remoteId, psk, ...options } = flat;
  return { cloudPublicIp, customerIp, tunnelIp, localTunnelIp, localId, remoteId, psk, options } as never;
}
