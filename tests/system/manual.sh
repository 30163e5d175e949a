#!/bin/sh
# manual - the manual pages say what the programs say, and the pages for programmers name what is there.

set -u

doc=$top_srcdir/doc
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

# same WHAT ONE-NAME OTHER-NAME: the files one and other in $work hold the same lines, and some.
same()
{
	sort -u "$work/one" >"$work/one.sorted"
	sort -u "$work/other" >"$work/other.sorted"
	if ! [ -s "$work/one.sorted" ]; then
		echo "$1: none found in $2"
		failed=1
	fi
	if ! diff "$work/one.sorted" "$work/other.sorted" >"$work/diff"; then
		echo "$1 differ (<: only $2, >: only $3)"
		grep '^[<>]' "$work/diff"
		failed=1
	fi
}

# options COMMAND PAGE: each option of --help has its item in the page, and the other way round.
options()
{
	$1 --help | sed -nE 's/^ +(-[A-Za-z], )?(--[a-z-]+).*/\1\2/p' | tr -d ' ' | tr ',' '\n' \
		>"$work/one"
	sed -nE 's/^\.It (Fl.*)/\1/p' "$doc/$2" | sed -E 's/Fl Fl /--/g; s/Fl /-/g' |
		grep -oE -- '(^|[ ])--?[A-Za-z][a-z-]*' | tr -d ' ' >"$work/other"
	same "options of $2" "--help" "the page"
}

# commands COMMAND PAGE: the same of its commands.
commands()
{
	$1 --help | sed -nE 's/^  ([a-z]+) .*/\1/p' >"$work/one"
	sed -nE '/^\.Ss Commands/,/^\.S[sh] [^C]/s/^\.It Cm ([a-z]+).*/\1/p' "$doc/$2" >"$work/other"
	same "commands of $2" "--help" "the page"
}

# Prints each row of the include table in hacking.md, and of tests/lint, for folders that exist.
include_rows()
{
	while IFS='|' read -r folder includes; do
		[ -d "$top_srcdir/src/$folder" ] && echo "$folder:" $includes
	done
}

include_table()
{
	sed -nE 's/^\t"([a-z]+)": "([^"]*)",$/\1|\2/p' "$top_srcdir/tests/lint" | include_rows >"$work/one"
	sed -nE '/^\| folder \| may/,/^$/s/^\| ([a-z]+) \|(.*)\|$/\1|\2/p' "$doc/hacking.md" |
		grep -v '^folder' | include_rows >"$work/other"
	same "include tables" tests/lint doc/hacking.md
}

# A function that passes a connection on has its row in the owner table.
owner_table()
{
	awk '/^[a-z].*[a-z0-9_]+\(/ { match($0, /[a-z0-9_]+\(/); f = substr($0, RSTART, RLENGTH - 1) }
		/^\t.*(rd_conn_pass|rd_conn_take|rd_conn_event|rd_conn_open)\(/ { print f }' \
		"$top_srcdir"/src/*/*.c | sort -u >"$work/passers"
	[ -s "$work/passers" ] || { echo "nobody passes a connection"; failed=1; }
	while read -r name; do
		if ! cat "$doc/hacking.md" "$doc/lifecycle.md" | grep -q "\`$name\`"; then
			echo "$name passes a connection, and doc/hacking.md and lifecycle.md do not say so"
			failed=1
		fi
	done <"$work/passers"
}

# names PAGE: each name of C and each path in it, between backquotes or beginning with rd_, is there.
names()
{
	{
		grep -oE '`[^`]+`' "$doc/$1" | tr -d '`' |
			grep -xE '[A-Za-z]+_[A-Za-z0-9_]+|(src|include|tests|doc|bench|[a-z]+)/[A-Za-z0-9_./-]+'
		grep -oE '\brd_[a-z0-9_]*[a-z0-9]' "$doc/$1"
	} | grep -v 'NAME\|VERB' | sort -u >"$work/names"
	[ -s "$work/names" ] || { echo "$1: no names found"; failed=1; }
	while read -r name; do
		case $name in
		*/*) [ -e "$top_srcdir/$name" ] || [ -e "$top_srcdir/src/$name" ] && continue ;;
		*) grep -rqw --include='*.[ch]' -e "$name" "$top_srcdir/src" "$top_srcdir/include" && continue ;;
		esac
		grep -n -e "$name" "$doc/$1" | sed "s|^\([0-9]*\):.*|doc/$1:\1: there is no $name|"
		failed=1
	done <"$work/names"
}

options "$REPLYD" replyd.8
options "$REPLYC" replyc.1
options "$REPLYCTL" replyctl.8
commands "$REPLYCTL" replyctl.8
options "$REPLYC load" replyc-load.1
include_table
owner_table
names hacking.md
names lifecycle.md
exit $failed
