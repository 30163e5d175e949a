#!/bin/sh
# replyc against a small server of its own: what it prints, says and exits with. The server is told
# by the first word of a line, or by the path of a URL, how to behave.

set -u
replyc=${REPLYC:?names the program to test}
dir=$(mktemp -d) || exit 99
server=
failed=0
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM

cat >"$dir/server.py" <<'PYTHON'
import socket, struct, sys, threading

folder = sys.argv[1]
LONG = b"".join(b"%d\n" % n for n in range(200000))
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

REPLIES = {
	"/length": b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\nbehind it",
	"/chunked": CHUNKS + b"3\r\nhel\r\n3;a=b\r\nlo\n\r\n0\r\nTrailer: a\r\n\r\n",
	"/close": b"HTTP/1.0 200 OK\r\n\r\nhello\n",
	"/interim": b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n",
	"/none": b"HTTP/1.1 204 None\r\n\r\n",
	"/missing": b"HTTP/1.1 404 Missing\r\nContent-Length: 5\r\n\r\ngone\n",
	"/long": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG,
	"/cut-head": b"HTTP/1.1 200 OK\r\nContent-",
	"/cut-length": b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nhello\n",
	"/cut-chunk": CHUNKS + b"6\r\nhel",
	"/cut-chunks": CHUNKS + b"6\r\nhello\n\r\n",
	"/strange": b"220 mail.example ESMTP\r\n",
	"nothing": b"",
	"long": LONG,
}


def read_until(client, end):
	got = b""
	while end not in got:
		piece = client.recv(65536)
		if not piece:
			break
		got += piece
	return got


def reset(client):
	client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def serve(client):
	got = client.recv(4, socket.MSG_PEEK)
	got = read_until(client, b"\r\n\r\n" if got == b"GET " else b"\n")
	words = got.split()
	what = words[1 if got.startswith(b"GET ") else 0].decode() if words else ""
	if what in REPLIES:
		client.sendall(REPLIES[what])
	elif what.startswith("/show"):
		client.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + got)
	elif what == "hold" or what == "/hold":
		client.recv(1)
	elif what == "part":
		client.sendall(b"part\n")
		client.recv(1)
	elif what == "reset":
		reset(client)
	elif what == "early":	# answers and does not care for the rest
		client.sendall(b"too long\n")
		client.shutdown(socket.SHUT_WR)
	elif what == "early-drain":
		client.sendall(b"too long\n")
		client.shutdown(socket.SHUT_WR)
		while client.recv(65536):
			pass
	else:
		client.sendall(b"<" + got + b">")
	client.close()


def accept(listener):
	while True:
		client = listener.accept()[0]
		threading.Thread(target=serve, args=(client,), daemon=True).start()


def listen(family, address, backlog=64):
	listener = socket.socket(family)
	listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
	listener.bind(address)
	listener.listen(backlog)
	return listener


tcp = listen(socket.AF_INET, ("127.0.0.1", 0))
port = tcp.getsockname()[1]
local = listen(socket.AF_UNIX, folder + "/socket")
for listener in tcp, local:
	threading.Thread(target=accept, args=(listener,), daemon=True).start()

refusing = socket.socket()	# bound, and nobody listens
refusing.bind(("127.0.0.1", 0))
try:	# on the same port of IPv6 somebody does
	six = listen(socket.AF_INET6, ("::1", refusing.getsockname()[1]))
	threading.Thread(target=accept, args=(six,), daemon=True).start()
	has_six = "yes"
except OSError:
	has_six = "no"

full = listen(socket.AF_UNIX, folder + "/full", 0)
waiting = socket.socket(socket.AF_UNIX)
waiting.connect(folder + "/full")

with open(folder + "/ports", "w") as ports:
	print(port, refusing.getsockname()[1], has_six, file=ports)
threading.Event().wait()
PYTHON

mkfifo "$dir/ports"
"${PYTHON:-python3}" "$dir/server.py" "$dir" &
server=$!
read -r port refusing six <"$dir/ports"
host=127.0.0.1:$port
url=http://$host

# check STATUS STDOUT STDERR [ARGUMENT]...: what replyc must exit with and print. STDERR is a
# pattern for the whole of it; without --trace a success says nothing there.
check() {
	status=$1 stdout=$2 stderr=$3
	shift 3
	"$replyc" "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	printf '%b' "$stdout" >"$dir/expected"
	err=$(cat "$dir/err")
	if [ $got -ne "$status" ]; then
		fail "exit status $got, not $status" "$@"
	elif ! cmp -s "$dir/out" "$dir/expected"; then
		fail "standard output is '$(cat "$dir/out")'" "$@"
	else
		# shellcheck disable=SC2254 # it is a pattern
		case $err in
		$stderr) ;;
		*) fail "standard error does not match '$stderr'" "$@" ;;
		esac
	fi
}

fail() {
	failed=$((failed + 1))
	echo "FAILED: $1"
	shift
	echo "  replyc $*"
	sed 's/^/  | /' "$dir/err"
}

# A line service.
check 0 '<hello, world\n>' '' "$host" hello, world
check 0 '<hello>\n>' '' "$host" 'hello>'
check 0 '<-t 1\n>' '' "$host" -- -t 1
check 0 '<hello\n>' '' "unix:$dir/socket" hello
check 0 '<hello\n>' '' "localhost:$port" hello
check 1 '' "replyc: first byte $host: the server closed without a reply" "$host" nothing
check 1 '' "replyc: first byte $host: Connection reset by peer" "$host" reset
printf 'from input' >"$dir/text"
check 0 '<from input\n>' '' "$host" - <"$dir/text"
printf 'from input\n' >"$dir/text"
check 0 '<from input\n>' '' "$host" - <"$dir/text"
check 0 '<\n>' '' "$host" - </dev/null
"$replyc" "$host" long >"$dir/long"
seq 0 199999 | cmp -s - "$dir/long" || fail "a long reply differs" "$host" long

# A server that does not read all of it.
many() {
	{ echo "$1"; head -c 30000000 /dev/zero; } >"$dir/text"	# more than fits in the kernel
}
many early-drain
check 0 'too long\n' '' "$host" - <"$dir/text"
many early
check 1 'too long\n' "replyc: send $host: Broken pipe" "$host" - <"$dir/text"
check 1 'too long\n' "replyc: send unix:$dir/socket: *" "unix:$dir/socket" - <"$dir/text"
many nothing
check 1 '' "replyc: send unix:$dir/socket: Broken pipe" "unix:$dir/socket" - <"$dir/text"
many reset
check 1 '' "replyc: * $host: *" "$host" - <"$dir/text"

# HTTP.
check 0 'hello\n' '' "$url/length"
check 0 'hello\n' '' "$url/chunked"
check 0 'hello\n' '' "$url/close"
check 0 'hello\n' '' "$url/interim"
check 0 '' '' "$url/none"
check 0 'gone\n' '' "$url/missing"
check 0 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n' '' -i "$url/interim"
check 1 '' 'replyc: the server answered 404' -f "$url/missing"
check 1 'HTTP/1.1 404 Missing\r\nContent-Length: 5\r\n\r\n' 'replyc: * 404' -fi "$url/missing"
check 0 'hello\n' '' --fail "$url/length"
"$replyc" "$url/long" >"$dir/long"
seq 0 199999 | cmp -s - "$dir/long" || fail "a long body differs" "$url/long"
version=$("$replyc" --version | sed 's/.* //')
fields="User-Agent: replyc/$version\r\nAccept: */*\r\nConnection: close\r\n\r\n"
check 0 "GET /show?a=%20b HTTP/1.1\r\nHost: $host\r\n$fields" '' "$url/show?a=%20b#c"

# Into a file.
saved() {
	cmp -s - "$dir/saved" || fail "saved is '$(cat "$dir/saved")'" -o "$dir/saved"
	rm -f "$dir/saved"
}
check 0 '' '' -o "$dir/saved" "$url/long"
seq 0 199999 | saved
check 0 '' '' -i --output="$dir/saved" "$url/chunked"
printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\n' | saved
check 0 '' '' -o "$dir/saved" "$host" hello
echo '<hello' | { cat; printf '>'; } | saved
check 0 'hello\n' '' -o - "$url/length"
check 0 '' '' -o /dev/null "$url/length"
check 1 '' "replyc: last byte $host: the reply was cut short" -o "$dir/saved" "$url/cut-length"
check 1 '' 'replyc: the server answered 404' -f -o "$dir/saved" "$url/missing"
check 1 '' "replyc: first byte $host: timed out" -t 0.5 -o "$dir/saved" "$url/hold"
check 1 '' "replyc: $dir/none/saved: No such file or directory" -o "$dir/none/saved" "$url/length"
check 1 '' "replyc: $dir: Is a directory" -o "$dir" "$url/length"
check 1 '' "replyc: last byte $host: /dev/full: No space left on device" -o /dev/full "$url/length"
for left in "$dir"/saved*; do
	[ ! -e "$left" ] || fail "$left is left" -o
done

# Replies that are none.
check 1 '' "replyc: last byte $host: the reply was cut short" "$url/cut-head"
check 1 'hello\n' "replyc: last byte $host: the reply was cut short" "$url/cut-length"
check 1 'hel' "replyc: last byte $host: the reply was cut short" "$url/cut-chunk"
check 1 'hello\n' "replyc: last byte $host: the reply was cut short" "$url/cut-chunks"
check 1 '' "replyc: last byte $host: this is not an HTTP/1 reply" "$url/strange"

# No connection, or no time.
check 1 '' "replyc: connect 127.0.0.1:$refusing: Connection refused" "127.0.0.1:$refusing" hello
check 1 '' "replyc: connect unix:$dir/none: No such file or directory" "unix:$dir/none" hello
check 1 '' "replyc: connect unix:$dir/full: timed out" -t 0.1 "unix:$dir/full" hello
check 1 '' "replyc: first byte $host: timed out" --timeout=1 "$host" hold
check 1 '' "replyc: first byte $host: timed out" -t1.0 "$url/hold"
check 1 'part\n' "replyc: last byte $host: timed out" -t 2 "$host" part

# Wrong usage.
check 2 '' '*the address is missing*replyc --help*'
check 2 '' "*the TEXT to send to 'localhost:1' is missing*" localhost:1
check 2 '' "*'localhost': give HOST:PORT*" localhost hello
check 2 '' "*'localhost:0': *1 to 65535*" localhost:0 hello
check 2 '' "*'localhost:65536': *65535*" localhost:65536 hello
check 2 '' "*'https://localhost/': *http://*" https://localhost/
check 2 '' '*a URL takes no TEXT*' "$url/length" hello
check 2 '' '*--include*URL*' -i "$host" hello
check 2 '' '*--fail*URL*' -f "$host" hello
for seconds in 0 -1 86401 1e3 0x10 1s '' nan; do
	check 2 '' '*--timeout*0.001 to 86400*' -t "$seconds" "$host" hello
done
check 2 '' "*'--no-such'*" --no-such
check 2 '' '*replyc --help*' -t

# Help, the version, and a full disk.
check 0 "replyc (replyd) $version\n" '' --version
"$replyc" --help | grep -q '^Usage: replyc ' || fail 'prints no usage' --help
for arguments in --help "$url/length"; do
	"$replyc" "$arguments" >/dev/full 2>"$dir/err"
	[ $? -eq 1 ] || fail 'a full disk is no failure' "$arguments"
	grep -q 'standard output: No space left' "$dir/err" ||
		fail 'a full disk goes unsaid' "$arguments"
done

# trace STEPS ARGUMENT...: the steps that are traced, in order, their costs in one column.
trace() {
	steps=$1
	shift
	"$replyc" --trace "$@" >"$dir/out" 2>"$dir/err"
	got=$(sed -n 's/^\(.\{10\}\) .* [0-9]* µs.*/\1/p' "$dir/err" | sed 's/ *$//' | paste -sd, -)
	columns=$(grep -v '^replyc: ' "$dir/err" | LC_ALL=C awk '{ print index($0, " \302\265s") }' | sort -u | wc -l)
	[ "$got" = "$steps" ] || fail "traced $got, not $steps" --trace "$@"
	grep -q '^socket       [IU]' "$dir/err" || fail 'the details stand elsewhere' --trace "$@"
	[ "$columns" -eq 1 ] || fail 'the costs stand in several columns' --trace "$@"
}

whole='look-up,socket,connect,send,first byte,last byte,close,total'
trace "$whole" "$host" hello
trace "$whole" "localhost:$port" hello
trace "$whole" "unix:$dir/socket" hello
trace "$whole" "$url/length"
trace "$whole" "$url/cut-length"
trace 'look-up,socket,connect,send,first byte,close,total' "$host" nothing
trace 'look-up,socket,connect,close,total' "127.0.0.1:$refusing" hello
grep -q "^connect      127.0.0.1:$refusing  *[0-9]* µs  Connection refused$" "$dir/err" ||
	fail 'the trace does not say why' "127.0.0.1:$refusing" hello

# An empty host is both loopbacks, ::1 first. Every address is tried until one connects, and no other.
check 0 '<hello\n>' '' ":$port" hello
check 1 '' "replyc: first byte 127.0.0.1:$port: the server closed *" ":$port" nothing
if [ "$six" = yes ]; then
	trace 'look-up,socket,connect,close,socket,connect,send,first byte,last byte,close,total' \
		":$port" hello
	trace 'look-up,socket,connect,send,first byte,close,total' ":$refusing" nothing
fi

echo "$failed failed"
[ $failed -eq 0 ]
