# Shell functions of the tutorials; source it in the clone's folder:  . docs/tutorials/helpers.sh
BORDERGATE_URL=${BORDERGATE_URL:-http://127.0.0.1:8480}
BORDERGATE_REGION=${BORDERGATE_REGION:-region-1}
export BORDERGATE_URL BORDERGATE_REGION
WORK=${WORK:-$PWD/.tutorial}            # what a tutorial downloads goes there

api() { echo "$BORDERGATE_URL/v1/regions/$BORDERGATE_REGION/$1"; }

# post COLLECTION JSON: creates one thing, or runs a verb; the answer on one line, and nothing but the error if it is refused
post() {
  curl -sS --fail-with-body -w '\n' -X POST -H 'content-type: application/json' -H "idempotency-key: $RANDOM$RANDOM$RANDOM" "$(api "$1")" -d "${2-}"
}
patch() { curl -sS --fail-with-body -w '\n' -X PATCH -H 'content-type: application/json' "$(api "$1")" -d "$2"; }
delete() { curl -sS --fail-with-body -X DELETE "$(api "$1")"; }
get() { curl -sS --fail-with-body "$(api "$1")"; }

# field NAME: one field of the JSON that comes in
field() { node -pe "JSON.parse(require('fs').readFileSync(0)).$1"; }

# the command line of this clone
bordergate() { node tools/cli.mjs "$@"; }

# wait_up CONNECTION: until all its tunnels are UP, and with BGP all sessions established
wait_up() {
  echo "waiting for the tunnels of $1"
  for i in $(seq ${PATIENCE:-60}); do
    get "vpnTunnels?vpnConnectionId=$1" | node -e '
      const { items } = JSON.parse(require("fs").readFileSync(0));
      process.exit(items.every((t) => t.opStatus === "UP" && ["established", "off"].includes(t.bgpStatus)) ? 0 : 1)' && return 0
    sleep 1
  done
  get "vpnTunnels?vpnConnectionId=$1"
  return 1
}

# delete_tunnels CONNECTION: a tunnel has to be disabled first, for somebody may use it
delete_tunnels() {
  for tunnel in $(get "vpnTunnels?vpnConnectionId=$1" | field 'items.map((t) => t.vpnTunnelId).join(" ")'); do
    post vpnTunnels/$tunnel:disable >/dev/null
    delete vpnTunnels/$tunnel
  done
}
