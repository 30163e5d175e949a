#!/bin/bash
# completions - what bash and zsh offer for replyd, replyc and replyctl, as installed: every option of --help, and
# the words that people type.

set -u

data=$(dirname "$SITE")/..
bash_folder=$data/bash-completion/completions
zsh_folder=$data/zsh/site-functions
PATH=$(dirname "$REPLYD"):$(dirname "$REPLYC"):$(dirname "$REPLYCTL"):$PATH
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" && touch served.conf && mkdir served || exit 99
failed=0

# by_bash WORD...: what bash offers for the last one, one a line.
by_bash()
{
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_replyd "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}" | sort
}

# by_zsh WORD...: what zsh lists for the last one, in a terminal that is wide enough.
by_zsh()
{
	zsh -f /dev/stdin "$zsh_folder" "${*:1:$#-1} ${*:$#}" <<'END' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr -s ' \r' '\n\n' | sort -u
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' verbose no"
zpty -w shell 'ended() { print -r -- " END-OF""-LIST" }; zle -N ended; bindkey "^X" ended; bindkey "^I" list-choices
	LISTMAX=0 COLUMNS=400 LINES=1000; print -r -- "REA""DY"'
zpty -r shell out '*READY*'
zpty -w -n shell "$2"$'\t\x18'
zpty -r shell out '*END-OF-LIST*'
print -r -- "${out##*READY}"
END
}

# offers SHELL WANTED WORD...: the words of WANTED are among what SHELL offers for the last WORD.
offers()
{
	local shell=$1 wanted=$2 word
	shift 2
	by_"$shell" "$@" >"$work/offered"
	for word in $wanted; do
		grep -qxF -e "$word" "$work/offered" && continue
		echo "$shell, for '$*': no $word in: $(tr '\n' ' ' <"$work/offered")"
		failed=1
	done
}

# options COMMAND...: the long ones of its --help.
options()
{
	"$@" --help | sed -nE 's/^ +(-[A-Za-z], )?(--[a-z-]+).*/\2/p'
}

in_shell()
{
	offers "$1" "$(options replyd)" replyd --
	offers "$1" "$(options replyc)" replyc --
	offers "$1" "$(options replyc load)" replyc load --
	offers "$1" "$(options replyctl)" replyctl --
	offers "$1" "status stop" replyctl st
	offers "$1" "$(replyctl --help | sed -nE 's/^  ([a-z]+) .*/\1/p')" replyctl ""
	offers "$1" "error warning note" replyctl log ""
	offers "$1" load replyc lo
	offers "$1" served.conf replyd -c serv
	offers "$1" root replyd --user roo
}

for name in replyd replyc replyctl; do
	[ -f "$bash_folder/$name" ] || { echo "no completion of $name in $bash_folder"; failed=1; }
done
# shellcheck disable=SC1091 # installed
. "$bash_folder/replyd"
[ "$(complete -p replyd replyc replyctl | grep -c _replyd)" = 3 ] || { echo "not all have one"; failed=1; }
in_shell bash
offers bash served.conf replyd --config = serv
offers bash served replyd serv
offers bash "--config --control" replyd --con
if command -v zsh >/dev/null; then
	in_shell zsh
else
	echo "zsh is not installed: what it offers was not looked at"
fi
exit $failed
