#!/usr/bin/env python3
"""states.py [--check] - the table of states in docs/ARCHITECTURE.md, made from the source.

With --check nothing is written. It exits with 1 if the page is not what it would be, if a pair of
an event and a state is missing in the table or stands in it twice, if the rows of the unit test are
others, or if a member of struct service that one file is to write is written elsewhere.
"""
import glob
import re
import sys

SOURCE, TEST = "src/supervise/state_machine.c", "tests/unit/test_state_machine.c"
PAGE = "docs/ARCHITECTURE.md"
HEADER, EVENTS_HEADER = "src/config/service.h", "src/supervise/service_event.h"
BEGIN, END = "<!-- made by tests/states.py -->\n", "<!-- end -->\n"

# The members of struct service that say what has happened to it, and the files that write them.
WRITERS = {
    SOURCE: ["deadline", "state", "afterwards", "result", "has_run", "stopped_by_hand",
             "was_signalled", "restarts", "since", "started", "last_status", "failures",
             "exec_code", "kills"],
    "src/supervise/messages.h": ["logged"],
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def enumerators(path, name):
    """Those of an enum, but for the last one, which is their number."""
    body = re.search(r"^enum %s \{\n(.*?)^\};" % name, read(path), re.M | re.S).group(1)
    return re.findall(r"^    (\w+),", body, re.M)[:-1]


STATES = enumerators(HEADER, "state")
EVENTS = [name.removeprefix("EVENT_") for name in enumerators(EVENTS_HEADER, "service_event")]


class Table:
    """The rows {EVENT_X, states, ...} of a source, whose enum names sets of states."""

    ROW = re.compile(r"^    \{EVENT_(\w+), +([^,]+), +([^,]+), +(\w+)\},$", re.M)
    SET = re.compile(r"^    (\w+) = ((?:IN\(\w+\)|[A-Z]+)(?: \| (?:IN\(\w+\)|[A-Z]+))*),", re.M)
    NOTHING = re.compile(r"^    /\* EVENT_(\w+), (.+): nothing \*/$", re.M)
    LATER = re.compile(r"^    /\* To come: (.*?) \*/$", re.M | re.S)

    def __init__(self, path):
        source = read(path)
        self.names = dict(self.SET.findall(source))
        self.rows = [(event, self.states(states), next_, last)
                     for event, states, next_, last in self.ROW.findall(source)]
        self.nothing = self.NOTHING.findall(source)
        self.later = [re.sub(r"\s*\n\s*\* ", " ", text) for text in self.LATER.findall(source)]

    def listed(self, event):
        """The states in the rows of an event."""
        return [state for row in self.rows if row[0] == event for state in row[1]]

    def states(self, expression):
        """The states that an expression names, in the order of the enum."""
        found = set()
        for term in expression.split(" | "):
            state = re.fullmatch(r"IN\((\w+)\)", term)
            if state:
                found.add(state.group(1))
            elif term == "SAME":
                found.add(term)
            else:
                found.update(self.states(self.names[term]))
        return [name for name in ["SAME", *STATES] if name in found]

    def quiet(self, event):
        """The states in which a comment says that the event does nothing."""
        for name, expression in self.nothing:
            if name == event and expression != "any other":
                yield from self.states(expression)
            elif name == event:
                yield from set(STATES) - set(self.listed(event))


def gaps(table):
    for event in EVENTS:
        listed = table.listed(event) + list(table.quiet(event))
        for state in STATES:
            if listed.count(state) != 1:
                yield f"{SOURCE}: EVENT_{event} in {state} stands there {listed.count(state)} times"
    order = [EVENTS.index(event) for event, *_ in table.rows]
    if order != sorted(order):
        yield f"{SOURCE}: the events are not in the order of {EVENTS_HEADER}"


def others(table):
    heads = [[row[:2] for row in rows] for rows in (table.rows, Table(TEST).rows)]
    if heads[0] != heads[1]:
        yield f"{TEST}: the rows are not those of {SOURCE}"


def writers():
    for path in sorted(glob.glob("src/*/*.[ch]")):
        for owner, members in WRITERS.items():
            for member in members:
                assigned = rf"\bservice(?:s\[\w+\]\.|->){member}(?: [-+|&]?= |\+\+|--)"
                if path != owner and re.search(assigned, read(path)):
                    yield f"{path}: writes service->{member}, which {owner} is to write alone"


def picture(table):
    """Events and states; each row of the list has its number where it stands."""
    width = max(map(len, EVENTS)) + 2
    for place, state in enumerate(STATES):
        yield " " * width + "|  " * place + state + "\n"
    for event in EVENTS:
        cells = []
        for state in STATES:
            numbers = [number for number, row in enumerate(table.rows, 1)
                       if row[0] == event and state in row[1]]
            cells.append(str(numbers[0]) if numbers else ".")
        yield event.ljust(width) + " ".join(cell.ljust(2) for cell in cells).rstrip() + "\n"


def page(table):
    yield "```\n"
    yield from picture(table)
    yield "```\n\n| | event | in the states | the state after it | reaction |\n"
    yield "|--:|---|---|---|---|\n"
    before = ""
    for number, (event, states, next_, reaction) in enumerate(table.rows, 1):
        after = ", ".join(table.states(next_)).replace("SAME", "the same")
        name = event if event != before else ""
        yield f"| {number} | {name} | {', '.join(states)} | {after} | `{reaction}` |\n"
        before = event
    yield "\nNot there yet, and where it will be:\n\n"
    for text in table.later:
        yield f"- {text}\n"


transitions = Table(SOURCE)
if not transitions.rows:
    sys.exit(f"{SOURCE}: no transition was found")
faults = [*gaps(transitions), *others(transitions), *writers()]
old = read(PAGE)
head, rest = old.split(BEGIN)
made = head + BEGIN + "".join(page(transitions)) + END + rest.split(END)[1]
if "--check" not in sys.argv:
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(made)
elif made != old:
    faults.append(f"{PAGE}: the table of states is not that of {SOURCE}: run tests/states.py")
print("\n".join(faults), end="\n" if faults else "")
sys.exit(bool(faults))
