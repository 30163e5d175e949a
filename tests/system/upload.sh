#!/bin/sh
# curl sends files to the installed program: short and long ones, with and without a password, many at
# once; and is killed in the middle, as is the program: a file is there whole, or not at all.

set -u
dir=$(mktemp -d) || exit 99
server=
client=
failed=0
trap '[ -z "$client" ] || kill "$client"; [ -z "$server" ] || kill "$server"; wait; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM
command -v curl >/dev/null || { echo 'skipped: there is no curl'; exit 77; }

fail() {
	failed=$((failed + 1))
	echo "FAILED: $*"
}

start() {
	"$REPLYD" $REPLYD_AS --config "$dir/replyd.conf" >"$dir/ready" &
	server=$!
	read -r _ _ _ url <"$dir/ready"
}

# ask STATUS PATH [OPTION]...
ask() {
	wanted=$1
	path=$2
	shift 2
	status=$(curl --silent --show-error --max-time 60 --noproxy '*' --output "$dir/body" \
		--write-out '%{http_code}' "$@" "$url$path") || fail "$path $*: curl says $?"
	[ "$status" = "$wanted" ] || fail "$path $*: $status, not $wanted"
}

# names WORD...: these are in the directory, and nothing else, hidden or not.
names() {
	got=$(cd "$dir/in" && find . -mindepth 1 -printf '%P\n' | sort | tr '\n' ' ')
	[ "$got" = "$*${1:+ }" ] || fail "in the directory: '$got', not '$*'"
}

mkdir "$dir/in"
# of "secret", made cheap
# shellcheck disable=SC2016 # it has dollars in it
echo 'anna:$5$rounds=1000$dWPHs0rfcp0muxWS$BFlZBjOnK2m0yq.R7RRPPcuqWM4Nhk.vaNufQmJ4As6' >"$dir/users"
cat >"$dir/replyd.conf" <<END
listen "127.0.0.1:0" { }
queue { shed = no }
route "/" { upload = "in" delete = yes body_max = 64MiB }
route "/mine" { upload = "in" auth { realm = "mine" file = "users" } }
route "/moved" { redirect = "/" rest = yes status = 307 }
END
mkfifo "$dir/ready"
printf 'hello' >"$dir/short"
seq 1 2000000 >"$dir/long"
start

for name in short long; do
	ask 201 "$name" --upload-file "$dir/$name"
	ask 200 "$name"
	cmp "$dir/body" "$dir/$name" || fail "$name: other bytes came back"
	ask 204 "$name" --upload-file "$dir/$name"
	ask 204 "$name" --upload-file "$dir/$name" --header 'Expect:'
	ask 204 "$name" --upload-file - --header 'Transfer-Encoding: chunked' <"$dir/$name"
	cmp "$dir/in/$name" "$dir/$name" || fail "$name: other bytes are stored"
done
names long short

# A version that has been replaced meanwhile is not.
ask 200 short --etag-save "$dir/tag"
ask 204 short --upload-file "$dir/short" --header "If-Match: $(cat "$dir/tag")"
ask 412 short --upload-file "$dir/long" --header "If-Match: $(cat "$dir/tag")"
ask 412 short --upload-file "$dir/long" --header 'If-None-Match: *'
cmp "$dir/in/short" "$dir/short" || fail 'short: replaced all the same'

ask 401 mine/short --upload-file "$dir/short"
ask 401 mine/short --upload-file "$dir/short" --user anna:wrong
ask 204 mine/short --upload-file "$dir/short" --user anna:secret
ask 204 mine/short --upload-file "$dir/short" --user anna:secret --anyauth
ask 405 mine/short --request DELETE --user anna:secret
ask 204 moved/short --upload-file "$dir/short" --location
ask 204 short --request DELETE
ask 404 short
names long

pids=
# Many at once put the same name there: it is always one of them, whole.
for i in 1 2 3 4 5 6 7 8; do
	seq "$i" 200000 >"$dir/version$i"
	curl --silent --max-time 60 --noproxy '*' --output /dev/null --upload-file "$dir/version$i" \
		"${url}one" &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid" || fail "one of many: curl says $?"
done
sum=$(cksum <"$dir/in/one")
for i in 1 2 3 4 5 6 7 8; do
	[ "$sum" != "$(cksum <"$dir/version$i")" ] || sum=
done
[ -z "$sum" ] || fail 'one of many: it is none of them'
names long one

# half NAME: curl is sending NAME, and has sent about a megabyte of it when this returns.
mkfifo "$dir/pipe"
half() {
	curl --silent --max-time 60 --noproxy '*' --output /dev/null --upload-file - "$url$1" \
		<"$dir/pipe" &
	client=$!
	exec 3>"$dir/pipe"
	head -c 1200000 /dev/zero >&3
}

# The client is killed in the middle.
for name in new one; do
	half $name
	kill -KILL "$client"
	wait "$client" 2>/dev/null
	client=
	exec 3>&-
done
ask 404 new
ask 200 one
names long one

# The program is.
half one
kill -KILL "$server"
wait "$server" 2>/dev/null
server=
exec 3>&-
wait "$client"
client=
names long one
start
ask 200 one
cmp "$dir/body" "$dir/in/one" || fail 'one: other bytes after the crash'
ask 204 one --upload-file "$dir/long"
cmp "$dir/in/one" "$dir/long" || fail 'one: other bytes stored after the crash'

kill "$server"
wait "$server" || fail "replyd says $?"
server=
[ $failed = 0 ]
