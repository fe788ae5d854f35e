#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
"""instructions.py WEIR_PAIR [FILTER] [RESULT] - what a push and a pop cost in instructions.

Each subject's single-thread loop runs under callgrind twice, once for more elements; the difference,
per element, is exact and the same on every machine with this compiler. Locked instructions are those
that ran and carry a lock prefix, or exchange with memory, in the disassembly. RESULT is a file of
weir_bench --compare, for the time beside them. Fails if a limit of GATES is passed.
"""
import collections
import re
import subprocess
import sys
import tempfile

import stats

FEW, MORE = 4096, 4096 + 16384

# (role, suite, item): (most instructions, most locked ones) for weir's push and pop of one element,
# its call when done, its Add and Done, its count_down, its set.
GATES = {
    ("pair", "pool", 256): (None, 2),  # valgrind has no rseq: the call instead of the load
    ("batch", "pool", 256): (None, 2),
    ("pair", "chan", 8): (50, 2),
    ("pair", "select", 8): (None, 2),
    ("pair", "deque", 8): (34, 1),
    ("pair", "injector", 8): (None, 3.25),
    ("batch", "injector", 8): (None, 2.9),
    ("pair", "queue", 8): (56, 2.03),
    ("pair", "ring", 8): (34, 2),
    ("pair", "lfring", 8): (75, 3),
    ("pair", "spsc", 8): (26, 0),
    ("pair", "once", 8): (6, 0),
    ("pair", "wait_group", 8): (22, 2),
    ("pair", "latch", 8): (14, 1),
    ("pair", "event", 8): (14, 1),
    ("batch", "ring", 8): (None, 2 / 16),
    ("batch", "lfring", 8): (None, 2 + 1 / 16),
    ("batch", "spsc", 8): (None, 0),
}

Cost = collections.namedtuple("Cost", "instructions locked")


class Uncountable(Exception):
    """A peer that does not run under callgrind; Go's runtime may not."""


def subjects(program):
    """(role, suite, item, name) of every subject, but those in Go, whose runtime valgrind cannot run."""
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        role, suite, item, name = line.split("\t")
        if not name.startswith("Go "):
            yield role, suite, int(item), name


def executed(program, subject, count):
    """{(object, address): how often}, from one run under callgrind."""
    role, suite, item, name = subject
    with tempfile.NamedTemporaryFile() as out:
        run = subprocess.run(["valgrind", "--tool=callgrind", "--dump-instr=yes",
                              "--compress-pos=no", "--compress-strings=no",
                              "--callgrind-out-file=" + out.name, program, role, suite, str(item),
                              name, str(count)], capture_output=True, text=True)
        if run.returncode != 0 and name.startswith("weir"):
            sys.exit(run.stderr)
        if run.returncode != 0:
            raise Uncountable
        counts = collections.Counter()
        where, skip = "", False
        for line in open(out.name):
            if line.startswith("ob="):
                where = line[3:].strip()
            elif line.startswith("calls="):
                skip = True  # the next line is the cost of the callee, counted there
            elif line.startswith("0x"):
                if not skip:
                    address, _, cost = line.split()
                    counts[where, int(address, 16)] += int(cost)
                skip = False
    return counts


LOCKED = re.compile(r"^\s*([0-9a-f]+):\s+(?:lock\b|xchg\s.*\()")
locked_in = {}


def locked_addresses(where):
    """The addresses of locked instructions in an object file."""
    if where not in locked_in:
        listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", where],
                                 capture_output=True, text=True).stdout
        found = (LOCKED.match(line) for line in listing.splitlines())
        locked_in[where] = {int(hit[1], 16) for hit in found if hit}
    return locked_in[where]


def cost(program, subject):
    """Per element pushed and popped."""
    more = executed(program, subject, MORE)
    more.subtract(executed(program, subject, FEW))
    per = MORE - FEW
    locked = sum(n for (where, at), n in more.items() if n > 0 and at in locked_addresses(where))
    return Cost(sum(more.values()) / per, locked / per)


def times(path):
    """{(role, suite, item, name): median ns} of the single-thread cells in a result."""
    found = {}
    for cell in stats.load(path)["cells"] if path else []:
        role = {"pair": "pair", "batch pair": "batch"}.get(cell["workload"])
        for subject in cell["subjects"] if role else []:
            if subject["role"] != "again":
                key = (role, cell["suite"], cell["item"], subject["name"])
                found[key] = stats.median(stats.numbers(subject["cpu_ns"]))
    return found


def judge(subject, measured):
    """Says which limit of GATES is passed, or ''."""
    role, suite, item, name = subject
    limits = GATES.get((role, suite, item)) if name == "weir" else None
    if not limits:
        return ""
    # Every so many elements the ring goes round; that may cost a little more.
    over = [f"at most {limit} {what}" for limit, value, what in
            zip(limits, measured, ("instructions", "locked"))
            if limit is not None and value > limit * 1.02 + 0.01]
    return "FAILED: " + " and ".join(over) if over else "ok"


def progress(text):
    if sys.stderr.isatty():
        print("\r\033[K" + text, end="", file=sys.stderr, flush=True)


def main():
    program = sys.argv[1]
    wanted = re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    time = times(sys.argv[3] if len(sys.argv) > 3 else None)
    rows = []
    for subject in subjects(program):
        if wanted.search("/".join(map(str, (subject[1], subject[0], subject[2], subject[3])))):
            progress(f"{subject[1]} {subject[3]}")
            try:
                rows.append((subject, cost(program, subject)))
            except Uncountable:
                print(f"{subject[1]} {subject[3]}: does not run under callgrind, so not counted")
    progress("")
    print("A push and a pop by one thread, per element, harness's loop included:")
    print(f"{'':28} {'bytes':>5} {'instructions':>13} {'locked':>7} {'ns':>6}")
    failed = False
    last = None
    for subject, measured in sorted(rows, key=lambda row: (row[0][1], row[0][0] != "pair",
                                                           row[0][2], row[1].instructions)):
        if subject[:3] != last:
            print(f"{subject[1]}, {'one by one' if subject[0] == 'pair' else 'in batches of 16'}")
            last = subject[:3]
        verdict = judge(subject, measured)
        failed |= verdict.startswith("FAILED")
        ns = f"{time[subject]:6.2f}" if subject in time else "     -"
        print(f"  {subject[3]:26} {subject[2]:5} {measured.instructions:13.1f} "
              f"{measured.locked:7.2f} {ns} {verdict}")
    sys.exit(failed)


main()
