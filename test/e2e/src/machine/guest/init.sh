#!/bin/busybox sh
# The first program of the machine: this host's file system, which stays as it is, under a layer in memory.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read module; do insmod "/mod/$module"; done < /order
mount -t virtiofs root /ro -o ro
mount -t tmpfs -o size=80% tmpfs /rw; mkdir -p /rw/up /rw/work
mount -t overlay overlay -o lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work /new
for d in proc sys dev; do mkdir -p /new/$d; mount --move /$d /new/$d; done
option() { sed "s/.*$1=\([^ ]*\).*/\1/" /new/proc/cmdline; }
exec switch_root /new "$(option kernel)/bin/busybox" sh "$(option agent)"
