"""What people would otherwise use, on the same pages, each as its user starts it: whole commands, with the browser.

All browsers run without Chromium's sandbox here, because root cannot have it and the pages are our own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.pages import CannotFetch, node_programs

PACKAGES = ("pa11y-ci", "@axe-core/cli", "lighthouse")
CHROMIUM = "/usr/bin/chromium"
"""The peers start a whole browser; ours takes the headless shell when it is there, as it does for its users."""
CHROMEDRIVER = "/usr/bin/chromedriver"
ALONE = 5
"""Pages for a peer that is started for each page anew."""


@dataclass(frozen=True)
class Timed:
    """One command's run."""

    seconds: float
    asked: int
    """Pages that it was given."""
    told: int
    """Of which it tells what it found. pa11y-ci fails on some while closing them, after their time was spent."""


class Failed(Exception):
    """A program came to nothing; the message is the end of what it said."""


def ours(urls: Sequence[str], folder: Path, tabs: int) -> Timed:
    """Our light scan: every criterion that needs no interaction, evidence kept in a database, judged."""
    (folder / "urls.txt").write_text("\n".join(urls), "utf-8")
    command = [sys.executable, "-m", "scanner.cli", "scan", "--urls", "urls.txt", "--no-follow", "--deep", "none"]
    took = _run([*command, "--new", "--quiet", "--json", "out.jsonl"], folder)
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    return Timed(took, len(urls), len({row["url"] for row in rows if row["rule"] != "not-looked"}))


def pa11y_ci(urls: Sequence[str], folder: Path, tabs: int) -> Timed:
    """pa11y-ci with its axe runner, this many pages at once."""
    browser = {"executablePath": CHROMIUM, "args": ["--no-sandbox"]}
    settings = {"runners": ["axe"], "standard": "WCAG2AA", "concurrency": tabs, "timeout": 60000,
                "chromeLaunchConfig": browser}  # fmt: skip
    (folder / "pa11y.json").write_text(json.dumps({"defaults": settings, "urls": list(urls)}), "utf-8")
    out = folder / "pa11y-out.json"
    took = _run([_bin("pa11y-ci"), "--config", "pa11y.json", "--json"], folder, out)
    results = _answer(out)["results"]
    return Timed(took, len(urls), sum(not (found and "runner" not in found[0]) for found in results.values()))


def axe_cli(urls: Sequence[str], folder: Path, tabs: int) -> Timed:
    """@axe-core/cli: one page after the other, which is all it offers."""
    options = "no-sandbox,headless=new,disable-dev-shm-usage"
    command = [_bin("axe"), *urls, "--chromedriver-path", CHROMEDRIVER, "--chrome-path", CHROMIUM,
               f"--chrome-options={options}", "--tags", "wcag2a,wcag2aa,wcag21a,wcag21aa", "--stdout"]  # fmt: skip
    took = _run(command, folder, folder / "axe.json")
    return Timed(took, len(urls), len(_answer(folder / "axe.json")))


def lighthouse(urls: Sequence[str], folder: Path, tabs: int) -> Timed:
    """Lighthouse's accessibility part, started for each of the first pages."""
    took, seen = 0.0, 0
    for number, url in enumerate(urls[:ALONE]):
        out = folder / f"lighthouse-{number}.json"
        command = [_bin("lighthouse"), url, "--only-categories=accessibility", "--output=json", f"--output-path={out}",
                   "--chrome-flags=--headless=new --no-sandbox", "--quiet"]  # fmt: skip
        took += _run(command, folder)
        seen += bool(_answer(out))
    return Timed(took, len(urls[:ALONE]), seen)


PEERS: dict[str, Callable[[Sequence[str], Path, int], Timed]] = {
    "this scanner, light": ours,
    "pa11y-ci, axe runner": pa11y_ci,
    "@axe-core/cli": axe_cli,
    "Lighthouse": lighthouse,
}


def measure(peer: str, urls: Sequence[str], tabs: int) -> Timed:
    """One run of one of them in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return PEERS[peer](urls, Path(folder), tabs)


def versions() -> dict[str, str]:
    """What was installed."""
    modules = node_programs(PACKAGES)
    return {name: json.loads((modules / name / "package.json").read_text("utf-8"))["version"] for name in PACKAGES}


def _bin(name: str) -> str:
    program = node_programs(PACKAGES) / ".bin" / name
    if not program.exists() or not Path(CHROMIUM).exists() or not Path(CHROMEDRIVER).exists():
        raise CannotFetch(f"{name} cannot be started: it needs {CHROMIUM} and {CHROMEDRIVER}")
    return str(program)


def _run(command: Sequence[str], folder: Path, out: Path | None = None) -> float:
    """Seconds of a whole command; its exit code says what it found, so it is not looked at."""
    began = time.monotonic()
    with (out or Path(os.devnull)).open("w") as stdout, (folder / "trouble.txt").open("w") as stderr:
        subprocess.run(command, cwd=folder, env={**os.environ, "CHROME_PATH": CHROMIUM}, stdout=stdout, stderr=stderr,
                       timeout=3600, check=False)  # fmt: skip
    return time.monotonic() - began


def _answer(out: Path) -> Any:
    """What a command wrote as JSON. Raises Failed with its last words when that is nothing."""
    try:
        return json.loads(out.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failed((out.parent / "trouble.txt").read_text("utf-8")[-300:].strip()) from error
