"""The dossiers that the demonstration brings along: a readable story, through the real import."""

from datetime import date, timedelta

import pytest

from reports.improvement import yearly
from reports.statement import draft
from scanner import dossier_store, legal
from scanner.demo.people import give_answers, take_in_dossiers
from scanner.model import Verdict
from scanner.status import LawMet, alarms, forecast, law_flag, status
from scanner.store import open_store
from tests.law.made_scan import estate

DAY = date(2026, 11, 24)
CHANNELS = ("main", "sport", "loket", "kaart", "formulier")


@pytest.fixture(scope="module")
def dossiers(tmp_path_factory):
    """Every dossier by channel."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'scanner.sqlite'}")
    assert take_in_dossiers(store, CHANNELS) == 9
    assert take_in_dossiers(store, CHANNELS) == 0, "run again: what is there stays"
    return {name: dossier_store.dossier(store, name) for name in CHANNELS}


def test_every_letter_is_there(dossiers):
    assert {name: status(dossiers[name], DAY).letter for name in CHANNELS} == {"main": "B", "sport": "C", "loket": "B", "kaart": "A", "formulier": "E"}


def test_the_main_site_grows_and_its_history_tells_when(dossiers):
    days = (date(2024, 11, 17), date(2024, 11, 18), date(2025, 11, 2), date(2025, 11, 3), date(2026, 10, 26))
    assert [(status(dossiers["main"], day).letter, status(dossiers["main"], day).met) for day in days][1:] == [
        ("D", 0), ("D", 0), ("B", 47), ("B", 49)]
    assert status(dossiers["main"], days[0]).letter == "E"
    assert law_flag(dossiers["main"], DAY).met is LawMet.YES
    log = yearly(dossiers["main"], DAY)
    assert [item.number for item in log.solved_criteria] == ["1.1.1", "1.4.3"] and len(log.retests) == 2


def test_each_channel_has_something_to_do(dossiers):
    found = {name: {alarm.kind for alarm in alarms(dossiers[name], DAY)} for name in CHANNELS}
    assert "research-expires" in found["kaart"] and "measure-overdue" in found["loket"] and "no-statement" in found["formulier"]
    assert law_flag(dossiers["loket"], DAY).met is LawMet.NO
    assert next((item.day, item.letter) for item in forecast(dossiers["kaart"], DAY, date(2027, 12, 31))) == (date(2027, 2, 12), "D")


def test_the_statements_of_a_and_b_could_be_published(dossiers):
    assert {name for name in CHANNELS if draft(dossiers[name], DAY).publishable} >= {"main", "kaart", "loket"}


def test_answers_find_their_questions_or_are_left_out(tmp_path):
    config, store, _ = estate(tmp_path)
    assert give_answers(store, config) == 2, "logo and photo; no other question of the list is asked here"
    (verdict,) = legal.situation(store, config, "main").dossier.human
    assert (verdict.criterion, verdict.verdict, verdict.by) == ("1.1.1", Verdict.PASSED, "N. Bakker")


def test_a_message_tells_an_alarm_once_per_stage(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'scanner.sqlite'}")
    take_in_dossiers(store, ("kaart", "loket"))
    expiry = [date(2026, 5, 12), date(2026, 8, 12), date(2026, 11, 12), date(2027, 1, 12), date(2027, 2, 12)]
    days = sorted({date(2026, 5, 1) + timedelta(n) for n in range(0, 300, 5)} | {day + timedelta(n) for day in expiry for n in (-1, 0, 1)})
    told = [day for day in days if any("onderzoek" in alarm.lower() for alarm in legal.new_alarms(store, "kaart", "nl", day))]
    assert told == expiry, "nine, six, three and one month before, and on the day itself"
    days = [date(2026, 8, 25) + timedelta(n) for n in range(20)]
    assert [day for day in days if any("3.3.1" in alarm for alarm in legal.new_alarms(store, "loket", "nl", day))] == [date(2026, 9, 2)]
