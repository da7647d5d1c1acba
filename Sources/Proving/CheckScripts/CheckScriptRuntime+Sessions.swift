extension CheckScriptRuntime {
    /// Shells of their own for the commands, and the ends that these come to: status, flood, timeout, what they leave behind.
    static let sessions = #"""
        # Sessions: each is a shell of its own, in a process group of its own, so that a command that hangs can be ended.

        declare -A session_pid=() session_in=() session_out=() session_steps=() values=()
        # What a step prints beyond the first is no output any more but a flood; of what is kept only so much is compared.
        flood=$((64 << 20)) kept=$((1 << 20))

        # The program of a session: a line with the number of a step comes in, its status goes out. Like an interactive shell it
        # does not end on SIGTERM.
        session_loop() {
            local launchpad_step launchpad_kind launchpad_dir=$1
            trap : TERM
            cd "$launchpad_dir/work" || return
            while read -r launchpad_kind launchpad_step; do
                if [[ $launchpad_kind == serve ]]; then
                    set -m
                    # shellcheck disable=SC1090
                    (. "$launchpad_dir/$launchpad_step.sh") >"$launchpad_dir/$launchpad_step.out" 2>&1 </dev/null 9>&- &
                    set +m
                    builtin echo "$!" >&9
                    continue
                fi
                # shellcheck disable=SC1090
                . "$launchpad_dir/$launchpad_step.sh" >"$launchpad_dir/$launchpad_step.out" 2>&1 </dev/null 9>&-
                builtin echo "$?" >&9
            done
        }

        # open_session NAME: starts a bash of its own, in which $$ is no other process than itself. All that it starts carries a mark
        # in its environment, by which a process is found again that has left its group and its parents.
        open_session() {
            local name=$1 in out fd
            [[ -n ${session_pid[$name]:-} ]] && return
            in=$temporary/in.${#session_pid[@]}.$RANDOM out=$temporary/out.${#session_pid[@]}.$RANDOM
            mkfifo "$in" "$out"
            set -m
            {
                trap - EXIT INT TERM
                for fd in "${session_in[@]}" "${session_out[@]}"; do exec {fd}>&-; done
                exec <"$in" 9>"$out"
                # shellcheck disable=SC2016
                LAUNCHPAD_CHECKS=${temporary##*/}. exec "$BASH" --noprofile --norc -c \
                    "$(declare -f session_loop)"$'\n''session_loop "$1"' bash "$temporary"
            } >/dev/null 2>&1 &
            session_pid[$name]=$!
            set +m
            exec {fd}>"$in"
            session_in[$name]=$fd
            exec {fd}<"$out"
            session_out[$name]=$fd
        }

        close_session() {
            local name=$1 in=${session_in[$1]} out=${session_out[$1]}
            end_group "${session_pid[$name]}" HUP
            exec {in}>&- {out}<&-
            unset "session_pid[$name]" "session_in[$name]" "session_out[$name]"
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

        # await_status STEP SESSION TIMEOUT: sets status to the exit status, or to what kept it from being one.
        # bash says of itself, and whenever it notices, that a session was killed: the results tell that.
        await_status() {
            local step=$1 session=$2 left interval part line=""
            left=$((10#${3%.*} * 1000))
            [[ $3 == *.* ]] && left=$((left + 10#${3#*.}))
            status=
            while ((left > 0)); do
                interval=$((left < 100 ? left : 100)) left=$((left - 100))
                IFS= read -r -t "0.$(printf %03d "$interval")" part <&"${session_out[$session]}"
                # A read that is out of time may have come upon half a line.
                case $? in
                    0) status=$line$part && return ;;
                    1)
                        # The command has ended its shell, or taken its place, and may go on.
                        while kill -0 "${session_pid[$session]}"; do
                            ((left > 0)) || break 2
                            left=$((left - 50))
                            pause
                        done
                        wait "${session_pid[$session]}"
                        status=$?
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

        # run_step NUMBER SESSION TIMEOUT [KIND]: runs a command; sets status and the lines of output.
        run_step() {
            local number=$1 session=$2 name
            open_session "$session"
            session_steps[$session]+=" $number"
            {
                for name in "${!values[@]}"; do printf 'export %s=%q\n' "$name" "${values[$name]}"; done
                printf 'export LAUNCHPAD_CHECKS=%q\n' "${temporary##*/}.$number."
            } >"$temporary/$number.sh"
            if [[ ${kinds[number]} == script ]]; then
                printf 'set -euo pipefail\n%s' "${commands[number]}" >"$temporary/$number.script"
                printf 'bash %q\n' "$temporary/$number.script" >>"$temporary/$number.sh"
            else
                printf '%s' "${commands[number]}" >>"$temporary/$number.sh"
            fi
            echo "${4:-run} $number" >&"${session_in[$session]}"
            await_status "$number" "$session" "$3"
            read_output "$number"
        }

        # Reads what a step printed as a terminal would show it, blank lines at the end left out.
        read_output() {
            printed=$(wc -c <"$temporary/$1.out")
            mapfile -t output < <(
                head -c "$kept" "$temporary/$1.out" \
                    | LC_ALL=C sed -e $'s/\e\\[[0-?]*[ -/]*[@-~]//g' -e $'s/\e\\][^\a\e]*\\(\a\\|\e\\\\\\)//g' \
                        -e $'s/\e[(-+][0-~]//g' -e $'s/\e.//g' -e $'s/\r*$//' -e $'s/.*\r//' \
                    | LC_ALL=C tr -d '\000-\010\013\014\016-\037\177'
            )
            while ((${#output[@]})) && [[ -z ${output[-1]//[[:blank:]]/} ]]; do unset "output[-1]"; done
        }

        """#
}
