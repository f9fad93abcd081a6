# results.json as what chart.gp loads: the titles, and one block of bars a panel.
# The floors are nothing that a reader could choose, so the chart leaves them out.

include "common";

def panels: {
    start: "start: exec of init to main",
    exit: "end: main's exit to init's",
    signal: "a signal's way to main",
    orphan_cpu: "CPU to reap an orphan",
    rss: "memory while idle (RSS)",
    size_with_libraries: "on disk, with libraries"
};

(.results | map({key: .measure, value: .}) | from_entries) as $by_measure
| chart("foster beside the inits that it replaces: shorter is better";
        [panels | to_entries[] | {title: .value, result: $by_measure[.key]}])
