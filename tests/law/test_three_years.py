"""Three years of a made-up municipality: what its statements, logs and council pages say, as golden files.

To accept new texts: run with UPDATE_GOLDEN=1 and read the difference before committing it.
"""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from reports.improvement import bars, council, council_html, log_html, story, yearly
from reports.statement import draft
from reports.statement import html as statement_html
from scanner.dossier import FindingTally
from scanner.status import LawMet, alarms, forecast, law_flag, status
from scanner.texts import LANGUAGES
from tests.law.html_rules import faults, words
from tests.law.municipality import YEARS, archive, dossiers, forms, main_site, tallies, town_map

GOLDEN = Path(__file__).parents[1] / "golden" / "law"
DOSSIERS = {item.channel: item for item in dossiers()}
TALLIES = tallies()


def letters(dossier, *days):
    """Letter on each day."""
    return "".join(status(dossier.as_of(day), day).letter for day in days)


def pages():
    """Every golden page by name."""
    for day in YEARS:
        yield f"{day.year}/council-nl", lambda day=day: council_html(council("Voorbeeldgemeente", dossiers(), day, TALLIES), "nl")
        for channel, dossier in DOSSIERS.items():
            name = channel.split(".")[0]
            yield f"{day.year}/{name}-log-nl", lambda dossier=dossier, day=day: log_html(yearly(dossier, day, TALLIES.get(dossier.channel, ())), "nl")
            yield f"{day.year}/{name}-statement-nl", lambda dossier=dossier, day=day: statement_html(draft(dossier.as_of(day), day), "nl")
    last = YEARS[-1]
    yield "2026/council-en", lambda: council_html(council("Voorbeeldgemeente", dossiers(), last, TALLIES), "en")
    yield "2026/www-log-en", lambda: log_html(yearly(DOSSIERS["www.voorbeeldgemeente.example"], last, TALLIES["www.voorbeeldgemeente.example"]), "en")
    yield "2026/www-statement-en", lambda: statement_html(draft(DOSSIERS["www.voorbeeldgemeente.example"], last), "en")


PAGES = dict(pages())


@pytest.mark.parametrize("name", PAGES)
def test_golden_page(name):
    page = PAGES[name]()
    assert faults(page) == []
    body = re.sub(r"\n\s*\n+", "\n", re.search(r"<header>.*</footer>", page, re.DOTALL)[0]) + "\n"
    path = GOLDEN / f"{name}.html"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    assert body == path.read_text(encoding="utf-8")


# What must be true of the story, whatever its words ---------------------------------------------------------------


def test_the_main_site_goes_from_d_to_c_to_b_to_a():
    days = (date(2024, 1, 9), date(2024, 1, 10), date(2024, 2, 15), date(2024, 6, 10), date(2025, 5, 26), date(2026, 3, 15), date(2026, 3, 16))
    assert letters(main_site(), *days) == "EDCBBBA"


def test_the_map_loses_its_a_by_a_finding_and_its_b_by_age():
    days = (date(2024, 1, 8), date(2025, 10, 19), date(2025, 10, 20), date(2026, 1, 20), date(2026, 5, 7), date(2026, 5, 8))
    assert letters(town_map(), *days) == "AABBBD"
    assert status(town_map(), date(2026, 2, 1)).rule.number == 4, "repaired, but no re-inspection"
    coming = forecast(town_map().as_of(date(2026, 1, 1)), date(2026, 1, 1), date(2026, 12, 31))
    assert [(item.day, item.letter) for item in coming][-1] == (date(2026, 5, 8), "D")
    assert "research-expires" in {alarm.kind for alarm in alarms(town_map().as_of(date(2025, 8, 8)), date(2025, 8, 8))}


def test_the_archive_stays_b_by_its_burden():
    assert letters(archive(), date(2024, 6, 1), date(2025, 2, 10), date(2026, 12, 31)) == "EBB"


def test_the_late_supplier_costs_the_law_not_the_letter():
    for day, met in ((date(2025, 5, 1), LawMet.TOO_EARLY), (date(2025, 6, 15), LawMet.NO), (date(2025, 12, 31), LawMet.NO), (date(2026, 12, 31), LawMet.NO)):
        assert status(forms().as_of(day), day).letter == "B"
        assert law_flag(forms().as_of(day), day, TALLIES[forms().channel]).met is met, day


def test_the_log_of_the_forms_names_the_moved_date_and_the_late_supplier():
    log = yearly(forms(), YEARS[1], TALLIES[forms().channel])
    assert [(item.before, item.after) for item in log.moved] == [(date(2025, 6, 1), date(2026, 4, 1))] * 2
    assert yearly(forms(), YEARS[2]).late and {item.owner for item in yearly(forms(), YEARS[2]).late} == {"Formulier BV"}


def test_the_numbers_of_the_second_year_add_up():
    log = yearly(main_site(), YEARS[1], TALLIES[main_site().channel])
    assert (log.then.met, log.now.met, log.now.total) == (40, 46, 50)
    assert len(log.solved_criteria) == 6 and log.new_criteria == ()
    assert log.first.open + log.new - log.solved == log.last.open
    assert (len(log.done), len(log.late), len(log.retests)) == (6, 0, 6)
    assert log.law.met is LawMet.YES


def test_the_log_corrects_for_the_tool():
    log = yearly(main_site(), YEARS[2], TALLIES[main_site().channel])
    assert log.last.corrected == log.last.open - 3
    assert "log.tool" in [reason.key for reason in story(log)]


def test_equal_criteria_with_fewer_findings_are_explained():
    quiet = (FindingTally(date(2024, 12, 30), 30), FindingTally(date(2025, 12, 30), 20, 0, 10))
    assert "log.equal_but_fewer" in [reason.key for reason in story(yearly(forms(), YEARS[1], quiet))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_accessible_in_both_languages(lang):
    for day in (date(2023, 6, 1), *YEARS):
        assert faults(council_html(council("Voorbeeldgemeente", dossiers(), day, TALLIES), lang)) == []
        for dossier in dossiers():
            assert faults(log_html(yearly(dossier, day, TALLIES.get(dossier.channel, ())), lang)) == []


def test_the_council_sees_itself_beside_the_country():
    page = council("Voorbeeldgemeente", dossiers(), YEARS[2], TALLIES)
    assert {item.letter: item.count for item in page.letters} == {"A": 1, "B": 2, "C": 0, "D": 1, "E": 0}
    assert (page.good, page.accessible, page.lawful) == (3, 1, 1)
    assert page.national is not None and page.national.day <= YEARS[2]
    assert "56%" in words(council_html(page, "nl"))
    assert council("Voorbeeldgemeente", dossiers(), YEARS[0]).national is None, "no municipal figure was known by then"


def test_an_empty_municipality_has_a_page():
    assert faults(council_html(council("Leeg", (), YEARS[0]), "nl")) == []


def test_the_drawing_keeps_first_and_last_and_never_grows_out_of_its_box():
    drawn = bars([(date(2024, 1, 1 + index), index) for index in range(31)])
    assert len(drawn.bars) == 13
    assert (drawn.bars[0].value, drawn.bars[-1].value) == (0, 30)
    assert all(bar.y >= 0 and bar.x + bar.width <= drawn.width and bar.y + bar.height <= drawn.base + 0.1 for bar in drawn.bars)
    assert bars([]).bars == ()
