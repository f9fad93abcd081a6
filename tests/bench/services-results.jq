# From samples (`measure services NAME value` lines) to results.json: medians and ratios for each
# number of services, then foster's budgets. `unit` and `per` say how a sample is shown; a `plain`
# measure is no contest.

include "common";

def measures: [
    {measure: "pss", title: "memory: PSS", unit: "KiB", per: 1},
    {measure: "private_dirty", title: "memory: private dirty", unit: "KiB", per: 1},
    {measure: "rss", title: "memory: RSS", unit: "KiB", per: 1},
    {measure: "processes", title: "processes", unit: "", per: 1},
    {measure: "threads", title: "threads", unit: "", per: 1},
    {measure: "start", title: "exec to all running", unit: "ms", per: 1000000},
    {measure: "start_cpu", title: "same, CPU of all", unit: "ms", per: 1000000},
    {measure: "stop", title: "signal to all gone", unit: "ms", per: 1000000},
    {measure: "stopped", title: "services ended by TERM", unit: "", per: 1, plain: true},
    {measure: "respawn", title: "kill to successor", unit: "ms", per: 1000000},
    {measure: "respawn_cpu", title: "CPU of a respawn", unit: "µs", per: 1000},
    {measure: "respawn_cpu_all", title: "same, with the child's", unit: "µs", per: 1000},
    {measure: "crash_starts", title: "crash loop: starts in 3 s", unit: "", per: 1, plain: true},
    {measure: "crash_cpu", title: "crash loop: CPU in 3 s", unit: "ms", per: 1000000},
    {measure: "crash_cpu_start", title: "same, of one start", unit: "µs", per: 1000},
    {measure: "wakeups", title: "wake-ups in 10 s idle", unit: "", per: 1},
    {measure: "idle_cpu", title: "CPU in 10 s idle", unit: "ms", per: 1000000}
];

# against: "itself" for an absolute limit in the measure's unit, else what foster's ratio is taken
# to.
def budgets: [
    {measure: "pss", services: 1000, against: "itself", limit: 288},
    {measure: "start", services: 1000, against: "best peer", limit: 1.00},
    {measure: "stop", services: 1000, against: "best peer", limit: 1.00},
    {measure: "respawn", services: 1000, against: "best peer", limit: 1.1},
    {measure: "respawn_cpu", services: 1000, against: "best peer", limit: 1.1},
    {measure: "wakeups", services: 1000, against: "itself", limit: 0},
    {measure: "threads", services: 1000, against: "itself", limit: 2},
    {measure: "processes", services: 1000, against: "itself", limit: 1}
];

# The floor supervises, and is no supervisor: it wins nothing, and a ratio to it is shown beside the
# contest.
def floor: "floor_services";

# Who leaves before the services had time to end is fast, and no measure for who waits.
def may_win($result; $stopped): $result.measure != "stop" or $stopped[.key].median == $result.services;

# The peer with the least median, or null where there is none; another build of foster is no peer.
def best_peer($result; $stopped):
    to_entries | map(select(((.key | startswith("foster")) or .key == floor | not) and may_win($result; $stopped)))
    | min_by(.value.median) | .key?;

def add_best($stopped):
    . as $result | .figures as $figures
    | (if .plain then null else $figures | best_peer($result; $stopped) end) as $best
    | del(.plain)
    | . + {best_peer: $best, ratio: (if $best == null then null else $figures.foster | ratio($figures[$best]) end),
           to_floor: ($figures.foster | ratio($figures[floor]))};

def of_size($by_measure; $services):
    def chosen($measure): $by_measure[$measure] // [] | map(select(.services == $services));
    figures(chosen("stopped"); 1) as $stopped
    | measures[] | . + {services: $services, figures: figures(chosen(.measure); .per)} | del(.per)
    | select(.figures != {}) | add_best($stopped);

def judge($results):
    . as $budget
    | ([$results[] | select(.measure == $budget.measure and .services == $budget.services)] | first) as $result
    | (if .against == "itself" then $result.figures.foster.median else $result.ratio end) as $measured
    | . + (measures[] | select(.measure == $budget.measure) | {title, unit}) + {
        measured: $measured, best_peer: $result.best_peer,
        met: (if $measured == null then null else $measured <= .limit end)
    };

[inputs / "\t" | {measure: .[0], services: (.[1] | tonumber), name: .[2], value: (.[3] | tonumber)}] as $samples
| ($samples | group_by(.measure) | map({key: .[0].measure, value: .}) | from_entries) as $by_measure
| ($samples | map(.services) | unique) as $sizes
| [$sizes[] | of_size($by_measure; .)] as $results
| {
    date: $date,
    machine: {cpu: $cpu, kernel: $kernel, cores: ($cores | tonumber), processes: ($processes | tonumber)},
    programs: ($versions / "\n" | map(select(. != "") / "\t" | {key: .[0], value: .[1]}) | from_entries),
    sizes: $sizes,
    results: $results,
    budgets: (budgets | map(judge($results)))
}
