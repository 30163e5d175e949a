#!/bin/sh
# config - the sample configuration is right, as delivered and with all its examples taken; it and the
# manual page have every option that there is, and no other; an installation leaves a changed one alone.

set -u

tbl=$top_srcdir/src/tbl
page=$top_srcdir/doc/replyd.conf.5
sample=${SITE%/www}/replyd.conf
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
	echo "$*"
	failed=1
}

# same WHAT: the files one and other hold the same lines, and some.
same()
{
	sort -u "$work/one" >"$work/one.sorted"
	sort -u "$work/other" >"$work/other.sorted"
	[ -s "$work/one.sorted" ] || fail "$1: none found"
	diff "$work/one.sorted" "$work/other.sorted" | grep '^[<>]' >"$work/diff"
	[ ! -s "$work/diff" ] || { fail "$1 (<: only the tables, >: only there):"; cat "$work/diff"; }
}

# "section option" for each row of the tables, and "section" for those that have none.
awk -F'[(), \t"]+' '
	/^SECTION\(/ { word[$2] = $3; print $3 }
	/^OPTION\(/ { print word[$2], $3 }' "$tbl/config_section.h" "$tbl/config_option.h" >"$work/one"

awk '/^\.Ss [a-z]/ { section = $2; print section }
	/^\.Ss [A-Z]/ || /^\.Sh/ { section = "" }
	/^\.It Cm/ { print section, $3 }' "$page" >"$work/other"
same "options of replyd.conf(5)"

# The sample: each "#" that no space follows begins an example.
sed -E 's/^#([^ #])/\1/; s/^(\t+)#([a-z_]+ = )/\1\2/' "$sample" >"$work/full.conf"
awk '{ sub(/#.*/, "") }
	{ while (match($0, /[a-z_]+[ \t]*("[^"]*"[ \t]*)?\{|[a-z_]+[ \t]*=[ \t]*(\{[^}]*\}|"[^"]*"|[^ \t}]+)|\}/)) {
		part = substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH)
		name = part; sub(/[^a-z_].*/, "", name)
		if (part == "}") depth--
		else if (part ~ /=/) print at[depth], name
		else { at[++depth] = name; print name }
	} }' "$work/full.conf" >"$work/other"
same "options of share/replyd.conf"

"$REPLYD" $REPLYD_AS -t -c "$sample" >"$work/said" 2>&1 || fail "the sample: $(cat "$work/said")"
mkdir "$work/dir" "$work/www"
echo '<p>' >"$work/page.html"
echo 'u:$5$salt$iy6pmbcc7TH0YPpzsVrTeeabcqTZEFDWXK7YfVlWk80' >"$work/users"
echo >"$work/hosts.conf"
echo 'here http://t/' >"$work/links"
echo >"$work/dir/index.php"
sed -Ei 's|"/[^"]*/404.html"|"page.html"|; s|"/srv/[a-z]+"|"dir"|; s|"/srv/[a-z/]+/index.php"|"dir/index.php"|; s|"/var/tmp"|"dir"|
	s|"links\.so"|"'"$top_builddir"'/examples/.libs/module.so"|; s|file=/etc/replyd/links|file='"$work"'/links|
	s|"/etc/replyd/users"|"users"|; s|"/usr/local/[a-z/]+"|"/bin/cat"|
	s|"www-data"|"'"$(id -un)"'"|' "$work/full.conf"
"$REPLYD" $REPLYD_AS -t -c "$work/full.conf" >"$work/said" 2>&1 ||
	fail "the sample with its examples: $(cat "$work/said")"

# make install, twice.
conf=$(find "$REPLYD_ROOT" -path '*/etc/replyd/replyd.conf')
[ -n "$conf" ] && grep -q "files = \"/.*/www\"" "$conf" ||
	fail "not installed with the path of its site: etc/replyd/replyd.conf"
MAKEFLAGS= make -s -C "$top_builddir" install-conf DESTDIR="$work/root" >/dev/null || fail "make install-conf"
conf=$(find "$work/root" -name replyd.conf)
echo '# changed' >>"$conf"
cp "$conf" "$work/changed"
MAKEFLAGS= make -s -C "$top_builddir" install-conf DESTDIR="$work/root" >/dev/null || fail "make install-conf"
cmp "$conf" "$work/changed" || fail "an installation replaces a configuration"
MAKEFLAGS= make -s -C "$top_builddir" uninstall-conf DESTDIR="$work/root" >/dev/null
cmp "$conf" "$work/changed" || fail "make uninstall takes a changed configuration away"
exit $failed
