# bash completion of replyd, replyc and replyctl: what to offer is asked of the program's own --help.

# _replyd_help PROGRAM [COMMAND]: fills options, commands, and by each word of either the kind of its argument.
_replyd_help()
{
	local line
	options=() commands=()
	while IFS= read -r line; do
		if [[ $line =~ ^\ +((-[A-Za-z]),\ )?(--[a-z-]+)([= ]([A-Z]+))?(\ |$) ]]; then
			options+=(${BASH_REMATCH[2]} "${BASH_REMATCH[3]}")
			kind[${BASH_REMATCH[3]}]=${BASH_REMATCH[5]}
			[[ -z ${BASH_REMATCH[2]} ]] || kind[${BASH_REMATCH[2]}]=${BASH_REMATCH[5]}
		elif [[ $line =~ ^\ \ (or:\ \ [a-z]+\ )?([a-z]+)(\ [A-Z]+)?\ +[^\ ] && ${BASH_REMATCH[2]} != or ]]; then
			commands+=("${BASH_REMATCH[2]}")
			kind[${BASH_REMATCH[2]}]=${BASH_REMATCH[3]:+$(grep -o '([a-z]*)' <<<"$line" | tr -d '()')}
		fi
	done < <("$@" --help 2>/dev/null)
}

_replyd()
{
	local program=${1/#\~/$HOME} name=${1##*/} word=$2 before=$3 given= command= i
	local -a options commands
	local -A kind
	COMPREPLY=()
	if [[ $word == = ]]; then
		word=
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_replyd_help "$program"
	for ((i = 1; i < COMP_CWORD; i++)); do
		given=${COMP_WORDS[i]}
		[[ -n $command || " ${commands[*]} " != *" $given "* ]] || command=$given
	done
	[[ $name != replyc || $command != load ]] || _replyd_help "$program" load

	case ${kind[${before:--}]-}:$word in
	FILE:* | ADDRESS:*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	USER:*) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
	GROUP:*) mapfile -t COMPREPLY < <(compgen -g -- "$word") ;;
	:-*) mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$word") ;;
	:*)
		if [[ $name == replyd ]]; then
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -d -- "$word")
		elif [[ -z $command ]]; then
			mapfile -t COMPREPLY < <(compgen -W "${commands[*]}" -- "$word")
		fi
		;;
	[a-z]*) mapfile -t COMPREPLY < <(compgen -W "${kind[$before]}" -- "$word") ;;
	esac
}

complete -F _replyd replyd replyc replyctl
