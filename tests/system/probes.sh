#!/bin/sh
# probes - the installed program has each probe that src/observe/probe.h names, and no other, and the
# script for bpftrace looks at one of them.

set -u

grep -q '^#define HAVE_PROBES' "$top_builddir/config.h" || { echo 'skipped: built without sys/sdt.h'; exit 77; }
command -v readelf >/dev/null || { echo 'skipped: no readelf'; exit 77; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

awk '/^ \*     [a-z]+  / { print $2 }' "$top_srcdir/src/observe/probe.h" | sort >"$work/named"
readelf -n "$REPLYD" | awk '/Provider: replyd$/ { ours = 1 } ours && /Name:/ { print $2; ours = 0 }' |
	sort -u >"$work/there"
[ -s "$work/named" ] || { echo 'probe.h names none'; exit 1; }
diff "$work/named" "$work/there" || { echo 'probe.h (<) and the program (>) differ'; exit 1; }
probe=$(sed -n 's|^usdt:.*:replyd:||p' "$top_srcdir/contrib/queue-wait.bt.in")
grep -qx "$probe" "$work/named" || { echo "queue-wait.bt: there is no probe $probe"; exit 1; }
