# The tests of the pgvector driver against PostgreSQL; called by .ci/engine. Starts a server, for which it needs Python 3 with pip, or
# uses the one at -Dengine.address=HOST:PORT (also -Dengine.user, -Dengine.database). Those of TLS and users start Debian's, which is
# got and built by debian.sh; that of a full disk mounts a small one, for which it needs root.
source "$(dirname "${BASH_SOURCE[0]}")/../engine-lib.sh"
need_python
chmod 755 "$work"
bash proxy/drivers/pgvector/debian.sh "$work"
it_tests pgvector -Dengine.debian="$work/bin" "$@"
