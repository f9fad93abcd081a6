# results.json of the services as what chart.gp loads: six panels of the largest number of services.

include "common";

def panels: {
    pss: "memory of all supervisors (PSS)",
    start: "exec to all running",
    stop: "stop signal to all gone",
    respawn: "a kill to the successor",
    respawn_cpu: "CPU of a respawn",
    idle_cpu: "CPU in 10 idle seconds"
};

def thousands: tostring | gsub("(?<head>[0-9])(?<tail>[0-9]{3})$"; "\(.head),\(.tail)");

# Who leaves before the services had time to end has not stopped them.
def who_stopped($stopped; $size): .figures |= with_entries(select($stopped[.key].median == $size));

def in_mebibytes: .unit = "MiB" | .figures[].median /= 1024;

(.sizes | max) as $size
| (.results | map(select(.services == $size) | {key: .measure, value: .}) | from_entries) as $all
| ($all | .pss |= in_mebibytes | .stop |= who_stopped($all.stopped.figures; $size)) as $by_measure
| chart("\($size | thousands) services: foster beside other supervisors; shorter is better";
        [panels | to_entries[] | {title: .value, result: $by_measure[.key]}])
