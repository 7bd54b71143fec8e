"""backup, restore, verify, tidy, move: what keeps the store whole, within its size, and where it should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from scanner.backup import backup as make_backup
from scanner.backup import restore as restore_backup
from scanner.commands.shared import (
    ConfigOption,
    Exit,
    LangOption,
    address_of,
    console,
    plain,
    settings,
    store_of,
    told_plainly,
)
from scanner.config import ConfigError
from scanner.moving import TableSum
from scanner.moving import move as move_store
from scanner.retention import Tidied, outcomes_thinned
from scanner.retention import tidy as tidy_store
from scanner.store import Store, connect, open_store
from scanner.tables import ThinnedRow
from scanner.texts import format_date, format_number, ntext, text
from scanner.verifying import Verified, exists
from scanner.verifying import verify as verify_store


def _megabytes(size: int, lang: str) -> str:
    return format_number(size / 1_000_000, lang, 1) + " MB"


def _say(line: str) -> None:
    console.print(plain(line), markup=False, soft_wrap=True)


def _tell(verified: Verified, lang: str) -> None:
    """A line per check, and its faults below it."""
    for check in verified.checks:
        mark = f"[red]{text('keep.fault', lang)}[/]" if check.faults else f"[green]{text('keep.good', lang)}[/]"
        words = text(f"keep.check.{check.name}", lang, n=format_number(check.counted, lang))
        if check.thinned:
            words += " " + text("keep.check.thinned", lang, n=format_number(check.thinned, lang))
        console.print(f"{mark}  {escape(words)}", soft_wrap=True)
        for fault in check.faults:
            _say(f"    {fault}")
        if check.more:
            _say("    " + ntext("keep.more_faults", check.more, lang))


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as backup-2026-11-24.zip.")],
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Back up the store with all evidence, the settings and the law's files into one archive; also during a scan.

    Exit code 3 when the store turned out not to be whole (the backup is made, and says so), or no backup was made.
    """
    with told_plainly():
        config = settings(config_path)
        done = make_backup(address_of(config), file, config_path, config.reports.folder)
    if not done.verified.whole:
        _tell(done.verified, lang)
    _say(
        text(
            "keep.backed_up",
            lang,
            file=file,
            size=_megabytes(done.size, lang),
            files=format_number(len(done.manifest.members), lang),
        )
    )
    raise typer.Exit(Exit.DONE if done.verified.whole else Exit.INCOMPLETE)


def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `scanner backup` wrote.", exists=True, dir_okay=False)],
    force: Annotated[
        bool, typer.Option("--force", help="Take the place of a store that holds something. What it holds is lost.")
    ] = False,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Bring a backup back. First every hash is checked; a store that holds something is only replaced with --force."""
    with told_plainly():
        config = settings(config_path)
        done = restore_backup(
            file, address_of(config), config.storage.folder, config_path, config.reports.folder, force=force
        )
    _tell(done.verified, lang)
    _say(text("keep.restored", lang, day=format_date(done.manifest.made.date(), lang), file=file))


def verify(config_path: ConfigOption = Path("scanner.toml"), lang: LangOption = "nl") -> None:
    """Check the store: every blob's hash, every reference, the database itself, its version, and every dossier.

    Exit code 0 when all is whole, 3 when something is not. Only reads.
    """
    with told_plainly():
        config = settings(config_path)
        engine = connect(address_of(config))
        if not exists(engine):
            _say(text("keep.no_store", lang))
            raise typer.Exit(Exit.INCOMPLETE)
        verified = verify_store(engine)
    _tell(verified, lang)
    _say(text("keep.whole" if verified.whole else "keep.not_whole", lang))
    raise typer.Exit(Exit.DONE if verified.whole else Exit.INCOMPLETE)


def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Thin evidence of old nights (keep_nights) and keep the store within its size (max_megabytes).

    Never goes: what a statement, research, an improvement record or an open finding rests on. The service does this
    after each night. Exit code 3 when the store is still larger than it may be.
    """
    with told_plainly():
        config = settings(config_path)
        done = tidy_store(store_of(config), config, dry_run=dry_run)
    for line in told(done, lang):
        _say(line)
    raise typer.Exit(Exit.DONE if done.fits else Exit.INCOMPLETE)


def told(done: Tidied, lang: str) -> list[str]:
    """What tidying did, a sentence a line."""
    lines = [
        text(
            "keep.tidy.would" if done.dry_run else "keep.tidy.did",
            lang,
            blobs=format_number(done.blobs, lang),
            size=_megabytes(done.freed, lang),
            scans=format_number(len(done.scans), lang),
        )
    ]
    if done.unnamed:
        lines.append(ntext("keep.tidy.unnamed", done.unnamed, lang))
    if done.outcomes:
        lines.append(ntext("keep.tidy.outcomes", len(done.outcomes), lang))
    lines += [ntext(f"keep.kept.{reason}", count, lang) for reason, count in done.kept.items() if count]
    if done.resting:
        lines.append(ntext("keep.kept.findings", done.resting, lang))
    sizes = {
        name: _megabytes(size, lang)
        for name, size in (("before", done.before), ("after", done.after), ("limit", done.limit))
    }
    lines.append(text("keep.tidy.size", lang, **sizes))
    return lines + [text(f"keep.note.{note}", lang) for note in done.notes]


def what_went(store: Store, scan: int, url: str, lang: str) -> list[str]:
    """What of an address in a scan was thinned, in words; empty when all is there."""
    words = []
    if row := store.thinned(scan).get(url):
        day = format_date(row.at.date(), lang)
        words.append(text("keep.explain.evidence", lang, day=day, why=text(f"keep.why.{row.why}", lang)))
    if day := outcomes_thinned(store, scan):
        words.append(text("keep.explain.outcomes", lang, day=format_date(date.fromisoformat(day), lang)))
    return words


def replay_told(gone: Mapping[str, ThinnedRow], scan: int, lang: str) -> str:
    """That pages of a scan cannot be judged again; `gone`: what `Store.thinned` says, not empty."""
    last = max(gone.values(), key=lambda row: row.at)
    why = text(f"keep.why.{last.why}", lang)
    return ntext("keep.replay", len(gone), lang, scan=scan, day=format_date(last.at.date(), lang), why=why)


def move(
    to: Annotated[
        str, typer.Argument(metavar="TO_DATABASE_URL", help="For example postgresql+psycopg://scanner@/scanner.")
    ],
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Copy the store to another, empty database, all or nothing, and compare every table row by row.

    The store stays where it is until [storage] database in the settings names the other one.
    """

    def show(one: TableSum) -> None:
        _say(text("keep.moved_table", lang, table=one.name, rows=format_number(one.rows, lang), hash=one.hash[:16]))

    with told_plainly():
        config = settings(config_path)
        try:
            shown = make_url(to).render_as_string(hide_password=True)
        except ArgumentError as error:
            raise ConfigError(
                Path("TO_DATABASE_URL"), 1, "is no database address. Write it as postgresql+psycopg://user@host/name."
            ) from error
        made = move_store(store_of(config).engine, open_store(to).engine, show)
    _say(text("keep.moved", lang, rows=format_number(sum(one.rows for one in made), lang), to=shown))
