"""The law's glue: the dossier in the store, and a scan with its findings as the law reads them."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from scanner import dossier_store, legal, sampling
from scanner.config import Exemption
from scanner.dossier import Dossier, HistoryBroken
from scanner.findings import Event
from scanner.model import Outcome, Verdict
from scanner.questions import answer
from tests.law.dossiers import good, measure
from tests.law.made_scan import HOME, PAGES, estate, grey, picture, scan
from tests.law.municipality import main_site

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


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


def test_a_lost_change_is_noticed(store, database):
    dossier_store.record(store, "main", lambda _: replace(good(), channel="main"), "Anna")
    dossier_store.record(store, "main", lambda before: replace(before, statement=replace(before.statement, claimed_status="A")), "Bilal")
    with store.session() as session:
        session.execute(sql("DROP TRIGGER dossier_change_no_DELETE" if database == "sqlite" else "DROP TRIGGER dossier_change_stays ON dossier_change"))
        session.execute(sql("DELETE FROM dossier_change WHERE path = 'statement/claimed_status' AND CAST(after AS TEXT) = '\"B\"'"))
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


# A scan as the law reads it ----------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path):
    """A scanned channel: settings, store, scan."""
    return estate(tmp_path)


def look(here, day=None):
    """The situation of the main channel."""
    config, store, _ = here
    return legal.situation(store, config, "main", day)


def test_what_the_scan_says_is_a_signal_per_criterion(here):
    now = look(here)
    assert len(now.seen.criteria) == 50
    assert (now.seen.pages_looked, now.seen.complete) == (12, True)
    assert {number: now.seen.of(number).verdict for number in ("1.4.3", "1.1.1", "1.3.4", "2.4.5")} == {
        "1.4.3": Verdict.FAILED, "1.1.1": Verdict.CANT_TELL, "1.3.4": Verdict.PASSED, "2.4.5": Verdict.CANT_TELL}
    assert now.seen.of("2.1.1").pages_looked == 1
    (finding,) = now.seen.of("1.4.3").findings
    assert (finding.id, finding.pages, finding.confirmed) == ("VM-0001", 12, False)
    assert finding.owner == "Team Communicatie"
    assert now.seen.versions == {"scanner": "0.1.0", "rules": "1", "axe": "4.14.1"}
    assert now.advice.letter == "E", "a scan alone never gives a status"
    assert [item.kind for item in now.conflicts] == ["not-in-register"]


def test_one_question_per_thing_with_its_picture_and_every_unsettled_criterion_once(here):
    asked = {(item.criterion, item.rule): item for item in look(here).questions}
    logo = next(item for item in look(here).questions if item.values.get("alternative") == "Logo")
    assert len(logo.pages) == 12
    assert logo.picture.endswith(".png") and here[1].blob(logo.picture.removesuffix(".png")).startswith(b"\x89PNG")
    assert sum(item.criterion == "1.1.1" for item in look(here).questions) == 2, "logo and photo; every page had a picture"
    assert asked["1.4.3", "contrast-low"].pages == tuple(PAGES)
    assert ("2.1.1", "") in asked and ("1.3.4", "") not in asked and ("4.1.1", "") not in asked
    assert look(here).open[0].criterion in ("1.1.1", "1.4.3"), "most pages first"


def test_the_same_thing_has_the_same_fingerprint_wherever_it_stands():
    one, two = picture(HOME), picture(f"{HOME}contact/")
    assert legal.thing(one, HOME) == legal.thing(two, f"{HOME}contact/")
    assert legal.thing(picture(HOME, "Wapen"), HOME) != legal.thing(one, HOME), "another alternative is another thing"
    assert legal.thing(picture(HOME, source="http://127.0.0.1:1/logo.svg"), HOME) != legal.thing(picture(HOME, source=f"{HOME}ander.svg"), HOME)
    title = Outcome("2.4.2", Verdict.CANT_TELL, "title-thin", values={"title": "Nieuws"})
    assert legal.thing(title, f"{HOME}a/") != legal.thing(title, f"{HOME}b/"), "an outcome without a place is about its page"


def give(here, verdict, *, alternative="", criterion="", day=None, by="Anna", note=""):
    """Answers the questions with this alternative or of this criterion."""
    config, store, _ = here
    now = look(here, day)
    chosen = [item for item in now.questions if (alternative and item.values.get("alternative") == alternative) or (criterion and item.criterion == criterion)]
    assert chosen
    return legal.answer(store, config, "main", [answer(item, verdict, by, now.day, now.framework, note) for item in chosen], by)


def test_answers_become_a_verdict_of_a_person_when_every_question_is_answered(here):
    give(here, Verdict.PASSED, alternative="Logo")
    assert look(here).dossier.human == ()
    give(here, Verdict.PASSED, alternative="foto", by="Bilal")
    (verdict,) = look(here).dossier.human
    assert (verdict.id, verdict.criterion, verdict.verdict, verdict.by) == ("answers-1.1.1", "1.1.1", Verdict.PASSED, "Anna, Bilal")
    assert {change.by for change in look(here).dossier.changes} == {"Anna", "Bilal"}
    assert look(here).progress.left == look(here).progress.total - look(here).progress.decided


def test_a_confirmed_finding_is_a_verdict_with_its_number(here):
    before = look(here).progress
    give(here, Verdict.FAILED, criterion="1.4.3", note="gezien op de startpagina")
    now = look(here)
    (verdict,) = now.dossier.human
    assert (verdict.id, verdict.verdict, verdict.finding, verdict.note) == ("finding-1.4.3-VM-0001", Verdict.FAILED, "VM-0001", "gezien op de startpagina")
    assert now.seen.of("1.4.3").confirmed and now.progress.decided == before.decided + 1
    assert [item.criterion for item in now.questions if item.fingerprint.startswith("finding:")] == []


def test_a_failure_that_a_person_denies_is_a_false_alarm_and_no_verdict(here):
    config, store, _ = here
    give(here, Verdict.FAILED, criterion="1.4.3")
    held = [item for item in look(here).dossier.answers if item.criterion == "1.4.3"]
    legal.answer(store, config, "main", [replace(held[0], verdict=Verdict.PASSED, note="logo's zijn vrijgesteld")], "Anna")
    now = look(here)
    assert now.dossier.human == ()
    (finding,) = now.findings
    assert finding.life == "false alarm" and finding.mark.reason == "logo's zijn vrijgesteld"
    assert now.seen.of("1.4.3").findings == () and now.seen.of("1.4.3").verdict is Verdict.CANT_TELL
    assert ("1.4.3", "criterion:1.4.3") in {(item.criterion, item.fingerprint) for item in now.questions}


def again(here, **other):
    """Another scan of the channel, as the end of a scan notes it."""
    config, store, _ = here
    done = scan(store, config, **other)
    legal.note_scan(store, config, done)
    return config, store, done


def changed(url):
    """The logo has another alternative."""
    return [picture(url, "Wapen van Voorbeeldmeer"), grey()]


def test_an_answer_holds_from_scan_to_scan_until_the_thing_changes(here):
    give(here, Verdict.PASSED, alternative="Logo")
    give(here, Verdict.PASSED, alternative="foto")
    here = again(here)
    assert look(here).dossier.human[0].valid_until == look(here).dossier.answers[0].valid_until
    assert all(item.criterion != "1.1.1" for item in look(here).open)
    here = again(here, outcomes=changed)
    now = look(here)
    assert [item.values["alternative"] for item in now.open if item.criterion == "1.1.1"] == ["Wapen van Voorbeeldmeer"]
    assert [item.criterion for item in now.dossier.human] == [], "given and ended on one day: it holds no more"
    last = now.dossier.changes[-1]
    assert (last.by, last.path, last.after) == (legal.SCANNER, "human/answers-1.1.1", None)


def test_a_verdict_of_before_today_is_ended_not_removed(here):
    week = look(here).day - timedelta(7)
    give(here, Verdict.PASSED, alternative="Logo", day=week)
    give(here, Verdict.PASSED, alternative="foto", day=week)
    here = again(here, outcomes=changed)
    (verdict,) = look(here).dossier.human
    assert (verdict.day, verdict.valid_until) == (week, look(here).day - timedelta(1))


def test_a_scan_that_did_not_see_everything_ends_nothing(here):
    give(here, Verdict.PASSED, alternative="Logo")
    give(here, Verdict.PASSED, alternative="foto")
    here = again(here, outcomes=changed, left=[f"{HOME}traag/"])
    now = look(here)
    assert not now.seen.complete
    assert [item.id for item in now.dossier.human] == ["answers-1.1.1"]


def test_a_repaired_finding_leaves_the_verdict_that_asks_for_a_retest(here):
    give(here, Verdict.FAILED, criterion="1.4.3")
    clean = {"outcomes": lambda url: [picture(url)]}
    here = again(again(here, **clean), **clean)
    assert [item.life for item in look(here).findings] == ["fixed"]
    assert [item.id for item in look(here).dossier.human] == ["finding-1.4.3-VM-0001"]


def test_new_questions_are_those_that_were_never_there(here):
    config, store, first = here
    legal.note_scan(store, config, first)
    with store.session() as session:
        session.execute(sql("UPDATE question SET first_seen = '2026-01-01'"))
    assert look(here).progress.new == 0
    assert look(again(here)).progress.new == 0
    here = again(here, outcomes=changed)
    assert {item.values.get("alternative") for item in look(here).open if item.first_seen == look(here).seen.day and item.criterion == "1.1.1"} == {"Wapen van Voorbeeldmeer"}


def test_content_that_the_law_leaves_out_is_not_asked_about(here):
    config, store, _ = here
    exemption = Exemption(ground="archive", reason="Niet gewijzigd na 23 september 2019.", url="/nieuws/")
    main = config.channel("main").model_copy(update={"exemptions": (exemption,)})
    config = config.model_copy(update={"channels": (main, *config.channels[1:])})
    alternatives = {item.values.get("alternative") for item in legal.situation(store, config, "main").questions}
    assert "foto" not in alternatives and "Logo" in alternatives


def test_a_deviation_that_stays_away_is_a_candidate_for_a_retest(here):
    config, store, _ = here
    dossier_store.record(store, "main", lambda _: replace(good(("1.4.3",)), channel="main"), "Anna")
    clean = {"outcomes": lambda url: [picture(url)]}
    here = again(again(here, **clean), **clean)
    now = look(here)
    assert now.seen.of("1.4.3").clean_since == now.seen.day
    later = legal.situation(store, config, "main", now.day + timedelta(40))
    assert "candidate-solved" in [item.kind for item in later.conflicts]


def test_tallies_count_confirmed_findings_only(here):
    assert look(here).tallies == ()
    give(here, Verdict.FAILED, criterion="1.4.3")
    (now,) = look(here).tallies
    assert (now.open, now.new, now.solved, dict(now.by_criterion), dict(now.by_owner)) == (1, 1, 0, {"1.4.3": 1}, {"Team Communicatie": 1})
    clean = {"outcomes": lambda url: [picture(url)]}
    here = again(again(here, **clean), **clean)
    (now,) = look(here).tallies
    assert (now.open, now.solved) == (0, 1)


def test_tallies_follow_the_life_of_a_finding(here):
    (finding,) = look(here).findings
    day = datetime(2026, 1, 10, 12, tzinfo=UTC)
    history = (Event(day, "opened"), Event(day + timedelta(40), "fixed"), Event(day + timedelta(100), "reopened"))
    finding = replace(finding, first_seen=day, history=history)
    found = {item.day: item for item in legal.tally([finding], {finding.id}, date(2026, 5, 15))}
    assert [(day.month, item.open, item.new, item.solved, item.reopened) for day, item in found.items()] == [
        (1, 1, 1, 0, 0), (2, 0, 0, 1, 0), (3, 0, 0, 0, 0), (4, 1, 0, 0, 1), (5, 1, 0, 0, 0)]


# The sample --------------------------------------------------------------------------------------------------------


def test_the_sample_comes_from_the_crawl_and_keeps_its_seed(here):
    config, store, done = here
    sample = dossier_store.last_sample(store, "main", done.id)
    reasons = {entry.url: (entry.reason, *entry.also) for entry in sample.entries}
    assert reasons[HOME][0] == "home" and "contact" in reasons[f"{HOME}contact/"]
    assert reasons[f"{HOME}toegankelijkheid/"][0] == "statement"
    assert "service" in reasons[f"{HOME}paspoort-aanvragen/"] and f"{HOME}besluit.pdf" in reasons
    assert len({PAGES[url][1] for url in reasons if url in PAGES}) == 4, "every template"
    assert len(sample.random) >= 1
    assert dossier_store.last_sample(store, "main", again(here)[2].id) == sample
    other = [sampling.draw(store, config.channel("main"), done, seed).random for seed in range(2, 8)]
    assert any(one != sample.random for one in other)
    assert dossier_store.last_sample(store, "main", again(here)[2].id).seed == 7, "a seed that a person chose stays"


def test_the_auditor_gets_every_entry_with_clause_and_reason(here):
    _, store, done = here
    pages = sampling.listed(store, done.id, dossier_store.last_sample(store, "main"), "nl")
    lines = sampling.write_csv(pages, "nl").splitlines()
    assert len(lines) == len(pages) + 1
    assert lines[1].startswith(f"{HOME};Voorbeeldmeer;a: vaste pagina's;Startpagina")
    assert sum(page.random for page in sampling.for_audit(pages)) == len(dossier_store.last_sample(store, "main").random)
