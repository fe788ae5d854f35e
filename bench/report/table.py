#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
"""table.py RESULT - who is ahead, level and behind, losses first. See stats.py for what that means."""
import collections
import math
import sys

import stats


def number(value):
    if not math.isfinite(value):
        return "inf"
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def spread(values):
    values = stats.numbers(values)
    low, high = stats.quantile(values, 0.1), stats.quantile(values, 0.9)
    return f"{number(stats.median(values))} ({number(low)}-{number(high)})"


def label(cell, metric):
    text = f"{cell['suite']} {cell['workload']}, {cell['item']} bytes, capacity {cell['capacity']}"
    return text if len(stats.metrics(cell)) == 1 else f"{text}, {metric[0]}"


def rounds(result):
    counts = [cell["rounds"] for cell in result["cells"]]
    return "-".join(map(str, sorted({min(counts), max(counts)})))


def show_context(result):
    context = result["context"]
    print(f"{context['cpu']}, {context['cpus']} processors, {context['kernel']}")
    print(f"{context['compiler']}, {context['flags']}; commit {context['commit']}; "
          f"{rounds(result)} rounds; nice {context['nice']}; load "
          f"{context['load_before']} before, {result['load_after']} after")
    if context["missing"]:
        print(f"Not compared, because not here: {context['missing']}")
    print("Figures: median (10 % - 90 % of the rounds); xN: the peer takes N times as long as weir,\n"
          "[95 % interval]; noise: where weir lands against itself. Single thread: processor time.\n")


def comparisons(result):
    """(cell, metric, peer, verdict, ratio, interval) of everything."""
    for cell in result["cells"]:
        for metric in stats.metrics(cell):
            for peer in cell["subjects"][2:]:
                yield (cell, metric, peer) + stats.compare(cell, peer, metric[0])


def show_cell(cell, metric, rows):
    key = metric[0]
    ours = cell["subjects"][0]
    low, high = stats.band(cell, key)
    least, most = stats.shares(cell, ours)
    print(f"{label(cell, metric)}\n  weir {spread(ours[key])} {metric[1]}, noise "
          f"x{low:.2f}-{high:.2f}", end="")
    if sum(cell["crews"]) > 1:
        print(f", processor time {number(stats.median(stats.numbers(ours['cpu_ns'])))} ns, "
              f"a thread's share {least:.2f}-{most:.2f}, a line there and back "
              f"{spread(ours['line_ns'])} ns", end="")
    print()
    for verdict in (stats.BEHIND, stats.LEVEL, stats.AHEAD):
        for _, _, peer, found, ratio, (low, high) in sorted(rows, key=lambda row: row[4]):
            if found == verdict:
                star = "*" if peer["note"] else ""
                print(f"  {verdict:6}  {peer['name'] + star:25} x{number(ratio):6} "
                      f"[{number(low)}-{number(high)}]  {spread(peer[key])}")


def show_crowd(result):
    """What is left of the throughput of 4 threads when there are 64."""
    for crowd in result["cells"]:
        few = [cell for cell in result["cells"] if cell["workload"] == "2/2" and
               [cell[key] for key in ("suite", "item", "capacity")] ==
               [crowd[key] for key in ("suite", "item", "capacity")]]
        if crowd["workload"] == "32/32" and few:
            ours = [stats.numbers(cell["subjects"][0]["ns"]) for cell in (few[0], crowd)]
            print(f"{label(crowd, stats.TIME)}: x{stats.median(ours[0]) / stats.median(ours[1]):.2f} "
                  "of the throughput of 2/2")


def show_notes(result):
    notes = {peer["name"]: peer["note"] for cell in result["cells"]
             for peer in cell["subjects"] if peer["note"]}
    for name, note in notes.items():
        print(f"* {name}: {note}")


def show_sums(rows):
    count = collections.defaultdict(collections.Counter)
    for _, _, peer, verdict, _, _ in rows:
        count[peer["name"]][verdict] += 1
    print(f"\n{'weir is':27} {'behind':>7} {'level':>7} {'ahead':>7}")
    for name, of in sorted(count.items(), key=lambda one: (-one[1][stats.BEHIND],
                                                           -one[1][stats.LEVEL], one[0])):
        print(f"  {name:25} {of[stats.BEHIND]:7} {of[stats.LEVEL]:7} {of[stats.AHEAD]:7}")


def main():
    result = stats.load(sys.argv[1])
    rows = list(comparisons(result))
    show_context(result)
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row[0]["name"], row[1][0]].append(row)
    for group in groups.values():
        show_cell(group[0][0], group[0][1], group)
    print()
    show_crowd(result)
    show_notes(result)
    behind = sorted((row for row in rows if row[3] == stats.BEHIND), key=lambda row: row[4])
    print(f"\nBehind in {len(behind)} of {len(rows)} comparisons" + (":" if behind else "."))
    for cell, metric, peer, _, ratio, (low, high) in behind:
        print(f"  {label(cell, metric)}: {peer['name']} x{ratio:.2f} [{low:.2f}-{high:.2f}]")
    show_sums(rows)


main()
