"""Outcomes → a verdict per criterion. Pure: no browser, no store, no clock.

A verdict of a scan is a signal. The status letter comes from the dossier (scanner.status), never from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.model import Criterion, Outcome, Verdict

WORST_FIRST = (Verdict.FAILED, Verdict.CANT_TELL, Verdict.UNTESTED, Verdict.PASSED, Verdict.INAPPLICABLE)
"""Falsification: one failure decides; what a person must still judge or nobody looked at comes before any pass."""


@dataclass(frozen=True)
class CriterionVerdict:
    """What a scan can say of one criterion over a channel."""

    criterion: Criterion
    verdict: Verdict
    pages: Mapping[Verdict, int] = field(default_factory=dict)
    """Number of pages per page verdict."""
    failures: int = 0
    """Failed outcomes, each one place."""
    questions: int = 0
    reasons: tuple[str, ...] = ()
    """Why it is untested, when it is: most frequent first, at most three."""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that decides; `untested` when there is none: nothing found is not passed."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.UNTESTED)


def judge(criteria: Iterable[Criterion], outcomes: Iterable[tuple[str, Outcome]]) -> list[CriterionVerdict]:
    """A verdict for each criterion from `(url, outcome)` pairs; url is empty for the site as a whole."""
    by_criterion: dict[str, dict[str, list[Outcome]]] = {}
    for url, outcome in outcomes:
        by_criterion.setdefault(outcome.criterion, {}).setdefault(url, []).append(outcome)
    return [_judge_one(criterion, by_criterion.get(criterion.number, {})) for criterion in criteria]


def _judge_one(criterion: Criterion, by_page: Mapping[str, list[Outcome]]) -> CriterionVerdict:
    per_page = {url: worst(o.verdict for o in outcomes) for url, outcomes in by_page.items()}
    every = [o for outcomes in by_page.values() for o in outcomes]
    reasons = Counter(str(o.values.get("reason") or o.rule) for o in every if o.verdict is Verdict.UNTESTED)
    return CriterionVerdict(
        criterion,
        worst(per_page.values()),
        Counter(verdict for url, verdict in per_page.items() if url),
        sum(o.verdict is Verdict.FAILED for o in every),
        sum(o.verdict is Verdict.CANT_TELL for o in every),
        tuple(reason for reason, _ in reasons.most_common(3)),
    )
