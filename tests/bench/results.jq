# From samples (`measure NAME value` lines) to results.json: medians, ratios, and section by section
# the budgets. The number of processes is told because kill(-1), with which an init ends what is
# left, looks at all of the machine's; with 8,000 more of them it is measured once again. `floor`
# names the program that a measure is compared with; `unit` and `per` say how a sample is shown.

include "common";

def measures: [
    {measure: "start", title: "exec of init to main", unit: "µs", per: 1000, floor: "floor_signals"},
    {measure: "run", title: "whole run of true", unit: "µs", per: 1000, floor: "floor_signals"},
    {measure: "exit", title: "main's exit to init's", unit: "µs", per: 1000, floor: "floor_loop"},
    {measure: "exit_full", title: "the same, 8,000 others", unit: "µs", per: 1000, floor: "floor_loop"},
    {measure: "signal", title: "signal to main", unit: "µs", per: 1000, floor: "floor_loop"},
    {measure: "orphan_cpu", title: "CPU per orphan", unit: "µs", per: 1000, floor: "floor_loop"},
    {measure: "orphan_calls", title: "system calls per orphan", unit: "", per: 1, floor: "floor_loop"},
    {measure: "calls", title: "system calls of a run", unit: "", per: 1, floor: "floor_loop"},
    {measure: "wakeups", title: "wake-ups in 10 s idle", unit: "", per: 1, floor: "floor_loop"},
    {measure: "rss", title: "memory: RSS", unit: "KiB", per: 1, floor: "floor_loop"},
    {measure: "pss", title: "memory: PSS", unit: "KiB", per: 1, floor: "floor_loop"},
    {measure: "private_dirty", title: "memory: private dirty", unit: "KiB", per: 1, floor: "floor_loop"},
    {measure: "page_tables", title: "memory: page tables", unit: "KiB", per: 1, floor: "floor_loop"},
    {measure: "threads", title: "threads", unit: "", per: 1, floor: "floor_loop"},
    {measure: "heap", title: "has a heap", unit: "", per: 1, floor: "floor_loop"},
    {measure: "size", title: "file", unit: "KiB", per: 1024, floor: "floor_loop"},
    {measure: "size_with_libraries", title: "file and libraries", unit: "KiB", per: 1024, floor: "floor_loop"},
    {measure: "interp", title: "needs a loader", unit: "", per: 1, floor: "floor_loop"}
];

# against: "itself" for an absolute limit in the measure's unit, "exit" for one of what is more than
# that measure's figure, else what foster's ratio is taken to.
def budgets: [
    {measure: "start", against: "floor", limit: 1.05},
    {measure: "start", against: "best peer", limit: 1.00},
    {measure: "exit", against: "best peer", limit: 1.10},
    {measure: "exit_full", against: "exit", limit: 50},
    {measure: "signal", against: "best peer", limit: 1.00},
    {measure: "orphan_cpu", against: "best peer", limit: 1.00},
    {measure: "orphan_cpu", against: "floor", limit: 1.10},
    {measure: "calls", against: "itself", limit: 15},
    {measure: "wakeups", against: "itself", limit: 0},
    {measure: "rss", against: "itself", limit: 64},
    {measure: "private_dirty", against: "itself", limit: 12},
    {measure: "page_tables", against: "itself", limit: 24},
    {measure: "threads", against: "itself", limit: 1},
    {measure: "heap", against: "itself", limit: 0},
    {measure: "size", against: "itself", limit: 128},
    {measure: "interp", against: "itself", limit: 0}
];

def is_floor: startswith("floor_");

# The peer with the least median, or null where there is none.
def best_peer:
    to_entries | map(select((.key | is_floor | not) and .key != "foster")) | min_by(.value.median) | .key?;

def add_ratios:
    .figures as $figures | .floor as $floor | ($figures | best_peer) as $best
    | . + {best_peer: $best, ratios: {
        floor: ($figures.foster | ratio($figures[$floor])),
        "best peer": (if $best == null then null else $figures.foster | ratio($figures[$best]) end)
    }};

def more($figure; $than): if $figure == null or $than == null then null else $figure - $than | hundredths end;

def judge($results):
    . as $budget | ($results[] | select(.measure == $budget.measure)) as $result
    | ($results[] | select(.measure == "exit").figures.foster.median) as $exit
    | (if .against == "itself" then $result.figures.foster.median
       elif .against == "exit" then more($result.figures.foster.median; $exit)
       else $result.ratios[.against] end) as $measured
    | . + {title: $result.title, unit: $result.unit, measured: $measured,
           met: (if $measured == null then null else $measured <= .limit end)};

[inputs / "\t" | {measure: .[0], name: .[1], value: (.[2] | tonumber)}] as $samples
| [$samples[] | select(.measure == "size") | .name] as $programs
| ($samples | group_by(.measure) | map({key: .[0].measure, value: .}) | from_entries) as $by_measure
| (measures | map(. + {figures: figures($by_measure[.measure]; .per)} | add_ratios | del(.per))) as $results
| {
    date: $date,
    machine: {cpu: $cpu, kernel: $kernel, cores: ($cores | tonumber), processes: ($processes | tonumber)},
    programs: $programs,
    results: $results,
    budgets: (budgets | map(judge($results)))
}
