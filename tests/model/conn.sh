#!/bin/sh
# conn.sh - spin proves the model of the hand-over, and finds what each rule is for when it is left out.

set -u
model=$top_srcdir/tests/model/conn.pml
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' INT TERM
failed=0

command -v spin >/dev/null || { echo 'skipped: spin is not installed'; exit 77; }
cd "$dir" || exit 99

# check [-DRULE]: all orders of steps; in "errors" how many were wrong, "none" when it did not end.
check()
{
	rm -f pan pan.* ./*.trail
	spin ${1+"$1"} -a "$model" && ${CC:-cc} -O2 -w -DSAFETY -o pan pan.c || exit 99
	./pan -m20000 >out 2>&1
	errors=$(sed -n 's/.*errors: *\([0-9]*\).*/\1/p' out)
	if grep -q 'max search depth too small\|error: max\|truncated\|out of memory' out; then
		errors=none
	fi
}

check
if [ "$errors" = 0 ]; then
	echo "all rules: proved in$(sed -n 's/ states, stored.*//p' out) states"
else
	echo "all rules: errors: ${errors:-none}"
	cat out
	[ ! -f conn.pml.trail ] || spin -t -p -g "$model"
	failed=1
fi
for rule in $(sed -n 's/^ \*   -D\([A-Z_]*\) .*/\1/p' "$model"); do
	check "-D$rule"
	if [ "${errors:-none}" != 0 ] && grep -q 'assertion violated' out; then
		echo "$rule: found"
	else
		echo "$rule: the model does not need the rule, or was not checked"
		cat out
		failed=1
	fi
done
exit $failed
