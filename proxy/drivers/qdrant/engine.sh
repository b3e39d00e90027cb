#!/usr/bin/env bash
# Called by .ci/engine. There is no Qdrant server in the package registries: without -Dengine.address the tests run against a
# test double, Qdrant's own engine behind its gRPC services; src/test/python/qdrant_double.py says what that cannot show.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
double=$PWD/proxy/drivers/qdrant/src/test/python/qdrant_double.py
work=$(mktemp -d "${TMPDIR:-/tmp}/crossfade-qdrant-XXXXXX")
server=
ended() {
  local code=$?
  exec 3>&- || true
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$work"
  exit "$code"
}
trap ended EXIT

address=
options=()
for option in "$@"; do
  case $option in
    -Dengine.address=*) address=${option#-Dengine.address=} ;;
    *) options+=("$option") ;;
  esac
done

if [ -n "$address" ]; then
  printf 'engine: Qdrant at %s\n' "$address"
  options+=(-DexcludedGroups=double)
else
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q qdrant-edge-py==0.9.0 qdrant-client==1.20.0
  # It ends with its input, which this shell holds open.
  mkfifo "$work/in"
  "$work/venv/bin/python" "$double" --dir "$work/data" <"$work/in" >"$work/out" 2>"$work/log" &
  server=$!
  exec 3>"$work/in"
  for _ in $(seq 300); do
    port=$(sed -n 's/^listening //p' "$work/out")
    [ -z "$port" ] || break
    kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
  done
  address=127.0.0.1:${port:?the test double does not listen}
  printf 'engine: test double of Qdrant at %s\n' "$address"
  options+=(-Dengine.double="$work/venv/bin/python $double")
fi

./mvnw -B -ntp -Pengine -pl :crossfade-driver-qdrant -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dengine.address="$address" "${options[@]}"
