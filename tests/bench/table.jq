# results.json as a table for a terminal: medians, then each budget with what was measured.

include "common";

def heading: ("median" | left(26)) + (map(right(12)) | add) + ("to floor" | right(10)) + ("to best peer" | right(14));

def row($programs):
    . as $result
    | (.title + (if .unit == "" then "" else ", " + .unit end) | left(26))
    + ($programs | map(. as $program | $result.figures[$program].median | shown | right(12)) | add)
    + (.ratios.floor | shown | right(10)) + (.ratios["best peer"] | shown | right(14));

def allowed:
    (.limit | tostring)
    + (if .against == "itself" then " " + .unit
       elif .against == "exit" then " " + .unit + " more"
       else " x " + .against end);

def budget: (.title | left(26)) + (.measured | shown | right(10)) + ("   budget " + allowed | left(28)) + verdict;

"\(.machine.cpu), \(.machine.cores) cores, \(.machine.kernel), \(.machine.processes) processes, \(.date)", "",
(.programs | heading), (.programs as $programs | .results[] | row($programs)), "",
"foster's budgets", (.budgets[] | budget)
