"""What every command needs: where the settings are, how mistakes are told, how progress is shown."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from scanner import progress
from scanner.axe import AxeMissing
from scanner.config import Channel, Config, load
from scanner.model import Mistake, Outcome, Trouble

if TYPE_CHECKING:
    from scanner.store import Store

console = Console(stderr=True, highlight=False)
"""For people. Standard output is for what was asked for."""


LIST = "list"
"""Channel of addresses that belong to none."""


class Exit(IntEnum):
    """Exit codes, documented in README.md."""

    DONE = 0
    FAILURES = 1
    """More failures than the threshold that the user set."""
    USAGE = 2
    """Usage or configuration."""
    INCOMPLETE = 3
    """The scan did not look at all it should have."""


ConfigOption = Annotated[Path, typer.Option("--config", "-c", envvar="SCANNER_CONFIG", help="The settings file.")]
LangOption = Annotated[str, typer.Option("--lang", help="Language of what is shown and written: nl or en.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]


def plain(text: object) -> str:
    """Text from a scanned site, made safe for a terminal: no control, escape or direction characters."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "�", str(text))


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns the mistakes we know into one line and exit code 2 or 3; everything else is a defect and shows itself."""
    try:
        yield
    except Trouble as error:
        raise _incomplete(error) from error
    except ExceptionGroup as group:  # pages are looked at side by side: each may have met the same full disk
        troubles, others = group.split(Trouble)
        if troubles is None or others is not None:
            raise
        first: BaseException = troubles
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise _incomplete(first) from first
    except (Mistake, AxeMissing, re.error) as error:
        console.print(f"[bold red]error[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(Exit.USAGE) from error
    except KeyboardInterrupt as error:
        console.print("interrupted: everything so far is kept; run the same command to go on.")
        raise typer.Exit(Exit.INCOMPLETE) from error


def _incomplete(error: BaseException) -> typer.Exit:
    """Tells of trouble; the exit of a command that could not go on."""
    heading, advice = (error.heading, error.advice) if isinstance(error, Trouble) else ("error", "")
    console.print(f"[bold red]{heading}[/] {escape(plain(error))} {advice}".rstrip(), soft_wrap=True)
    return typer.Exit(Exit.INCOMPLETE)


def settings(path: Path) -> Config:
    """The settings file. Raises ConfigError."""
    return load(path)


def store_of(config: Config) -> Store:
    """The store that the settings name."""
    from scanner.store import open_store  # SQLAlchemy and Alembic: half a second that a command without a store saves

    return open_store(address_of(config))


def address_of(config: Config) -> str:
    """Database address that the settings name."""
    from scanner.store import sqlite_address

    return config.storage.database or sqlite_address(config.storage.folder)


def list_channel(listed: Sequence[str]) -> Channel:
    """A channel of addresses that belong to none."""
    hosts = dict.fromkeys(f"{urlsplit(u).scheme}://{urlsplit(u).netloc}" for u in listed if urlsplit(u).netloc)
    first, *others = hosts or ("http://localhost",)  # a file has no host
    return Channel(id=LIST, name=LIST, url=first, also=tuple(others))


def where_the_time_went(seconds: Mapping[str, float], of: str, looks: int = 0) -> None:
    """A table of seconds, shares and, with `looks`, seconds a look; dearest first, without what took next to none."""
    table = Table(of, "seconds", "share", *(["a look"] if looks else []), box=None)
    whole = sum(seconds.values()) or 1.0
    for name, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        if spent < 0.005:
            break
        each = [f"{spent / looks:.3f}"] if looks else []
        table.add_row(name, f"{spent:.2f}", f"{spent / whole:.1%}", *each)
    console.print(table)


@contextmanager
def shown(quiet: bool) -> Iterator[progress.Show]:
    """A progress line per stage: pages done, found, a minute, time left. In a log it is a line per ten pages."""
    if quiet:
        yield progress.silent
        return
    if not console.is_terminal:
        yield _lines()
        return
    with ProgressBar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bars:
        tasks: dict[tuple[str, str], Any] = {}

        def show(at: progress.Progress) -> None:
            key = (at.channel, at.stage)
            if key not in tasks:
                tasks[key] = bars.add_task(f"{at.channel}: {at.stage}", total=at.found, rate="")
            left = f", {at.left:.0f} s left" if at.left else ""
            bars.update(tasks[key], completed=at.done, total=at.found, rate=f"{at.per_minute:.0f}/min{left}")

        yield show


def _lines() -> Callable[[progress.Progress], None]:
    def show(at: progress.Progress) -> None:
        if at.done % 10 == 0 or at.done == at.found:
            console.print(
                f"{at.channel}: {at.stage} {at.done} of {at.found} pages, {at.per_minute:.0f} a minute", soft_wrap=True
            )

    return show


def outcome_json(url: str, outcome: Outcome) -> dict[str, Any]:
    """One outcome in the public format (docs/json.md)."""
    place = outcome.place
    return {
        "url": url,
        "sc": outcome.criterion,
        "outcome": str(outcome.verdict),
        "rule": outcome.rule,
        "selector": place.selector if place else "",
        "snippet": place.snippet if place else "",
        "frame": place.frame if place else "",
        "box": list(place.box) if place and place.box else None,
        "state": outcome.state,
        "viewport": outcome.viewport,
        "values": dict(outcome.values),
        "practice": str(outcome.practice) if outcome.practice else None,
        "replay": list(outcome.replay),
    }


def write_json(target: str, rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line, to a file (whole or not at all) or, for `-`, to standard output."""

    def lines(stream: TextIO) -> None:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=True) + "\n")

    if target == "-":
        lines(sys.stdout)
        return
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8") as stream:
        lines(stream)
    partial.replace(path)
