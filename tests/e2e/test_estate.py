"""The built-in estate, over all fifty criteria, per labelled element: what is found, what is missed, no false alarm."""

from __future__ import annotations

import pytest

from scanner.demo.estate import Estate
from scanner.frameworks import criteria
from tests.e2e.estate_score import look, score, table

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

FOUND_AT_LEAST = 23
SEEN_AT_LEAST = 46
"""Found as labelled, and with evidence for a person together. May only rise."""


def test_barriers_are_found_and_clean_twins_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Every page of four channels, deep; the portal has a test of its own."""
    with Estate(slow=0.0) as estate:
        tallies = score(estate, *look(estate))
    alarms = [f"{number} {line}" for number, tally in tallies.items() for line in tally.alarms]
    missed = [f"{number} {line}" for number, tally in tallies.items() for line in tally.missed]
    with capsys.disabled():
        print("\n" + table(tallies))
        for line in missed:
            print("missed", line)
    assert set(tallies) == {c.number for c in criteria()}, "the estate covers all fifty"
    assert alarms == []
    assert sum(t.found for t in tallies.values()) >= FOUND_AT_LEAST
    assert sum(t.found + t.evidence for t in tallies.values()) >= SEEN_AT_LEAST
