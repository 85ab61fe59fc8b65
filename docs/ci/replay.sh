#!/usr/bin/env bash
# Sends a recording through shadow: starts it, waits until it listens, replays, and stops it in good order.
#
#   replay.sh RECORDING [SHADOW_LOG [MITMDUMP OPTIONS…]]
#
# RECORDING is a file of mitmproxy's (mitmdump -w). Only its GET, HEAD and OPTIONS requests are sent: legacy answers
# them for real, as the candidate does. They go to where shadow listens, whatever host they were recorded at, one after
# the other, in the order of the recording; mitmdump's options may change them on the way (--modify-headers).
# Exits with 4 where nothing could be sent.
set -euo pipefail

if [ $# = 0 ]; then
  echo "usage: replay.sh RECORDING [SHADOW_LOG [MITMDUMP OPTIONS…]]" >&2
  exit 2
fi
recording=$1
log=${2:-shadow.log}
changes=("${@:3}")
work=$(mktemp -d)
proxy=

finish() {
  if [ -n "$proxy" ]; then kill -KILL "$proxy" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

give_up() {
  echo "replay.sh: $1" >&2
  exit 4
}

# -q: mitmdump would print the URL of every request, with the tokens that are in it.
replay=(mitmdump -q -n --set "confdir=$work")

"${replay[@]}" -r "$recording" -w "$work/safe.mitm" '~m "^(GET|HEAD|OPTIONS)$"' >"$work/reading.log" 2>&1 ||
  give_up "$recording can't be read: $(sed 's/^\[[0-9:.]*\] //; q' "$work/reading.log")"
[ -s "$work/safe.mitm" ] || give_up "$recording holds no GET, HEAD or OPTIONS request"

# Unbuffered, because what it says is waited for.
PYTHONUNBUFFERED=1 shadow run >"$log" 2>&1 &
proxy=$!
until address=$(grep -m 1 -o 'listening at [^ ]*:[0-9]*' "$log"); do
  kill -0 "$proxy" 2>/dev/null || { cat "$log" >&2; give_up "shadow has ended before it listened"; }
  sleep 0.1
done
address=${address#listening at }
address=${address/#\*/127.0.0.1}

"${replay[@]}" -C "$work/safe.mitm" --map-remote "|^https?://[^/]+|http://$address" "${changes[@]}"

# Whatever still waits is sent and compared, for as long as proxy.drain allows.
kill -TERM "$proxy"
wait "$proxy" || { tail -n 20 "$log" >&2; give_up "shadow has not ended well"; }
proxy=
