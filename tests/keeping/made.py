"""A made-up store: nights of a small site, with evidence, pictures, findings, a dossier and scheduled nights."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import insert, select, update

from scanner import dossier_store
from scanner.config import Config, load
from scanner.dossier import Dossier, Statement
from scanner.finding_store import record_night
from scanner.findings import Glance
from scanner.model import Discovery, LedgerState, Outcome, PageEvidence, Place, Record, StateEvidence, Verdict
from scanner.store import Looked, Scan, Store
from scanner.tables import AddressRow, BlobRow, OutcomeRow, ScanRow, ScheduledNightRow

HOME = "https://www.example.nl/"
FIRST = datetime(2026, 6, 1, 20, 30, tzinfo=UTC)
"""Half past ten in the evening here: a night ends after midnight."""
VERSIONS = {"axe": "4.14.1", "rules": "1", "browser": "156", "scanner": "1.0"}


def settings(folder: Path, address: str, **storage: object) -> Path:
    """A settings file for one channel on a database."""
    more = "".join(f"{name} = {json.dumps(value)}\n" for name, value in storage.items())
    path = folder / "scanner.toml"
    path.write_text(
        '[organisation]\nname = "Gemeente Voorbeeld"\nshort = "VB"\nlang = "en"\n'
        f'[[channel]]\nid = "main"\nname = "Site"\nurl = "{HOME}"\n'
        f'[storage]\nfolder = "data"\ndatabase = "{address}"\n{more}',
        "utf-8",
    )
    return path


def config(folder: Path, address: str, **storage: object) -> Config:
    """The same, loaded."""
    return load(settings(folder, address, **storage))


def page(url: str, title: str, weight: int = 0) -> PageEvidence:
    """Evidence of a page; `weight`: bytes that do not compress, so that a store has a size."""
    heavy = "".join(f"{hash((url, title, i)) & 0xFFFFFFFF:08x}" for i in range(weight // 8))
    facts = {"title": title, "features": [], "links": [], "forms": [], "passwordFields": 0, "heavy": heavy}
    look = StateEvidence("base", "1280x1024", (), {"facts": Record("facts", facts), "axe": Record("axe", {})})
    return PageEvidence(url, url, 200, "text/html", template="t", looks=(look,))


def barrier(rule: str, where: str) -> Outcome:
    """A failure at a place."""
    place = Place(f"#{where}", f'<img id="{where}" src="{where}.png">', region="main")
    return Outcome("1.1.1", Verdict.FAILED, rule, place, "base", "1280x1024")


def picture(name: str) -> bytes:
    """A small picture; another name, another content."""
    kept, noted = io.BytesIO(), PngInfo()
    noted.add_text("name", name)
    Image.new("RGB", (4, 4), "navy").save(kept, "PNG", pnginfo=noted)
    return kept.getvalue()


def night(
    store: Store,
    number: int,
    pages: Mapping[str, Sequence[Outcome]],
    *,
    weight: int = 0,
    same: bool = False,
    kind: str = "nightly",
    finish: bool = True,
    record: bool = True,
) -> Scan:
    """The scan of a night (0: the first of June): page → what fails on it. `same`: evidence as every night."""
    at = FIRST + timedelta(days=number)
    one = store.begin("main", "site", VERSIONS, {"follow": True, "full": True})
    store.discover(one.id, [Discovery(url, "start", 0, channel="main", fetched=True) for url in pages])
    for row in store.ledger(one.id):
        made = list(pages[row.url])
        title = "as ever" if same else f"night {number}"
        shown = {i: picture(f"{row.url} {o.rule} {title}") for i, o in enumerate(made)}
        passed = Outcome("2.4.2", Verdict.PASSED, "title", state="base", viewport="1280x1024")
        looked = Looked(page(row.url, title, weight), LedgerState.VISITED, "", [*made, passed], shown, (), 0.1)
        store.save_visit(one.id, row.id, looked)
    if finish:
        store.stage(one.id, "done")
    with store.session() as session:
        values: dict[str, object] = {"started": at}
        if finish:
            values["finished"] = at + timedelta(hours=2)
        session.execute(update(ScanRow).where(ScanRow.id == one.id).values(**values))
        if finish:
            session.execute(
                insert(ScheduledNightRow).values(
                    channel="main", kind=kind, day=at.date(), state="done", scan_id=one.id, started=at,
                    finished=at + timedelta(hours=2), note="",
                )
            )  # fmt: skip
    one = store.scan(one.id)
    if finish and record:
        looks = {("base", "1280x1024"): frozenset({"facts", "axe"})}
        record_night(store, one, "VB", {url: Glance(url, True, True, looks) for url in pages})
    return one


def state_on(store: Store, day: date) -> None:
    """A statement that was published on a day."""

    def edit(before: Dossier) -> Dossier:
        return replace(before, statement=Statement(published_on=day))

    dossier_store.record(store, "main", edit, "Anna", since=day)


def filled(store: Store, nights: int = 3) -> list[Scan]:
    """A store with a bit of everything."""
    scans = [night(store, n, {HOME: [barrier("axe/image-alt", "logo")], f"{HOME}a/": []}) for n in range(nights)]
    state_on(store, (FIRST + timedelta(days=1)).date())
    dossier_store.keep_file(store, "audit", b"an auditor's file")
    return scans


def blobs(store: Store) -> set[str]:
    """Hashes that are kept."""
    with store.session() as session:
        return set(session.scalars(select(BlobRow.hash)))


def named(store: Store, scan: int, url: str | None = None) -> set[str]:
    """Hashes that a scan names, of one page or of all."""
    with store.session() as session:
        which = AddressRow.scan_id == scan
        if url is not None:
            which &= AddressRow.url == url
        evidence = session.scalars(select(AddressRow.evidence).where(which))
        pictures = session.scalars(
            select(OutcomeRow.picture).join(AddressRow, AddressRow.id == OutcomeRow.address_id).where(which)
        )
        return {*evidence, *pictures} - {""}
