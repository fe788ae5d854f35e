#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
"""merge.py OUT RESULT... - one result of several from the same program and machine: for who has the
machine for themselves only for short times."""
import sys

import stats

SAME = ("commit", "cpu", "kernel", "compiler", "flags", "nice")
START, END = '"cells": [\n', '\n],\n "load_after"'


def cells(path):
    """As the text that weir_bench wrote: one line for each list of numbers."""
    with open(path, encoding="utf-8") as file:
        return file.read().split(START)[1].split(END)[0]


def main():
    out, paths = sys.argv[1], sys.argv[2:]
    contexts = [stats.load(path)["context"] for path in paths]
    for key in SAME:
        if len({context[key] for context in contexts}) > 1:
            sys.exit(f"merge.py: not the same {key}")
    with open(paths[0], encoding="utf-8") as file:
        head = file.read().split(START)[0]
    with open(paths[-1], encoding="utf-8") as file:
        tail = file.read().split(END)[1]
    with open(out, "w", encoding="utf-8") as file:
        file.write(head + START + ",\n".join(map(cells, paths)) + END + tail)


main()
