# Debian's PostgreSQL, which has TLS, and pgvector of Debian's sources built for it: bash debian.sh FOLDER. Leaves the programs in
# FOLDER/bin, and changes nothing else of the machine. Needs Debian, gcc, and the package mirror that the machine uses.
set -euo pipefail
folder=$1
sources=trixie # the first release of Debian that has pgvector 0.8
fail() {
  printf 'engine: PostgreSQL of Debian: %s\n' "$*" >&2
  exit 1
}
for tool in apt-get apt-cache dpkg-deb gcc tar ldd; do
  command -v "$tool" >/dev/null || fail "no $tool (expected: Debian with gcc)"
done
. /etc/os-release
[ "${ID:-}" = debian ] || fail "${ID:-unknown system} (expected: debian)"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || fail "no $keys (expected: the package debian-archive-keyring)"
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1) || true
[ -n "$mirror" ] || fail 'no mirror in the sources of apt (expected: one that ends in /debian)'

work=$(mktemp -d "${TMPDIR:-/tmp}/crossfade-debian-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/objects" "$folder"
printf 'deb [signed-by=%s] %s %s main\ndeb-src [signed-by=%s] %s %s main\n' \
  "$keys" "$mirror" "$VERSION_CODENAME" "$keys" "$mirror" "$sources" >"$work/list"
own=(-o "Dir::Etc::sourcelist=$work/list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work"
  -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -qq)
cd "$work"
apt-get "${own[@]}" update >update.log 2>&1 && ! grep -q '^[EW]: Failed' update.log || fail "the mirror's lists cannot be had: $(tail -n 1 update.log)"
version=$(apt-cache "${own[@]}" depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
[ -n "$version" ] || fail 'no package postgresql in the lists of the mirror'
apt-get "${own[@]}" download "postgresql-$version" "postgresql-server-dev-$version" >download.log 2>&1 ||
  fail "the packages cannot be had: $(tail -n 1 download.log)"
apt-get "${own[@]}" --download-only source pgvector >source.log 2>&1 || fail "the sources of pgvector cannot be had: $(tail -n 1 source.log)"
for package in ./*.deb; do dpkg-deb -x "$package" "$folder"; done
bin=$folder/usr/lib/postgresql/$version/bin
missing=$(ldd "$bin/postgres" | sed -n 's/ => not found//p' | tr -d '\t' | tr '\n' ' ')
[ -z "$missing" ] || fail "no $missing (expected: what the package postgresql-$version depends on)"

tar xzf pgvector_*.orig.tar.gz
cd pgvector-*/
printf '%s\n' src/*.c | xargs -P 2 -n 4 sh -c 'for c; do
  gcc -O2 -fPIC -fno-math-errno -I"$0" -c "$c" -o "../objects/$(basename "$c" .c).o" || exit 255; done' \
  "$folder/usr/include/postgresql/$version/server" >../gcc.log 2>&1 || fail "pgvector does not compile: $(tail -n 1 ../gcc.log)"
gcc -shared -o "$folder/usr/lib/postgresql/$version/lib/vector.so" ../objects/*.o -lm
vector=$(sed -n "s/^default_version = '\(.*\)'/\1/p" vector.control)
cp vector.control "$folder/usr/share/postgresql/$version/extension/"
cp sql/vector.sql "$folder/usr/share/postgresql/$version/extension/vector--$vector.sql"
ln -sfn "$bin" "$folder/bin"
chmod -R a+rX "$folder"
