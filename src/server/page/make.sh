#!/bin/sh
# make.sh FOLDER - writes the status page as C: its bytes, and the policy that has a browser run
# these bytes and no others. The page is page.html with the style and the scripts in their places,
# without comments and indentation.

set -eu
cd "$1"

bare()
{
	sed -e 's/^[[:space:]]*//' -e '/^\/\*.*\*\/$/d' "$@" | sed -e '/^\/\*/,/\*\/$/d' -e '/^$/d'
}

# As CSP Level 3 §2.3.1 has it: base64 of SHA-256. 64 hex digits, in threes, are two letters each.
hash()
{
	printf '\n%s\n' "$1" | sha256sum | awk '{
		letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		hex = substr($1, 1, 64) "00"
		for (i = 1; i <= 66; i += 3) {
			n = 0
			for (j = i; j < i + 3; j++)
				n = n * 16 + index("0123456789abcdef", substr(hex, j, 1)) - 1
			text = text substr(letters, int(n / 64) + 1, 1) substr(letters, n % 64 + 1, 1)
		}
		print "sha256-" substr(text, 1, 43) "="
	}'
}

style=$(bare page.css | sed -e 's/ *\([{};,]\) */\1/g' -e 's/: /:/g' -e 's/;}/}/g' -e 's/\([ :(]\)0\./\1./g' |
	tr -d '\n')
script=$(bare base.js model.js flow.js workers.js routes.js chart.js page.js |
	sed -e 's/ \([-+*:?=<>&|!]\{1,3\}\) /\1/g' -e 's/) {$/){/' -e 's/{ /{/g' -e 's/ }/}/g' \
		-e 's/, \([[({]\)/,\1/g' -e 's/^if (/if(/' -e 's/^for (/for(/')

page()
{
	sed -e 's/="\([a-z-]\{1,\}\)"/=\1/g' -e '/^$/d' page.html | while IFS= read -r line; do
		case $line in
		@style@) printf '%s\n' "$style" ;;
		@script@) printf '%s\n' "$script" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}

printf '/* Made by make.sh of the folder page. */\n'
printf 'static const char page_policy[] =\n'
printf '\t"default-src '\''none'\''; base-uri '\''none'\''; form-action '\''none'\''; frame-ancestors '\''none'\''; "\n'
printf '\t"connect-src '\''self'\''; img-src data:; require-trusted-types-for '\''script'\''; "\n'
printf '\t"style-src '\''%s'\''; script-src '\''%s'\''";\n' "$(hash "$style")" "$(hash "$script")"
printf 'static const char page_bytes[] =\n'
page | sed -e 's/[\\"]/\\&/g' -e 's/^/\t"/' -e 's/$/\\n"/'
printf '\t;\n'
