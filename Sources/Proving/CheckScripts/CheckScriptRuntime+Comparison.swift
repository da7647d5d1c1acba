extension CheckScriptRuntime {
    /// Telling how the two differ.
    static let comparison = #"""
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

        """#
}
