# results.json as what chart.gp loads: the titles, and one block of `name value row colour` lines a panel.
# The floors are nothing that a reader could choose, so the chart leaves them out.

def panels: {
    start: "start: exec of init to main",
    exit: "end: main's exit to init's",
    signal: "a signal's way to main",
    orphan_cpu: "CPU to reap an orphan",
    rss: "memory while idle (RSS)",
    size_with_libraries: "on disk, with libraries"
};

def quoted: "\"" + gsub("[\"\\\\]"; "") + "\"";
def shown: if . >= 20 then round else (. * 10 | round / 10) end | tostring;
def colour: if . == "foster" then "0x1b7f5c" else "0xb4bcc4" end;

def row($result; $rank):
    .value.median as $median
    | "\(.key | quoted) \($median) \($rank) \(.key | colour) \("\($median | shown) \($result.unit)" | quoted)";

# The shortest bar at the top, foster above its equals.
def block:
    . as $result
    | (.figures | to_entries | map(select(.key | startswith("floor_") | not))
       | sort_by(.value.median, (.key != "foster"))) as $bars
    | [range($bars | length) as $i | $bars[$i] | row($result; -$i)] | join("\n");

(.results | map({key: .measure, value: .}) | from_entries) as $by_measure
| "machine = \("\(.machine.cpu), \(.machine.cores) cores, \(.machine.kernel), \(.date[:10])" | quoted)",
  "array Titles[\(panels | length)] = [\([panels[] | quoted] | join(", "))]",
  "$Panels << END",
  ([panels | keys_unsorted[] | $by_measure[.] | block] | join("\n\n\n")),
  "END"
