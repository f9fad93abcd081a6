#!/usr/bin/env python3
"""rooms.py - the order of the rooms: no file includes one of a room above, and no two modules include each other in a
circle. A module is a .c and a .h of one name. Besides: init/compat is the only folder that knows the names of the
programs that foster stands in for, and init/main.c the only file outside that includes one of it. Prints what is wrong,
and exits with 1 then.
"""
import glob
import os
import re
import sys

COMPAT = "init/compat/"

# In code and in comments, also as a part of an identifier.
NAMES = re.compile(r"(?<![a-z])(tini|docker[-_]init|dumb[-_]init|catatonit|podman[-_]init|pause program)(?![a-z])", re.I)

# From the ground up; what stands in one row does not know each other.
ROWS = [{"base", "children"}, {"process"}, {"config"}, {"logs"}, {"supervise"}, {"control"}, {"init"}]


def room(module):
    return module.split("/")[1] if module.startswith("src/") else "init"


def row(module):
    return next(number for number, row in enumerate(ROWS) if room(module) in row)


def path_of(name, module):
    """The module that #include "NAME.h" means in another one: beside it, else below -Iinit, else below -Isrc."""
    folders = [os.path.dirname(module), "init", "src"]
    return next(path for path in (f"{folder}/{name}" for folder in folders) if os.path.exists(path + ".h"))


def sources():
    for file in sorted(glob.glob("src/**/*.[ch]", recursive=True) + glob.glob("init/**/*.[ch]", recursive=True)):
        with open(file, encoding="utf-8") as lines:
            yield file, lines.read()


def included():
    """For each module those that it includes, by their paths without an ending."""
    modules = {}
    for file, text in sources():
        module = file[:-2]
        found = {path_of(name, module) for name in re.findall(r'^#include "([^"]+)\.h"', text, re.M) if name != "license"}
        modules.setdefault(module, set()).update(found - {module})
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


def names_elsewhere():
    for file, text in sources():
        if file.startswith(COMPAT):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if NAMES.search(line):
                yield f"{file}:{number}: only {COMPAT} may know this name: {line.strip()}"


def compat_elsewhere(modules):
    for module, others in modules.items():
        if not module.startswith(COMPAT) and module != "init/main":
            yield from (f"{module} includes {other}, which is for init/main alone" for other in sorted(others)
                        if other.startswith(COMPAT))


faults = [*upwards(included()), *circles(included()), *names_elsewhere(), *compat_elsewhere(included())]
print("\n".join(faults), end="\n" if faults else "")
sys.exit(bool(faults))
