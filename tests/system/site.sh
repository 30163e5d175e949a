#!/bin/sh
# curl fetches the installed site, link by link from index.html: every file of it, with the right type
# and the right bytes, and 304 the second time.

set -u
dir=$(mktemp -d) || exit 99
server=
failed=0
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM
command -v curl >/dev/null || { echo 'skipped: there is no curl'; exit 77; }

fail() {
	failed=$((failed + 1))
	echo "FAILED: $*"
}

# ask FILE [OPTION]...: curl prints the status and the type; the body is in $dir/body, the head in $dir/head.
ask() {
	name=$1
	shift
	curl --silent --show-error --max-time 60 --noproxy '*' --dump-header "$dir/head" \
		--output "$dir/body" --write-out '%{http_code} %{content_type}' "$@" "$url$name"
}

# links FILE: what a page, a style sheet or a picture refers to, without fragments.
links() {
	grep -Eo '(href|src)="[^"]*"|url\([^)]*\)' "$1" |
		sed -E 's/^(href|src)="//; s/^url\(//; s/["'\'')]//g; s/#.*//' | grep -v ':' | grep .
}

type_of() {
	case $1 in
	*.html) echo 'text/html' ;;
	*.css) echo 'text/css' ;;
	*.js) echo '(text|application)/javascript' ;;
	*.svg) echo 'image/svg\+xml' ;;
	*.png) echo 'image/png' ;;
	*.ico) echo 'image/(x-icon|vnd.microsoft.icon)' ;;
	*) echo 'no type is known to this test' ;;
	esac
}

# fetch FILE: asks twice.
fetch() {
	got=$(ask "$1") || fail "$1: curl says $?"
	echo "$got" | grep -Eq "^200 $(type_of "$1")(;.*)?$" || fail "$1: $got"
	cmp -s "$dir/body" "$SITE/$1" || fail "$1: other bytes came"
	cp "$dir/body" "$dir/whole"
	tag=$(sed -n 's/^[Ee][Tt]ag: *\(.*\)\r$/\1/p' "$dir/head")
	date=$(sed -n 's/^[Ll]ast-[Mm]odified: *\(.*\)\r$/\1/p' "$dir/head")
	[ -n "$tag" ] && [ -n "$date" ] || fail "$1: no ETag or no Last-Modified"
	for field in "If-None-Match: $tag" "If-Modified-Since: $date"; do
		rm -f "$dir/body"
		got=$(ask "$1" --header "$field")
		[ "${got%% *}" = 304 ] || fail "$1 with $field: $got"
		[ ! -s "$dir/body" ] || fail "$1 with $field: a body"
	done
	got=$(ask "$1" --header 'If-None-Match: "another"')
	[ "${got%% *}" = 200 ] || fail "$1 with another tag: $got"
}

mkfifo "$dir/ready"
"$REPLYD" $REPLYD_AS --listen 127.0.0.1:0 "$SITE" >"$dir/ready" 2>"$dir/err" &
server=$!
read -r line <"$dir/ready"
url=$(echo "$line" | sed -n 's/^replyd: ready on \(http:[^ ]*\)$/\1/p')
[ -n "$url" ] || { cat "$dir/err"; echo "FAILED: not ready: $line"; exit 1; }

[ "$(ask '')" = "$(ask index.html)" ] || fail '/ is not index.html'
cmp -s "$dir/body" "$SITE/index.html" || fail 'index.html: other bytes came'

echo index.html >"$dir/todo"
: >"$dir/done"
while read -r name <"$dir/todo"; do
	fetch "$name"
	echo "$name" >>"$dir/done"
	{ cat "$dir/todo"; links "$dir/whole"; } | sort -u | grep -vxFf "$dir/done" >"$dir/next"
	mv "$dir/next" "$dir/todo"
done
(cd "$SITE" && find . -type f | sed 's|^\./||' | sort) >"$dir/files"
sort "$dir/done" | cmp -s - "$dir/files" || {
	fail 'fetched is not what is there'
	sort "$dir/done" | diff - "$dir/files"
}

kill "$server"
wait "$server" || fail "the server ended with status $?"
server=
[ ! -s "$dir/err" ] || { fail 'the server complained'; cat "$dir/err"; }
echo "$(wc -l <"$dir/done") files, $failed failed"
[ $failed -eq 0 ]
