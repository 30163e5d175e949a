#!/bin/sh
# curl asks the installed program for files: whole, in parts, on conditions, coded. It decodes what is
# coded by itself, so that the bytes which a browser would see are compared.

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

# ask FILE [OPTION]...: the status is in $status, the body in $dir/body, the head in $dir/head.
ask() {
	name=$1
	shift
	rm -f "$dir/body"
	status=$(curl --silent --show-error --max-time 60 --noproxy '*' --dump-header "$dir/head" \
		--output "$dir/body" --write-out '%{http_code}' "$@" "$url$name") ||
		fail "$name $*: curl says $?"
	asked="$name $*"
}

# expect STATUS [FILE]: of what was asked last; its body is that of FILE below $dir.
expect() {
	[ "$status" = "$1" ] || fail "$asked: $status, not $1"
	[ $# -lt 2 ] || cmp "$dir/body" "$dir/$2" || fail "$asked: other bytes came"
}

# coded WORD: what was asked last came in that coding; '' for none.
coded() {
	got=$(sed -n 's/^Content-Encoding: *\(.*\)\r$/\1/p' "$dir/head")
	[ "$got" = "$1" ] || fail "$asked: the coding is '$got', not '$1'"
}

mkdir "$dir/www"
seq 1 20000 >"$dir/www/text.txt"
seq 1 2000000 >"$dir/www/large.txt"
head -c 20000 /dev/urandom >"$dir/www/noise.txt"
head -c 15000 /dev/urandom | base64 >"$dir/www/letters.html"
seq 1 300 >"$dir/www/beside.css"
gzip -9 -k "$dir/www/beside.css"
touch -d 2020-01-01T00:00:00Z "$dir/www/noise.txt"

mkfifo "$dir/ready"
"$REPLYD" $REPLYD_AS --listen 127.0.0.1:0 "$dir/www" >"$dir/ready" &
server=$!
read -r _ _ _ url <"$dir/ready"

# Codings: whatever curl accepts, what it makes of it is the file.
has() {
	curl --version | grep '^Features:' | grep -qw "$1"
}
for name in text.txt large.txt noise.txt letters.html beside.css; do
	for _ in 1 2; do
		ask "$name" --compressed
		expect 200 "www/$name"
		ask "$name"
		expect 200 "www/$name"
		coded ''
	done
done
ask noise.txt --compressed
coded ''
ask beside.css --compressed
coded gzip
ask beside.css --header 'Accept-Encoding: gzip'
expect 200 www/beside.css.gz
ask text.txt --header 'Accept-Encoding: gzip'
gzip -dc "$dir/body" | cmp - "$dir/www/text.txt" || fail 'gzip decodes to other bytes'
if has brotli; then
	ask text.txt --compressed --header 'Accept-Encoding: br'
	expect 200 www/text.txt
	coded br
fi

# Ranges.
ask text.txt --range 100-199
tail -c +101 "$dir/www/text.txt" | head -c 100 >"$dir/part"
expect 206 part
ask large.txt --range 10000000-
tail -c +10000001 "$dir/www/large.txt" >"$dir/part"
expect 206 part
ask large.txt --range -1000000
tail -c 1000000 "$dir/www/large.txt" >"$dir/part"
expect 206 part
ask text.txt --range 99999999-
expect 416
ask large.txt --range 0-9,5000000-9999999
expect 206
grep -aq '^Content-Range: bytes 5000000-9999999/' "$dir/body" || fail 'no second part'
head -c 1000000 "$dir/www/large.txt" >"$dir/resumed"
curl --silent --show-error --max-time 60 --noproxy '*' --continue-at - --output "$dir/resumed" \
	"${url}large.txt" || fail "resuming: curl says $?"
cmp "$dir/resumed" "$dir/www/large.txt" || fail 'resuming: other bytes came'

# Conditions.
ask noise.txt --time-cond '02 Jan 2020 00:00:00 GMT'
expect 304
ask noise.txt --time-cond '31 Dec 2019 00:00:00 GMT'
expect 200 www/noise.txt
ask noise.txt --time-cond '-31 Dec 2019 00:00:00 GMT'
expect 412
ask noise.txt --time-cond '-02 Jan 2020 00:00:00 GMT'
expect 200 www/noise.txt
ask text.txt --etag-save "$dir/tag"
expect 200 www/text.txt
ask text.txt --etag-compare "$dir/tag"
expect 304
ask text.txt --etag-compare "$dir/tag" --compressed
expect 200 www/text.txt
ask text.txt --header "If-Match: $(cat "$dir/tag")"
expect 200 www/text.txt
ask text.txt --header 'If-Match: "another"'
expect 412

kill "$server"
wait "$server" || fail "the server ended with status $?"
server=
[ $failed -eq 0 ]
