"""Retention: what goes, and above all what does not; and what is said of it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner

from scanner import retention
from scanner.cli import app
from scanner.dossier_store import keep_file
from scanner.finding_store import findings, mark
from scanner.findings import Life, Mark
from scanner.model import LedgerState
from scanner.retention import Tidied, outcomes_thinned, tidy
from scanner.store import Looked, Store, Thinned, open_store
from scanner.tables import FindingRow
from scanner.verifying import verify
from tests.keeping.made import FIRST, HOME, barrier, blobs, config, named, night, page, settings, state_on

A, B, C = f"{HOME}a/", f"{HOME}b/", f"{HOME}c/"
AT = datetime(2026, 11, 24, tzinfo=UTC)


def clean(store: Store, days: int, start: int = 0, **more: object) -> list[int]:
    """Nights on which nothing is wrong."""
    return [night(store, n, {HOME: [], A: []}, **more).id for n in range(start, start + days)]  # type: ignore[arg-type]


def run(store: Store, folder: Path, keep_nights: int = 3, *, dry_run: bool = False, most_bytes: int | None = None) -> Tidied:
    made = config(folder, str(store.engine.url), keep_nights=keep_nights)
    done = tidy(store, made, dry_run=dry_run, clock=lambda: AT, most_bytes=most_bytes)
    found = verify(store.engine)
    assert found.whole, found.faults
    return done


def test_old_nights_lose_their_evidence_and_keep_what_it_said(store: Store, tmp_path: Path) -> None:
    scans = clean(store, 6)
    dry = run(store, tmp_path, dry_run=True)
    assert (dry.blobs, dry.scans, len(blobs(store))) == (6, scans[:3], 12)
    done = run(store, tmp_path)
    assert (done.blobs, done.freed, done.scans, done.fits) == (dry.blobs, dry.freed, dry.scans, True)
    for number, scan in enumerate(scans):
        assert bool(named(store, scan) & blobs(store)) == (number >= 3)
        assert len(store.outcomes(scan)) == 2 and len(store.ledger(scan)) == 2, "what it said stays"
    assert list(store.evidence(scans[0])) == [] and len(list(store.evidence(scans[5]))) == 2
    (digest,) = named(store, scans[0], HOME)
    with pytest.raises(Thinned, match=r"was thinned on 2026-11-24: older than keep_nights"):
        store.blob(digest)
    assert {row.why for row in store.thinned(scans[0]).values()} == {"age"} and store.thinned(scans[5]) == {}
    again = run(store, tmp_path)
    assert (again.blobs, again.scans) == (0, [])


def test_what_a_newer_night_names_too_stays(store: Store, tmp_path: Path) -> None:
    """An unchanged page: one blob, named by every night."""
    scans = clean(store, 6, same=True)
    assert len(blobs(store)) == 2
    assert run(store, tmp_path).blobs == 0 and named(store, scans[0]) <= blobs(store)


def test_what_an_open_finding_rests_on_stays(store: Store, tmp_path: Path) -> None:
    """First seen on night 1 on two pages; last seen on night 2 on one of them; accepted ones count as open."""
    logo, link = barrier("axe/image-alt", "logo"), barrier("axe/link-name", "menu")
    scans = [
        night(store, 0, {HOME: [], A: [], B: []}),
        night(store, 1, {HOME: [logo], A: [logo], B: []}),
        night(store, 2, {HOME: [logo], A: [], B: [link]}),
        *(night(store, n, {HOME: [], A: [], B: []}, record=False) for n in range(3, 9)),
    ]
    assert {f.rule: f.life for f in findings(store, config(tmp_path, str(store.engine.url)))} == {"axe/image-alt": Life.OPEN, "axe/link-name": Life.NEW}
    done = run(store, tmp_path)
    kept = blobs(store)
    assert not named(store, scans[0].id) & kept
    assert named(store, scans[1].id, HOME) | named(store, scans[1].id, A) <= kept and not named(store, scans[1].id, B) & kept
    assert named(store, scans[2].id, HOME) | named(store, scans[2].id, B) <= kept and not named(store, scans[2].id, A) & kept
    assert done.resting == len(named(store, scans[1].id, HOME) | named(store, scans[1].id, A) | named(store, scans[2].id, HOME) | named(store, scans[2].id, B))
    mark(store, "VB-0002", Mark(Life.ACCEPTED, "wordt vervangen", "Anna", AT, until=(AT + timedelta(days=30)).date()))
    assert run(store, tmp_path).blobs == 0
    with store.session() as session:
        session.execute(update(FindingRow).where(FindingRow.code == "VB-0001").values(life=Life.FIXED))
    run(store, tmp_path)
    kept = blobs(store)
    evidence = {row.url: row.evidence for row in store.ledger(scans[1].id)}
    assert evidence[A] not in kept and evidence[HOME] not in kept and named(store, scans[2].id, B) <= kept
    example = findings(store, config(tmp_path, str(store.engine.url)), codes=["VB-0001"])[0].examples[0]
    assert example.picture in kept, "a picture that a finding shows stays while the finding is known"


def test_what_the_dossier_rests_on_stays_whole(store: Store, tmp_path: Path) -> None:
    """A statement of night 2's day: the scan of that day and the newest one finished by then."""
    scans = clean(store, 9)
    state_on(store, (FIRST + timedelta(days=2)).date())
    law = tmp_path / "reports-out" / "main" / "law"
    law.mkdir(parents=True)
    (law / f"evidence-{(FIRST + timedelta(days=4)).date().isoformat()}-nl.zip").write_bytes(b"")
    done = run(store, tmp_path)
    kept = [bool(named(store, scan) <= blobs(store)) for scan in scans]
    assert kept == [False, True, True, True, True, False, True, True, True], "nights end after midnight: the one before counts too"
    assert done.kept["statement"] >= 4


def test_scans_made_to_be_evidence_and_scans_at_work_stay_whole(store: Store, tmp_path: Path) -> None:
    quarterly = night(store, 0, {HOME: []}, kind="quarterly").id
    yearly = night(store, 1, {HOME: []}, kind="yearly").id
    at_work = night(store, 2, {HOME: []}, finish=False).id
    plain = night(store, 3, {HOME: []}).id
    clean(store, 4, 4)
    done = run(store, tmp_path)
    for scan, stays in ((quarterly, True), (yearly, True), (at_work, True), (plain, False)):
        assert bool(named(store, scan) & blobs(store)) is stays
    assert (done.kept["evidence"], done.kept["unfinished"]) == (2, 1)


def test_files_that_people_handed_in_are_never_touched(store: Store, tmp_path: Path) -> None:
    digest = keep_file(store, "audit", b"an auditor's file")
    clean(store, 6)
    run(store, tmp_path, most_bytes=1)
    assert store.blob(digest) == b"an auditor's file"


def test_a_light_look_that_a_deep_look_replaced_goes(store: Store, tmp_path: Path) -> None:
    one = night(store, 0, {HOME: []})
    (row,) = store.ledger(one.id)
    (light,) = named(store, one.id)
    store.save_visit(one.id, row.id, Looked(page(HOME, "deep"), LedgerState.VISITED, "", [], {}, (), 0.1, "done"))
    done = run(store, tmp_path)
    assert (done.unnamed, done.blobs, done.scans) == (1, 1, []) and light not in blobs(store)
    with pytest.raises(KeyError):
        store.blob(light)


def test_a_store_that_is_too_large_is_thinned_further_and_told(store: Store, tmp_path: Path) -> None:
    """Oldest nights first, two stay; then outcomes; and it says when that is not enough."""
    scans = clean(store, 8, weight=60_000)
    size = run(store, tmp_path, keep_nights=60).after
    some = run(store, tmp_path, keep_nights=60, most_bytes=size - 100_000)
    assert 1 <= len(some.scans) < 6 and some.scans == scans[: len(some.scans)]
    assert some.outcomes == [], "outcomes go last"
    most = run(store, tmp_path, keep_nights=60, most_bytes=1)
    assert most.scans == scans[len(some.scans) : 6] and most.outcomes == scans[:6]
    assert not most.fits and "too_large" in most.notes
    assert [bool(named(store, scan) <= blobs(store)) for scan in scans[6:]] == [True, True]
    assert store.outcomes(scans[0]) == [] and outcomes_thinned(store, scans[0]) == "2026-11-24" and len(store.ledger(scans[0])) == 2
    assert {row.why for row in store.thinned(scans[5]).values()} == {"size"}
    assert most.after < size


def test_room_is_given_back_to_the_disk(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    clean(store, 12, weight=100_000)
    with store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    before = (tmp_path / "s.sqlite").stat().st_size
    done = run(store, tmp_path, keep_nights=2)
    assert (tmp_path / "s.sqlite").stat().st_size < before / 2 and done.notes == []


def test_a_blob_that_a_scan_names_again_meanwhile_stays(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and taking away a scan comes upon the same content."""
    night(store, 0, {HOME: []}, same=True)
    clean(store, 4, 1)
    usual = retention._take_away
    began: list[int] = []

    def later(*arguments: object) -> None:
        if arguments[3] == "age" and not began:
            began.append(night(store, 9, {HOME: []}, same=True, finish=False).id)
        usual(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(retention, "_take_away", later)
    done = run(store, tmp_path, keep_nights=2)
    assert named(store, began[0]) <= blobs(store) and done.blobs > 0


def test_a_finding_that_moves_meanwhile_ends_it_for_now(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean(store, 6)
    usual = retention._take_away

    def later(*arguments: object) -> None:
        if arguments[3] == "age":
            night(store, 9, {HOME: [barrier("axe/image-alt", "logo")]})
        usual(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(retention, "_take_away", later)
    done = run(store, tmp_path)
    assert (done.blobs, done.notes) == (0, ["findings_moved"])


def test_the_commands_say_what_was_thinned(store: Store, tmp_path: Path) -> None:
    scans = clean(store, 6)
    path = settings(tmp_path, str(store.engine.url), keep_nights=3, max_megabytes=100)

    def call(*arguments: str, code: int = 0, lang: str = "en") -> str:
        done = CliRunner().invoke(app, [*arguments, "--config", str(path), "--lang", lang])
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    assert "Would be thinned: 6 blobs" in call("tidy", "--dry-run")
    assert "Thinned: 6 blobs" in call("tidy") and "Uitgedund: 0" in call("tidy", lang="nl")
    told = call("explain", HOME)
    assert told.count("its evidence was thinned on") == 3 and "older than keep_nights" in told
    assert "fixed" not in told
    said = call("judge", "--replay", str(scans[0]), code=3)
    assert "The evidence of 2 pages of scan 1 was thinned" in said
    assert "thinned" not in call("judge", "--replay", str(scans[5]))
    assert "to what was thinned" in call("verify")


def test_explain_says_when_outcomes_went(store: Store, tmp_path: Path) -> None:
    clean(store, 4, weight=5000)
    run(store, tmp_path, most_bytes=1)
    done = CliRunner().invoke(app, ["explain", HOME, "--config", str(settings(tmp_path, str(store.engine.url))), "--lang", "en"])
    assert " ".join(done.output.split()).count("its outcomes were thinned on") == 2
