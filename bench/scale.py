"""What 16 channels, a province, and all channels of Dutch government would take: a simulation from measured costs.

usage: python -m bench.scale [--costs FILE] [--light S] [--deep S] [--nights N]

FILE: costs as `python -m bench nights` writes them (default: bench-output/costs.json, else bench/costs.json, which was
measured on two cores). Nights of 28 days are played, page by page of each channel's size: what changed is looked at,
the rest is carried forward, every seventh night everything is. A channel's pages are opened at four a second at most;
a machine of two cores does two channels at once, as it does in life. Sizes of channels are drawn from a distribution
with many small ones and a few large (median 120 pages, at most 2,000), with a fixed seed.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.nights import Costs

WINDOW = 6.5 * 3600
"""Seconds from 23:30 to 06:00."""
PER_SECOND = 4.0
"""Pages opened a second on one channel at most: the default of `limits.per_second`."""
FULL_EVERY = 7
CORES = 2
MEDIAN, SPREAD = 120.0, 1.42
"""Of the log-normal sizes: exp(mu), sigma."""
MOST = 2000
"""Pages of a channel at most: the default of `limits.pages`."""
CHANGED = 0.03
"""Share of pages that changed since last night."""
PER_TEMPLATE = 40
"""Pages of one template; at least three templates. One page of each gets the deep look."""
DEEP_AT_ONCE = 2
"""Deep looks at once for each core: they mostly wait."""
KEPT_NIGHTS = 60
"""`storage.keep_nights`: older evidence is thinned to what something rests on."""
SCENARIOS = {"a municipality": 16, "a province with its municipalities": 400, "all of government": 9_100}


@dataclass(frozen=True)
class Night:
    """One night of one channel."""

    seconds: float
    """By the clock, on one machine that has the channel as one of two at once."""
    kilobytes: float


def night(pages: int, costs: Costs, full: bool) -> Night:
    """What a night of a channel takes."""
    looked = pages if full else math.ceil(CHANGED * pages)
    templates = max(3, math.ceil(pages / PER_TEMPLATE))
    deep = min(templates, looked)
    own_core = looked * costs.light + deep * costs.deep / DEEP_AT_ONCE
    polite = (pages + looked) / PER_SECOND
    carried = (pages - looked) * costs.carry
    return Night(
        max(polite, pages * costs.crawl + own_core) + carried,
        looked * costs.kilobytes_full + (pages - looked) * costs.kilobytes_unchanged,
    )


def sizes(count: int, seed: int = 20261126) -> list[int]:
    """Pages of so many channels."""
    chance = random.Random(seed)
    return [max(1, min(MOST, round(chance.lognormvariate(math.log(MEDIAN), SPREAD)))) for _ in range(count)]


def hours(jobs: Sequence[float], machines: int) -> float:
    """When the last job ends: the longest first, two at once on each machine."""
    free = [0.0] * (machines * CORES)
    for seconds in sorted(jobs, reverse=True):
        heapq.heapreplace(free, free[0] + seconds)
    return max(free) / 3600


def simulated(channels: Sequence[int], costs: Costs, days: int) -> tuple[list[list[Night]], int]:
    """The nights, and how few machines end each of them in time."""
    nights = [
        [night(pages, costs, full=(day + number) % FULL_EVERY == 0) for number, pages in enumerate(channels)]
        for day in range(days)
    ]
    jobs = [[one.seconds for one in tonight] for tonight in nights]
    low, high = 1, len(channels)
    while low < high:
        middle = (low + high) // 2
        fits = all(hours(tonight, middle) * 3600 <= WINDOW for tonight in jobs)
        low, high = (low, middle) if fits else (middle + 1, high)
    return nights, low


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    own = Path("bench-output/costs.json")
    parser.add_argument("--costs", type=Path, default=own if own.exists() else Path(__file__).with_name("costs.json"))
    parser.add_argument("--light", type=float, help="core seconds of a light look, instead of those of FILE")
    parser.add_argument("--deep", type=float, help="core seconds of a deep look, instead of those of FILE")
    parser.add_argument("--nights", type=int, default=28)
    args = parser.parse_args()
    costs = Costs(**json.loads(args.costs.read_text("utf-8")))
    costs = replace(costs, light=args.light or costs.light, deep=args.deep or costs.deep)
    print("| channels | pages | machines of two cores | longest night | core hours a night | store after 60 nights |")
    print("|---|---|---|---|---|---|")
    for name, count in SCENARIOS.items():
        channels = sizes(count)
        nights, machines = simulated(channels, costs, args.nights)
        longest = max(hours([one.seconds for one in tonight], machines) for tonight in nights)
        work = sum(one.seconds for tonight in nights for one in tonight) / len(nights) / 3600
        grown = sum(one.kilobytes for tonight in nights for one in tonight) / len(nights) * KEPT_NIGHTS / 1e6
        print(
            f"| {count:,}: {name} | {sum(channels):,} | {machines} | {longest:.1f} h | {work:.1f} | {grown:,.1f} GB |"
        )


if __name__ == "__main__":
    main()
