"""status, statement, questions, sample, audit, evidence, improvement, council, alarms: what the law asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from reports import evidence_file
from scanner import dossier_store, law_files, legal, sampling
from scanner.commands.dossier import ByOption, ChannelArgument, OnOption, ToOption, day_of, opened, say, told, who
from scanner.commands.shared import ConfigOption, Exit, LangOption, console, plain
from scanner.config import Config, ConfigError
from scanner.dossier import DossierChange, Part, add_months
from scanner.dossier_files import value_of
from scanner.legal import Situation
from scanner.model import Verdict
from scanner.questions import Question, read_answers
from scanner.questions import answer as answer_to
from scanner.secrets import secret
from scanner.statement_checker import Point, check
from scanner.statement_fetch import fetch_statement
from scanner.status import Reason, forecast, law_flag, steps_to
from scanner.store import Store
from scanner.texts import format_date, ntext, text
from scanner.wcag_em import read_evaluation

FORECAST_MONTHS = 24
SHOWN = 20
audit_app = typer.Typer(no_args_is_help=True, help="An auditor's file in as research; the state of a channel out.")

TargetOption = Annotated[str | None, typer.Option("--target", help="Status aimed at, A, B or C. Default: as set.")]
LangsOption = Annotated[
    list[str] | None, typer.Option("--lang", help="Language, nl or en; may be given twice. Default: as set.")
]
FolderOption = Annotated[Path | None, typer.Option("--folder", help="Where to write. Default: as set.")]
KeyOption = Annotated[
    str,
    typer.Option(
        "--key", help="Place of the key that signs: an environment variable, keyring:SERVICE/USER or file:NAME."
    ),
]


def words(reason: Reason, lang: str) -> str:
    """A sentence of the catalogue."""
    return text(reason.key, lang, **reason.values)


def status(
    channel: ChannelArgument,
    on: OnOption = None,
    target: TargetOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Tell the status by the dossier on a day, why, what is missing for the target, and what is coming."""
    with told(lang):
        config, store = opened(config_path, channel)
        here = legal.situation(store, config, channel, day_of(on))
        for line in _status_lines(here, target or here.channel.target, lang):
            say(line)


def _status_lines(here: Situation, target: str, lang: str) -> Iterator[str]:
    advice, day = here.advice, here.day
    letters = advice.facts.framework.letters
    if target not in letters:
        raise ConfigError(Path("--target"), 1, f"{plain(target)!r} is no status. Give one of {', '.join(letters)}.")
    label = text(f"status.{advice.letter}.label", lang)
    yield text("status.advice", lang, day=day, letter=advice.letter, label=label)
    yield text("status.met", lang, met=advice.met, total=advice.total)
    yield from (f"- {words(reason, lang)}" for reason in advice.reasons)
    if not advice.publishable:
        yield text("status.not_publishable", lang)
    flag = law_flag(here.dossier, day, here.tallies)
    said = " ".join(words(reason, lang) for reason in flag.reasons)
    yield f"{text(f'law.met.{flag.met.value}', lang)}. {said}".strip()
    missing = steps_to(here.dossier, day, target)
    yield text("law.cli.steps" if missing else "law.cli.reached", lang, target=target)
    yield from (f"- {words(step, lang)}" for step in missing)
    until = add_months(day, FORECAST_MONTHS)
    coming = forecast(here.dossier, day, until)
    if coming:
        yield text("law.cli.forecast", lang)
    else:
        yield text("law.cli.forecast_none", lang, day=until)
    for change in coming:
        why = words(change.reasons[0], lang) if change.reasons else ""
        yield "- " + text(
            "law.cli.forecast_item", lang, day=change.day, before=change.before, letter=change.letter, why=why
        )
    if here.scan is None:
        yield text("law.cli.no_scan", lang, channel=here.channel.id)
    else:
        seen = here.seen
        yield text("law.cli.scan", lang, day=seen.day, looked=seen.pages_looked, found=seen.pages_found)
        if here.conflicts:
            yield text("law.cli.conflicts", lang)
        yield from (f"- {words(one.text, lang)} {words(one.todo, lang)}" for one in here.conflicts)
        yield from _progress_lines(here, lang)
    yield text("status.register_is_truth", lang)


def _progress_lines(here: Situation, lang: str) -> Iterator[str]:
    now = here.progress
    yield text("question.decided", lang, decided=now.decided, total=now.total)
    yield ntext("question.left", now.left, lang)
    yield ntext("question.new", now.new, lang)
    if not now.complete:
        yield text("law.overview.incomplete", lang)


def statement(
    channel: ChannelArgument,
    to: ToOption = None,
    public: Annotated[
        bool, typer.Option("--public", help="Only the statement, for your own site; when nothing is missing.")
    ] = False,
    on: OnOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the draft of the accessibility statement: every field of the register's form, and what is missing."""
    with told(lang):
        config, store = opened(config_path, channel)
        here = legal.situation(store, config, channel, day_of(on))
        path = to or _home(config, channel) / f"statement-{lang}.html"
        made = law_files.drafted(here)
        if public and not made.publishable:
            console.print(text("law.cli.not_ready", lang, count=len(made.missing)), markup=False, soft_wrap=True)
            for reason in made.missing:
                console.print(f"- {plain(missing_words(reason, lang))}", markup=False, soft_wrap=True)
            raise typer.Exit(Exit.INCOMPLETE)
        say(text("law.cli.written", lang, path=law_files.write_statement(path, here, lang, public)))
        say(ntext("statement.missing.count", len(made.missing), lang))


def missing_words(reason: Reason, lang: str) -> str:
    """What is missing in a statement; the name of a field is itself a text."""
    values = dict(reason.values)
    if "field_key" in values:
        values["field"] = text(str(values.pop("field_key")), lang)
    return text(reason.key, lang, **values)


def _home(config: Config, channel: str) -> Path:
    return config.reports.folder / channel / "law"


def statement_check(
    channel: ChannelArgument,
    address: Annotated[
        str, typer.Option("--address", help="Where the statement stands. Default: as the dossier has it.")
    ] = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Check the published statement: there, within two clicks, its fields, its date, its links and mail addresses.

    Exit codes: 0 everything met, 1 something is not, 2 usage.
    """
    with told(lang):
        config, store = opened(config_path, channel)
        here = legal.situation(store, config, channel)
        stated = here.dossier.statement
        where = address or (stated.address if stated else "") or here.dossier.card.statement_address
        where = where or here.channel.url.rstrip("/") + "/toegankelijkheid"
        found = fetch_statement(config, store, here.channel, where, no_domain=text("law.cli.no_domain", lang))
        points = check(found, here.day, here.framework)
    for point in points:
        say(_point_line(point, lang))
    if any(point.verdict is Verdict.FAILED for point in points):
        raise typer.Exit(Exit.FAILURES)


def _point_line(point: Point, lang: str) -> str:
    return text(
        "law.cli.check_line",
        lang,
        mark=f"{text(f'verdict.{point.verdict.value}', lang):12}",
        words=words(point.text, lang),
    )


# Questions ---------------------------------------------------------------------------------------------------------


@contextmanager
def scanned(path: Path, channel: str, lang: str) -> Iterator[tuple[Config, Store, Situation]]:
    """Settings, store and situation of a channel that was scanned; else said so, exit code 3."""
    with told(lang):
        config, store = opened(path, channel)
        here = legal.situation(store, config, channel)
        if here.scan is None:
            console.print(text("law.cli.no_scan", lang, channel=channel), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.INCOMPLETE)
        yield config, store, here


def questions(
    channel: ChannelArgument,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a workbook with pictures, to fill in.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file, to fill in.")] = None,
    criterion: Annotated[str, typer.Option("--criterion", help="Only about this criterion, such as 1.1.1.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many to show; files have all of them.")] = SHOWN,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """List what only a person can answer, most pages settled first; and how many answers are left to fifty decided."""
    with scanned(config_path, channel, lang) as (_, store, here):
        asked = [item for item in here.open if criterion in ("", item.criterion)]
        for path, ending in ((xlsx, ".xlsx"), (csv, ".csv")):
            if path is not None:
                if path.suffix.lower() != ending:
                    raise ConfigError(path, 1, f"must end in {ending}.")
                say(text("law.cli.written", lang, path=law_files.write_questions(store, path, asked, lang)))
        for item in asked[:limit] if not (xlsx or csv) else ():
            pages = ntext("count.pages", len(item.pages), lang)
            say(f"{item.id}  {item.criterion:7} {pages}: {item.words(lang)}")
            for line in (*item.context.splitlines()[:3], *item.pages[:1]):
                say(f"    {line[:200]}")
        for line in _progress_lines(here, lang):
            say(line)


def answer(
    channel: ChannelArgument,
    question: Annotated[str, typer.Argument(help="Id of the question, such as V-1a2b3c4d5e.")] = "",
    verdict: Annotated[
        str, typer.Argument(help="passed, failed or inapplicable; or in words: voldoet, voldoet niet, nvt.")
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option("--import", exists=True, dir_okay=False, help="Take in a filled-in list, CSV or XLSX."),
    ] = None,
    by: ByOption = "",
    on: OnOption = None,
    note: Annotated[str, typer.Option("--note", help="Why; it stays with the answer.")] = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Answer a question, or take in a filled-in list. Answers hold until the thing changes or their period ends."""
    with scanned(config_path, channel, lang) as (config, store, here):
        day = day_of(on)
        if file is not None:
            given = read_answers(file, here.questions, here.framework, by.strip(), day)
        else:
            if not question or not verdict:
                raise ConfigError(Path("answer"), 1, "give a question and a verdict, or a list with --import FILE.")
            asked = _asked(here.questions, question, channel, lang)
            said = value_of("answers", "verdict", verdict, question)
            given = (answer_to(asked, said, who(by), day, here.framework, note),)
        made = legal.answer(store, config, channel, given, who(by))
        say(ntext("law.answer.taken", len(given), lang))
        changed = {change.path.split("/")[1] for change in made if change.path.startswith("human/")}
        if changed:
            say(ntext("law.answer.verdicts", len(changed), lang))
        for line in _progress_lines(legal.situation(store, config, channel), lang):
            say(line)


def _asked(every: Sequence[Question], wanted: str, channel: str, lang: str) -> Question:
    found = next((item for item in every if item.id == wanted), None)
    if found is None:
        told_ = text("law.answer.none", lang, question=plain(wanted), channel=channel)
        console.print(told_, markup=False, soft_wrap=True)
        raise typer.Exit(Exit.USAGE)
    return found


def sample(
    channel: ChannelArgument,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=2**62, help="Draw anew with this seed, from now on.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write it for an auditor.")] = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Show the sample (WCAG-EM, EU 2018/1524) with clause and reason of each page; the same for the same seed."""
    with scanned(config_path, channel, lang) as (_, store, here):
        assert here.scan is not None
        drawn = dossier_store.last_sample(store, channel)
        if drawn is None or seed is not None:
            drawn = sampling.draw(store, here.channel, here.scan, seed)
        pages = sampling.listed(store, here.scan.id, drawn, lang)
        if csv is not None:
            csv.parent.mkdir(parents=True, exist_ok=True)
            csv.write_text(sampling.write_csv(pages, lang), "utf-8-sig", newline="")
            say(text("law.cli.written", lang, path=csv))
        for page in pages if csv is None else ():
            say(f"{page.clause}: {'; '.join(page.reasons)}")
            say(f"    {page.entry.url}")
        say(text("sample.summary", lang, count=len(pages), random=len(drawn.random), seed=drawn.seed))
        if drawn.missing:
            kinds = ", ".join(text(f"sample.reason.{reason}", lang) for reason in drawn.missing)
            say(text("sample.missing", lang, kinds=kinds))


# Audit -------------------------------------------------------------------------------------------------------------


@audit_app.command("import")
def audit_import(
    channel: ChannelArgument,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON of W3C's WCAG-EM Report Tool.")],
    report_id: Annotated[str, typer.Option("--id", help="Name of the research in the dossier.")] = "",
    address: Annotated[str, typer.Option("--link", help="Direct public link of the report.")] = "",
    checklist: Annotated[
        bool, typer.Option("--checklist", help="It has all that DigiToegankelijk asks of a good report.")
    ] = False,
    part: Annotated[
        list[Part] | None, typer.Option("--part", help="What it covers; may be repeated. Default: all of the channel.")
    ] = None,
    by: ByOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Take an auditor's file in as research; the file itself is kept as it came."""
    with told(lang):
        _, store = opened(config_path, channel)
        content = file.read_bytes()
        audit = read_evaluation(content, file.name, report_id=report_id, parts=part or ())
        digest = dossier_store.keep_file(store, "audit", content)
        report = replace(
            audit.report, address=address, public=bool(address), checklist_ok=checklist, note=f"sha256 {digest}"
        )
        made = dossier_store.record(
            store,
            channel,
            lambda before: replace(
                before,
                reports=(*(item for item in before.reports if item.id != report.id), report),
                research=(*(row for row in before.research if row.report != report.id), *audit.verdicts),
            ),
            who(by),
            since=report.day,
            note=file.name,
        )
        decided = sum(row.verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.INAPPLICABLE) for row in audit.verdicts)
        say(text("law.cli.audit", lang, report=report.id, verdicts=decided, pages=len(audit.pages)))
        if audit.skipped:
            say(ntext("law.cli.audit_skipped", len(audit.skipped), lang))
        _tell_changes(made, lang)


def _tell_changes(made: Sequence[DossierChange], lang: str) -> None:
    said = ntext("law.cli.changed", len(made), lang) if made else text("law.cli.no_change", lang)
    console.print(said, markup=False)


@audit_app.command("export")
def audit_export(
    channel: ChannelArgument,
    to: Annotated[Path, typer.Option("--to", help="File to write.")],
    earl: Annotated[
        bool, typer.Option("--earl", help='Only the scan\'s outcomes, for "add data from other tests".')
    ] = False,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the state of a channel as JSON that W3C's WCAG-EM Report Tool opens, or as EARL."""
    with told(lang):
        config, store = opened(config_path, channel)
        here = legal.situation(store, config, channel)
        made = law_files.earl_json(store, here, lang) if earl else law_files.audit_json(config, store, here, lang)
        if made is None:
            console.print(text("law.cli.no_results", lang), markup=False, soft_wrap=True)
            raise typer.Exit(Exit.INCOMPLETE)
        say(text("law.cli.written", lang, path=law_files.write_json(to, made)))


# Files -------------------------------------------------------------------------------------------------------------


def evidence(
    channel: ChannelArgument,
    folder: FolderOption = None,
    on: OnOption = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="As PDF too; needs a browser.")] = True,
    key: KeyOption = "",
    verify: Annotated[
        Path | None, typer.Option("--verify", exists=True, help="Only look whether this zip is unaltered.")
    ] = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the evidence file: page, PDF, and a zip with everything and a list of hashes over it.

    Exit codes: 0 done, 1 with --verify: altered, 2 usage.
    """
    from scanner.reporting import pdf_printer  # brings the browser and every report along

    with told(lang):
        config, store = opened(config_path, channel)
        signing = secret(key, config.storage.folder / "secrets").encode() if key else b""
        if verify is not None:
            wrong = evidence_file.verify(verify, signing)
            for line in wrong:
                say(line)
            if wrong:
                raise typer.Exit(Exit.FAILURES)
            say(text("law.cli.intact", lang, path=verify))
            return
        here = legal.situation(store, config, channel, day_of(on))
        home = folder or _home(config, channel)
        home.mkdir(parents=True, exist_ok=True)
        with pdf_printer(config) as printer:
            made = list(
                law_files.write_evidence(config, store, home, here, lang, printer=printer if pdf else None, key=signing)
            )
        for _, path in made:
            say(text("law.cli.written", lang, path=path))
        sums = next(path for name, path in made if name == "evidence_sums")
        say(text("law.cli.sealed", lang, digest=hashlib.sha256(sums.read_bytes()).hexdigest()))


def improvement(
    channel: ChannelArgument,
    year: Annotated[int | None, typer.Option("--year", min=2018, max=2100, help="Default: up to today.")] = None,
    to: ToOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the improvement log of a year: what was met, found, solved and promised, then and now."""
    with told(lang):
        config, store = opened(config_path, channel)
        day = legal.today() if year is None else min(date(year, 12, 31), legal.today())
        here = legal.situation(store, config, channel, day)
        path = to or _home(config, channel) / f"improvement-{day.year}-{lang}.html"
        say(text("law.cli.written", lang, path=law_files.write_log(path, here, lang)))


def council(
    to: ToOption = None,
    on: OnOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """Write the council's page: all channels with their status, beside a year ago and the country."""
    with told(lang):
        config, store = opened(config_path)
        path = to or config.reports.folder / f"council-{lang}.html"
        every = law_files.situations(config, store, day_of(on))
        say(text("law.cli.written", lang, path=law_files.write_council(config, path, every, day_of(on), lang)))


def alarms(
    on: OnOption = None,
    config_path: ConfigOption = Path("scanner.toml"),
    lang: LangOption = "nl",
) -> None:
    """List what has a date and asks for attention, over all channels: expiry, review, measures, repair windows."""
    with told(lang):
        config, store = opened(config_path)
        day = day_of(on)
        found = legal.all_alarms(store, config, day)
        for channel, alarm in found:
            due = format_date(alarm.due, lang, "medium")
            say(text("law.cli.alarm_line", lang, due=due, channel=channel.name, words=words(alarm.text, lang)))
        if not found:
            say(text("law.cli.no_alarms", lang, day=day))


def law(
    channels: Annotated[list[str] | None, typer.Argument(help="Channels; none: all of them.")] = None,
    langs: LangsOption = None,
    folder: FolderOption = None,
    on: OnOption = None,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="The evidence as PDF too; needs a browser.")] = True,
    key: KeyOption = "",
    config_path: ConfigOption = Path("scanner.toml"),
) -> None:
    """Write all that the law asks for: statement, evidence, log, questions, sample, and the council's page."""
    from scanner.reporting import pdf_printer  # brings the browser and every report along

    with told((langs or ["nl"])[0]):
        config, store = opened(config_path, *(channels or []))
        for lang in langs or []:
            with told(lang):
                pass
        signing = secret(key, config.storage.folder / "secrets").encode() if key else b""
        with pdf_printer(config) as printer:
            written = law_files.write_law_files(
                config,
                store,
                folder or config.reports.folder,
                langs or list(config.reports.langs),
                channels=channels or [],
                day=day_of(on),
                printer=printer if pdf else None,
                key=signing,
            )
        for path in written:
            if path.name.startswith(("law-", "council-")):
                say(text("law.cli.written", config.organisation.lang, path=path))
