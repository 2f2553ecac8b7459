#!/bin/sh
# Stands for systemd, which a customer in a namespace has not: the commands of the distribution's unit files.
strongswan_start() {
  setsid /usr/sbin/charon-systemd </dev/null >>/var/log/charon.log 2>&1 &
  # Type=notify: systemd goes on when charon says that it is ready
  until [ -S /run/charon.vici ]; do sleep 0.1; done
  /usr/sbin/swanctl --load-all --noprompt
}
strongswan_stop() {
  pkill -x charon-systemd
  while pgrep -x charon-systemd >/dev/null; do sleep 0.1; done
  rm -f /run/charon.vici
}
bird_start() {
  /usr/lib/bird/prepare-environment && /usr/sbin/bird -p && . /etc/bird/envvars && /usr/sbin/bird -u "$BIRD_RUN_USER" -g "$BIRD_RUN_GROUP" $BIRD_ARGS
}
bird_stop() {
  birdc down >/dev/null
  while pgrep -x bird >/dev/null; do sleep 0.1; done
}
frr_start() { /usr/lib/frr/frrinit.sh start; }
frr_stop() { /usr/lib/frr/frrinit.sh stop; }

verb=$1; shift
for unit; do
  case $unit in
    strongswan|bird|frr) ;;
    *) echo "systemctl: no unit $unit here" >&2; exit 5 ;;
  esac
  case $verb in
    start) ${unit}_start || exit ;;
    stop) ${unit}_stop || exit ;;
    restart)
      case $unit in strongswan) program=charon-systemd ;; bird) program=bird ;; frr) program=watchfrr ;; esac
      if pgrep -x $program >/dev/null; then ${unit}_stop || exit; fi
      ${unit}_start || exit ;;
    reload)
      case $unit in
        strongswan) /usr/sbin/swanctl --load-all --noprompt || exit ;;
        bird) birdc configure || exit ;;
        frr) /usr/lib/frr/frrinit.sh reload || exit ;;
      esac ;;
    *) echo "systemctl: $verb is not known here" >&2; exit 1 ;;
  esac
done
