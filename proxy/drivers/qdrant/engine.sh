#!/usr/bin/env bash
# Called by .ci/engine. Without -Dengine.address the tests run against a test double.
source "$(dirname "${BASH_SOURCE[0]}")/../engine-lib.sh"
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
  install_qdrant_double
  # It ends with its input, which this shell holds open.
  mkfifo "$work/in"
  # shellcheck disable=SC2086 # a command is words
  $double --dir "$work/data" <"$work/in" >"$work/out" 2>"$work/log" &
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
  options+=(-Dengine.double="$double")
fi

it_tests qdrant -Dengine.address="$address" "${options[@]}"
