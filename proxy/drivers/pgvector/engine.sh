# The tests of the pgvector driver against PostgreSQL; called by .ci/engine. Starts a server, for which it needs Python 3 with pip, or
# uses the one at -Dengine.address=HOST:PORT (also -Dengine.user, -Dengine.database).
set -euo pipefail
python3 -m pip --version >/dev/null 2>&1 || {
  printf 'engine: no python3 with pip\n' >&2
  exit 1
}
exec timeout 20m ./mvnw -B -ntp -Pengine -pl :crossfade-driver-pgvector -am verify \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='io.crossfade.proxy.driver.pgvector.*IT' \
  -Dfailsafe.failIfNoSpecifiedTests=false -Dspotless.check.skip "$@"
