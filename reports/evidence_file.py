"""The evidence file of a channel: every criterion with verdict, basis, dates, pages and pictures, sealed by hashes.

In: the status of a day, the scan beside it, answers, pages and pictures. Out: an accessible page, and a zip with that
page, the dossier with its history, the audit file, the scan as data, the pictures and `SHA256SUMS` over all of it.
With a key the list is signed (HMAC-SHA256), so that its holder can show later that nothing was altered; `previous`
chains each file to the one before. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from reports.render import render
from reports.whole import whole
from scanner.dossier import Answer, ChannelScan, CriterionScan, DossierChange
from scanner.dossier_files import defused, write_toml
from scanner.model import Criterion
from scanner.status import CurrentVerdict, LawFlag, StatusAdvice
from scanner.texts import text

HASHES = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.hmac"
MANIFEST = "manifest.json"
_EPOCH = (2020, 1, 1, 0, 0, 0)
MAX_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class LookedPage:
    """One address of the channel and what became of it."""

    address: str
    state: str
    """Word of the ledger: visited, timed out, …"""
    reason: str = ""
    status: int = 0
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the evidence: its name in the file, its bytes, what it shows."""

    name: str
    content: bytes
    criterion: str
    shows: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """Everything about one criterion."""

    criterion: Criterion
    current: CurrentVerdict
    scan: CriterionScan
    answers: tuple[Answer, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of a channel on a day."""

    advice: StatusAdvice
    law: LawFlag
    scan: ChannelScan
    rows: tuple[EvidenceRow, ...]
    pages: tuple[LookedPage, ...]
    pictures: tuple[Picture, ...]
    previous: str = ""
    """SHA-256 of the hash list of the evidence file before this one."""

    @property
    def looked(self) -> int:
        """Pages that were really looked at."""
        return sum(page.state in ("visited", "unchanged") for page in self.pages)

    def states(self) -> Mapping[str, int]:
        """How many addresses ended in which state."""
        names = [page.state for page in self.pages]
        return {name: names.count(name) for name in sorted(set(names))}


def gather(
    advice: StatusAdvice,
    law: LawFlag,
    scan: ChannelScan,
    answers: Iterable[Answer] = (),
    pages: Iterable[LookedPage] = (),
    pictures: Iterable[Picture] = (),
    previous: str = "",
) -> Evidence:
    """The evidence from what is known; ValueError for a picture name that would leave the file or stands twice."""
    kept = tuple(pictures)
    for picture in kept:
        _inside(picture.name)
    if len({picture.name for picture in kept}) != len(kept):
        raise ValueError("two pictures have the same name")
    given = tuple(answers)
    rows = tuple(
        EvidenceRow(
            item,
            advice.facts.current[item.number],
            scan.of(item.number),
            tuple(said for said in given if said.criterion == item.number),
            tuple(picture for picture in kept if picture.criterion == item.number),
        )
        for item in advice.facts.edition.criteria
    )
    return Evidence(advice, law, scan, rows, tuple(pages), kept, previous)


def html(evidence: Evidence, lang: str) -> str:
    """The evidence as a page; pictures are linked by their place in the zip."""
    return render("evidence.html.j2", lang, evidence=evidence)


def write_zip(
    evidence: Evidence, path: Path, lang: str, extra: Mapping[str, bytes] | None = None, key: bytes = b""
) -> str:
    """Everything in one zip.

    Returns the SHA-256 of its hash list. `extra` adds files (an audit JSON, a PDF); a key signs the list.
    """
    files = {**_files(evidence, lang), **{_inside(name): content for name, content in (extra or {}).items()}}
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    files[HASHES] = sums
    if key:
        files[SIGNATURE] = (hmac.new(key, sums, hashlib.sha256).hexdigest() + "\n").encode()
    with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return hashlib.sha256(sums).hexdigest()


def verify(path: Path, key: bytes = b"") -> tuple[str, ...]:
    """What does not fit between an evidence file and its hash list, as `what: name`; empty when it is unaltered."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist()]
            if len(set(names)) != len(names) or sum(item.file_size for item in archive.infolist()) > MAX_BYTES:
                return ("not readable: double names or too large",)
            if HASHES not in names:
                return (f"missing: {HASHES}",)
            sums = archive.read(HASHES)
            lines = [line.partition("  ") for line in sums.decode().splitlines()]
            listed = {name: digest for digest, _, name in lines}
            found = [f"not listed: {name}" for name in names if name not in listed and name not in (HASHES, SIGNATURE)]
            found += [f"missing: {name}" for name in listed if name not in names]
            found += [
                f"altered: {name}"
                for name, digest in listed.items()
                if name in names and hashlib.sha256(archive.read(name)).hexdigest() != digest
            ]
            if key:
                signed = archive.read(SIGNATURE).decode().strip() if SIGNATURE in names else ""
                right = hmac.new(key, sums, hashlib.sha256).hexdigest()
                found += [] if hmac.compare_digest(signed, right) else [f"signature does not fit: {HASHES}"]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        return (f"not readable: {error}",)
    return tuple(found)


def _files(evidence: Evidence, lang: str) -> dict[str, bytes]:
    dossier, advice = evidence.advice.facts.dossier, evidence.advice
    files = {
        f"{text('evidence.file', lang)}.html": html(evidence, lang).encode(),
        "dossier.toml": write_toml(dossier, lang).encode(),
        "dossier-changes.jsonl": "".join(_json(_change(item)) + "\n" for item in dossier.changes).encode(),
        "criteria.csv": _criteria_csv(evidence, lang).encode("utf-8-sig"),
        "pages.csv": _pages_csv(evidence).encode("utf-8-sig"),
        "scan.json": _json(asdict(evidence.scan), indent=1).encode(),
        MANIFEST: _json(
            {
                "channel": advice.channel,
                "day": advice.day,
                "status": advice.letter,
                "rule": advice.rule.number,
                "norm": advice.facts.edition.standard,
                "parsing_policy": advice.facts.edition.parsing_policy,
                "met": advice.met,
                "total": advice.total,
                "versions": dict(evidence.scan.versions),
                "previous": evidence.previous,
            },
            indent=1,
        ).encode(),
    }
    return files | {picture.name: picture.content for picture in evidence.pictures}


def _criteria_csv(evidence: Evidence, lang: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        text(f"evidence.column.{name}", lang)
        for name in (
            "criterion",
            "name",
            "level",
            "verdict",
            "basis",
            "day",
            "source",
            "scan",
            "pages",
            "confirmed",
            "unconfirmed",
            "answers",
        )
    )
    for row in evidence.rows:
        writer.writerow(
            defused(cell)
            for cell in (
                row.criterion.number,
                row.criterion.name_nl if lang == "nl" else row.criterion.name_en,
                row.criterion.level.value,
                text(f"verdict.{row.current.verdict.value}", lang),
                text(f"evidence.basis.{row.current.basis.value}", lang),
                row.current.day.isoformat() if row.current.day else "",
                row.current.source,
                text(f"verdict.{row.scan.verdict.value}", lang),
                str(row.scan.pages_looked),
                str(len(row.scan.confirmed)),
                str(len(row.scan.unconfirmed)),
                str(len(row.answers)),
            )
        )
    return out.getvalue()


def _pages_csv(evidence: Evidence) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("address", "state", "reason", "status", "sha256"))
    for page in evidence.pages:
        writer.writerow(
            defused(cell) for cell in (page.address, page.state, page.reason, str(page.status), page.content_hash)
        )
    return out.getvalue()


def _change(item: DossierChange) -> dict[str, Any]:
    return asdict(item)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _inside(name: str) -> str:
    """The name, when it stays inside the zip: relative, without `..`, and not one of our own."""
    path = PurePosixPath(name)
    if (
        not name
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or ":" in name
        or "\n" in name
        or name in (HASHES, SIGNATURE)
    ):
        raise ValueError(f"{name!r} is no name for a file in the evidence")
    return name


def pages_without_look(pages: Sequence[LookedPage]) -> tuple[LookedPage, ...]:
    """Addresses that were found and not looked at, for the part of the evidence that says what it cannot say."""
    return tuple(
        page for page in pages if page.state not in ("visited", "unchanged", "redirected", "out of scope", "not a page")
    )
