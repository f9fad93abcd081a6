#!/usr/bin/env python3
"""rooms.py - checks the order of the rooms: no file includes one of a higher room or of another
room in the same row, and no modules include each other in a circle. A module is a .c and a .h of
one name. Besides, init/compat is the only folder with the names of the programs that foster stands
in for, and init/main.c the only file outside that includes one of it. Prints what is wrong and
exits with 1.
"""
import glob
import os
import re
import sys

COMPAT = "init/compat/"

# In code and in comments, also as a part of an identifier.
NAMES = re.compile(r"(?<![a-z])(tini|docker[-_]init|dumb[-_]init|catatonit|podman[-_]init|"
                   r"pause program)(?![a-z])", re.I)

# From the lowest; the rooms of one row do not include each other.
ROWS = [{"base", "children"}, {"process"}, {"config"}, {"logs"}, {"supervise"}, {"control"},
        {"init"}]


def room(module):
    return module.split("/")[1] if module.startswith("src/") else "init"


def row(module):
    return next(number for number, row in enumerate(ROWS) if room(module) in row)


def path_of(name, module):
    """The module of #include "NAME.h" in another module: in the same folder, in init, or in src."""
    folders = [os.path.dirname(module), "init", "src"]
    paths = (f"{folder}/{name}" for folder in folders)
    return next(path for path in paths if os.path.exists(path + ".h"))


def sources():
    for file in sorted(glob.glob("src/**/*.[ch]", recursive=True) +
                       glob.glob("init/**/*.[ch]", recursive=True)):
        with open(file, encoding="utf-8") as lines:
            yield file, lines.read()


def included():
    """For each module the modules that it includes, as paths without an ending."""
    modules = {}
    for file, text in sources():
        module = file[:-2]
        names = re.findall(r'^#include "([^"]+)\.h"', text, re.M)
        found = {path_of(name, module) for name in names if name != "license"}
        modules.setdefault(module, set()).update(found - {module})
    return modules


def is_above(other, module):
    return row(other) > row(module) or (row(other) == row(module) and room(other) != room(module))


def upwards(modules):
    for module, others in modules.items():
        for other in sorted(others):
            if is_above(other, module):
                yield f"{module} includes {other}, which is not below it"


def circles(modules):
    """Removes modules that include nothing that is left; the rest is in a circle, or above one."""
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
            yield from (f"{module} includes {other}, which is for init/main alone"
                        for other in sorted(others) if other.startswith(COMPAT))


modules = included()
faults = [*upwards(modules), *circles(modules), *names_elsewhere(), *compat_elsewhere(modules)]
for fault in faults:
    print(fault)
sys.exit(bool(faults))
