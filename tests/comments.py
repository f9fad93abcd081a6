#!/usr/bin/env python3
"""comments.py - finds comments in .c and .h files that name an identifier which does not exist:

- a function, written name();
- a lower_case or UPPER_CASE name with an underscore;
- a file, such as relay.c.

A name exists if the code of this tree has it, or a system header: one that the tree includes, or
one of HEADERS. A kernel function is cited with its file, do_fork() in kernel/fork.c, and a manual
page with its section, fork(2): neither is looked up. KERNEL has the other names of the kernel that
comments need, OTHERS those of other programs. Prints what it finds and exits with 1.
"""
import glob
import os
import re
import subprocess
import sys

ROOTS = ("src", "init", "tests")
HEADERS = {"getopt.h", "linux/binfmts.h", "linux/capability.h", "linux/fs.h", "linux/futex.h"}
KERNEL = {"CONFIG_CHECKPOINT_RESTORE", "CONFIG_PROC_CHILDREN", "RESERVED_PIDS", "TIME_WAIT",
          "send_sig", "tty_buffer_alloc"}
OTHERS = {"SD_LISTEN_FDS_START"}
KERNEL_FILE = re.compile(r"(kernel|fs|mm|net|ipc|arch|security|drivers|lib|include/linux)/")
TOKENS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", re.S)
CITED = re.compile(r"\w+\(\) in (?:the kernel's )?[\w/.-]+\.[chS]\b")
FILE = re.compile(r"[\w./-]*\w\.(?:c|h|ld|py|sh|bats|bash|pml|map)\b(?!\w|\()")
NAMES = (re.compile(r"\b\w+(?=\(\))"), re.compile(r"\b_*[a-zA-Z0-9]+(?:_[a-zA-Z0-9]+)+\b"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tree(*endings):
    """All files of the tree with one of these endings, without those that are built."""
    for root in ROOTS:
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.join(folder, name)


def comments(source):
    """The place and the text of each comment, its lines joined to one."""
    for found in TOKENS.finditer(source):
        if found[0].startswith(("/*", "//")):
            yield found.start(), re.sub(r"\s*\n\s*\*?\s*", " ", found[0])


def without_comments(source):
    return TOKENS.sub(lambda found: found[0] if found[0][0] in "\"'" else " ", source)


def words(text):
    return set(re.findall(r"\w+", text))


def system_words(headers):
    """The macros and declarations of the system headers; a header that is not here is left out."""
    present = [name for name in sorted(headers) if glob.glob(f"/usr/include/{name}") or
               glob.glob(f"/usr/include/*-linux-gnu/{name}")]
    source = "".join(f"#include <{name}>\n" for name in present)
    command = ["gcc", "-D_GNU_SOURCE", "-E", "-x", "c", "-"]
    declared = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    defined = subprocess.run(command + ["-dM"], input=source, capture_output=True, text=True,
                             check=True)
    return words(declared.stdout) | words(defined.stdout)


def missing_names(text, known):
    text = CITED.sub(" ", re.sub(r"\w+\(\d\w*\)", " ", text))
    yield from (name for name in FILE.findall(text) if not exists(name))
    text = FILE.sub(" ", text)
    for pattern in NAMES:
        yield from (name for name in pattern.findall(text)
                    if name not in known and name.removesuffix("s") not in known)


def exists(name):
    if KERNEL_FILE.match(name) or name in OTHERS:
        return True
    here = glob.glob(f"*/{name}") + glob.glob(f"**/{name}", recursive=True)
    return bool(here or glob.glob(f"/usr/include/{name}") or
                glob.glob(f"/usr/include/*-linux-gnu/{name}"))


def line_of(name, source, start):
    return source.count("\n", 0, source.find(name, start)) + 1


def faults():
    sources = {path: read(path) for path in tree(".c", ".h")}
    code = {path: without_comments(source) for path, source in sources.items()}
    includes = set(re.findall(r"^#\s*include <([^>]+)>", "\n".join(code.values()), re.M))
    known = KERNEL | OTHERS | system_words(includes | HEADERS)
    known = known.union(*map(words, code.values()))
    for path in ["Makefile", *tree(".ld", ".map", ".mk", ".sh", ".bash", ".bats", ".pml")]:
        known |= words(re.sub(r"^\s*#.*", "", read(path), flags=re.M))
    for path, source in sources.items():
        for start, text in comments(source):
            for name in dict.fromkeys(missing_names(text, known)):
                yield f"{path}:{line_of(name, source, start)}: there is no {name}"


found = list(faults())
for fault in found:
    print(fault)
sys.exit(bool(found))
