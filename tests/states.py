#!/usr/bin/env python3
"""states.py [--check] - the table of states in docs/ARCHITECTURE.md, made from src/supervise/state_machine.c. With
--check nothing is written: exits with 1 if the page is not what it would be.
"""
import re
import sys

SOURCE, PAGE = "src/supervise/state_machine.c", "docs/ARCHITECTURE.md"
BEGIN, END = "<!-- made by tests/states.py -->\n", "<!-- end -->\n"
LINE = re.compile(r"^    \{EVENT_(\w+), (IN[^,]*), (\w+)\}, /\* (.*) \*/$", re.M)


def table(transitions):
    yield "| event | in the states | what is done | the state after it |\n|---|---|---|---|\n"
    before = ""
    for event, states, reaction, after in transitions:
        names = ", ".join(re.findall(r"IN\((\w+)\)", states))
        yield f"| {event if event != before else ''} | {names} | `{reaction}` | {after} |\n"
        before = event


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


source, page = read(SOURCE), read(PAGE)
transitions = LINE.findall(source)
if not transitions:
    sys.exit(f"{SOURCE}: no transition was found")
head, rest = page.split(BEGIN)
made = head + BEGIN + "".join(table(transitions)) + END + rest.split(END)[1]
if "--check" not in sys.argv:
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(made)
elif made != page:
    sys.exit(f"{PAGE}: the table of states is not that of {SOURCE}: run tests/states.py")
