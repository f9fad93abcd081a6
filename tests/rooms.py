#!/usr/bin/env python3
"""rooms.py - the order of the rooms: nothing includes what is above it, and no two modules include each other in a
circle. A module is a .c and a .h of one name. Says what is not so, and exits with 1.
"""
import glob
import re
import sys

# From the ground up; what stands in one row does not know each other.
ROWS = [{"base", "children"}, {"process"}, {"config"}, {"logs"}, {"supervise"}, {"control"}, {"init"}]


def room(module):
    return module.split("/")[1] if module.startswith("src/") else "init"


def row(module):
    return next(number for number, row in enumerate(ROWS) if room(module) in row)


def included():
    """For each module those that it includes, by their paths without an ending."""
    modules = {}
    for file in sorted(glob.glob("src/*/*.[ch]") + glob.glob("init/*.[ch]")):
        with open(file, encoding="utf-8") as lines:
            names = re.findall(r'^#include "([^"]+)\.h"', lines.read(), re.M)
        module = file[:-2]
        folder = module.rsplit("/", 1)[0]
        paths = {("src/" if "/" in name else folder + "/") + name for name in names if name != "license"}
        modules.setdefault(module, set()).update(paths - {module})
    return modules


def upwards(modules):
    for module, others in modules.items():
        for other in sorted(others):
            if row(other) > row(module) or (row(other) == row(module) and room(other) != room(module)):
                yield f"{module} includes {other}, which is not below it"


def circles(modules):
    """Takes away what includes nothing that is left; what stays is in a circle, or above one."""
    left = dict(modules)
    while True:
        done = [module for module, others in left.items() if not others & left.keys()]
        if not done:
            break
        for module in done:
            del left[module]
    if left:
        yield "in a circle, or above one: " + ", ".join(sorted(left))


faults = [*upwards(included()), *circles(included())]
print("\n".join(faults), end="\n" if faults else "")
sys.exit(bool(faults))
