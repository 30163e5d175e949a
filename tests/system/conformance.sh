#!/bin/sh
# conformance - each test that doc/http-conformance.md names is there, and each dialogue of a rule is named.

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

# rows: each row of a rule as LINE|section|level|rule|tests|done, without the spaces around.
rows()
{
	awk -F ' *[|] *' '
		/^[|]/ && $2 !~ /^-/ && $2 != "section" {
			print FNR "|" $2 "|" $3 "|" $4 "|" $5 "|" $6 (NF == 7 ? "" : "|cells")
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

rows >"$work/rows"
[ "$(wc -l <"$work/rows")" -gt 100 ] || fail "no rows found"
: >"$work/named"
while IFS='|' read -r line section level rule tests state extra; do
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
	for name in $(echo "$tests" | tr ',' ' '); do
		there "$name" || fail "$line: there is no test $name"
		echo "$name" >>"$work/named"
	done
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
