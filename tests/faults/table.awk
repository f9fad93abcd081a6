#!/usr/bin/awk -f
# table.awk ROWS - the rows of build/faults/rows as a table: a line for each call and all its errors
# that have the same outcomes; a column for each scenario, as PID 1 and as its child; in it a letter
# for the first, the second and the third such call that failed, and for all of them. A blank: there
# was none.
BEGIN {
    scenarios = split("true orphans stop verbose services essential", scenario)
    ways = split("first child", way)
    whens = split("1 2 3 +", when)
}
$5 == "-" { next }
{
    key = $3 " " $4
    if (!(key in errors))
        calls[++count] = key
    if (!((key, $5) in seen)) {
        seen[key, $5] = 1
        errors[key] = errors[key] " " $5
    }
    outcome[key, $5, $1, $2, $6] = $7
}
function cells(key, error,    i, j, k, line, letter) {
    line = ""
    for (i = 1; i <= scenarios; i++)
        for (j = 1; j <= ways; j++) {
            line = line "|"
            for (k = 1; k <= whens; k++) {
                letter = outcome[key, error, scenario[i], way[j], when[k]]
                line = line (letter == "" ? " " : letter)
            }
        }
    return line "|"
}
END {
    for (i = 1; i <= scenarios; i++)
        head = head sprintf("|%-9s", scenario[i])
    printf "%s|\n", head
    for (i = 1; i <= count; i++) {
        delete named
        lines = 0
        names = split(errors[calls[i]], name, " ")
        for (j = 1; j <= names; j++) {
            line = cells(calls[i], name[j])
            if (!(line in named))
                order[++lines] = line
            named[line] = named[line] " " name[j]
        }
        for (j = 1; j <= lines; j++)
            print order[j] " " calls[i] ":" named[order[j]]
    }
}
