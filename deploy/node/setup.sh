#!/bin/sh
# Makes a Debian or Ubuntu machine a gateway node: packages without their own services, kernel settings. Run as root; may be run again.
set -eu
[ "$(id -u)" = 0 ] || { echo "setup.sh: needs root" >&2; exit 1; }
command -v apt-get > /dev/null || { echo "setup.sh: needs apt-get; install the packages below by your own means" >&2; exit 1; }
packages="charon-systemd strongswan-swanctl libcharon-extra-plugins libstrongswan-standard-plugins libstrongswan-extra-plugins bird2 iproute2 procps nftables fping iputils-ping util-linux"
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  # the packages would start daemons that take ports 500, 4500 and 179 of the node
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get -q update
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get -q install --yes --no-install-recommends $packages
for unit in strongswan strongswan-starter bird; do
  if command -v systemctl > /dev/null && systemctl list-unit-files "$unit.service" > /dev/null 2>&1; then systemctl disable --now "$unit.service" > /dev/null 2>&1 || true; fi
done
printf 'net.ipv4.ip_forward = 1\nnet.core.rmem_max = 8388608\nnet.core.wmem_max = 8388608\n' > /etc/sysctl.d/60-bordergate.conf
sysctl -q --load=/etc/sysctl.d/60-bordergate.conf || echo "setup.sh: some kernel settings were refused; see above" >&2
modprobe tun 2> /dev/null || [ -e /dev/net/tun ] || { echo "setup.sh: there is no /dev/net/tun, and the module tun cannot be loaded" >&2; exit 1; }
echo "ready: put the release into /opt/bordergate, deploy/node/bordergate-worker.service into /etc/systemd/system, and settings into /etc/bordergate/worker.env"
