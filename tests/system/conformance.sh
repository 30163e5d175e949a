#!/bin/sh
# conformance - each test that doc/http-conformance.md names is there, each must has a dialogue that opens with its
# section, and each dialogue of a rule is named.

set -u

table=$top_srcdir/doc/http-conformance.md
dialogues=$top_srcdir/tests/dialogue
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
	echo "doc/http-conformance.md: $*"
	failed=1
}

# rows: each row of a rule as LINE|rfc|section|level|rule|tests|done, without the spaces around.
rows()
{
	awk -F ' *[|] *' '
		/^## RFC / { rfc = substr($0, 8, 4) }
		/^[|]/ && $2 !~ /^-/ && $2 != "section" {
			print FNR "|" rfc "|" $2 "|" $3 "|" $4 "|" $5 "|" $6 (NF == 7 ? "" : "|cells")
		}' "$table"
}

# there NAME: a test of this name exists.
there()
{
	case $1 in
	test_*) [ -f "$top_srcdir/tests/unit/$1.c" ] ;;
	*.py) [ -f "$dialogues/$1" ] ;;
	*) [ -f "$dialogues/$1.dlg" ] ;;
	esac
}

# opens NAME RFC SECTIONS: the first lines of the dialogue name one of the sections.
opens()
{
	[ -f "$dialogues/$1.dlg" ] || return 1
	sed -n '/^#/!q;p' "$dialogues/$1.dlg" >"$work/opening"
	for one in $(echo "$3" | tr ',' ' '); do
		one=$(echo "$one" | sed 's/[.]/[.]/g')
		grep -Eq "RFC $2 ([^;)]*[ §])?§?$one([^0-9.]|[.]?\$|[.][^0-9])" "$work/opening" && return
	done
	return 1
}

rows >"$work/rows"
[ "$(wc -l <"$work/rows")" -gt 100 ] || fail "no rows found"
: >"$work/named"
while IFS='|' read -r line rfc section level rule tests state extra; do
	[ -z "$extra" ] || fail "$line: a row has five cells"
	if [ -z "$section" ] || [ -z "$rule" ]; then
		fail "$line: a row without section or rule"
	fi
	case $level in
	must | 'must not' | should | 'should not' | may) ;;
	*) fail "$line: no level: $level" ;;
	esac
	case $state in
	yes) [ -n "$tests" ] || fail "$line: done, and no test shows it" ;;
	'no: '?* | 'n/a: '?*) ;;
	*) fail "$line: neither yes, nor no or n/a and why: $state" ;;
	esac
	shown=no
	for name in $(echo "$tests" | tr ',' ' '); do
		there "$name" || fail "$line: there is no test $name"
		echo "$name" >>"$work/named"
		[ $shown = yes ] || ! opens "$name" "$rfc" "$section" || shown=yes
	done
	case $level/$state in
	must*/yes) [ $shown = yes ] || fail "$line: no dialogue opens with RFC $rfc §$section" ;;
	esac
done <"$work/rows"

for path in "$dialogues"/rfc*.dlg; do
	name=$(basename "$path" .dlg)
	grep -qx "$name" "$work/named" || fail "$name.dlg is not named"
	number=${name#rfc}
	section=${number#*-}
	opens="RFC ${number%%-*} [^;]*§${section%%-*}"
	head -n 2 "$path" | grep -Eq "$opens" || fail "$name.dlg does not open with its section"
done
exit $failed
