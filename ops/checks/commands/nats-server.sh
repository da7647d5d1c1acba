#!/usr/bin/env bash
# Written by Launchpad from docs/commands/nats-server.md. Do not edit: change the guide and run `launchpad tangle`.
#
# Runs the commands of the guide against an environment that is up, and compares what they print with what the
# guide shows. Needs bash 4.4 or later and nothing of Launchpad. --help tells the options.
# shellcheck disable=SC2317 # Traps and sessions call functions, too.

guide=docs/commands/nats-server.md
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
files=()

set -uo pipefail

if ((BASH_VERSINFO[0] < 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4))); then
    echo "Bail out! bash 4.4 or later is needed, this is $BASH_VERSION (on macOS: brew install bash)"
    exit 3
fi

# What the guide says: a row for each block, and for each command.
names=() lines=() options=() first_steps=()
kinds=() statuses=() step_lines=() commands=() modes=() shown_lines=() shown=()

# block NAME LINE [OPTION=VALUE]...: begins a block.
block() {
    names+=("$1") lines+=("$2") first_steps+=("${#kinds[@]}")
    shift 2
    options+=("$(printf '%q ' "$@")")
}

step() {
    local text
    IFS= read -r -d '' text
    kinds+=("$1") statuses+=("$2") step_lines+=("$3") commands+=("$text")
    modes+=("") shown_lines+=(0) shown+=("")
}

# typed STATUS LINE: a command for the block's terminal. script STATUS LINE: a script of its own.
typed() { step typed "$@"; }
script() { step script "$@"; }

# prints MODE LINE: what the command above must print.
prints() {
    local text last=$((${#kinds[@]} - 1))
    IFS= read -r -d '' text
    modes[last]=$1 shown_lines[last]=$2 shown[last]=$text
}

usage() {
    cat <<EOF
Runs the checks of $guide against an environment that is up, and prints TAP.

Usage: ${0##*/} [--only NAME]... [--serve] [--list] [--help]

  --only NAME  run this block and the blocks that it needs
  --serve      also start the servers that the guide starts
  --list       print the blocks with their lines
  --help       print this
EOF
}
# Sessions: each is a terminal of its own with an interactive bash, as the reader has it. Commands are typed into it, each of
# them followed by a line that reports its exit status.

declare -A session_pid=() session_in=() session_out=() session_steps=() session_job=() values=()
# What a step prints beyond the first is no output any more but a flood; of what is kept only so much is compared.
flood=$((64 << 20)) kept=$((1 << 20))

# An interactive bash stops when it finds the terminal of this script, and is not in its foreground: it must not find it.
if command -v setsid >/dev/null; then
    detached=(setsid)
else
    detached=(perl -e 'use POSIX; POSIX::setsid(); exec @ARGV')
fi

# What a session does first. 62 is out of the way of what commands redirect.
# shellcheck disable=SC2016
typed_first='set +H +o history
unset HISTFILE PROMPT_COMMAND PS1 PS2
__launchpad() { builtin echo "$1 ${2:-0}" >&62; return "$1"; }
__launchpad_set() { local status=$?; export "$1=$2"; return "$status"; }'

# open_session NAME: starts its bash. All that it starts carries a mark in its environment, by which a process is found again
# that has left its group and its parents.
open_session() {
    local name=$1 in out fd
    [[ -n ${session_pid[$name]:-} ]] && return
    in=$temporary/in.${#session_pid[@]}.$RANDOM out=$temporary/out.${#session_pid[@]}.$RANDOM
    mkfifo "$in" "$out"
    {
        trap - EXIT INT QUIT TERM
        for fd in "${session_in[@]}" "${session_out[@]}"; do exec {fd}>&-; done
        exec <"$in" 62>"$out"
        cd "$temporary/work" || exit
        LAUNCHPAD_CHECKS=${temporary##*/}. exec "${detached[@]}" "$BASH" --norc --noprofile --noediting -i
    } >/dev/null 2>&1 &
    session_pid[$name]=$!
    exec {fd}>"$in"
    session_in[$name]=$fd
    exec {fd}<"$out"
    session_out[$name]=$fd
    session_job[$name]=0
    echo "$typed_first" >&"${session_in[$name]}"
}

close_session() {
    local name=$1 in=${session_in[$1]} out=${session_out[$1]}
    end_group "${session_pid[$name]}" HUP
    exec {in}>&- {out}<&-
    unset "session_pid[$name]" "session_in[$name]" "session_out[$name]" "session_job[$name]"
}

pause() { read -r -t 0.05 <>"$temporary/never"; }

# end_group PID [SIGNAL]: ends a process group: politely at first, after two seconds by force. Bash has nothing to say on it.
end_group() {
    local pid=$1 turns=40
    {
        [[ -z ${2:-} ]] || kill -"$2" -- "-$pid"
        kill -TERM -- "-$pid"
        while ((turns-- > 0)) && kill -0 -- "-$pid"; do pause; done
        kill -KILL -- "-$pid"
        wait "$pid"
    } 2>/dev/null
}

# marked [STEP]: the processes that carry the mark of a step, or of this run.
marked() {
    local mark=LAUNCHPAD_CHECKS=${temporary##*/}.${1:+$1.}
    if [[ -r /proc/self/environ ]]; then
        grep -alsF -e "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3
    else
        # shellcheck disable=SC2009
        ps -axwwE -o pid= -o command= 2>/dev/null | grep -F -e "$mark" | grep -v 'grep -F' | awk '{ print $1 }'
    fi
}

# end_marked [STEP]: ends them, politely at first, after two seconds by force.
end_marked() {
    local turns=40 signal=TERM pids
    while mapfile -t pids < <(marked "$@") && ((${#pids[@]} && turns-- > 0)); do
        kill -"$signal" "${pids[@]}" 2>/dev/null
        # Once asked, it is only waited for.
        signal=0
        pause
    done
    ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null
}

# Ends what commands have left behind outside of their terminals, and says so.
end_strays() {
    local step pid
    [[ -n $(marked) ]] || return
    for step in "${!kinds[@]}"; do
        for pid in $(marked "$step"); do
            echo "# $guide:${step_lines[step]}: ended what it left running: $(ps -o comm= -p "$pid" 2>/dev/null || echo "$pid")"
        done
    done
    end_marked
}

served=() flooded=() is_complete=0
clean_up() {
    local index name
    for ((index = ${#served[@]} - 1; index >= 0; index--)); do end_group "${served[index]}"; done
    for name in "${!session_pid[@]}"; do close_session "$name"; done
    end_strays
    rm -rf "$temporary"
    ((is_complete)) || echo "Bail out! ended before all checks were run"
}

# Ends what a step prints too much, though it is over: its background processes, and if need be its terminal.
stop_floods() {
    local file step name
    while IFS= read -r file; do
        step=${file##*/}
        step=${step%.out}
        [[ $step == "$1" ]] && status=flooded && continue
        end_marked "$step"
        for name in "${!session_pid[@]}"; do
            [[ " ${session_steps[$name]} " == *" $step "* && -n ${flooded[$step]:-} ]] && close_session "$name"
        done
        flooded[step]=1
        : >"$file"
    done < <(find "$temporary" -name '*.out' -size "+$((flood / 512))")
}

# await_status STEP SESSION TIMEOUT: sets status to the exit status, or to what kept it from being one; job to the session's
# last one in the background; and is_over where the command has ended its shell.
# bash says of itself, and whenever it notices, that a session was killed: the results tell that.
await_status() {
    local step=$1 session=$2 left interval part line=""
    left=$((10#${3%.*} * 1000))
    [[ $3 == *.* ]] && left=$((left + 10#${3#*.}))
    status="" job=0 is_over=""
    while ((left > 0)); do
        interval=$((left < 100 ? left : 100)) left=$((left - 100))
        IFS= read -r -t "0.$(printf %03d "$interval")" part <&"${session_out[$session]}"
        # A read that is out of time may have come upon half a line.
        case $? in
            0) read -r status job <<<"$line$part" && return ;;
            1)
                # The command has ended its shell, or taken its place, and may go on.
                while kill -0 "${session_pid[$session]}"; do
                    ((left > 0)) || break 2
                    left=$((left - 50))
                    pause
                done
                wait "${session_pid[$session]}"
                status=$? is_over=1
                close_session "$session"
                return
                ;;
        esac
        line+=$part
        stop_floods "$step"
        [[ $status != flooded ]] || break
    done
    status=${status:-timeout}
    close_session "$session"
    end_marked "$step"
} 2>/dev/null

# run_step NUMBER SESSION TIMEOUT [serve]: runs a command; sets status, for a server its process id, and the lines of output.
run_step() {
    local number=$1 session=$2 text=${commands[$1]} out=$temporary/$1.out name
    open_session "$session"
    session_steps[$session]+=" $number"
    [[ ${kinds[number]} != script ]] || text="bash -euo pipefail -c $(printf %q "$text") bash"
    # A command that ends its shell may leave nobody to read the rest, and may do so at once.
    {
        (
            for name in "${!values[@]}"; do printf '__launchpad_set %s %q\n' "$name" "${values[$name]}"; done
            printf '__launchpad_set LAUNCHPAD_CHECKS %q\n' "${temporary##*/}.$number."
            if [[ ${4:-} == serve ]]; then
                printf 'set -m\n{ (eval %q); } </dev/null >%q 2>&1 62>&- &\nset +m\n' "$text" "$out"
            else
                printf 'eval %q </dev/null >%q 2>&1 62>&-\n' "$text" "$out"
            fi
            # shellcheck disable=SC2016
            echo '__launchpad $? ${!-}'
        ) 1>&"${session_in[$session]}" || :
        await_status "$number" "$session" "$3"
    } 2>/dev/null
    has_new_job=
    if [[ -n ${session_pid[$session]:-} && $job != "${session_job[$session]}" ]]; then
        session_job[$session]=$job has_new_job=1
    fi
    [[ ${4:-} != serve || $status != 0 ]] || status=$job
    read_output "$number"
    # An interactive shell says goodbye.
    if [[ -n $is_over && ${shown[number]} != *exit$'\n' ]] && ((${#output[@]})) && [[ ${output[-1]} == exit ]]; then
        unset "output[-1]"
    fi
}

# shows STEP: true when the output is as the guide shows it, or would be without what an interactive shell says of a job in the
# background: authors often leave that out.
shows() {
    local line whole=("${output[@]}") bare=()
    matches "$1" && return
    [[ -n $has_new_job ]] || return
    for line in "${whole[@]}"; do
        [[ $line =~ ^\[[0-9]+\]\ [0-9]+$ ]] || bare+=("$line")
    done
    ((${#bare[@]} < ${#whole[@]})) || return
    output=("${bare[@]}") reason=
    matches "$1" && return
    output=("${whole[@]}")
    return 1
}

# Reads what a step printed as a terminal would show it, blank lines at the end left out.
read_output() {
    printed=$(wc -c <"$temporary/$1.out")
    mapfile -t output < <(
        head -c "$kept" "$temporary/$1.out" \
            | LC_ALL=C sed -e $'s/\e\\[[0-?]*[ -/]*[@-~]//g' -e $'s/\e\\][^\a\e]*\\(\a\\|\e\\\\\\)//g' \
                -e $'s/\e[(-+][0-~]//g' -e $'s/\e.//g' -e $'s/\r*$//' -e $'s/.*\r//' \
                -e '/^bash: \[[0-9]*: [0-9]* ([0-9]*)\] tcsetattr: /d' \
            | LC_ALL=C tr -d '\000-\010\013\014\016-\037\177'
    )
    while ((${#output[@]})) && [[ -z ${output[-1]//[[:blank:]]/} ]]; do unset "output[-1]"; done
}
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
# tell_step STEP: the command and how its output differs, as comments.
tell_step() {
    local step=$1 line last mode=${modes[$1]} wanted=() kinds_of=() texts=() numbers=() name before=" ${!values[*]} "
    echo "# $guide:${step_lines[step]}:"
    while IFS= read -r line; do echo "#   \$ $line"; done <<<"${commands[step]%$'\n'}"
    [[ -n $mode && -n ${shown[step]} ]] && mapfile -t wanted <<<"${shown[step]%$'\n'}"
    if [[ -z $mode ]]; then
        last=$((${#output[@]} < 40 ? ${#output[@]} : 40))
        for ((line = 0; line < last; line++)); do note_line + "${output[line]}"; done
        ((last < ${#output[@]})) && note_line + "($((${#output[@]} - last)) more lines)"
    elif [[ $mode == unordered ]]; then
        compare_unordered
    else
        compare_in_order "$mode"
    fi
    print_comparison "${shown_lines[step]}"
    explain_values
    # What was captured on the way is no value: the command failed.
    for name in "${!values[@]}"; do [[ $before == *" $name "* ]] || unset "values[$name]"; done
}

# note_line KIND TEXT [NUMBER]: a line of the comparison; what is too long to read is cut.
note_line() {
    local text=$2
    ((${#text} <= 300)) || text="${text:0:300}... (${#text} characters)"
    kinds_of+=("$1") texts+=("$text") numbers+=("${3:-}")
}

# paired SHOWN PRINTED: true when the line could be that one; no placeholder keeps a value from it.
paired() {
    local is_pair=0
    [[ $1 == "$2" ]] && return
    one_line "$1" "$2" take_pair
    ((is_pair))
}
take_pair() { is_pair=1 && return 1; }

compare_unordered() {
    local i j free=() takes_rest=0 partner=()
    for ((j = 0; j < ${#output[@]}; j++)); do free[j]=1; done
    # Equal lines first, so that no placeholder takes them.
    for ((i = 0; i < ${#wanted[@]}; i++)); do
        for j in "${!free[@]}"; do [[ ${wanted[i]} == "${output[j]}" ]] && partner[i]=$j && unset "free[j]" && break; done
    done
    for ((i = 0; i < ${#wanted[@]}; i++)); do
        [[ ${wanted[i]} == ... ]] && takes_rest=1 && partner[i]=-1
        [[ -z ${partner[i]:-} ]] || continue
        for j in "${!free[@]}"; do
            one_line "${wanted[i]}" "${output[j]}" true && partner[i]=$j && unset "free[j]" && break
        done
    done
    for ((i = 0; i < ${#wanted[@]}; i++)); do
        if [[ -n ${partner[i]:-} ]]; then note_line " " "${wanted[i]}" "$i"; else note_line - "${wanted[i]}" "$i"; fi
    done
    ((takes_rest)) || for j in "${!free[@]}"; do ((${#texts[@]} < 200)) && note_line + "${output[j]}"; done
}

# compare_in_order MODE: the cheapest way to turn the shown lines into the printed ones, where `...` stands for any number of
# lines; longer outputs are compared as far as their beginnings are the same.
compare_in_order() {
    local i j head=0 rows columns width index best how costs=() hows=() steps=()
    local loose=0
    [[ $1 == contains ]] && loose=1
    if ((!loose)); then
        while ((head < ${#wanted[@]} && head < ${#output[@]})) && [[ ${wanted[head]} != ... ]] \
            && one_line "${wanted[head]}" "${output[head]}" true; do
            note_line " " "${wanted[head]}" "$head"
            head=$((head + 1))
        done
    fi
    rows=$((${#wanted[@]} - head)) columns=$((${#output[@]} - head)) width=$((columns + 1))
    if (((rows + 1) * (columns + 1) > 2500)); then
        for ((i = head; i < ${#wanted[@]} && i < head + 40; i++)); do note_line - "${wanted[i]}" "$i"; done
        for ((j = head; j < ${#output[@]} && j < head + 40; j++)); do note_line + "${output[j]}"; done
        ((j == ${#output[@]})) || note_line + "($((${#output[@]} - j)) more lines)"
        return
    fi
    for ((j = 0; j <= columns; j++)); do costs[j]=$((loose ? 0 : j * 2)) hows[j]=printed; done
    for ((i = 1; i <= rows; i++)); do
        index=$((i * width))
        for ((j = 0; j <= columns; j++, index++)); do
            if [[ ${wanted[head + i - 1]} == ... ]]; then
                best=${costs[index - width]} how=skip
                ((j > 0 && costs[index - 1] <= best)) && best=${costs[index - 1]} how=taken
            else
                best=$((costs[index - width] + 3)) how=missing
                if ((j > 0)); then
                    ((costs[index - 1] + (loose && i == rows ? 0 : 2) <= best)) \
                        && best=$((costs[index - 1] + (loose && i == rows ? 0 : 2))) how=printed
                    ((costs[index - width - 1] <= best)) && paired "${wanted[head + i - 1]}" "${output[head + j - 1]}" \
                        && best=${costs[index - width - 1]} how=pair
                fi
            fi
            costs[index]=$best hows[index]=$how
        done
    done
    i=$rows j=$columns
    while ((i > 0 || j > 0)); do
        how=${hows[i * width + j]}
        steps+=("$how $i $j")
        case $how in
            pair) i=$((i - 1)) j=$((j - 1)) ;;
            missing | skip) i=$((i - 1)) ;;
            *) j=$((j - 1)) ;;
        esac
    done
    for ((index = ${#steps[@]} - 1; index >= 0; index--)); do
        read -r how i j <<<"${steps[index]}"
        case $how in
            skip) note_line " " "${wanted[head + i - 1]}" $((head + i - 1)) ;;
            pair)
                # Between this line and an earlier one a name may have come to stand for two values.
                if one_line "${wanted[head + i - 1]}" "${output[head + j - 1]}" true; then
                    note_line " " "${wanted[head + i - 1]}" $((head + i - 1))
                else
                    note_line - "${wanted[head + i - 1]}" $((head + i - 1))
                    note_line + "${output[head + j - 1]}"
                fi
                ;;
            missing) note_line - "${wanted[head + i - 1]}" $((head + i - 1)) ;;
            printed) ((loose && (i == 0 || i == rows))) || note_line + "${output[head + j - 1]}" ;;
        esac
    done
}

# print_comparison LINE: changed lines and three others around them; LINE is that of the first shown line.
print_comparison() {
    local i near=-4 is_left_out=0 following=()
    for ((i = ${#texts[@]} - 1; i >= 0; i--)); do
        [[ ${kinds_of[i]} == " " ]] || near=$i
        following[i]=$((near >= 0 ? near : i + 4))
    done
    near=-4
    for ((i = 0; i < ${#texts[@]}; i++)); do
        [[ ${kinds_of[i]} == " " ]] || near=$i
        if ((i - near > 3 && following[i] - i > 3)) && [[ ${kinds_of[*]} == *[-+]* ]]; then
            is_left_out=1
            continue
        fi
        ((is_left_out)) && echo "#   ..."
        is_left_out=0
        if [[ ${kinds_of[i]} == + ]]; then
            echo "#   +${texts[i]}"
        else
            echo "#   $(($1 + numbers[i])): ${kinds_of[i]}${texts[i]}"
        fi
    done
}

# Says which values placeholders have already, where a shown line differs from a printed one in nothing else.
explain_values() {
    local i j rest name value
    for i in "${!texts[@]}"; do
        [[ ${kinds_of[i]} == - ]] || continue
        rest=${texts[i]}
        while [[ $rest =~ \[([A-Za-z_][A-Za-z0-9_]*):(int|nuid|duration|bytes|time)\] ]]; do
            name=${BASH_REMATCH[1]} rest=${rest#*"${BASH_REMATCH[0]}"}
            [[ -n ${values[$name]+set} ]] || continue
            value=${values[$name]}
            unset "values[$name]"
            for j in "${!texts[@]}"; do
                if [[ ${kinds_of[j]} == + ]] && paired "${texts[i]}" "${texts[j]}"; then
                    echo "#   ($name was $value before: one name stands for one value)"
                    break
                fi
            done
            values[$name]=$value
        done
    done
}
# Readiness.

is_ready() {
    local kind host port path answer
    read -r kind host port <<<"$1"
    case $kind in
        tcp) (exec 6<>"/dev/tcp/$host/$port") 2>/dev/null ;;
        log) grep -qF -- "${1#log }" "$temporary/$2.out" ;;
        http)
            if command -v curl >/dev/null; then
                curl -fsS -o /dev/null --max-time 2 "$host" 2>/dev/null
                return
            fi
            [[ $host =~ ^http://([^/:]+)(:([0-9]+))?(/.*)?$ ]] || return 1
            host=${BASH_REMATCH[1]} port=${BASH_REMATCH[3]:-80} path=${BASH_REMATCH[4]:-/}
            answer=$(
                exec 6<>"/dev/tcp/$host/$port" || exit
                printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$path" "$host" >&6
                read -r -t 2 answer <&6 && echo "$answer"
            ) 2>/dev/null
            [[ $answer =~ ^HTTP/[0-9.]+\ [123] ]]
            ;;
    esac
}

# wait_ready STEP PID CONDITIONS TIMEOUT
wait_ready() {
    local condition deadline=$((SECONDS + ${4%.*} + 1))
    while IFS= read -r condition; do
        [[ -z $condition ]] && continue
        until is_ready "$condition" "$1"; do
            if ! kill -0 "$2" 2>/dev/null; then
                reason="it ended before it was ready"
                return 1
            fi
            if ((SECONDS >= deadline)); then
                reason="not ready after $4 s: $condition"
                return 1
            fi
            pause
        done
    done <<<"$3"
    return 0
}

# TAP.

point=0 failures=0
declare -A results=()

ok() { echo "ok $((++point)) - $guide:${lines[$1]} ${names[$1]}${2:+ # SKIP $2}"; }

not_ok() {
    echo "not ok $((++point)) - $guide:${lines[$1]} ${names[$1]}"
    echo "# $2"
    failures=$((failures + 1))
}

# run_block NUMBER: runs one block and prints its result.
run_block() {
    local number=$1 step next=${first_steps[$1 + 1]:-${#kinds[@]}} option need
    local session=main timeout=30 needs="" skip="" tools="" serve="" ready=""
    local -a set_options
    eval "set_options=(${options[number]})"
    for option in "${set_options[@]}"; do [[ -n $option ]] && printf -v "${option%%=*}" '%s' "${option#*=}"; done
    for option in $tools; do
        command -v "$option" >/dev/null || skip=${skip:-"there is no $option here"}
    done
    [[ $serve && $ready =~ (^|$'\n')(tcp|http)\  && $with_servers == 0 ]] && skip=${skip:-environment}
    for need in $needs; do
        case ${results[$need]:-} in
            failed | blocked)
                results[${names[number]}]=blocked
                not_ok "$number" "blocked: it needs $need, which ${results[$need]/blocked/is blocked itself}"
                return
                ;;
            skipped) skip=${skip:-"it needs $need, which was skipped"} ;;
        esac
    done
    if [[ -n $skip ]]; then
        # A server that is not started here is one that runs already: what needs it can go on.
        [[ $skip == environment ]] || results[${names[number]}]=skipped
        ok "$number" "${skip/#environment/the environment is expected to be up; --serve starts this}"
        return
    fi
    if [[ -n $serve ]]; then
        run_server "$number" "$session" "$timeout" "$ready"
        return
    fi
    for ((step = first_steps[number]; step < next; step++)); do
        run_step "$step" "$session" "$timeout"
        reason=
        if [[ $status == timeout ]]; then
            reason="no end after $timeout s"
        elif [[ $status == flooded ]]; then
            reason="printed more than $((flood >> 20)) MiB and was ended"
        elif [[ $status != "${statuses[step]}" ]]; then
            reason="exit status $status, expected ${statuses[step]}"
        elif [[ -n ${modes[step]} ]] && ((printed > kept)); then
            reason="printed $((printed)) bytes, more than the $kept that can be compared"
        elif [[ -n ${modes[step]} ]] && ! shows "$step"; then
            reason=${reason:-"the output differs from what the guide shows"}
        fi
        [[ $reason == SKIP* ]] && ok "$number" "${reason#SKIP }" && return
        [[ -n $reason ]] || continue
        results[${names[number]}]=failed
        not_ok "$number" "$reason"
        tell_step "$step"
        return
    done
    ok "$number"
}

waiting=()
run_server() {
    local number=$1 step=${first_steps[$1]} reason=""
    : >"$temporary/$step.out"
    run_step "$step" "$2" 30 serve
    served+=("$status")
    if ! wait_ready "$step" "$status" "$4" "$3"; then
        results[${names[number]}]=failed
        read_output "$step"
        not_ok "$number" "$reason"
        tell_step "$step"
    elif [[ -n ${modes[step]} ]]; then
        # What it prints is complete when everything else has run.
        waiting+=("$number $status")
    else
        ok "$number"
    fi
}

finish_servers() {
    local entry number step reason turns
    for entry in "${waiting[@]}"; do
        number=${entry% *} step=${first_steps[${entry% *}]} turns=200
        # What the last command caused may still be on its way.
        while ((turns-- > 0)) && kill -0 "${entry#* }" 2>/dev/null; do
            read_output "$step"
            matches "$step" && break
            pause
        done
        reason=
        end_group "${entry#* }"
        read_output "$step"
        if matches "$step"; then
            ok "$number"
        elif [[ $reason == SKIP* ]]; then
            ok "$number" "${reason#SKIP }"
        else
            not_ok "$number" "${reason:-the output differs from what the guide shows}"
            tell_step "$step"
        fi
    done
}

# choose NAME: marks a block and all that it needs.
choose() {
    local index option need found=0
    local -a set_options
    for index in "${!names[@]}"; do
        [[ ${names[index]} == "$1" ]] || continue
        found=1
        chosen[index]=1
        eval "set_options=(${options[index]})"
        for option in "${set_options[@]}"; do
            [[ $option == needs=* ]] || continue
            for need in ${option#needs=}; do choose "$need"; done
        done
    done
    ((found)) && return
    echo "${0##*/}: there is no block \"$1\"; --list prints them" >&2
    exit 64
}

run_blocks() {
    local index file chosen=() with_servers=0 only=()
    while (($#)); do
        case $1 in
            --help | -h) usage && exit ;;
            --list)
                for index in "${!names[@]}"; do echo "$guide:${lines[index]} ${names[index]}"; done
                exit
                ;;
            --serve) with_servers=1 ;;
            --only)
                (($# > 1)) || { echo "${0##*/}: --only needs the name of a block" >&2 && exit 64; }
                only+=("$2")
                shift
                ;;
            --only=*) only+=("${1#*=}") ;;
            *)
                echo "${0##*/}: unknown option \"$1\"; --help tells the options" >&2
                exit 64
                ;;
        esac
        shift
    done
    for index in "${only[@]}"; do choose "$index"; done
    ((${#only[@]})) || for index in "${!names[@]}"; do chosen[index]=1; done

    temporary=$(mktemp -d) || {
        echo "Bail out! no temporary folder can be made in ${TMPDIR:-/tmp}"
        exit 3
    }
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    mkdir "$temporary/work"
    mkfifo "$temporary/never"
    for file in "${files[@]}"; do
        [[ -f $root/$file ]] || continue
        mkdir -p "$temporary/work/$(dirname "$file")"
        cp -p "$root/$file" "$temporary/work/$file"
    done

    echo "TAP version 13"
    echo "1..${#chosen[@]}"
    for index in "${!names[@]}"; do [[ -z ${chosen[index]:-} ]] || run_block "$index"; done
    finish_servers
    is_complete=1
    ((failures == 0))
    exit
}
# What the guide says.

block nats-server-flags 13
typed 0 14 <<'END'
nats-server --help
END
prints contains 15 <<'END'
Usage: nats-server [options]

Server Options:
    -a, --addr, --net <host>         Bind to host address (default: 0.0.0.0)
    -p, --port <port>                Use port for clients (default: 4222)
    -n, --name
        --server_name <server_name>  Server name (default: auto)
    -P, --pid <file>                 File to store PID
    -m, --http_port <port>           Use port for http monitoring
    -ms,--https_port <port>          Use port for https monitoring
    -c, --config <file>              Configuration file
    -t                               Test configuration and exit
    -sl,--signal <signal>[=<pid>]    Send signal to nats-server process (ldm, stop, quit, term, reopen, reload)
                                     <pid> can be either a PID (e.g. 1) or the path to a PID file (e.g. /var/run/nats-server.pid)
        --client_advertise <string>  Client URL to advertise to other servers
        --ports_file_dir <dir>       Creates a ports file in the specified directory (<executable_name>_<pid>.ports).

Logging Options:
    -l, --log <file>                 File to redirect log output
    -T, --logtime                    Timestamp log entries (default: true)
        --logtime_utc                Timestamps in UTC instead of local timezone (default: false)
    -s, --syslog                     Log to syslog or windows event log
    -r, --remote_syslog <addr>       Syslog server addr (udp://localhost:514)
    -D, --debug                      Enable debugging output
    -V, --trace                      Trace the raw protocol
    -VV                              Verbose trace (traces system account as well)
    -DV                              Debug and trace
    -DVV                             Debug and verbose trace (traces system account as well)
        --log_size_limit <limit>     Logfile size limit (default: auto)
        --max_traced_msg_len <len>   Maximum printable length for traced messages (default: unlimited)

JetStream Options:
    -js, --jetstream                 Enable JetStream functionality
    -sd, --store_dir <dir>           Set the storage directory

Authorization Options:
        --user <user>                User required for connections
        --pass <password>            Password required for connections
        --auth <token>               Authorization token required for connections

TLS Options:
        --tls                        Enable TLS, do not verify clients (default: false)
        --tlscert <file>             Server certificate file
        --tlskey <file>              Private key for server certificate
        --tlsverify                  Enable TLS, verify client certificates
        --tlscacert <file>           Client certificate CA for verification

Cluster Options:
        --routes <rurl-1, rurl-2>    Routes to solicit and connect
        --cluster <cluster-url>      Cluster URL for solicited routes
        --cluster_name <string>      Cluster Name, if not set one will be dynamically generated
        --no_advertise <bool>        Do not advertise known cluster information to clients
        --cluster_advertise <string> Cluster URL to advertise to other servers
        --connect_retries <number>   For implicit routes, number of connect retries
        --cluster_listen <url>       Cluster url from which members can solicit routes

Profiling Options:
        --profile <port>             Profiling HTTP port

Common Options:
    -h, --help                       Show this message
    -v, --version                    Show version
        --help_tls                   TLS help
END

block nats-server-cluster 82 skip='only on Launchpad'\''s own broker'
typed 1 83 <<'END'
nats-server --cluster nats://localhost:6222
END
prints exact 84 <<'END'
nats-server: the bundled broker does not do what -cluster asks for; start nats-server itself for it
END

run_blocks "$@"
