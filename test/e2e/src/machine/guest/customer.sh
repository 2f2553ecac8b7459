# A customer's router in the machine: namespaces and a file system of its own, in which the distribution's programs are
# installed with their stock configuration. $1: its name. Says the id of the process whose namespaces these are.
set -e
home=/run/customers/$1
mkdir -p "$home/up" "$home/work" "$home/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$home/up,workdir=$home/work" "$home/root"
# of strongSwan, what the notes of the download tell to install: the host has more, and the loading takes its time
rm -f $(dpkg -L libstrongswan-extra-plugins libcharon-extra-plugins 2>/dev/null | sed -n "s|^/etc/strongswan.d/|$home/root&|p" | grep '\.conf$')
# the daemons of FRR have 20 seconds to start, or are killed: not under emulation
echo 'watchfrr_options="-T 300"' >>"$home/root/etc/frr/daemons"
mount --rbind /dev "$home/root/dev"
unshare --net --mount --pid --uts --fork chroot "$home/root" /bin/sh -c '
  mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp
  hostname "$0"
  ip link set lo up
  # as Debian has it (sysctl.d of systemd)
  sysctl -qw net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.default.rp_filter=2
  touch /run/ready
  # the first process of a PID namespace is the parent of all daemons: it has to see their end
  while :; do sleep 3600 & wait; done' "$1" </dev/null >/dev/null 2>&1 &
until pid=$(cat /proc/$!/task/$!/children) && [ -n "$pid" ] && [ -e /proc/${pid% }/root/run/ready ]; do sleep 0.1; done
echo $pid
