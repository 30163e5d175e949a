#!/bin/sh
# service-boot - runs a command beside the units as installed, under a systemd of its own: in a
# container that is booted for it. Skips where that, or the service in it, cannot run.
#
#	service-boot.sh COMMAND [ARGUMENT]...

set -u
here=$(realpath "$(dirname "$0")")
program=${REPLYD#"$REPLYD_ROOT"}	# as the units name it

skip() {
	echo "skipped: $*"
	exit 77
}

# contained COMMAND [ARGUMENT]...
contained() {
	sh "$here/service-container.sh" -b "$here" \
		-e REPLYD -e REPLYD_ROOT -e SITE "$REPLYD_ROOT" "$@"
}

[ $# -gt 0 ] || skip 'there is no command to run'
for unit in "$REPLYD_ROOT"/lib/systemd/system/replyd.service \
	"$REPLYD_ROOT"/usr/lib/systemd/system/replyd.service none; do
	[ ! -e "$unit" ] || break
done
[ "$unit" != none ] || skip 'the unit is not where systemd looks for it'
case $program in
/home/* | /root/* | /run/* | /tmp/* | /var/tmp/*) skip "a service does not see $program" ;;
esac
! grep -aqE '__(asan|tsan|ubsan)_' "$REPLYD" || skip 'a sanitizer asks for what the unit refuses'
command -v curl >/dev/null || skip 'there is no curl'
word=$(contained true 2>&1)
[ $? -ne 125 ] || skip "$word"
contained "$@"
