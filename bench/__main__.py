"""Measures, and writes a table of what it measured: medians, spread and ratios, in bench-output/results.md.

usage: python -m bench [PART ...] [--rounds N] [--pages N]

Parts (none: all but soak and vigil):

  looks    our looks against the limit: load and bare axe.run in reused pages, same browser, same cores, and against
           the same with the shortcuts that we know; on the built-in estate, a documentation system, and 30 heavy pages
           of design systems
  peers    our light scan against pa11y-ci, @axe-core/cli and Lighthouse, whole commands, on the same pages
  nights   a full night against the next one on the unchanged site; the crawl alone
  reports  all reports of 20,000 findings
  cold     `scanner check URL` from a cold start
  soak     3,000 pages with 3 % faults: memory, and what is left behind (half an hour)
  vigil    two hours of nights with 3 % faults, every fourth night's scan killed: what is left behind, lost or double

What does not come with the repository is fetched into ~/.cache/scanner-bench; what cannot be had is said and left out.
`python -m bench.workers` measures sharing among workers; `python -m bench.scale` computes what more channels take.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import looks, nights, pages, peers
from bench.soak import soak
from bench.vigil import vigil
from checks.browser import find_browser
from scanner.run import TABS_PER_CORE, cores

OUT = Path("bench-output")
SETS: dict[str, Callable[[int], AbstractContextManager[list[str]]]] = {
    "estate": pages.estate, "documentation": pages.documentation, "heavy": pages.heavy,
}  # fmt: skip


@dataclass
class Results:
    """Lines of the table as they come: printed, and written down at once, so that an interruption loses nothing."""

    lines: list[str] = field(default_factory=list)

    def say(self, *lines: str) -> None:
        """Adds lines."""
        self.lines += lines
        print(*lines, sep="\n", flush=True)
        OUT.mkdir(exist_ok=True)
        (OUT / "results.md").write_text("\n".join(self.lines) + "\n", "utf-8")


def spread(values: Sequence[float]) -> str:
    """Median, and lowest to highest."""
    return f"{statistics.median(values):.0f} ({min(values):.0f}–{max(values):.0f})"


def sets(wanted: int, out: Results) -> Iterator[tuple[str, list[str]]]:
    """The sets of pages that can be had."""
    for name, served in SETS.items():
        try:
            with served(wanted) as urls:
                yield name, urls
        except pages.CannotFetch as error:
            out.say(f"{name}: left out: {error}")


def measure_looks(args: argparse.Namespace, out: Results) -> None:
    """Pages a minute of each of our looks."""
    out.say(
        "",
        "## Looks against the limit",
        "",
        "| pages | look | pages a minute | of the limit | of the limit with our shortcuts |",
        "|---|---|---|---|---|",
    )
    for name, urls in sets(args.pages, out):
        ours = TABS_PER_CORE * cores()
        kinds = {
            "limit, a page per core": (looks.limit, cores()),
            f"limit, {TABS_PER_CORE} pages per core": (looks.limit, ours),
            "short limit, a page per core": (looks.short_limit, cores()),
            f"short limit, {TABS_PER_CORE} pages per core": (looks.short_limit, ours),
            "axe_only": (looks.axe_only, ours),
            "light": (looks.light, ours),
            **({"deep": (looks.deep, ours)} if name == "estate" else {}),
        }
        speeds: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(args.rounds):  # the kinds take turns, so that a busy minute hurts all alike
            for kind, (look, tabs) in kinds.items():
                some = urls[: len(urls) // 4] if kind == "deep" else urls
                speeds[kind].append(len(some) / looks.seconds(look, some, tabs) * 60)
        middle = {kind: statistics.median(found) for kind, found in speeds.items()}
        bare, short = (
            max(speed for kind, speed in middle.items() if kind.startswith(limit)) for limit in ("limit", "short")
        )
        for kind, found in speeds.items():
            ratios = f"{middle[kind] / bare:.2f} | {middle[kind] / short:.2f}"
            out.say(f"| {name} ({len(urls)}) | {kind} | {spread(found)} | {ratios} |")


def measure_peers(args: argparse.Namespace, out: Results) -> None:
    """Pages a minute of what people would otherwise use."""
    try:
        versions = ", ".join(f"{name} {number}" for name, number in peers.versions().items())
    except pages.CannotFetch as error:
        out.say("", f"peers: left out: {error}")
        return
    out.say(
        "",
        "## Peers",
        "",
        f"{versions}.",
        "",
        "| pages | program | told of | pages a minute | ours is |",
        "|---|---|---|---|---|",
    )
    for name, urls in sets(args.pages, out):
        ours = 0.0
        for peer in peers.PEERS:
            try:
                runs = [peers.measure(peer, urls, cores()) for _ in range(1 if peer == "Lighthouse" else args.rounds)]
            except peers.Failed as error:
                out.say(f"| {name} | {peer} | came to nothing: {str(error).splitlines()[-1][:100]} | | |")
                continue
            speeds = [run.asked / run.seconds * 60 for run in runs]
            middle = statistics.median(speeds)
            ours = ours or middle
            times = f"{ours / middle:.1f} times" if middle else ""
            out.say(f"| {name} ({len(urls)}) | {peer} | {runs[0].told} | {spread(speeds)} | {times} |")


def measure_nights(args: argparse.Namespace, out: Results) -> None:
    """A full night, an unchanged one, the crawl."""
    out.say("", "## Nights", "")
    try:
        folder = pages.documentation_folder()
    except pages.CannotFetch as error:
        out.say(f"left out: {error}")
        return
    with pages.folder_served(folder) as base:
        count, seconds = nights.crawled(base + "index.html", 1200)
        out.say(f"The crawl alone: {count} pages in {seconds:.0f} s, {count / seconds:.0f} a second.")
        costs = nights.nights(base, args.night_pages)
    out.say(
        f"A full night of {costs.pages} pages, {costs.deep_pages} of them deep: {costs.full:.0f} s. "
        f"The next, unchanged: {costs.unchanged:.0f} s, {costs.carried} pages carried forward: "
        f"{costs.full / costs.unchanged:.1f} times as fast.",
        f"A page costs {costs.crawl:.3f} s to find, {costs.light:.2f} core seconds for a light look, "
        f"{costs.deep:.1f} for a deep one, {costs.carry:.3f} s to carry forward; "
        f"{costs.kilobytes_full:.0f} kB kept, {costs.kilobytes_unchanged:.1f} kB when it did not change.",
    )
    (OUT / "costs.json").write_text(json.dumps(asdict(costs), indent=1) + "\n", "utf-8")


def measure_reports(_: argparse.Namespace, out: Results) -> None:
    """The reports of 20,000 findings over 5,000 pages."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.reports.many", folder], capture_output=True, text=True, check=True
        )
    took = json.loads(done.stdout.splitlines()[-1])
    out.say(
        "",
        "## Reports of 20,000 findings",
        "",
        f"{took['wall']:.1f} s for all files in two languages, "
        f"{took['web team']:.1f} s of it for the web team's, {took['megabytes']:.0f} MB of memory.",
    )


def measure_cold(args: argparse.Namespace, out: Results) -> None:
    """One address from a cold start."""
    try:
        with pages.documentation(args.rounds * 2) as urls:
            light, deep = nights.checked(urls, "--light"), nights.checked(urls[:3])
    except pages.CannotFetch as error:
        out.say("", f"cold starts: left out: {error}")
        return
    out.say(
        "",
        "## `scanner check` of a light page from a cold start",
        "",
        f"--light {light:.1f} s, with deep looks {deep:.1f} s.",
    )


def measure_soak(args: argparse.Namespace, out: Results) -> None:
    """Thousands of pages, some of which do harm."""
    seen = soak(args.soak_pages)
    states = ", ".join(f"{n} {state}" for state, n in sorted(seen.states.items(), key=lambda item: -item[1]))
    out.say(
        "",
        "## Soak",
        "",
        f"{seen.pages} pages in {seen.seconds / 60:.0f} minutes: {states}.",
        "",
        f"Memory of scanner and browser: {seen.median:.0f} MB, growth {seen.slope:+.2%} per 1,000 pages. "
        f"Left behind: {seen.left or 'nothing'}.",
        "",
        "By kind of process, MB at the beginning and at the end: "
        + ", ".join(f"{kind} {first:.0f} and {last:.0f}" for kind, (first, last) in seen.moved.items()) + ".",
    )


def measure_vigil(args: argparse.Namespace, out: Results) -> None:
    """Nights for hours."""
    seen = vigil(args.hours, out.say)
    ended = ", ".join(f"{n} {state}" for state, n in seen.states.most_common())
    ledger = ", ".join(f"{n} {state}" for state, n in seen.ledger.most_common())
    half = max(1, len(seen.service) // 2)
    out.say(
        "",
        "## Vigil",
        "",
        f"{args.hours:g} hours, {sum(seen.states.values())} nights ({ended}), {seen.killed} scans killed at work; "
        f"addresses of all nights: {ledger}.",
        "",
        f"Left behind after any night: {seen.left or 'nothing'}. Lost or double: {'; '.join(seen.wrong) or 'nothing'}.",
        "",
        f"The service: {statistics.median(seen.service[:half]):.0f} MB in the first half of the nights, "
        f"{statistics.median(seen.service[-half:]):.0f} in the second; the data folder "
        f"{statistics.median(seen.folder[:half]):.0f} and {statistics.median(seen.folder[-half:]):.0f}.",
    )


PARTS = {"looks": measure_looks, "peers": measure_peers, "nights": measure_nights, "reports": measure_reports,
         "cold": measure_cold, "soak": measure_soak, "vigil": measure_vigil}  # fmt: skip


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3, help="times that each is measured (3)")
    parser.add_argument("--pages", type=int, default=30, help="pages of each set (30)")
    parser.add_argument("--night-pages", type=int, default=400, help="pages of a night (400)")
    parser.add_argument("--soak-pages", type=int, default=3000, help="pages of the soak (3000)")
    parser.add_argument("--hours", type=float, default=2, help="hours of the vigil (2)")
    args = parser.parse_args()
    if unknown := [part for part in args.parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    out = Results()
    browser = find_browser()
    out.say(
        "# Measured",
        "",
        f"{cores()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{browser.path.name}. Higher is better; medians with lowest and highest.",
    )
    for part in args.parts or [name for name in PARTS if name not in ("soak", "vigil")]:
        PARTS[part](args, out)


if __name__ == "__main__":
    main()
