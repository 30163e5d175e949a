#!/bin/sh
# service-container.sh - run a command under a real, freshly booted systemd.
#
#   service-container.sh [OPTIONS] DESTDIR-TREE COMMAND [ARG...]
#
# Boots systemd as PID 1 in a throwaway container (systemd-nspawn --boot) whose
# root is this machine's own root (or another tree, -r), read-only below an
# overlay in memory, with DESTDIR-TREE (what `make install DESTDIR=...` wrote)
# copied on top.  Runs COMMAND in it as root, as a service of that systemd, with
# its stdout and stderr passed through, then shuts the container down, removes
# everything, and exits with COMMAND's exit status.
#
#   -r DIR    use DIR as the root tree instead of / (e.g. from debootstrap
#             --variant=minbase --include=systemd,systemd-sysv,dbus,procps)
#   -b PATH   make the host's PATH visible at the same place, read-only (needed
#             for what lies under /tmp, /run or /dev, which are fresh inside,
#             and for everything of the host where -r is given)
#   -B PATH   the same, writable: for results the command should leave behind
#   -e NAME   pass the environment variable NAME on
#   -j FILE   write the container's journal to FILE at the end
#   -t SECS   give up after SECS seconds (default 300)
#
# Exit status: COMMAND's; 124: ran out of time; 125: the container could not be
# set up or did not boot (the reason is on stderr), or went down under COMMAND.
#
# Needs: root with CAP_SYS_ADMIN (not in a user namespace), cgroup2 and
# overlayfs in the kernel, and the Debian packages systemd, systemd-sysv, dbus
# and systemd-container (for systemd-nspawn).  PID 1 of the host need not be
# systemd, and it does not matter how the host has mounted its cgroups.
#
# No network: the container has its own network namespace with nothing but a
# loopback interface, so ports cannot clash with the host's or another run's.
#
# Inside, these are the real thing: Type=notify, WatchdogSec=, .socket units,
# the fd store, Restart=, reload, DynamicUser=, the sandboxing options,
# SystemCallFilter=, IPAddressDeny=, journald.  Resource control (MemoryMax=,
# TasksMax=, CPUQuota=) is enforced only where the host leaves those controllers
# to cgroup v2.  Units in the host's /etc/systemd/system are NOT carried over
# (they would start the host's own services), and nothing in DESTDIR-TREE is
# enabled or started: COMMAND does that, e.g. `systemctl start x.socket`.

set -u
umask 022
me=service-container
fail() { echo "$me: $*" >&2; exit 125; }
usage() {
	fail "usage: $me.sh [-r DIR] [-b|-B PATH] [-e NAME] [-j FILE] [-t SECS]" \
		"DESTDIR-TREE COMMAND [ARG...]"
}

# Everything happens in a mount namespace of our own, so that no mount made
# below is ever seen by the host, and all of them go away with us.
if [ "${1-}" != --in-namespace ]; then
	[ "$(id -u)" = 0 ] || fail "must be root"
	for t in systemd-nspawn unshare setpriv tar mkfifo realpath; do
		command -v $t >/dev/null || fail "$t is not installed"
	done
	self=$(realpath -e -- "$0") || fail "cannot find myself"
	unshare --mount --propagation private true ||
		fail "cannot make a mount namespace (this needs CAP_SYS_ADMIN)"
	exec unshare --mount --propagation private sh "$self" --in-namespace "$@"
fi
shift

# ------------------------------------------------------------------ arguments
base=/ binds='' envs='' journal='' limit=300
nl='
'
while getopts r:b:B:e:j:t: opt; do
	case $opt in
	r) base=$(realpath -e -- "$OPTARG") || fail "no such tree: $OPTARG" ;;
	b | B)
		p=$(realpath -es -- "$OPTARG") || fail "no such path: $OPTARG"
		case $p in *[:\\]*) fail "cannot bind a path with : or \\ in it: $p" ;; esac
		if [ "$opt" = b ]; then binds="$binds--bind-ro=$p$nl"; else binds="$binds--bind=$p$nl"; fi ;;
	e)
		case $OPTARG in '' | [0-9]* | *[!A-Za-z0-9_]*) fail "not a variable's name: $OPTARG" ;; esac
		envs="$envs $OPTARG" ;;
	j) journal=$OPTARG ;;
	t) limit=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || usage
dest=$(realpath -e -- "$1") || fail "no such tree: $1"
[ -d "$dest" ] || fail "not a directory: $1"
shift
case $base in *[:,\\]*) fail "an overlay cannot have : , or \\ in its path: $base" ;; esac

# ------------------------------------------------------------------- clean-up
work=$(mktemp -d "${TMPDIR:-/tmp}/$me.XXXXXX") || fail "no temporary directory"
name=sc-$(basename "$work" | tr -dc 'A-Za-z0-9' | tail -c 6)-$$
pid='' outs='' cut='' cg=''
gone() { # wait up to $1 tenths of a second for nspawn to end
	n=$1
	while kill -0 "$pid" 2>/dev/null; do
		n=$((n - 1))
		[ "$n" -gt 0 ] || return 1
		sleep 0.1
	done
}
# shellcheck disable=SC2086,SC2317
cleanup() {
	trap '' INT TERM HUP
	if [ -n "$pid" ]; then # first an orderly shutdown, then nspawn kills it, then we
		kill -TERM "$pid" 2>/dev/null; gone 100 || {
			kill -TERM "$pid" 2>/dev/null; gone 20 || kill -KILL "$pid" 2>/dev/null; }
	fi
	[ -n "$outs" ] && kill $outs 2>/dev/null
	if [ -n "$cg" ]; then
		for n in 1 2 3 4 5; do # what was killed may take a moment to leave
			find "$cg" -depth -type d -exec rmdir {} \; 2>/dev/null
			[ -d "$cg" ] || break
			sleep 0.2
		done
	fi
	mountpoint -q "$work/mem" && umount -R -l "$work/mem"
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'cut=130; [ -z "$pid" ] || kill -TERM "$pid"' INT
trap 'cut=143; [ -z "$pid" ] || kill -TERM "$pid"' TERM HUP

# ------------------------------------------------------------------- the root
mkdir "$work/mem" "$work/io" || exit 125
mount -t tmpfs -o mode=0755 "$name" "$work/mem" || fail "cannot mount a tmpfs"
mkdir "$work/mem/upper" "$work/mem/work" "$work/mem/root" || exit 125
root=$work/mem/root
mount -t overlay -o "lowerdir=$base,upperdir=$work/mem/upper,workdir=$work/mem/work" \
	"$name" "$root" || fail "cannot mount an overlayfs over $base"
[ -x "$root/lib/systemd/systemd" ] || fail "no /lib/systemd/systemd in $base"

# Forget the host's own services, mounts, identity and journal.
rm -rf "$root/etc/systemd/system" "$root/etc/systemd/system.conf" \
	"$root/etc/systemd/system.conf.d" "$root/etc/systemd/journald.conf" \
	"$root/etc/systemd/journald.conf.d" "$root/var/log/journal" "$root/etc/machine-id"
mkdir -p "$root/etc/systemd/system" "$root/etc/systemd/system.conf.d" \
	"$root/etc/systemd/journald.conf.d" || exit 125
: >"$root/etc/fstab"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"

# The installed tree.  Not as an overlay layer: there a real directory /lib
# would hide the symbolic link /lib -> usr/lib, and with it the C library, and
# the tree's owners and modes would replace those of /, /usr, /etc...
tar -C "$dest" -cf - --owner=0 --group=0 --numeric-owner . |
	tar -C "$root" -xpf - --keep-directory-symlink --no-overwrite-dir ||
	fail "cannot copy $dest"

# Units that mean nothing in here, or only cost time.
for u in console-getty dev-hugepages.mount e2scrub_reap getty.target \
	proc-sys-fs-binfmt_misc.automount sys-kernel-debug.mount sys-kernel-tracing.mount \
	systemd-binfmt systemd-hwdb-update systemd-logind systemd-modules-load \
	systemd-networkd systemd-pcrphase systemd-pcrphase-sysinit systemd-random-seed \
	systemd-resolved systemd-sysctl systemd-timesyncd systemd-udevd \
	systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-update-utmp; do
	case $u in *.*) ;; *) u=$u.service ;; esac
	ln -sf /dev/null "$root/etc/systemd/system/$u"
done
cat >"$root/etc/systemd/system.conf.d/$me.conf" <<'END'
[Manager]
ShowStatus=no
DefaultTimeoutStartSec=60s
DefaultTimeoutStopSec=15s
END
cat >"$root/etc/systemd/journald.conf.d/$me.conf" <<'END'
[Journal]
Storage=volatile
RateLimitIntervalSec=0
ForwardToSyslog=no
ForwardToWall=no
ForwardToConsole=no
END
# The command is a service like any other.  Type=exec, so that the boot is over
# (`systemctl is-system-running` says "running") while it runs; when it ends,
# PID 1 stops everything and exits.
cat >"$root/etc/systemd/system/$me.service" <<END
[Unit]
Description=The command to run
After=basic.target dbus.socket
Wants=basic.target dbus.socket
SuccessAction=exit
FailureAction=exit
[Service]
Type=exec
ExecStart=/bin/sh /run/$me/command
StandardOutput=file:/run/$me/stdout
StandardError=file:/run/$me/stderr
KillMode=mixed
TimeoutStopSec=5s
END
cat >"$root/etc/systemd/system/$me.target" <<END
[Unit]
Description=Boot target
Requires=basic.target $me.service
After=basic.target $me.service
AllowIsolate=yes
END

# ---------------------------------------------------------------- the command
quote() { # the words, each quoted for a shell
	for w; do printf "'%s' " "$(printf '%s' "$w" | sed "s/'/'\\\\''/g")"; done
}
mkfifo "$work/io/stdout" "$work/io/stderr" || exit 125
{
	echo "cd -- $(quote "$PWD") 2>/dev/null || cd /"
	echo "export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for v in $envs; do
		eval "[ -z \"\${$v+x}\" ] || echo \"export $v=\$(quote \"\$$v\")\""
	done
	echo ": >/run/$me/booted"
	quote "$@"
	echo
	echo "rc=\$?"
	[ -z "$journal" ] ||
		echo "journalctl --sync; journalctl --no-pager -o short-precise >/run/$me/journal 2>&1"
	echo "echo \$rc >/run/$me/rc; exit \$rc"
} >"$work/io/command"

# ------------------------------------------------------------------- the boot
# A view of our own of the cgroup v2 hierarchy, whatever the host has mounted
# (nspawn then gives the container v2 alone), and in it a group of our own, so
# that two runs at once do not meet and the rest can be removed.  Only nspawn
# enters it.
mount -t cgroup2 cgroup2 /sys/fs/cgroup || fail "cannot mount cgroup2"
mkdir "/sys/fs/cgroup/$name" || fail "cannot make a cgroup"
cg=/sys/fs/cgroup/$name
# nspawn keeps its locks there; where /run is on a disk they would stay behind.
mkdir -p /run/systemd && mount -t tmpfs -o mode=0755 "$name" /run/systemd ||
	fail "cannot mount a tmpfs on /run/systemd"

# nspawn's own seccomp filter (EPERM for what it does not list) is more modest
# than a host's: bpf is what IPAddressDeny= needs, Landlock is for the daemon.
calls="bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self"

[ -z "$cut" ] || exit "$cut"
cat "$work/io/stdout" & outs=$!
cat "$work/io/stderr" >&2 & outs="$outs $!"
cmd_binds=$binds
set -- systemd-nspawn --quiet --boot --directory="$root" --machine="$name" \
	--private-network --register=no --keep-unit --console=pipe --link-journal=no \
	--resolv-conf=off --timezone=off --system-call-filter="$calls" \
	--bind="$work/io:/run/$me"
while [ -n "$cmd_binds" ]; do
	set -- "$@" "${cmd_binds%%"$nl"*}"
	cmd_binds=${cmd_binds#*"$nl"}
done
# shellcheck disable=SC2016
setpriv --pdeathsig TERM sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$cg" \
	"$@" "systemd.unit=$me.target" systemd.condition-needs-update=no systemd.firstboot=no \
	</dev/null >"$work/log" 2>&1 &
pid=$!

# The time limit asks nspawn for an orderly shutdown, then insists.
# shellcheck disable=SC2016
setpriv --pdeathsig TERM sh -c '
	s=; trap "kill \$s; wait \$s; exit" TERM
	sleep "$1" & s=$!; wait $s
	: >"$2/late"; kill -TERM "$3"
	sleep 20 & s=$!; wait $s
	kill -TERM "$3"' sh "$limit" "$work" "$pid" >/dev/null 2>&1 &
timer=$!
while :; do # a trapped signal ends `wait`, but not the container yet
	wait "$pid"
	st=$?
	kill -0 "$pid" 2>/dev/null || break
done
pid=''
kill "$timer" 2>/dev/null
wait "$timer" 2>/dev/null
# Let the two readers finish, also where nothing ever opened the other end.
exec 7<>"$work/io/stdout" 8<>"$work/io/stderr" 7>&- 8>&-
# shellcheck disable=SC2086
wait $outs
outs=''

[ -n "$journal" ] && [ -e "$work/io/journal" ] && cat "$work/io/journal" >"$journal"
[ -s "$work/io/rc" ] && exit "$(cat "$work/io/rc")"
[ -e "$work/late" ] && { echo "$me: no end after $limit s; stopped" >&2; exit 124; }
[ -n "$cut" ] && exit "$cut"
cat "$work/log" >&2
[ -e "$work/io/booted" ] && fail "the container went down under the command (nspawn's status $st)"
fail "the container did not boot (nspawn's status $st)"
