# results.json of the services as a table for a terminal: medians for each number of services, then
# the budgets.

include "common";

def heading($names):
    left(26) + ($names | map(right(15)) | add) + ("best peer" | right(14)) + ("to it" | right(8)) + ("to floor" | right(10));

def row($names):
    . as $result
    | (.title + (if .unit == "" then "" else ", " + .unit end) | left(26))
    + ($names | map(. as $name | $result.figures[$name].median | shown | right(15)) | add)
    + (.best_peer // "-" | right(14)) + (.ratio | shown | right(8)) + (.to_floor | shown | right(10));

def allowed: (.limit | tostring) + (if .against == "itself" then " " + (.unit // "") else " x best peer" end);

def budget:
    ("\(.services) services: \(.title)" | left(40)) + (.measured | shown | right(10))
    + ("   budget " + allowed | left(28)) + verdict;

(.programs | keys_unsorted) as $names
| "\(.machine.cpu), \(.machine.cores) cores, \(.machine.kernel), \(.machine.processes) processes, \(.date)",
  (.programs | to_entries[] | "    \(.key | left(16))\(.value)"),
  (.sizes[] as $size
   | "", ("\($size) services, medians" | heading($names)), (.results[] | select(.services == $size) | row($names))),
  "", "foster's budgets", (.budgets[] | budget)
