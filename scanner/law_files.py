"""Writes what the law asks for, per channel and language, and the council's page.

    law-nl.html                         the coordinator's overview, with links to all of it
    council-nl.html                     the council's page
    <channel>/law/statement-nl.html     draft of the statement
    <channel>/law/evidence-nl.html      the evidence file, with its pictures beside it; as PDF; as zip with hash list
    <channel>/law/improvement-2026-nl.html, questions-nl.xlsx, sample-nl.csv, wcag-em-nl.json, earl-nl.json
    <channel>/law/dossier.toml          the dossier, as it can be edited and imported

File names come from channel ids, years and languages only. What a scanned site wrote is escaped by who writes it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reports import evidence_file, improvement, statement
from reports.evidence_file import LookedPage, Picture
from reports.render import render
from reports.supplier import finished_pdf
from reports.whole import whole, write_whole
from reports.words import one_line
from reports.words import title as rule_title
from scanner import dossier_store, legal, sampling
from scanner.config import Config
from scanner.dossier import Dossier
from scanner.dossier_files import write_toml
from scanner.judge import worst
from scanner.legal import Situation
from scanner.model import Outcome, Verdict
from scanner.questions import Progress, Question, write_questions_csv, write_questions_xlsx
from scanner.status import Alarm, Conflict, LawFlag, Reason, StatusAdvice, law_flag, steps_to
from scanner.store import Store, StoreError
from scanner.texts import text
from scanner.wcag_em import PageResult, SamplePage, export_earl, export_evaluation

Printer = Callable[[Path], bytes]
"""Prints an HTML file as tagged PDF. Raises OSError when there is no way to."""
PNG = b"\x89PNG\r\n\x1a\n"
"""How a picture begins."""
PICTURES_PER_CRITERION = 12
MOST_PICTURES_BYTES = 50_000_000


def write_law_files(
    config: Config,
    store: Store,
    folder: Path,
    langs: Sequence[str],
    *,
    channels: Sequence[str] = (),
    day: date | None = None,
    printer: Printer | None = None,
    key: bytes = b"",
) -> list[Path]:
    """Everything for the named channels (none: all) on a day; the pages to open come first.

    `printer` adds PDF; a key signs the hash lists. Raises KeyError for a channel that is not configured.
    """
    day = day or legal.today()
    folder.mkdir(parents=True, exist_ok=True)
    for name in channels:
        config.channel(name)
    every = situations(config, store, day)
    here = [one for one in every if not channels or one.channel.id in channels]
    first: list[Path] = []
    rest: list[Path] = []
    for lang in langs:
        rows = []
        for one in here:
            written = list(channel_files(config, store, folder, one, lang, printer=printer, key=key))
            rest += [path for _, path in written]
            rows.append(_row(one, [(name, path.relative_to(folder).as_posix()) for name, path in written]))
        council = write_council(config, folder / f"council-{lang}.html", every, day, lang)
        page = render(
            "law.html.j2", lang, organisation=config.organisation.name, day=day, council=council.name, rows=rows
        )
        first += [_write(folder / f"law-{lang}.html", page.encode()), council]
    return first + list(dict.fromkeys(rest))


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One channel on the coordinator's overview."""

    id: str
    name: str
    target: str
    scanned: bool
    advice: StatusAdvice
    law: LawFlag
    progress: Progress
    alarms: tuple[Alarm, ...]
    conflicts: tuple[Conflict, ...]
    steps: tuple[Reason, ...]
    files: Sequence[tuple[str, str]]


def _row(one: Situation, files: Sequence[tuple[str, str]]) -> OverviewRow:
    return OverviewRow(
        one.channel.id,
        one.dossier.card.name or one.channel.name,
        one.channel.target,
        one.scan is not None,
        one.advice,
        law_flag(one.dossier, one.day, one.tallies),
        one.progress,
        one.alarms,
        one.conflicts,
        steps_to(one.dossier, one.day, one.channel.target),
        files,
    )


def channel_files(
    config: Config,
    store: Store,
    folder: Path,
    one: Situation,
    lang: str,
    *,
    printer: Printer | None = None,
    key: bytes = b"",
) -> Iterator[tuple[str, Path]]:
    """The files of one channel in one language, as (what, path)."""
    home = folder / one.channel.id / "law"
    home.mkdir(parents=True, exist_ok=True)
    yield "statement", write_statement(home / f"statement-{lang}.html", one, lang)
    if one.scan is not None:
        yield from write_evidence(config, store, home, one, lang, printer=printer, key=key)
    yield "improvement", write_log(home / f"improvement-{one.day.year}-{lang}.html", one, lang)
    if one.scan is not None:
        yield "questions", write_questions(store, home / f"questions-{lang}.xlsx", one.open, lang)
        pages = listed_sample(store, one, lang)
        if pages:
            yield "sample", _write(home / f"sample-{lang}.csv", sampling.write_csv(pages, lang).encode("utf-8-sig"))
        yield "audit", _write(home / f"wcag-em-{lang}.json", _json(audit_json(config, store, one, lang)))
        earl = earl_json(store, one, lang)
        if earl is not None:
            yield "earl", _write(home / f"earl-{lang}.json", _json(earl))
    yield "dossier", _write(home / "dossier.toml", write_toml(one.dossier, config.organisation.lang).encode())


# One file each -----------------------------------------------------------------------------------------------------


def write_statement(path: Path, one: Situation, lang: str, public: bool = False) -> Path:
    """The statement as it would be filed; ValueError when it is to be published and is not ready."""
    return _write(path, statement.html(drafted(one), lang, public).encode())


def drafted(one: Situation) -> statement.Draft:
    """The statement as it would be filed on the day."""
    return statement.draft(_named(one), one.day)


def write_log(path: Path, one: Situation, lang: str) -> Path:
    """The improvement log of the year up to the day."""
    return _write(path, improvement.log_html(improvement.yearly(_named(one), one.day, one.tallies), lang).encode())


def situations(config: Config, store: Store, day: date) -> list[Situation]:
    """Every channel on a day."""
    return [legal.situation(store, config, channel.id, day) for channel in config.channels]


def write_council(config: Config, path: Path, every: Sequence[Situation], day: date, lang: str) -> Path:
    """The council's page over all channels."""
    tallies = {one.channel.id: one.tallies for one in every}
    portfolio = improvement.council(config.organisation.name, [_named(one) for one in every], day, tallies)
    return _write(path, improvement.council_html(portfolio, lang).encode())


def write_questions(store: Store, path: Path, questions: Sequence[Question], lang: str) -> Path:
    """The questions as a workbook with pictures, or as CSV, by the ending."""
    if path.suffix.lower() == ".csv":
        return _write(path, write_questions_csv(questions, lang).encode("utf-8-sig"))
    with tempfile.TemporaryDirectory() as made:
        for name in {question.picture for question in questions if question.picture}:
            content = _picture(store, name.removesuffix(".png"))
            if content.startswith(PNG):  # a workbook takes no other
                (Path(made) / name).write_bytes(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            write_questions_xlsx(questions, part, lang, Path(made))
    return path


def write_evidence(
    config: Config,
    store: Store,
    home: Path,
    one: Situation,
    lang: str,
    *,
    printer: Printer | None = None,
    key: bytes = b"",
) -> Iterator[tuple[str, Path]]:
    """The evidence file as page, PDF and zip, with the hash list of the zip beside it for keeping apart.

    Each zip names the hash list of the newest earlier one in the same folder, so that none can be left out unseen.
    """
    gathered = evidence(store, one, lang, previous(home, lang, one.day))
    page = home / f"evidence-{lang}.html"
    for picture in gathered.pictures:
        _write(home / picture.name, picture.content)
    yield "evidence", _write(page, evidence_file.html(gathered, lang).encode())
    extra: dict[str, bytes] = {
        f"statement-{lang}.html": statement.html(drafted(one), lang).encode(),
        f"questions-{lang}.csv": write_questions_csv(one.questions, lang).encode("utf-8-sig"),
        f"audit/wcag-em-{lang}.json": _json(audit_json(config, store, one, lang)),
    }
    pages = listed_sample(store, one, lang)
    if pages:
        extra[f"sample-{lang}.csv"] = sampling.write_csv(pages, lang).encode("utf-8-sig")
    if printer is not None:
        try:
            printed = printer(page)
        except OSError:
            printed = b""  # no browser: the page and the zip say the same
        if printed:
            title = text("evidence.title", lang, name=one.dossier.card.name or one.channel.name)
            extra[f"evidence-{lang}.pdf"] = finished_pdf(printed, title, lang, config.organisation.name)
            yield "evidence_pdf", _write(home / f"evidence-{lang}.pdf", extra[f"evidence-{lang}.pdf"])
    archive = home / f"evidence-{one.day.isoformat()}-{lang}.zip"
    evidence_file.write_zip(gathered, archive, lang, extra, key)
    yield "evidence_zip", archive
    with zipfile.ZipFile(archive) as made:
        sums = made.read(evidence_file.HASHES)
    yield "evidence_sums", _write(archive.with_suffix(".sha256sums.txt"), sums)


def previous(home: Path, lang: str, day: date) -> str:
    """SHA-256 of the hash list of the newest evidence file of before a day; empty when there is none."""
    named = re.compile(rf"evidence-(\d{{4}}-\d\d-\d\d)-{lang}\.sha256sums\.txt")
    found = [(match[1], path) for path in home.glob("evidence-*.txt") if (match := named.fullmatch(path.name))]
    earlier = sorted(pair for pair in found if pair[0] < day.isoformat())
    return hashlib.sha256(earlier[-1][1].read_bytes()).hexdigest() if earlier else ""


# What goes in ------------------------------------------------------------------------------------------------------


def _named(one: Situation) -> Dossier:
    """The dossier, with the name of the settings where it has none of its own."""
    return legal.with_name(one.dossier, one.channel)


def evidence(store: Store, one: Situation, lang: str, before: str = "") -> evidence_file.Evidence:
    """The evidence of a channel on its day; without a scan only the dossier speaks."""
    pages = tuple(
        LookedPage(row.url, str(row.state), row.reason, row.status, row.evidence)
        for row in legal.address_rows(store, one.scan)
    )
    return evidence_file.gather(
        one.advice,
        law_flag(one.dossier, one.day, one.tallies),
        one.seen,
        one.dossier.answers,
        pages,
        tuple(_pictures(store, one, lang)),
        before,
    )


def _pictures(store: Store, one: Situation, lang: str) -> Iterator[Picture]:
    """Pictures of what was found, the first ones of each criterion; each picture once."""
    counts: dict[str, int] = {}
    seen: set[str] = set()
    total = 0
    there = [item for item in one.findings if item.life not in legal.NOT_COUNTED]
    for item in there:
        for example in item.examples:
            digest = example.picture
            if not digest or digest in seen or counts.get(item.criterion, 0) >= PICTURES_PER_CRITERION:
                continue
            content = _picture(store, digest)
            if content and total + len(content) <= MOST_PICTURES_BYTES:
                seen.add(digest)
                total += len(content)
                counts[item.criterion] = counts.get(item.criterion, 0) + 1
                shows = f"{item.id}: {rule_title(item.rule, item.criterion, lang, example.values)}"
                yield Picture(f"pictures/{digest}.png", content, item.criterion, one_line(shows))


def _picture(store: Store, digest: str) -> bytes:
    """A picture by its hash; nothing when it is gone or damaged, or is not named by a hash."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return b""
    try:
        return store.blob(digest)
    except (KeyError, StoreError):
        return b""


def listed_sample(store: Store, one: Situation, lang: str) -> tuple[sampling.ListedPage, ...]:
    """The channel's sample in words; empty when none was drawn."""
    sample = dossier_store.last_sample(store, one.channel.id)
    return () if sample is None or one.scan is None else sampling.listed(store, one.scan.id, sample, lang)


def audit_json(config: Config, store: Store, one: Situation, lang: str) -> dict[str, Any]:
    """The state of a channel as W3C's report tool opens it."""
    sample = sampling.for_audit(listed_sample(store, one, lang))
    return export_evaluation(
        _named_advice(one),
        one.seen if one.scan is not None else None,
        sample,
        page_results(store, one, [page.address for page in sample], lang),
        lang,
        commissioner=config.organisation.name,
    )


def _named_advice(one: Situation) -> StatusAdvice:
    return legal.advice_of(_named(one), one.day)


def earl_json(store: Store, one: Situation, lang: str) -> dict[str, Any] | None:
    """The scan's outcomes on the sample as flat EARL; None when it has none."""
    sample: Iterable[SamplePage] = sampling.for_audit(listed_sample(store, one, lang))
    results = page_results(store, one, [page.address for page in sample], lang)
    return export_earl(results, lang, one.framework.edition.id) if results else None


def page_results(store: Store, one: Situation, addresses: Iterable[str], lang: str) -> tuple[PageResult, ...]:
    """What the scan says of each criterion on these pages, one result each, with what was seen; automatic."""
    if one.scan is None:
        return ()
    wanted = set(addresses)
    said: dict[tuple[str, str], list[Outcome]] = {}
    for row in store.outcomes(one.scan.id):
        if row.url in wanted and row.outcome.verdict is not Verdict.UNTESTED:
            said.setdefault((row.url, row.outcome.criterion), []).append(row.outcome)
    found = []
    for (address, number), outcomes in said.items():
        verdict = worst(outcome.verdict for outcome in outcomes)
        lines = dict.fromkeys(
            rule_title(outcome.rule, number, lang, outcome.values) for outcome in outcomes if outcome.verdict is verdict
        )
        words = "\n".join(f"- {line}" for line in list(lines)[:10])
        speaks = verdict in (Verdict.FAILED, Verdict.CANT_TELL)
        found.append(PageResult(address, number, verdict, words if speaks else ""))
    return tuple(found)


def write_json(path: Path, value: Mapping[str, Any]) -> Path:
    """A JSON file, whole or not at all."""
    return _write(path, _json(value))


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, content)
