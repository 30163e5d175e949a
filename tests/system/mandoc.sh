#!/bin/sh
# mandoc - the manual's pages are as mandoc wants them, name pages that there are, and have examples.

set -u

page_dir=$top_srcdir/doc
failed=0

command -v mandoc >/dev/null || {
	echo "skipped: mandoc is not installed"
	exit 77
}
for page in "$page_dir"/*.[1-8]; do
	# What others name may not be installed here.
	if mandoc -T lint "$page" 2>/dev/null | grep -v 'referenced manual not found'; then
		failed=1
	fi
	sed -nE 's/^\.Xr (reply[a-z.-]+) ([0-9]).*/\1.\2/p' "$page" | sort -u | while read -r other; do
		[ -f "$page_dir/$other" ] || echo "$page: there is no $other"
	done | grep . && failed=1
	grep -q '^\.Sh EXAMPLES' "$page" || {
		echo "$page: no examples"
		failed=1
	}
done
exit $failed
