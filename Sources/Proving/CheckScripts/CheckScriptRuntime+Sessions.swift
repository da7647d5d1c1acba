extension CheckScriptRuntime {
    /// Shells of their own for the commands, and the ends that these come to: status, flood, timeout, what they leave behind.
    static let sessions = #"""
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

        """#
}
