"""The store's own promises on both databases: visits, hostile text, carrying forward, troubles in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, text

from scanner import unchanged
from scanner.model import Discovery, LedgerState, Outcome, Place, Verdict
from scanner.store import Looked, Store, StoreTrouble, open_store
from scanner.verifying import verify
from tests.keeping.made import HOME, VERSIONS, barrier, blobs, night, page


def test_a_visit_replaces_what_an_earlier_visit_left(store: Store) -> None:
    one = store.begin("main", "site", VERSIONS, {})
    store.discover(one.id, [Discovery(HOME, "start", 0, channel="main"), Discovery(HOME, "again", 3, channel="main")])
    (row,) = store.ledger(one.id)
    assert (row.found_on, row.depth, store.attempt(row.id), store.attempt(row.id)) == ("start", 0, 1, 2)
    links = [Discovery(f"{HOME}{i}/", HOME, 1, channel="main") for i in range(3)]
    for made in ([barrier("a", "x"), barrier("b", "y")], [barrier("c", "z")]):
        looked = Looked(page(HOME, "t"), LedgerState.VISITED, "", made, {0: b"png"}, links, 0.5)
        store.save_visit(one.id, row.id, looked)
    assert [(o.outcome.rule, store.blob(o.picture)) for o in store.outcomes(one.id)] == [("c", b"png")]
    assert store.counts(one.id) == {LedgerState.VISITED: 1, LedgerState.FOUND: 3}
    assert [p.url for p in store.evidence(one.id)] == [HOME] and len(blobs(store)) == 2
    store.discover(one.id, [Discovery(HOME, "later", 0, LedgerState.SERVER_ERROR, fetched=True, channel="main")])
    assert store.ledger(one.id, LedgerState.VISITED)[0].url == HOME, "what a visit settled is never overwritten"


def test_text_that_no_database_keeps_does_not_end_a_scan(store: Store) -> None:
    """A page may hold NUL and half surrogates; PostgreSQL takes neither, SQLite not the second."""
    one = store.begin("main", "site", VERSIONS, {})
    store.discover(one.id, [Discovery(HOME, "start", 0, channel="main")])
    (row,) = store.ledger(one.id)
    bad = "a\0b\ud800c"
    hostile = Outcome("1.1.1", Verdict.FAILED, "r", Place(bad, bad), bad, "v", {"text": bad}, replay=(bad,))
    store.save_visit(one.id, row.id, Looked(page(HOME, bad), LedgerState.VISITED, bad, [hostile], {}, (), 0.1))
    (kept,) = store.outcomes(one.id)
    assert kept.outcome.place is not None and kept.outcome.place.snippet == "a\ufffdb\ufffdc"
    assert kept.outcome.values == {"text": bad} and store.ledger(one.id)[0].reason == "a\ufffdb\ufffdc"


def test_unchanged_pages_are_carried_with_what_was_kept(store: Store) -> None:
    first = night(store, 0, {HOME: [barrier("axe/image-alt", "logo")], f"{HOME}a/": []})
    second = store.begin("main", "site", VERSIONS, {"follow": True, "full": False})
    store.discover(second.id, [Discovery(HOME, "start", 0, LedgerState.UNCHANGED, channel="main", fetched=True)])
    past = unchanged.before(store, second)
    assert past is not None and past.id == first.id
    assert (unchanged.carry(store, second, past), unchanged.carry(store, second, past)) == (1, 0)
    (row,) = store.ledger(second.id)
    assert row.confirmed_from == first.id and row.evidence == store.ledger(first.id)[0].evidence
    assert [o.outcome.rule for o in store.outcomes(second.id)] == ["axe/image-alt", "title"]
    assert unchanged.look_after_all(store, second, set(), {"t"}) == [HOME]
    assert store.outcomes(second.id) == [] and store.ledger(second.id)[0].state is LedgerState.FOUND


def test_a_locked_database_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    one = store.begin("main", "site", VERSIONS, {})
    store.discover(one.id, [Discovery(HOME, "start", 0, channel="main")])
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    other = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    with other.engine.connect() as holding:
        raw = holding.connection.driver_connection
        assert raw is not None
        raw.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreTrouble, match=r"another program holds the database.*is kept"):
            store.settle(1, LedgerState.VISITED)
        raw.rollback()
    store.settle(1, LedgerState.VISITED)
    assert store.counts(one.id) == {LedgerState.VISITED: 1}


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """SQLite says itself that there is no room, by a limit on its pages."""
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    one = night(store, 0, {HOME: []})
    store.engine.dispose()

    def small(connection: object, _: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    event.listen(store.engine, "connect", small)
    with pytest.raises(StoreTrouble, match=r"the disk is full: make room.*is kept"):
        night(store, 1, {HOME: [barrier("a", "b")] * 50}, weight=100_000)
    event.remove(store.engine, "connect", small)
    store.engine.dispose()
    assert [p.url for p in store.evidence(one.id)] == [HOME]
    unfinished = store.unfinished("main")
    assert unfinished is None or store.counts(unfinished.id).get(LedgerState.VISITED, 0) == 0
    again = night(store, 2, {HOME: [barrier("a", "b")] * 50}, weight=100_000)
    assert len(store.outcomes(again.id)) == 51 and verify(store.engine).faults == []


def test_the_disk_is_waited_for_unless_another_look_brings_the_same(store: Store) -> None:
    asked, waits, does_not = {
        "sqlite": ("PRAGMA synchronous", 2, 1),
        "postgresql": ("SHOW synchronous_commit", "on", "off"),
    }[store.engine.dialect.name]

    def setting(*, repeatable: bool) -> object:
        with store.session(repeatable=repeatable) as session:
            return session.scalar(text(asked))

    assert [setting(repeatable=r) for r in (False, True, False)] == [waits, does_not, waits]
