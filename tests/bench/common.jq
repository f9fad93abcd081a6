# What both benchmarks' results, tables and charts have in common. Included with -L DIRECTORY.

def hundredths: . * 100 | round / 100;

def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;

def figure($per):
    map(. / $per)
    | {median: (median | hundredths), min: (min | hundredths), max: (max | hundredths), n: length};

# {name: figure} of one measure.
def figures($samples; $per):
    $samples | group_by(.name) | map({key: .[0].name, value: (map(.value) | figure($per))}) | from_entries;

def ratio($to): if . == null or $to == null or $to.median == 0 then null else (.median / $to.median | hundredths) end;

# A table's columns.
def left($width): . + " " * ([$width - length, 0] | max);
def right($width): (" " * ([$width - length, 0] | max)) + .;
def shown: if . == null then "-" elif . >= 100 then (round | tostring) else (. * 100 | round / 100 | tostring) end;
def verdict: if .met == null then "not measured" elif .met then "ok" else "over" end;

# A chart's lines, as chart.gp loads them: `name value row colour text`, the shortest bar at the
# top, foster above its equals.
def quoted: "\"" + gsub("[\"\\\\]"; "") + "\"";
def bar_text: if . >= 20 then round elif . >= 1 then . * 10 | round / 10 else hundredths end | tostring;
def colour: if . == "foster" then "0x1b7f5c" else "0xb4bcc4" end;

def row($result; $rank):
    .value.median as $median
    | "\(.key | quoted) \($median) \($rank) \(.key | colour) \("\($median | bar_text) \($result.unit)" | quoted)";

def block:
    . as $result
    | (.figures | to_entries | map(select(.key | startswith("floor_") | not))
       | sort_by(.value.median, (.key != "foster"))) as $bars
    | [range($bars | length) as $i | $bars[$i] | row($result; -$i)] | join("\n");

# The whole of it: {title: result} in order, and what is above and below.
def chart($heading; $panels):
    "heading = \($heading | quoted)",
    "machine = \("\(.machine.cpu), \(.machine.cores) cores, \(.machine.kernel), \(.date[:10])" | quoted)",
    "array Titles[\($panels | length)] = [\([$panels[].title | quoted] | join(", "))]",
    "$Panels << END",
    ([$panels[].result | block] | join("\n\n\n")),
    "END";
