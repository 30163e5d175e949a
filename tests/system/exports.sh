#!/bin/sh
# exports - the installed library exports what its headers declare, under its version, and nothing else;
# C and C++ programs can include both headers, alone and together, and link by pkg-config; each function
# has its place in doc/replyd.3.

set -u

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0
header=$(find "$REPLYD_ROOT" -name replyd.h | head -n 1)
include=${header%/replyd.h}
library=$(find "$REPLYD_ROOT" -name 'libreplyd.so.*.*' | head -n 1)
pages=$(find "$REPLYD_ROOT" -type d -name man3)
pc=$(find "$REPLYD_ROOT" -name replyd.pc | head -n 1)

fail()
{
	echo "$*"
	failed=1
}

# same WHAT: the files $work/one and $work/other hold the same names, and some.
same()
{
	sort -u "$work/one" >"$work/one.sorted"
	sort -u "$work/other" >"$work/other.sorted"
	[ -s "$work/one.sorted" ] || fail "$1: none found"
	diff "$work/one.sorted" "$work/other.sorted" >"$work/diff" || {
		fail "$1 differ"
		grep '^[<>]' "$work/diff"
	}
}

# The functions that the headers declare; a declaration begins with REPLYD_API and ends at a ';'.
declared()
{
	cat "$header" "$include/replyd/handler.h" | tr '\n' ' ' | grep -oE 'REPLYD_API [^;(]*\(' |
		grep -oE 'replyd_[a-z_0-9]+\(' | tr -d '('
}

exported()
{
	nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | tee "$work/versioned" | sed 's/@.*//'
}

# builds COMPILER LANGUAGE SUFFIX: each header alone, both together, in either order, and linked.
builds()
{
	for headers in 'replyd.h' 'replyd/handler.h' 'replyd.h replyd/handler.h' 'replyd/handler.h replyd.h'; do
		for name in $headers; do
			echo "#include <$name>"
		done >"$work/alone.$3"
		echo 'extern int nothing; int nothing;' >>"$work/alone.$3"
		compile "$1" "$2" -c "$work/alone.$3" -o "$work/alone.o" || fail "$1 $2: $headers"
	done
	cat >"$work/whole.$3" <<-END
		#include <replyd.h>
		static int hello(struct replyd_exchange *x, void *data)
		{
			return data ? 500 : replyd_text(x, 200, "hello, %s\n", replyd_query(x, "name", "world"));
		}
		int main(void)
		{
			struct replyd_module module;
			struct replyd *server = replyd_new();
			int failed;
			module.perform = hello;
			failed = replyd_route(server, "GET /hello", module.perform, 0) ||
				replyd_listen(server, "127.0.0.1:0", REPLYD_HTTP) || replyd_open(server);
			replyd_free(server);
			return failed;
		}
	END
	compile "$1" "$2" "$work/whole.$3" -o "$work/whole" $libs || { fail "$1 $2: a program"; return; }
	LD_LIBRARY_PATH=${library%/*} "$work/whole" || fail "$1 $2: the program ends with $?"
}

compile()
{
	compiler=$1 language=$2
	shift 2
	$compiler "$language" -Wall -Wextra -Wpedantic -Werror $cflags "$@"
}

readelf -d "$library" | grep -q 'SONAME.*\[libreplyd\.so\.0\]' || fail "the soname is not libreplyd.so.0"
[ -L "${library%/*}/libreplyd.so.0" ] || fail "libreplyd.so.0 is not there"
declared >"$work/one"
exported >"$work/other"
same "what headers declare (<) and the library exports (>)"
grep -v '@@REPLYD_0$' "$work/versioned" | sed 's/^/without its version: /' >"$work/bare"
[ ! -s "$work/bare" ] || fail "$(cat "$work/bare")"

page=$top_srcdir/doc/replyd.3
sed -nE '/^\.Sh SYNOPSIS/,/^\.Sh DESCR/s/^\.Fn (replyd_[a-z_0-9]+).*/\1/p' "$page" >"$work/other"
same "what headers declare (<) and doc/replyd.3 describes (>)"
for name in $(cat "$work/one.sorted"); do
	sed '1,/^\.Sh DESCR/d' "$page" | grep -qw "$name" || fail "doc/replyd.3 only lists $name"
	[ -e "$pages/$name.3" ] || fail "no page is installed as $name(3)"
done

if ! command -v pkg-config >/dev/null; then
	echo "pkg-config is not installed: no program was built"
	exit $failed
fi
export PKG_CONFIG_SYSROOT_DIR="$REPLYD_ROOT" PKG_CONFIG_PATH="${pc%/*}"
cflags=$(pkg-config --cflags replyd) && libs=$(pkg-config --libs replyd) || fail "pkg-config knows no replyd"
if nm -D "$library" | grep -qE '__(asan|tsan)_init'; then
	echo "the library has a sanitizer inside: no program was built"
	exit $failed
fi
builds "${CC:-cc}" -std=c99 c
builds "${CC:-cc}" -std=c11 c
if command -v g++ >/dev/null; then
	for standard in c++98 c++11 c++17; do
		builds g++ -std=$standard cc
	done
else
	echo "g++ is not installed: no C++ program was built"
fi
exit $failed
