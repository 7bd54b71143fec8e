"""How bad a finding is, and why: impact on people by rule or criterion (scanner/data/severity.toml), then reach. Pure.

In: rule, criterion, kind, number and share of pages. Out: a severity and the sentences that explain it. A deadline is
the day of first sight (or of reopening) plus the days that the owner's terms give for the severity.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from scanner.findings import Kind, Severity, Words

WIDE, WIDE_PAGES = 0.5, 3
"""On half of the pages, and on three at least: it meets nearly every visitor, so it weighs one step more. Reach alone
never makes critical: what people can get past on one page they can get past on all."""


@lru_cache
def impacts() -> Mapping[str, tuple[Severity, str]]:
    """Rule id or criterion number → impact and who is hit (`severity.who.*`)."""
    raw = tomllib.loads(files("scanner.data").joinpath("severity.toml").read_text("utf-8"))
    return {
        key: (Severity(impact), who) for table in ("criterion", "rule") for key, (impact, who) in raw[table].items()
    }


def severity(rule: str, criterion: str, kind: Kind, pages: int, share: float) -> tuple[Severity, tuple[Words, ...]]:
    """Severity and its explanation. A criterion that the table does not know is `moderate`."""
    table = impacts()
    impact, who = table.get(rule) or table.get(criterion) or (Severity.MODERATE, "eyes")
    because = [Words(f"severity.because.{impact}"), Words(f"severity.who.{who}")]
    order = list(Severity)
    if kind == "template" and pages >= WIDE_PAGES and share >= WIDE and impact in (Severity.MODERATE, Severity.MINOR):
        impact = order[order.index(impact) - 1]
        because.append(Words("severity.because.reach", {"percent": round(share * 100)}))
    return impact, tuple(because)


def deadline(since: date, impact: Severity, repair_days: Mapping[str, int]) -> date | None:
    """Last day to repair; None when the terms give no days for this severity."""
    days = repair_days.get(str(impact))
    return None if days is None else since + timedelta(days=days)
