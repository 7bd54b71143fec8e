"""The built-in estate, over all fifty criteria, per labelled element: what is found, what is missed, no false alarm."""

from __future__ import annotations

import pytest

from scanner.demo.estate import Estate
from scanner.frameworks import criteria
from tests.e2e.estate_score import look, score, table

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def held(deep: bool, found_at_least: int, seen_at_least: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores every page of four channels (the portal has a test of its own) and prints the table."""
    with Estate(slow=0.0) as estate:
        tallies = score(estate, *look(estate, deep=deep))
    with capsys.disabled():
        print(f"\nthe built-in estate, {'deep' if deep else 'light'} looks\n{table(tallies)}")
        for number, tally in tallies.items():
            for line in tally.missed if deep else ():
                print("missed", number, line)
    assert set(tallies) == {c.number for c in criteria()}, "the estate covers all fifty"
    assert [f"{number} {line}" for number, tally in tallies.items() for line in tally.alarms] == []
    assert sum(t.found for t in tallies.values()) >= found_at_least
    assert sum(t.found + t.evidence for t in tallies.values()) >= seen_at_least


@pytest.mark.timeout(900)
def test_light_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """What every page gets, every night."""
    held(False, FOUND_LIGHT, SEEN_LIGHT, capsys)


@pytest.mark.thorough
@pytest.mark.timeout(2400)
def test_deep_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """What one page of each template gets; here every page."""
    held(True, FOUND_DEEP, SEEN_DEEP, capsys)


FOUND_LIGHT, SEEN_LIGHT = 100, 108
FOUND_DEEP, SEEN_DEEP = 165, 172
"""Barriers found as labelled; found and with evidence for a person together. May only rise."""
