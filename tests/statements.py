#!/usr/bin/env python3
"""statements.py - compares the numbers in the titles of the tests with docs/edge-cases.md.

A title ends with the numbers of its statements: @test "a full log file stops no service (113)".
Each number must be a statement of the page. Each statement must have a test, or a row in the last
table of the page with the place of its test, the reason for having none, or the step that brings
it. A test in tests/hostile must have a number. Prints what is wrong and exits with 1.
"""
import glob
import re
import sys

PAGE = "docs/edge-cases.md"
TITLE = re.compile(r'^@test "(.*)" \{', re.M)
NUMBERS = re.compile(r"\((\d+(?:, \d+)*)\)$")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def titles():
    for path in sorted(glob.glob("tests/*/*.bats")):
        for title in TITLE.findall(read(path)):
            yield path, title


def numbers(title):
    found = NUMBERS.search(title)
    return [int(number) for number in found[1].split(", ")] if found else []


def excused(text):
    """The numbers in the first column of the page's last table: one number, or a range."""
    for first, last in re.findall(r"^\| (\d+)(?:-(\d+))? \|", text, re.M):
        yield from range(int(first), int(last or first) + 1)


def faults(text):
    statements = {int(number) for number in re.findall(r"^(\d+)\. ", text, re.M)}
    tested = {number: path for path, title in titles() for number in numbers(title)}
    reasons = set(excused(text))
    if not statements:
        yield f"{PAGE}: no statement was found"
    for path, title in titles():
        if path.startswith("tests/hostile/") and not numbers(title):
            yield f"{path}: '{title}' does not end with the number of a statement"
    for number in sorted(tested.keys() - statements):
        yield f"{tested[number]}: {number} is no statement of {PAGE}"
    for number in sorted(reasons - statements):
        yield f"{PAGE}: {number} is in the last table, but there is no such statement"
    for number in sorted(statements - tested.keys() - reasons):
        yield f"{PAGE}: {number} has no test and no reason"
    for number in sorted(reasons & tested.keys()):
        yield f"{PAGE}: {number} has a test now, in {tested[number]}"


found = list(faults(read(PAGE)))
for fault in found:
    print(fault)
sys.exit(bool(found))
