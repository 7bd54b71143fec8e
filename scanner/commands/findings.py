"""findings, diff, owners: what is known of barriers, whose they are, and what people say of them."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from scanner import finding_store, owners
from scanner.commands.shared import (
    ConfigOption,
    Exit,
    LangOption,
    console,
    plain,
    settings,
    store_of,
    told_plainly,
    write_json,
)
from scanner.config import Config, ConfigError
from scanner.finding_store import OPEN
from scanner.findings import Finding, Life, Mark, Night, Severity
from scanner.model import Place
from scanner.store import Store, now
from scanner.tables import AddressRow, OutcomeRow
from scanner.texts import format_date, has_text, ntext, text

app = typer.Typer(no_args_is_help=True, help="List, show, accept and mark findings.")
owners_app = typer.Typer(no_args_is_help=True, help="Who repairs what.")


class FailOn(StrEnum):
    """When a scan in a pipeline fails."""

    NEW = "new"
    """Findings (W3C) that the site brought since the scan before: new ones, and fixed ones that are back."""
    FAILED = "failed"
    """Any open finding that fails a criterion."""
    ANY = "any"
    """Any open finding, what practice fails included."""


def stops(night: Night, when: FailOn) -> int:
    """How many findings of a night stop a pipeline; never accepted ones, false alarms or the scanner's own doing."""
    if when is FailOn.NEW:
        return sum(one.strictness == "w3c" for one in (*night.new, *night.reopened))
    still = (*night.new, *night.reopened, *night.unchanged, *night.not_retested, *night.seems_fixed, *night.tool_new)
    return len(still) if when is FailOn.ANY else sum(one.strictness == "w3c" for one in still)


IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a finding, such as VM-0042.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in every report.")]
ByOption = Annotated[str, typer.Option("--by", envvar="SCANNER_BY", help="Who says so. Default: the user's name.")]


@app.command("list")
def list_(
    channel: Annotated[str | None, typer.Option("--channel", help="Only of this channel.")] = None,
    life: Annotated[
        list[Life] | None, typer.Option("--life", help="Only these; default: what waits for repair.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also fixed, accepted and false alarms.")] = False,
    owner: Annotated[
        str | None, typer.Option("--owner", help="Only of this supplier or team; '' for nobody's.")
    ] = None,
    criterion: Annotated[str | None, typer.Option("--criterion", help="Only of this criterion, such as 1.4.3.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Only of this rule.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option("--severity", help="Only these.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only template or only content.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is over its deadline.")] = False,
    page: Annotated[str | None, typer.Option("--page", help="Only on addresses with this in them.")] = None,
    json_out: Annotated[
        str | None,
        typer.Option("--json", metavar="OUT", help="Write one object per finding, a line each; - for standard output."),
    ] = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """List findings, worst first."""
    with told_plainly():
        config = settings(config_path)
        lives = tuple(Life) if every else tuple(life) if life else OPEN
        every_one = finding_store.findings(store_of(config), config, channel, lives=lives)
    found = [
        one
        for one in every_one
        if (owner is None or one.owner.id == owner)
        and (criterion is None or one.criterion == criterion)
        and (rule is None or one.rule == rule)
        and (not severity or one.severity in severity)
        and (kind is None or one.kind == kind)
        and (not overdue or one.overdue)
        and (page is None or any(page in url for url in one.pages))
    ]
    order = list(Severity)
    found.sort(key=lambda one: (order.index(one.severity), -len(one.pages), one.id))
    if json_out:
        write_json(json_out, (as_json(one) for one in found))
        return
    if not found:
        console.print(text("finding.list.none", lang))
        return
    typer.echo("\n".join(_lines(found, lang)))
    nobody, share = owners.unassigned(found)
    console.print(
        ntext("finding.count", len(found), lang)
        + ". "
        + text("finding.list.unassigned", lang, n=nobody, percent=round(share * 100))
    )


def _lines(found: Iterable[Finding], lang: str) -> Iterable[str]:
    for one in found:
        late = f" ({text('finding.list.overdue', lang)})" if one.overdue else ""
        yield "  ".join(
            (
                f"{one.id:9}",
                f"{text(f'report.severity.{one.severity}', lang):10}",
                f"{text(f'report.life.{one.life}', lang):22}",
                f"{one.criterion:7}",
                f"{plain(one.owner.id) or text('owner.nobody', lang):16}",
                f"{ntext('count.pages', len(one.pages), lang):12}",
                f"{one.deadline.isoformat() if one.deadline else '-':10}{late}",
                plain(title(one, lang))[:120],
            )
        )


def title(one: Finding, lang: str) -> str:
    """A finding's title in words: the rule's, else the rule's id."""
    key = f"rule.{one.rule}.title"
    values = dict(one.examples[0].values) if one.examples else {}
    return text(key, lang, **values) if has_text(key, lang) else one.rule


def as_json(one: Finding) -> dict[str, Any]:
    """A finding in the public format (docs/json.md)."""
    first = one.examples[0] if one.examples else None
    at = first.place if first is not None and first.place is not None else Place("")
    return {
        "id": one.id,
        "channel": one.channel,
        "life": str(one.life),
        "sc": one.criterion,
        "rule": one.rule,
        "strictness": one.strictness,
        "severity": str(one.severity),
        "kind": one.kind,
        "cause": one.cause,
        "owner": one.owner.id,
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "fixed_on": one.fixed_on.isoformat() if one.fixed_on else None,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "overdue": one.overdue,
        "seems_fixed": one.seems_fixed,
        "pages": list(one.pages),
        "places": one.places,
        "region": one.region,
        "component": one.component,
        "selector": at.selector,
        "snippet": at.snippet,
    }


@app.command()
def show(identity: IdArgument, config_path: ConfigOption = Path("scanner.toml"), lang: LangOption = "nl") -> None:
    """Show one finding: where it is, whose it is, how bad, and its history."""
    with told_plainly():
        config = settings(config_path)
        one = _one(config, store_of(config), config_path, identity)
    say = typer.echo
    say(f"{one.id}  {one.criterion}  {plain(title(one, lang))}")
    say(
        ", ".join(
            (
                text(f"report.life.{one.life}", lang),
                text(f"report.kind.{one.kind}", lang),
                ntext("count.pages", len(one.pages), lang),
            )
        )
    )
    say(
        f"{text(f'report.severity.{one.severity}', lang)}. "
        + " ".join(text(w.key, lang, **w.values) for w in one.severity_because)
    )
    say(
        text(
            "finding.show.owner",
            lang,
            owner=plain(one.owner.name) or text("owner.nobody", lang),
            because=plain(text(one.owner.because.key, lang, **one.owner.because.values)),
        )
    )
    say(
        text(
            "finding.show.first",
            lang,
            first=format_date(one.first_seen.date(), lang),
            last=format_date(one.last_seen.date(), lang),
        )
    )
    if one.deadline:
        late = f" ({text('finding.list.overdue', lang)})" if one.overdue else ""
        say(text("finding.show.deadline", lang, day=one.deadline) + late)
    if one.not_retested:
        say(plain(text(one.not_retested.key, lang, **one.not_retested.values)))
    for flag, key in (
        (one.seems_fixed, "seems_fixed"),
        (one.strictness == "practice", "practice"),
        (one.cause == "tool", "tool"),
    ):
        if flag:
            say(text(f"finding.show.{key}", lang))
    for example in one.examples:
        at = example.place
        say(f"  {plain(example.url)}  [{plain(example.state)} {plain(example.viewport)}]")
        if at is not None:
            say(plain(f"    {at.frame + ' ' if at.frame else ''}{at.selector}"))
            say(plain(f"    {at.snippet[:200]}"))
    for event in one.history:
        said = text(f"report.event.{event.what}", lang) if has_text(f"report.event.{event.what}", lang) else event.what
        more = " ".join(
            plain(part) for part in (event.by, event.values.get("reason", ""), event.values.get("until", "")) if part
        )
        say(f"  {event.at:%Y-%m-%d %H:%M}  {said}{' - ' + more if more else ''}")


@app.command()
def accept(
    identity: IdArgument,
    reason: ReasonOption,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day that it is accepted, as 2027-06-30.")],
    by: ByOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Accept a finding until a day: it stays in every report, and opens again after that day."""
    try:
        day = date.fromisoformat(until)
    except ValueError as error:
        raise typer.BadParameter(f"{until!r} is not a date: write it as 2027-06-30", param_hint="--until") from error
    if day < date.today():
        raise typer.BadParameter(f"{until} is in the past", param_hint="--until")
    _mark(config_path, identity, Mark(Life.ACCEPTED, _reason(reason), by or getpass.getuser(), now(), day))
    console.print(text("finding.accepted", lang, id=identity.upper()))


@app.command("false-alarm")
def false_alarm(
    identity: IdArgument,
    reason: ReasonOption,
    by: ByOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Say that a finding is none. That holds for this rule and this markup: when the markup changes it opens again."""
    _mark(config_path, identity, Mark(Life.FALSE_ALARM, _reason(reason), by or getpass.getuser(), now()))
    console.print(text("finding.false_alarm", lang, id=identity.upper()))


@app.command()
def reopen(
    identity: IdArgument,
    reason: ReasonOption,
    by: ByOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Take a mark away, or say that what was called fixed is not."""
    with told_plainly():
        config = settings(config_path)
        try:
            finding_store.reopen(store_of(config), identity, by or getpass.getuser(), _reason(reason))
        except KeyError as error:
            raise _unknown(config_path, identity) from error
    console.print(text("finding.reopened", lang, id=identity.upper()))


def _mark(config_path: Path, identity: str, said: Mark) -> None:
    with told_plainly():
        config = settings(config_path)
        try:
            finding_store.mark(store_of(config), identity, said)
        except KeyError as error:
            raise _unknown(config_path, identity) from error


def _reason(reason: str) -> str:
    if len(reason.strip()) < 5:
        raise typer.BadParameter("say why, in a few words", param_hint="--reason")
    return reason.strip()[:1000]


def _unknown(path: Path, identity: str) -> ConfigError:
    return ConfigError(
        path, 1, f"there is no finding {plain(identity[:40])!r}. `scanner findings list --all` names them."
    )


def _one(config: Config, store: Store, path: Path, identity: str) -> Finding:
    found = finding_store.findings(store, config, codes=[identity.upper()])
    if not found:
        raise _unknown(path, identity)
    return found[0]


def diff(
    first: Annotated[int, typer.Argument(metavar="A", help="Number of a scan.")],
    second: Annotated[int, typer.Argument(metavar="B", help="Number of a later scan of the same channel.")],
    json_out: Annotated[
        str | None, typer.Option("--json", metavar="OUT", help="Write the ids as one object; - for standard output.")
    ] = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Compare two scans of a channel: new, fixed, reopened, not retested. Exit code 1: something new or reopened."""
    with told_plainly():
        config = settings(config_path)
        store = store_of(config)
        try:
            between = finding_store.difference(store, first, second)
        except KeyError as error:
            raise ConfigError(
                config_path, 1, f"scan {error.args[0]} has no findings: it is not there, or did not finish."
            ) from error
        except ValueError as error:
            raise ConfigError(config_path, 1, f"{error}: give two scans of one channel.") from error
        sets = {
            name: list(getattr(between, name))
            for name in ("new", "fixed", "reopened", "not_retested", "still", "marked")
        }
        if json_out:
            write_json(json_out, [sets])
        else:
            known = {
                one.id: one
                for one in finding_store.findings(
                    store, config, codes=[code for codes in sets.values() for code in codes]
                )
            }
            for name, codes in sets.items():
                typer.echo(f"{text(f'finding.diff.{name}', lang)}: {len(codes)}")
                if name not in ("still", "marked"):
                    for code in codes:
                        typer.echo(f"  {code:9}  {known[code].criterion:7}  {plain(title(known[code], lang))[:120]}")
    if between.new or between.reopened:
        raise typer.Exit(Exit.FAILURES)


@owners_app.command("test")
def owners_test(
    where: Annotated[
        str,
        typer.Argument(metavar="URL#SELECTOR", help="Address, and after the first # the selector as findings show it."),
    ],
    region: Annotated[str, typer.Option("--region", help="Landmark, when the place is in no scan.")] = "",
    component: Annotated[str, typer.Option("--component", help="Component, when the place is in no scan.")] = "",
    frame: Annotated[str, typer.Option("--frame", help="Address of the frame, when the place is in no scan.")] = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Say who owns a place, and which rule decides."""
    url, _, selector = where.partition("#")
    with told_plainly():
        config = settings(config_path)
        known = _place_in_scans(store_of(config), url, selector) if selector else None
    if known is not None:
        region, component, frame = region or known.region, component or known.component, frame or known.frame
        console.print(
            plain(text("finding.owner.looked_up", lang, region=region or "-", component=component or "-")),
            markup=False,
            soft_wrap=True,
        )
    else:
        console.print(text("finding.owner.unknown", lang))
    spotted = owners.Spotted(config.scope().owner(url) or "", url, region, component, frame)
    owner = owners.owner_of(config, spotted)
    typer.echo(
        (plain(owner.id) or text("owner.nobody", lang))
        + "  "
        + plain(text(owner.because.key, lang, **owner.because.values))
    )
    for number, rule in enumerate(config.owners, 1):
        typer.echo(f"  {number}  {'+' if owners.matches(rule, spotted) else '-'}  {plain(rule.owner)}")


def _place_in_scans(store: Store, url: str, selector: str) -> Place | None:
    """The place as the last scan that has it saw it."""
    with store.session() as session:
        row = session.scalars(
            select(OutcomeRow)
            .join(AddressRow, OutcomeRow.address_id == AddressRow.id)
            .where(AddressRow.url == url, OutcomeRow.selector == selector)
            .order_by(OutcomeRow.id.desc())
            .limit(1)
        ).first()
        return None if row is None else Place(row.selector, row.snippet, row.frame, None, row.region, row.component)
