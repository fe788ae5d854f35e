#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
"""plot.py RESULT OUT - OUT-SUITE.png and .svg: one panel for each cell, one line for each subject, the
dot its median, the bar from 10 % to 90 % of its rounds; shaded, the band in which a difference from weir
means nothing."""
import math
import sys

import stats

try:
    import matplotlib
except ImportError:
    print("plot.py: no matplotlib here, so no picture")
    sys.exit(0)
matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "weir"  # the same picture, the same file
import matplotlib.pyplot as plt  # noqa: E402
import matplotlib.ticker as ticker  # noqa: E402

COLUMNS = 3


def panels(result, suite):
    for cell in result["cells"]:
        if cell["suite"] == suite:
            for metric in stats.metrics(cell):
                yield cell, metric


def names_best_last(shown):
    """The subjects by their geometric mean distance from weir; drawn from the bottom up."""
    distance = {}
    for cell, (key, _) in shown:
        ours = stats.median(stats.numbers(cell["subjects"][0][key]))
        for subject in cell["subjects"]:
            ratio = stats.median(stats.numbers(subject[key])) / ours
            if subject["role"] != "again" and 0 < ratio < math.inf:
                distance.setdefault(subject["name"], []).append(math.log(ratio))
    mean = {name: sum(logs) / len(logs) for name, logs in distance.items()}
    return sorted(mean, key=mean.get, reverse=True)


def draw(axes, cell, metric, names):
    for subject in cell["subjects"]:
        values = [value for value in stats.numbers(subject[metric[0]]) if math.isfinite(value)]
        if subject["role"] == "again" or not values:
            continue
        row = names.index(subject["name"])
        color = "#c0392b" if subject["role"] == "ours" else "#5d6d7e"
        axes.plot([stats.quantile(values, 0.1), stats.quantile(values, 0.9)], [row, row],
                  color=color, alpha=0.45, linewidth=4, solid_capstyle="round")
        axes.plot([stats.median(values)], [row], "o", color=color, markersize=4)
    ours = stats.median(stats.numbers(cell["subjects"][0][metric[0]]))
    low, high = stats.band(cell, metric[0])
    if math.isfinite(high):
        axes.axvspan(ours * low, ours * high, color="#c0392b", alpha=0.08, linewidth=0)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5), numticks=20))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_ylim(-0.7, len(names) - 0.3)
    axes.set_title(f"{cell['workload']}, {cell['item']} bytes, capacity {cell['capacity']}",
                   fontsize=8)
    axes.set_xlabel(metric[1], fontsize=7)
    axes.tick_params(axis="x", which="both", labelsize=7)
    axes.tick_params(axis="x", which="major", labelrotation=60)
    axes.grid(axis="x", which="both", alpha=0.2)


def picture(result, suite, path):
    shown = list(panels(result, suite))
    names = names_best_last(shown)
    rows = -(-len(shown) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, sharey=True, squeeze=False,
                                figsize=(4 * COLUMNS, (0.19 * len(names) + 0.9) * rows + 0.5))
    for axes in grid.flat[len(shown):]:
        axes.set_axis_off()
    for axes, (cell, metric) in zip(grid.flat, shown):
        draw(axes, cell, metric, names)
    context = result["context"]
    figure.suptitle(f"{suite}: left is faster. Median, bar from 10 % to 90 % of "
                    f"{shown[0][0]['rounds']} rounds. {context['cpu']}, {context['cpus']} processors, "
                    f"{context['compiler']} {context['flags']}, commit {context['commit']}",
                    fontsize=8)
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    for end in ("png", "svg"):
        metadata = {"Date": None} if end == "svg" else None
        figure.savefig(f"{path}-{suite}.{end}", dpi=130, metadata=metadata)
    plt.close(figure)
    print(f"picture: {path}-{suite}.png, .svg")


def main():
    result = stats.load(sys.argv[1])
    for suite in dict.fromkeys(cell["suite"] for cell in result["cells"]):
        picture(result, suite, sys.argv[2])


main()
