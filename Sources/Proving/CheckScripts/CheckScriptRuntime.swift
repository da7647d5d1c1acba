/// The part that all check scripts have in common, in bash. It is one script in four pieces, each of which is about one thing.
enum CheckScriptRuntime {
    /// All of it; guides that show JSON add ``json``.
    static let text = start + sessions + matching + comparison + blocks

    /// What the guide says, and the options.
    private static let start = #"""
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

        """#

    /// Readiness, TAP, and the way through the blocks.
    private static let blocks = #"""
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

        """#
}
