# Prepares the machine, then runs what comes in over its serial port: a line "number script", the script in base64; the
# answer is a line "number exit-code stdout stderr". Scripts run at the same time. Run by busybox, whose commands are
# in the shell itself: starting a program is slow under emulation.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
kernel=$(sed 's/.*kernel=\([^ ]*\).*/\1/' /proc/cmdline)

# The kernel loads modules itself, by calling /sbin/modprobe.
mkdir -p /usr/lib/modules && mount --bind "$kernel/lib/modules" /usr/lib/modules
for command in modprobe insmod; do
  [ -x /sbin/$command ] || ln -s "$kernel/bin/busybox" /sbin/$command
done
mkdir -p /dev/shm /dev/pts /dev/net
mount -t tmpfs tmpfs /dev/shm; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp
modprobe virtio_console
modprobe virtio_net
ip link set lo up
mkdir -p /run/jobs

port=$(ls /dev/vport*p1)
exec 3<>"$port"
echo ready >&3
while read -r number script <&3; do
  {
    job=/run/jobs/$number
    echo "$script" | base64 -d >$job
    /bin/sh $job </dev/null >$job.out 2>$job.err 3>&- 9>&-
    answer="$number $? $(base64 -w0 $job.out) $(base64 -w0 $job.err)"
    rm -f $job $job.out $job.err
    flock -x 9
    echo "$answer" >&3
  } 9>/run/jobs/port &
done
