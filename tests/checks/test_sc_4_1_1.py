"""Parsing: met by W3C's note, or judged by the text of 2018."""

from __future__ import annotations

from checks.wcag.sc_4_1_1_parsing import Reading, evaluate, reading
from scanner.model import Verdict
from tests.checks.site import page

DOUBLE = page("https://a.example/", parsing={"ids": 2, "duplicates": [{"selector": "p", "id": "a", "count": 2, "first": "h1", "referred": False}]})


def test_met_by_the_note_of_2023() -> None:
    """The default, whatever the markup."""
    assert [o.verdict for o in evaluate(DOUBLE)] == [Verdict.PASSED]


def test_text_of_2018_fails_an_id_that_stands_twice() -> None:
    """With the switch; and without a record nothing is said to be right."""
    before = reading.set(Reading.TEXT_2018)
    try:
        assert [(o.verdict, o.values["id"]) for o in evaluate(DOUBLE)] == [(Verdict.FAILED, "a")]
        assert [o.verdict for o in evaluate(page("https://a.example/"))] == [Verdict.UNTESTED]
        assert not list(evaluate(page("https://a.example/", parsing={"ids": 2, "duplicates": []})))
    finally:
        reading.reset(before)
