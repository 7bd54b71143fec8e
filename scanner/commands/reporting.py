"""report, coverage: what was seen, written for people and machines; and what was not seen, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from reports.words import probe_label, state_label, why_not_seen, why_untested
from scanner import reporting
from scanner.commands.shared import (
    ConfigOption,
    Exit,
    LangOption,
    QuietOption,
    console,
    plain,
    settings,
    store_of,
    told_plainly,
)
from scanner.config import Config, ConfigError
from scanner.judge import CriterionVerdict
from scanner.model import Verdict
from scanner.store import Scan, Store
from scanner.strangers import Stranger, strangers
from scanner.texts import LANGUAGES, ntext, text


def report(
    channels: Annotated[
        list[str] | None, typer.Argument(help="Channels to report; none: all that were scanned.")
    ] = None,
    langs: Annotated[
        list[str] | None, typer.Option("--lang", help="Language, nl or en; may be given twice. Default: as set.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to write. Default: as set.")] = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Suppliers' reports as PDF too; needs a browser.")] = True,
    config_path: ConfigOption = Path("scanner.toml"),
    quiet: QuietOption = False,
) -> None:
    """Write the reports of the latest scans: the web team's pages, the suppliers' reports, and files for machines."""
    with told_plainly():
        config = settings(config_path)
        _known(config, config_path, channels or [])
        for lang in langs or []:
            if lang not in LANGUAGES:
                raise ConfigError(
                    Path("--lang"), 1, f"there are no texts in {plain(lang)!r}. Give {' or '.join(LANGUAGES)}."
                )
        try:
            written = reporting.write_reports(config, store_of(config), channels or [], folder, langs or [], pdf=pdf)
        except reporting.NothingToReport as nothing:
            console.print(
                text("report.cli.no_scan", config.organisation.lang, channel=str(nothing) or config.organisation.name),
                markup=False,
            )
            raise typer.Exit(Exit.INCOMPLETE) from nothing
    if not quiet:
        tell_paths(written, (langs or [config.organisation.lang])[0])


def tell_paths(written: list[Path], lang: str) -> None:
    """How many files were written, and the pages to open."""
    console.print(ntext("report.cli.written", len(written), lang), markup=False)
    for path in written:
        if path.name in (f"index-{lang}.html", f"morning-{lang}.html"):
            console.print(f"  {path}", markup=False, soft_wrap=True)


def coverage(
    channel: Annotated[str, typer.Argument(help="Channel.")],
    scan: Annotated[
        int | None, typer.Option("--scan", metavar="N", help="Number of the scan; left out: the latest.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Addresses to list.")] = 50,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Tell what a scan of a channel looked at, per criterion and state of the page; what not, and why."""
    with told_plainly():
        config = settings(config_path)
        _known(config, config_path, [channel])
        store = store_of(config)
        try:
            chosen = _scan(store, channel, scan)
            one = reporting.material(config, store, channel, chosen)
        except reporting.NothingToReport as nothing:
            console.print(text("report.cli.no_scan", lang, channel=channel), markup=False)
            raise typer.Exit(Exit.INCOMPLETE) from nothing
    not_seen = one.not_seen
    if chosen.stage != "done":
        console.print(text("report.cli.unfinished", lang, number=chosen.id, channel=channel), markup=False)
    typer.echo(text("report.unseen_text", lang, looked=one.looked, unseen=len(not_seen)))
    table = Table(text("report.column.state", lang), text("report.column.addresses", lang), box=None)
    for state, count in sorted(one.ledger.items(), key=lambda item: -item[1]):
        table.add_row(text(f"evidence.ledger.{state}", lang), str(count))
    console.print(table)
    headings = (text(key, lang) for key in ("report.state", "report.column.viewport", "report.column.pages"))
    table = Table(*headings, box=None)
    for state, viewport, count in reporting.states(store, chosen):
        table.add_row(plain(state_label(state, lang)), plain(viewport), str(count))
    console.print(table)
    console.print(_per_criterion(one.verdicts, lang))
    for row in not_seen[:limit]:
        state, why = text(f"evidence.ledger.{row.state}", lang), why_not_seen(row.reason, lang)[1]
        typer.echo(plain(f"{state}  {row.url}  {why}  ({row.found_on})"))
    for key, holes in (("frames", one.frames), ("prevented", one.prevented), ("not_loaded", one.not_loaded)):
        if holes:
            typer.echo(text(f"report.{key}_title", lang))
        for hole in holes[:limit]:
            what, why = probe_label(hole.what, lang), why_not_seen(hole.reason, lang)[1]
            typer.echo(plain(f"  {what}  {why}  {ntext('count.pages', hole.count, lang)}"))
    tell_strangers(strangers(config, store, [channel]), limit, lang)


def _scan(store: Store, channel: str, number: int | None) -> Scan:
    """The scan of this number, else the latest, a finished one first. Raises ConfigError for one that is not of this
    channel, NothingToReport when there is none."""
    if number is None:
        with suppress(reporting.NothingToReport):
            return reporting.latest(store, channel)
        if begun := store.scans(channel):
            return begun[0]
        raise reporting.NothingToReport(channel)
    with suppress(KeyError):
        scan = store.scan(number)
        if scan.channel == channel:
            return scan
    numbers = ", ".join(str(scan.id) for scan in store.scans(channel)[:10]) or "none"
    raise ConfigError(Path("--scan"), 1, f"{plain(channel)} has no scan {number}. The latest are: {numbers}.")


def _per_criterion(verdicts: Sequence[CriterionVerdict], lang: str) -> Table:
    """On how many pages a criterion came to which verdict, and why it is untested."""
    numbers = [Column(text(f"verdict.{verdict}", lang), justify="right") for verdict in Verdict]
    table = Table(text("report.criterion", lang), *numbers, text("report.column.reason", lang), box=None)
    for one in verdicts:
        counts = [str(one.pages.get(verdict, 0)) for verdict in Verdict]
        because = "; ".join(why_untested(reason, lang)[1] for reason in one.reasons)
        table.add_row(one.criterion.number, *counts, plain(because)[:300])
    return table


def tell_strangers(found: list[Stranger], limit: int, lang: str) -> None:
    """Hosts that belong to no channel; those of the own domains by name, because one of them may be forgotten."""
    if not found:
        return
    own = [one for one in found if one.own_domain]
    typer.echo(ntext("coverage.strangers", len(found), lang))
    if own:
        typer.echo(ntext("coverage.strangers_own", len(own), lang))
    for one in own[:limit]:
        typer.echo(plain(f"  {one.host}  {one.example}  ({one.found_on})"))


def _known(config: Config, path: Path, channels: list[str]) -> None:
    for name in channels:
        if name not in {channel.id for channel in config.channels}:
            raise ConfigError(
                path,
                1,
                f"no [[channel]] has the id {plain(name)!r}. There are: {', '.join(c.id for c in config.channels)}.",
            )
