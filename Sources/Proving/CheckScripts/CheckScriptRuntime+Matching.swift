extension CheckScriptRuntime {
    /// Comparing what a command printed with what the guide shows.
    static let matching = #"""
        # Matching. A line is tried literally, then with its placeholders; a name stands for one value.

        number='[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)'
        date='[0-9]{4}[-/](0[1-9]|1[0-2])[-/](0[1-9]|[12][0-9]|3[01])'
        clock='([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)'
        declare -A types=(
            [int]="$number"$'\n''[-+]?[0-9]+'
            [nuid]='[0-9A-Za-z]{22}'
            [duration]='[-+]?([0-9]+([.][0-9]+)?(ns|us|µs|μs|ms|[smhdwy]))+'
            [bytes]='[0-9][0-9,]*([.][0-9]+)? ?(B|[kKMGTPE]i?B?)'
            [time]="${date}[Tt ]${clock}([.,][0-9]+)?(Z|z|[-+][0-9]{2}:[0-9]{2}| [-+][0-9]{4}( [A-Z]{3,5})?)"$'\n'"${date}[Tt ]${clock}([.,][0-9]+)?"$'\n'"${clock}([.,][0-9]+)?"$'\n'"$date"
        )

        # True when a value of type $1 could be longer than what was taken: it ends before $3 and $2 is its text.
        goes_on() {
            case $1 in
                int) [[ $3 == [0-9]* ]] ;;
                nuid | duration | bytes) [[ $3 == [0-9A-Za-z]* ]] ;;
                *) [[ $3 == [0-9]* ]] ;;
            esac
        }

        # True when a value of type $1 would be cut out of a longer one: $2 stands before it, and it begins with $3.
        starts_inside() {
            case $1 in
                nuid) [[ $2 == [0-9A-Za-z] ]] ;;
                int) [[ $2 == [0-9] && $3 == [0-9,]* ]] ;;
                *) [[ $2 == [0-9.] && $3 == [0-9]* ]] ;;
            esac
        }

        # match_line PATTERN REST ANYWHERE PREVIOUS THEN...: matches REST with PATTERN, then runs THEN.
        match_line() {
            local pattern=$1 rest=$2 anywhere=$3 previous=$4 before name type regex value
            shift 4
            if [[ -z $pattern ]]; then
                [[ -z $rest || $anywhere == 1 ]] && "$@"
                return
            fi
            if [[ $pattern == '[..]'* ]]; then
                match_line "${pattern:4}" "$rest" 1 "$previous" "$@"
                return
            fi
            if [[ $pattern =~ ^\[([A-Za-z_][A-Za-z0-9_]*):(int|nuid|duration|bytes|time)\] ]]; then
                name=${BASH_REMATCH[1]} type=${BASH_REMATCH[2]}
                pattern=${pattern:${#BASH_REMATCH[0]}}
                while :; do
                    if [[ -n ${values[$name]+set} ]]; then
                        value=${values[$name]}
                        if [[ $rest == "$value"* ]]; then
                            match_line "$pattern" "${rest:${#value}}" 0 "${value: -1}" "$@" && return
                        fi
                    elif [[ $anywhere == 0 ]] || ! starts_inside "$type" "$previous" "$rest"; then
                        while IFS= read -r regex; do
                            [[ $rest =~ ^($regex) ]] || continue
                            value=${BASH_REMATCH[1]}
                            goes_on "$type" "$value" "${rest:${#value}}" && continue
                            values[$name]=$value
                            match_line "$pattern" "${rest:${#value}}" 0 "${value: -1}" "$@" && return
                            unset "values[$name]"
                        done <<<"${types[$type]}"
                    fi
                    [[ $anywhere == 1 && -n $rest ]] || return 1
                    previous=${rest:0:1} rest=${rest:1}
                done
            fi
            # Literal text up to the next placeholder.
            before=${pattern:0:1} pattern=${pattern:1}
            while [[ -n $pattern && ${pattern:0:1} != '[' ]]; do before+=${pattern:0:1} pattern=${pattern:1}; done
            while [[ $rest == *"$before"* ]]; do
                value=${rest%%"$before"*}
                [[ -z $value || $anywhere == 1 ]] || return 1
                match_line "$pattern" "${rest:${#value}+${#before}}" 0 "${before: -1}" "$@" && return
                [[ $anywhere == 1 ]] || return 1
                rest=${rest:${#value}+1}
            done
            return 1
        }

        one_line() {
            if [[ $mode == regex ]]; then
                [[ $2 =~ $1 ]] && "${@:3}"
                return
            fi
            [[ $1 == "$2" ]] && "${@:3}" && return
            [[ $1 == *'['*']'* ]] && match_line "$1" "$2" 0 "" "${@:3}"
        }

        # match_lines SHOWN PRINTED: matches everything from these two lines on.
        match_lines() {
            local i=$1 j=$2 last
            while ((i < ${#wanted[@]})); do
                if [[ ${wanted[i]} == ... ]]; then
                    ((i + 1 == ${#wanted[@]})) && return
                    for ((last = ${#output[@]}; j <= last; j++)); do match_lines $((i + 1)) "$j" && return; done
                    return 1
                fi
                ((j < ${#output[@]})) || return 1
                if [[ $mode != regex && ${wanted[i]} == *'['*']'* ]]; then
                    one_line "${wanted[i]}" "${output[j]}" match_lines $((i + 1)) $((j + 1))
                    return
                fi
                one_line "${wanted[i]}" "${output[j]}" || return 1
                i=$((i + 1)) j=$((j + 1))
            done
            ((j == ${#output[@]}))
        }

        # match_unordered SHOWN: gives each shown line from this one on a printed line of its own.
        match_unordered() {
            local i=$1 j
            while ((i < ${#wanted[@]})) && [[ ${wanted[i]} == ... ]]; do i=$((i + 1)); done
            if ((i >= ${#wanted[@]})); then
                ((open_end)) && return
                for ((j = 0; j < ${#output[@]}; j++)); do [[ -n ${used[j]:-} ]] || return 1; done
                return 0
            fi
            for ((j = 0; j < ${#output[@]}; j++)); do
                [[ -z ${used[j]:-} ]] || continue
                used[j]=1
                one_line "${wanted[i]}" "${output[j]}" match_unordered $((i + 1)) && return
                used[j]=
            done
            return 1
        }

        # matches STEP: compares output with what the step must print.
        matches() {
            local mode=${modes[$1]} open_end=0 used=() line
            mapfile -t wanted <<<"${shown[$1]%$'\n'}"
            [[ -z ${shown[$1]} ]] && wanted=()
            case $mode in
                json) match_json "$1" ;;
                contains)
                    wanted=(... "${wanted[@]}" ...)
                    match_lines 0 0
                    ;;
                unordered)
                    for line in "${wanted[@]}"; do [[ $line == ... ]] && open_end=1; done
                    match_unordered 0
                    ;;
                *) match_lines 0 0 ;;
            esac
        }

        """#
}
