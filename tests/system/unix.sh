#!/bin/sh
# Unix sockets: HTTP by curl and the line protocol by replyc; the name of a server that is gone is taken
# over, that of one that lives is refused, a file that is no socket is left alone, and a name goes when
# its server does.

set -u
dir=$(mktemp -d) || exit 99
server=
failed=0
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM

fail() {
	failed=$((failed + 1))
	echo "FAILED: $*"
	sed 's/^/  | /' "$dir"/err*
}

# start WHAT: serves a directory, or --line, on $dir/socket; server is its process.
start() {
	rm -f "$dir/ready"
	mkfifo "$dir/ready"
	"$REPLYD" $REPLYD_AS --listen "unix:$dir/socket" "$1" >"$dir/ready" 2>"$dir/err" &
	server=$!
	read -r line <"$dir/ready"
	[ "$line" = "replyd: ready on unix:$dir/socket" ] || fail "not ready: $line"
}

# stop: the server drains, and takes its name with it.
stop() {
	kill "$server"
	wait "$server" || fail "the server ended with status $?"
	server=
	[ ! -e "$dir/socket" ] || fail 'its name is still there'
}

# refused: a second server on the same name is turned away, with a word on why.
refused() {
	timeout 60 "$REPLYD" $REPLYD_AS --listen "unix:$dir/socket" "$dir/www" >"$dir/out" 2>"$dir/err2"
	status=$?
	[ $status -eq 1 ] || fail "$1: exit status $status"
	[ "$(wc -l <"$dir/err2")" -eq 1 ] && grep -q "socket: Address already in use" "$dir/err2" ||
		fail "$1: it does not say why"
	[ ! -s "$dir/out" ] || fail "$1: it said it was ready"
}

# echoes TEXT: the line service says it again.
echoes() {
	[ "$("$REPLYC" "unix:$dir/socket" "$1")" = "$1" ] || fail "replyc: no echo of '$1'"
}

mkdir "$dir/www"
echo hello >"$dir/www/f.txt"

start "$dir/www"
if command -v curl >/dev/null; then
	got=$(curl --silent --show-error --max-time 60 --unix-socket "$dir/socket" http://t/f.txt)
	[ "$got" = hello ] || fail "curl got '$got'"
fi
stop

start --line
echoes 'hello, world'
refused 'beside one that lives'
echoes 'still here'
kill -KILL "$server"
wait "$server" 2>/dev/null
server=
[ -S "$dir/socket" ] || fail 'one that is killed leaves its name'
start --line
echoes 'after one that was killed'
stop

echo precious >"$dir/socket"
refused 'on a file'
[ "$(cat "$dir/socket")" = precious ] || fail 'the file is gone'

echo "$failed failed"
[ $failed -eq 0 ]
