#!/bin/sh
# service - replyd.service as installed, under a systemd of its own: in a container that is booted
# for it. Called with the word "inside", this is what runs in there.

set -u
here=$(realpath "$(dirname "$0")")
site=${SITE#"$REPLYD_ROOT"}	# as the configuration names it
failed=0

fail() {
	failed=$((failed + 1))
	echo "FAILED: $*"
}

# until_is WHAT WORD COMMAND [ARGUMENT]...: waits until the command prints that word.
until_is() {
	what=$1 word=$2 tries=1200
	shift 2
	until [ "$("$@" 2>&1)" = "$word" ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { fail "not in time: $what"; return 1; }
		sleep 0.05
	done
}

property() {
	systemctl show --property "$1" --value replyd
}

# A shell's "yes" and "no" for until_is.
refuses() {
	curl -s -o "$dir/body" --max-time 60 http://127.0.0.1/
	[ $? -eq 7 ] && echo yes
}

is_there() {
	[ -e "$1" ] && echo yes
}

started() {
	systemctl start replyd || fail "$1: it does not start"
	[ "$(property ActiveState)" = active ] || fail "$1: it is not active"
}

# Both loopbacks, on the port that needs a privilege.
serves() {
	for host in 127.0.0.1 '[::1]'; do
		[ "$host" = 127.0.0.1 ] || [ -e /proc/net/if_inet6 ] || continue
		curl -sS --fail --max-time 60 -o "$dir/body" "http://$host/" &&
			cmp "$dir/body" "$site/index.html" && continue
		fail "$1: no page from $host"
	done
}

stopped() {
	systemctl stop replyd || fail "$1: it does not stop"
	got="$(property ActiveState) $(property Result) $(property ExecMainStatus)"
	[ "$got" = 'inactive success 0' ] || fail "$1: stopped, and is $got"
}

# scheduled_as NUMBER: how main is scheduled; 0 as others, 3 as a batch.
scheduled_as() {
	got=$(sed 's/.*) //' "/proc/$(property MainPID)/stat" | cut -d ' ' -f 39)
	[ "$got" = "$1" ] || fail "main is scheduled as $got, not $1"
}

# with LINE: a drop-in, until the next call; with '' there is none.
with() {
	rm -rf /run/systemd/system/replyd.service.d
	if [ -n "$1" ]; then
		mkdir -p /run/systemd/system/replyd.service.d
		printf '[Service]\n%s\n' "$1" >/run/systemd/system/replyd.service.d/test.conf
	fi
	systemctl daemon-reload
}

status() {
	property StatusText | sed 's/[: ].*//'
}

# A client has the first bytes of a reply that is larger than what the kernel takes, and reads the
# rest when the service stops.
stop_drains() {
	curl -sS --max-time 60 http://127.0.0.1/large.txt | {
		dd bs=1 count=1 status=none
		touch "$dir/begun"
		until_is 'the stop' yes is_there "$dir/gone" >&2
		cat
	} >"$dir/large" &
	client=$!
	until_is 'the first byte' yes is_there "$dir/begun"
	systemctl stop --no-block replyd
	until_is 'its word on that' Stopping status
	[ "$(property ActiveState)" = deactivating ] || fail 'it did not wait for the client'
	touch "$dir/gone"
	wait $client
	cmp "$dir/large" "$site/large.txt" || fail 'a reply that was begun is lost'
	until_is 'the end' inactive property ActiveState
	until_is 'no new connections' yes refuses
	stopped drained
}

comes_back() {
	was=$(property MainPID)
	systemctl kill --signal KILL --kill-who main replyd
	until_is 'a restart' 1 property NRestarts
	until_is 'it is back' active property ActiveState
	[ "$(property MainPID)" != "$was" ] || fail 'it was not killed'
	serves 'come back'
}

# All that replyd itself has said.
said_only_ready() {
	journalctl --sync
	journalctl --unit replyd --identifier replyd --output cat --no-pager >"$dir/said"
	grep -q '^replyd: ready on http://' "$dir/said" || fail 'it does not say that it is ready'
	! grep -v -e '^replyd: ready on http://' -e '^replyd: stopped; .* cut off: 0$' \
		"$dir/said" || fail 'it has said more'
}

as_installed() {
	started 'as installed'
	serves 'as installed'
	[ $failed -eq 0 ] || return
	scheduled_as 3
	until_is 'its word on that' Ready status
	systemd-analyze security --no-pager --threshold=15 replyd >"$dir/security" ||
		fail 'it is exposed'
	tail -n 1 "$dir/security"
	stop_drains
}

otherwise() {
	# It asks for nothing that its filter refuses, but to give up what it has not, and to be root.
	with 'SystemCallErrorNumber=kill
SystemCallFilter=capset setuid setresuid setgid setresgid'
	started 'killed by the first refusal'
	serves 'killed by the first refusal'
	stopped 'killed by the first refusal'

	with CPUSchedulingPolicy=other	# and its filter refuses another
	started 'not scheduled'
	serves 'not scheduled'
	scheduled_as 0
	stopped 'not scheduled'

	with ''
	started 'at last'
	comes_back
	stopped 'at last'
	said_only_ready
}

# As a package does it.
installed() {
	systemd-sysusers replyd.conf || fail 'no account'
	systemd-tmpfiles --create replyd.conf || fail 'no directory'
	[ "$(stat -c '%U %a' /run/replyd)" = 'replyd 755' ] || fail 'that directory is another'
}

inside() {
	dir=$(mktemp -d) || exit 99
	installed
	seq 8000000 >"$site/large.txt"
	as_installed
	[ $failed -ne 0 ] || otherwise
	[ $failed -eq 0 ] || journalctl --unit replyd --no-pager
	[ $failed -eq 0 ]
}

if [ "${1-}" = inside ]; then
	inside
else
	exec sh "$here/service-boot.sh" sh "$here/service.sh" inside
fi
