#!/usr/bin/env python3
"""columns.py - finds lines of code and scripts that are longer than 100 columns; a tab is 8.

A table or test data that is easier to read in longer lines stands between two comments: in C
"clang-format off" and "clang-format on", elsewhere "columns off" and "columns on". Prints each line
that is too long and exits with 1.
"""
import os
import re
import sys

WIDTH = 100
ROOTS = (".ci", "src", "init", "tests", "docker")
OTHERS = ("tests/real/s6", "tests/real/supervisord") # their lines are counted and compared
ENDINGS = (".c", ".h", ".ld", ".mk", ".sh", ".bash", ".bats", ".py", ".awk", ".exp")
OFF = re.compile(r"(clang-format|columns) off\b")
ON = re.compile(r"(clang-format|columns) on\b")


def is_script(path):
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def files():
    yield "Makefile"
    for root in ROOTS:
        for folder, _, names in os.walk(root):
            for path in (os.path.join(folder, name) for name in sorted(names)):
                if path.startswith(OTHERS) or os.path.islink(path):
                    continue
                if path.endswith(ENDINGS) or is_script(path):
                    yield path


def long_lines(path):
    exempt = False
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            exempt = (exempt or bool(OFF.search(line))) and not ON.search(line)
            length = len(line.rstrip("\n").expandtabs())
            if length > WIDTH and not exempt:
                yield f"{path}:{number}: {length} columns"


found = [fault for path in files() for fault in long_lines(path)]
for fault in found:
    print(fault)
sys.exit(bool(found))
