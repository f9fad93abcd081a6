#!/usr/bin/env python3
"""statements.py - holds the numbers in the titles of the tests against docs/edge-cases.md: each is a statement there, and
each statement has a test, or a line in the last table that says where it is or why there is none. Says what is not so,
and exits with 1.
"""
import glob
import re
import sys

PAGE = "docs/edge-cases.md"
TITLE = re.compile(r'^@test "(\d+(?:, \d+)*): ', re.M)
HOSTILE_TITLE = re.compile(r'^@test "(\d+(?:, \d+)*)[: ]', re.M)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def numbers(title):
    return {int(number) for number in title.split(", ")}


def tested():
    found = {}
    for path in glob.glob("tests/*/*.bats"):
        pattern = HOSTILE_TITLE if path.startswith("tests/hostile/") else TITLE
        for title in pattern.findall(read(path)):
            found.update(dict.fromkeys(numbers(title), path))
    return found


def excused(page):
    for first, last in re.findall(r"^\| (\d+)(?:-(\d+))? \|", page, re.M):
        yield from range(int(first), int(last or first) + 1)


page = read(PAGE)
statements = {int(number) for number in re.findall(r"^(\d+)\. ", page, re.M)}
tests, others = tested(), set(excused(page))
faults = [f"{tests[number]}: {number} is no statement of {PAGE}" for number in sorted(tests.keys() - statements)]
faults += [f"{PAGE}: {number} has no test and no reason" for number in sorted(statements - tests.keys() - others)]
faults += [f"{PAGE}: {number} has a test now, in {tests[number]}" for number in sorted(others & tests.keys())]
print("\n".join(faults), end="\n" if faults else "")
sys.exit(bool(faults) or not statements)
