"""dossier: what people claim, promise and prove of a channel; shown, edited, taken in and out, with its history."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from reports.whole import whole, write_whole
from scanner import dossier_store, legal
from scanner.commands.shared import ConfigOption, Exit, LangOption, console, plain, settings, store_of, told_plainly
from scanner.config import Config, ConfigError
from scanner.dossier import LISTS, SINGLES, Card, Dossier, DossierChange, HistoryBroken, changes_between, problems
from scanner.dossier_files import ImportFailed, value_of, write_csv, write_toml, write_xlsx
from scanner.store import Store, now
from scanner.texts import LANGUAGES, format_date, ntext, text

app = typer.Typer(
    no_args_is_help=True,
    help="The dossier of a channel: statement, research, measures, answers. Every change leaves its trace.",
)

ChannelArgument = Annotated[str, typer.Argument(help="Channel, as named in scanner.toml.")]
ByOption = Annotated[str, typer.Option("--by", envvar="SCANNER_BY", help="Who says so. Default: the user's name.")]
SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="From which day it is true, when that is not today."),
]
NoteOption = Annotated[str, typer.Option("--note", help="Why, for the history.")]
OnOption = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="On which day. Default: today.")]
ToOption = Annotated[Path | None, typer.Option("--to", help="File to write.")]


@contextmanager
def told(lang: str) -> Iterator[None]:
    """Known mistakes as plain lines and exit code 2: also of files and of a history that does not fit."""
    with told_plainly():
        if lang not in LANGUAGES:
            raise ConfigError(
                Path("--lang"), 1, f"there are no texts in {plain(lang)!r}. Give {' or '.join(LANGUAGES)}."
            )
        try:
            yield
        except ImportFailed as failed:
            for problem in failed.problems:
                console.print(plain(problem.message(lang)), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.USAGE) from failed
        except HistoryBroken as broken:
            console.print(plain(broken), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.USAGE) from broken
        except OSError as error:
            console.print(plain(f"{error.filename or ''}: {error.strerror or error}"), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.USAGE) from error


def opened(path: Path, *channels: str) -> tuple[Config, Store]:
    """The settings and the store. ConfigError for a channel that is not in the settings."""
    config = settings(path)
    for name in channels:
        if name not in {channel.id for channel in config.channels}:
            known = ", ".join(channel.id for channel in config.channels)
            raise ConfigError(path, 1, f"no [[channel]] has the id {plain(name)!r}. There are: {known}.")
    return config, store_of(config)


def who(by: str) -> str:
    """The name that goes with a change."""
    return by.strip() or getpass.getuser()


def day_of(on: datetime | None) -> date:
    """The day that was asked for, else today."""
    return on.date() if on else legal.today()


def say(line: str) -> None:
    """One line on standard output, safe for a terminal."""
    typer.echo(plain(line))


@app.command()
def show(
    channel: ChannelArgument,
    on: OnOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Show the dossier as it is, or as it was in force on a day, as readable TOML."""
    with told(lang):
        _, store = opened(config_path, channel)
        dossier = dossier_store.dossier(store, channel).as_of(day_of(on))
        if not dossier.changes:
            console.print(text("law.cli.no_dossier", lang, channel=channel), markup=False, soft_wrap=True)
        for line in write_toml(dossier, lang).splitlines():
            say(line)


@app.command("set")
def set_(
    channel: ChannelArgument,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH=VALUE...",
            help="statement/claimed_status=B, measures/m1/done_on=2026-03-01; an empty value takes a field away.",
        ),
    ],
    by: ByOption = "",
    since: SinceOption = None,
    note: NoteOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Change fields of the dossier. An item that is not there yet is made; PATH= of a whole item takes it away."""
    with told(lang):
        _, store = opened(config_path, channel)

        def edit(before: Dossier) -> Dossier:
            return _edited(before, values)

        try:
            made = dossier_store.record(store, channel, edit, who(by), since=since.date() if since else None, note=note)
        except ValidationError as error:
            for name, message in problems(error):
                console.print(plain(f"{name}: {message}"), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.USAGE) from error
        _tell(made, lang)


def _edited(before: Dossier, values: Iterable[str]) -> Dossier:
    """The dossier with these `path=value`s; raises ConfigError, ImportFailed or ValidationError."""
    after = before
    for one in values:
        path, mark, written = one.partition("=")
        part, _, rest = path.strip().partition("/")
        if not mark or part not in (*SINGLES, *LISTS):
            raise ConfigError(
                Path(plain(one)[:80]),
                1,
                f"write PATH=VALUE, in which PATH begins with one of {', '.join([*SINGLES, *LISTS])}.",
            )
        after = _single(after, part, rest, written) if part in SINGLES else _item(after, part, rest, written)
    return after


def _single(before: Dossier, part: str, name: str, written: str) -> Dossier:
    current = getattr(before, part)
    away = not name and not written
    empty = Card() if part == "card" else None
    changed: dict[str, Any] = {part: empty if away else _with(SINGLES[part], current, part, name, written, {})}
    return replace(before, **changed)


def _item(before: Dossier, part: str, rest: str, written: str) -> Dossier:
    items = {item.key: item for item in getattr(before, part)}
    whole = rest in items and not written
    key, _, name = (rest, "", "") if whole else rest.rpartition("/")
    if whole:
        del items[key]
    else:
        own = {"id": key} if any(item.name == "id" for item in fields(LISTS[part])) else {}
        if part == "research":
            own = dict(zip(("report", "criterion"), key.rsplit(":", 1), strict=False))
        elif part == "answers":
            own = dict(zip(("criterion", "fingerprint"), key.split(":", 1), strict=False))
        items[key] = _with(LISTS[part], items.get(key), part, name, written, own)
    changed: dict[str, Any] = {part: tuple(items.values())}
    return replace(before, **changed)


def _with(kind: type[Any], current: Any, part: str, name: str, written: str, own: dict[str, str]) -> Any:
    """A part with one field changed; a new part needs its required fields first."""
    known = {item.name: item for item in fields(kind)}
    if name not in known:
        raise ConfigError(Path(part), 1, f"has no field {plain(name)!r}. There are: {', '.join(known)}.")
    if written == "" and current is not None:
        if known[name].default is MISSING:
            raise ConfigError(Path(part), 1, f"cannot do without {name}. Take the whole away with an empty PATH=.")
        return replace(current, **{name: known[name].default})
    value = value_of(part, name, written, f"{part}/{name}")
    if current is not None:
        return replace(current, **{name: value})
    made = {key: value_of(part, key, word, part) for key, word in own.items()} | {name: value}
    missing = [item.name for item in known.values() if item.name not in made and item.default is MISSING]
    if missing:
        raise ConfigError(
            Path(part), 1, f"is new and needs {', '.join(missing)} first: give that as the first PATH=VALUE, or import."
        )
    return kind(**made)


@app.command("import")
def import_(
    channel: ChannelArgument,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML, XLSX or CSV (one part per CSV).")],
    by: ByOption = "",
    since: SinceOption = None,
    note: NoteOption = "",
    part: Annotated[
        str, typer.Option("--part", help="Of a CSV: which list it is, when its name does not say so.")
    ] = "",
    replace_lists: Annotated[
        bool, typer.Option("--replace", help="Items that are not in the file go; default: they stay.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Take a dossier file in. Every mistake is told with file, row, column and cure; then nothing is written."""
    with told(lang):
        _, store = opened(config_path, channel)
        if dry_run:
            before = dossier_store.dossier(store, channel)
            after = dossier_store.read(file, channel, part).merged_into(before, replace_lists)
            _tell(changes_between(before, after, now(), who(by)), lang, written=False)
            return
        made = dossier_store.take_in(
            store,
            channel,
            file,
            who(by),
            part=part,
            since=since.date() if since else None,
            note=note,
            replace_lists=replace_lists,
        )
        _tell(made, lang)


def _tell(made: Iterable[DossierChange], lang: str, written: bool = True) -> None:
    changes = list(made)
    for change in changes:
        say(_words(change, lang))
    if not changes:
        console.print(text("law.cli.no_change", lang), markup=False)
    else:
        console.print(ntext("law.cli.changed" if written else "law.cli.would_change", len(changes), lang), markup=False)


def _words(change: DossierChange, lang: str) -> str:
    return text(
        "law.cli.change",
        lang,
        path=change.path,
        before=_value(change.before, lang),
        after=_value(change.after, lang),
    )


def _value(value: Any, lang: str) -> str:
    if value is None:
        return text("law.cli.empty", lang)
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 200 else said[:200] + "…"


@app.command()
def export(
    channel: ChannelArgument,
    to: Annotated[Path, typer.Option("--to", help="File to write: .toml, .xlsx or, with --part, .csv.")],
    part: Annotated[str, typer.Option("--part", help="For CSV: which list.")] = "",
    on: OnOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the dossier to a file that can be edited and taken in again."""
    with told(lang):
        _, store = opened(config_path, channel)
        dossier = dossier_store.dossier(store, channel).as_of(day_of(on))
        ending = to.suffix.lower()
        if ending not in (".toml", ".xlsx", ".csv"):
            raise ConfigError(to, 1, "is of a kind that is not written. Give a name ending in .toml, .xlsx or .csv.")
        if ending == ".csv" and (part or to.stem) not in LISTS:
            raise ConfigError(to, 1, f"a CSV holds one list. Name it with --part: {', '.join(LISTS)}.")
        to.parent.mkdir(parents=True, exist_ok=True)
        if ending == ".xlsx":
            with whole(to) as unfinished:
                write_xlsx(dossier, unfinished, lang)
        else:
            content = write_toml(dossier, lang) if ending == ".toml" else write_csv(dossier, part or to.stem, lang)
            write_whole(to, content.encode("utf-8" if ending == ".toml" else "utf-8-sig"))
        say(text("law.cli.written", lang, path=to))


@app.command()
def history(
    channel: ChannelArgument,
    path: Annotated[str, typer.Argument(help="Only of this part, such as statement or measures/m1.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many, the last ones; 0: all.")] = 0,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Who changed what, when, and what stood there before; oldest first."""
    with told(lang):
        _, store = opened(config_path, channel)
        for change in dossier_store.changes_of(dossier_store.dossier(store, channel), path=path, limit=limit):
            say(
                text(
                    "law.cli.history",
                    lang,
                    at=f"{change.at.astimezone():%Y-%m-%d %H:%M}",
                    by=change.by,
                    since=text("law.cli.since", lang, day=format_date(change.since, lang)) if change.since else "",
                    change=_words(change, lang),
                    note=f" ({change.note})" if change.note else "",
                )
            )
