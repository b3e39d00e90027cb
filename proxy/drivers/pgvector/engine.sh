# The tests of the pgvector driver against PostgreSQL; called by .ci/engine. Starts a server, for which it needs Python 3 with pip, or
# uses the one at -Dengine.address=HOST:PORT (also -Dengine.user, -Dengine.database).
source "$(dirname "${BASH_SOURCE[0]}")/../engine-lib.sh"
need_python
it_tests pgvector "$@"
