# Sourced by what runs against engines: proxy/drivers/*/engine.sh, .ci/migrations and .ci/engine-bench. Puts the shell into the root of the
# repository; `work` is a folder that ends with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/crossfade-engine-XXXXXX")
trap 'code=$?; rm -rf "$work"; exit "$code"' EXIT

need_python() {
  python3 -m pip --version >/dev/null 2>&1 || {
    printf 'engine: no python3 with pip\n' >&2
    exit 1
  }
}

# There is no Qdrant server in the package registries. The test double is Qdrant's own engine behind its gRPC services;
# qdrant_double.py says what that cannot show. Sets `double`, the command that starts one.
install_qdrant_double() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q qdrant-edge-py==0.9.0 qdrant-client==1.20.0
  double="$work/venv/bin/python $PWD/proxy/drivers/qdrant/src/test/python/qdrant_double.py"
}

maven() { timeout "${limit:-20m}" ./mvnw -B -ntp -Dspotless.check.skip "$@"; }

# it_tests DRIVER ...: the *IT tests of a driver, and nothing else. The report of the kit is written anew, and has
# to be there, unless -Dit.test names others.
it_tests() {
  local driver=$1
  local report=proxy/drivers/$driver/target/conformance/$driver.json
  shift
  rm -f "$report"
  maven -Pengine -pl ":crossfade-driver-$driver" -am verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
    -Dit.test="io.crossfade.proxy.driver.$driver.*IT" -Dfailsafe.failIfNoSpecifiedTests=false "$@"
  if [ ! -f "$report" ] && [[ " $* " == *' -Dit.test='* ]]; then return; fi
  printf '%s: ' "$report"
  python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
print(", ".join(f"{key} {value}" for key, value in report.items() if not isinstance(value, list)))
sys.exit(report["failed"] or not report["passed"])' "$report"
}
