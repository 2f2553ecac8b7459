export interface UpdownSpec {
  readonly directory: string;
  readonly viciSocket: string;
  readonly router: string;
  readonly device: string;
}

/**
 * charon's updown script of a customer with static routes: the tunnel device follows the CHILD_SA.
 *
 * An "up" is believed. A "down" is not: it may be the end of a duplicate (after an outage both ends open the tunnel), and
 * with IKEv1 not every CHILD_SA that came up is reported down, so counting does not help. charon is asked instead, from
 * the background, since it waits for this script, and without blocking, since this SA is busy meanwhile. A busy SA is
 * not listed; hence three questions. The lock keeps a later "up" behind the answer to an earlier "down".
 */
export const updownScript = (spec: UpdownSpec): string => `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
export STRONGSWAN_CONF=${spec.directory}/strongswan.conf SWANCTL_DIR=${spec.directory}
usable() {
  # No answer: charon is ending, and its device with it.
  sas=$(swanctl --list-sas --noblock --uri unix://${spec.viciSocket} 2>/dev/null) || exit 0
  echo "$sas" | grep -qE '(INSTALLED|REKEYING|REKEYED), TUNNEL'
}
device() {
  ip -n ${spec.router} link set ${spec.device} "$1"
}
down_unless_usable() {
  flock 9
  for attempt in 1 2 3; do
    sleep 0.05
    usable && return
  done
  device down
}
exec >>${spec.directory}/updown.log 2>&1 </dev/null 9>${spec.directory}/updown.lock
case "$PLUTO_VERB" in
  up-client*|up-host*) flock 9; device up ;;
  down-client*|down-host*) down_unless_usable & ;;
esac
`;
