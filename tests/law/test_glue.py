"""The law's glue: the dossier in the store, and a scan with its findings as the law reads them."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from scanner import dossier_store
from scanner.dossier import Dossier, HistoryBroken
from scanner.store import open_store
from tests.law.dossiers import good, measure
from tests.law.municipality import main_site

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    """An empty store on disk."""
    return open_store(f"sqlite:///{tmp_path / 'scanner.sqlite'}")


# The dossier in the store ------------------------------------------------------------------------------------------


def test_what_is_written_down_comes_back_with_its_history(store):
    wanted = replace(good(("1.4.3",)), channel="main")
    made = dossier_store.record(store, "main", lambda _: wanted, "Anna", since=date(2025, 4, 1), note="overgenomen")
    found = dossier_store.dossier(store, "main")
    assert found == wanted
    assert found.changes == made
    assert {(change.by, change.since, change.note) for change in made} == {("Anna", date(2025, 4, 1), "overgenomen")}
    assert found.as_of(date(2025, 3, 31)) == Dossier("main")
    assert dossier_store.channels(store) == ("main",)


def test_three_years_of_changes_survive_the_store(store):
    original = main_site()
    for change in original.changes:
        with store.session() as session:
            session.add(dossier_store.DossierChangeRow(
                channel=change.channel, at=change.at.replace(tzinfo=UTC), by=change.by, path=change.path, before=change.before,
                after=change.after, since=change.since, note=change.note))
    assert dossier_store.dossier(store, original.channel) == original


def test_an_edit_that_changes_nothing_leaves_no_trace(store):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna")
    assert dossier_store.record(store, "main", lambda before: before, "Bilal") == ()


def test_a_change_needs_a_name(store):
    with pytest.raises(ValueError, match="name"):
        dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), " ")


def test_the_database_refuses_to_alter_or_drop_a_change(store):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna")
    for statement in ("UPDATE dossier_change SET after = '\"A\"'", "DELETE FROM dossier_change"):
        with pytest.raises(DatabaseError, match="append only"), store.session() as session:
            session.execute(sql(statement))


def test_a_lost_change_is_noticed(store):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna")
    dossier_store.record(store, "main", lambda before: replace(before, statement=replace(before.statement, claimed_status="A")), "Bilal")
    with store.session() as session:
        session.execute(sql("DROP TRIGGER dossier_change_no_DELETE"))
        session.execute(sql("DELETE FROM dossier_change WHERE path = 'statement/claimed_status' AND after = '\"B\"'"))
    with pytest.raises(HistoryBroken, match="claimed_status"):
        dossier_store.dossier(store, "main")


def test_two_people_at_the_same_time_both_leave_their_change(store):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna")

    def add(number):
        dossier_store.record(
            store, "main", lambda before: replace(before, measures=(*before.measures, measure(f"1.4.{number}"))), f"P{number}")

    people = [threading.Thread(target=add, args=(number,)) for number in (1, 2, 3, 4, 5)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    found = dossier_store.dossier(store, "main")
    assert len(found.measures) == 5
    assert {change.by for change in found.changes} == {"Anna", "P1", "P2", "P3", "P4", "P5"}


def test_a_clock_that_goes_back_does_not_reorder_history(store):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna", at=NOON)
    made = dossier_store.record(store, "main", lambda before: replace(before, statement=None), "Bilal", at=NOON - timedelta(1))
    assert {change.at for change in made} == {NOON}
