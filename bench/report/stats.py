# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
"""stats.py - what the rounds of a result say, and what they do not.

A subject's figure in a cell is the median of its rounds. Two subjects are compared by the ratios of
their rounds, peer / weir, round by round: they ran next to each other, so a disturbance that lasts
hits both. The interval given for the median ratio is that between two of the sorted ratios, chosen by
the binomial distribution so that it holds the true median with 95 % at least, whatever the ratios'
distribution. Where the processors moved between the two (LINE below) the round is left out of the
ratios, unless too few would be left. Weir runs twice in each round; the interval of that ratio, made symmetric around 1, is the
band in which a difference means nothing. Ahead or behind is said only of an interval beyond it.
"""
import json
import math

AHEAD, LEVEL, BEHIND = "ahead", "level", "behind"

# What a cell is judged by: the key in a subject, and how it is called.
TIME = ("ns", "ns per element")
# One thread has no one to wait for: its processor time is free of what else the machine does.
OWN_TIME = ("cpu_ns", "processor ns per element")
DELAYS = (("p50", "ns there and back, p50"), ("p99", "ns there and back, p99"),
          ("p99.9", "ns there and back, p99.9"))

# Just before each subject's turn a bare cache line went to the other processor and back. Two turns whose
# lines differ by more than this factor were not run on the same machine, so to say: on a virtual one the
# host moves the processors onto one core, or far apart.
LINE = 1.5
FEWEST = 11


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def metrics(cell):
    if "p50" in cell["subjects"][0]:
        return DELAYS
    if cell["suite"] == "fork_join":  # its thread waits for those of the pool
        return (TIME,)
    return (OWN_TIME if sum(cell["crews"]) == 1 else TIME,)


def numbers(values):
    """A round in which nothing went through has no number in the file."""
    return [math.inf if value is None else value for value in values]


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def interval(values):
    """The 95 % confidence interval of the median by order statistics."""
    ordered = sorted(values)
    n = len(ordered)
    outside, k = 0.0, 0  # chance that fewer than k + 1 of n lie below the median
    while k < n // 2:
        outside += math.comb(n, k) / 2 ** n
        if outside > 0.025:
            break
        k += 1
    if k == 0:
        return 0.0, math.inf  # too few rounds for any statement
    return ordered[k - 1], ordered[n - k]


def ratios(peer, ours, key):
    """Round by round, peer / ours."""
    pairs = list(zip(numbers(peer[key]), numbers(ours[key])))
    if "line_ns" in ours:
        lines = zip(peer["line_ns"], ours["line_ns"])
        near = [pair for pair, (a, b) in zip(pairs, lines) if max(a, b) <= LINE * min(a, b)]
        pairs = near if len(near) >= FEWEST else pairs
    return [a / b for a, b in pairs if math.isfinite(b)]


def band(cell, key):
    """The noise: how far apart two equal subjects may seem."""
    ours, again = cell["subjects"][:2]
    low, high = interval(ratios(again, ours, key))
    reach = max(high, 1 / low if low > 0 else math.inf)
    return 1 / reach, reach


def compare(cell, peer, key):
    """(verdict, median ratio, interval): how much slower the peer is than weir."""
    values = ratios(peer, cell["subjects"][0], key)
    low, high = interval(values)
    noise_low, noise_high = band(cell, key)
    verdict = AHEAD if low > noise_high else BEHIND if high < noise_low else LEVEL
    return verdict, median(values), (low, high)


def shares(cell, subject):
    """The least and the most that a thread did, as parts of its crew's mean."""
    first = cell["crews"][0]
    parts = []
    for crew in (subject["thread_done"][:first], subject["thread_done"][first:]):
        total = sum(crew)
        parts += [done * len(crew) / total for done in crew] if total else []
    return (min(parts), max(parts)) if parts else (0.0, 0.0)
