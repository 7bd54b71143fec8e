"""The fifty checks, and how a page's or site's evidence becomes outcomes.

Each check is a file in `checks/wcag`, a pure function of evidence. This module finds them, feeds them, and holds them
to their word: a check may only settle what it declares (default: `failed`); a page that did not load completely cannot
fail; a missing record is `untested` with its reason; a broken check is `untested` and says so.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import checks.wcag
from checks import language
from checks.hindrance import Hindrance, told
from checks.wcag.pdf_rules import evaluate_document
from scanner.model import Outcome, PageEvidence, SiteEvidence, Verdict

log = logging.getLogger(__name__)

NOT_LOOKED = "not-looked"
"""Rule of an outcome that says: the evidence this criterion needs is not there."""
NEEDS_PERSON = "needs-person"
"""Rule of an outcome that says: nothing found, and a machine cannot say more."""


@dataclass(frozen=True)
class Check:
    """One of the fifty."""

    criterion: str
    needs: tuple[str, ...]
    """Probes without which nothing can be said."""
    settles: frozenset[Verdict]
    evaluate: Callable[[PageEvidence], Iterable[Outcome]]
    evaluate_site: Callable[[SiteEvidence], Iterable[Outcome]] | None
    doc: str


@lru_cache
def checks_by_criterion() -> dict[str, Check]:
    """All checks, by criterion number, in the order of WCAG."""
    found: dict[str, Check] = {}
    for info in pkgutil.iter_modules(checks.wcag.__path__):
        if info.name.startswith("sc_"):
            module = importlib.import_module(f"checks.wcag.{info.name}")
            found[module.CRITERION] = Check(
                module.CRITERION,
                tuple(module.NEEDS),
                frozenset({Verdict.FAILED, Verdict.CANT_TELL, Verdict.UNTESTED, *getattr(module, "SETTLES", ())}),
                module.evaluate,
                getattr(module, "evaluate_site", None),
                module.__doc__ or "",
            )
    return dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))


def get_ready() -> None:
    """Loads the checks and what knows languages: a second of the processor, best spent while the browser starts."""
    checks_by_criterion()
    language.load()


def evaluate_page(page: PageEvidence) -> list[Outcome]:
    """Outcomes of all fifty checks for one page, at least one each; of a document, what its inside can tell."""
    if page.first("pdf") is not None:
        return list(evaluate_document(page))
    return [outcome for check in checks_by_criterion().values() for outcome in _held(check, page, check.evaluate, page)]


def evaluate_site(site: SiteEvidence) -> list[Outcome]:
    """Outcomes of the criteria that are judged over the whole site; each names its page in `values["url"]`."""
    found: list[Outcome] = []
    for check in checks_by_criterion().values():
        if check.evaluate_site is None:
            continue
        if not site.complete:
            found.append(
                Outcome(
                    check.criterion,
                    Verdict.UNTESTED,
                    NOT_LOOKED,
                    values={"reason": str(Hindrance.PART_OF_SITE)},
                )
            )
            continue
        try:
            found.extend(_settled(check, check.evaluate_site(site)))
        except Exception as error:
            log.exception("check %s on the site", check.criterion)
            found.append(
                Outcome(
                    check.criterion,
                    Verdict.UNTESTED,
                    NOT_LOOKED,
                    values={"reason": told(Hindrance.FAULT, aside=repr(error))},
                )
            )
    return found


def _held(
    check: Check, page: PageEvidence, evaluate: Callable[[Any], Iterable[Outcome]], evidence: Any
) -> list[Outcome]:
    missing = {probe: reason for probe in check.needs if (reason := page.missing(probe))}
    try:
        outcomes = _distinct(_settled(check, evaluate(evidence)))
    except Exception as error:
        log.exception("check %s on %s", check.criterion, page.url)
        return [page.untested(check.criterion, NOT_LOOKED, reason=told(Hindrance.FAULT, aside=repr(error)))]
    if missing:
        # A verdict about the whole page needs all of the evidence; what was found in the rest still stands.
        outcomes = [o for o in outcomes if o.verdict in (Verdict.FAILED, Verdict.CANT_TELL)]
        outcomes.append(
            page.untested(check.criterion, NOT_LOOKED, reason="; ".join(f"{p}: {r}" for p, r in missing.items()))
        )
    if page.incomplete:
        outcomes = [_doubted(o, "not loaded completely") for o in outcomes if o.verdict is not Verdict.PASSED]
    elif page.without:
        # What was seen stands; what happened when the page was operated may be the missing script's doing.
        outcomes = [
            _doubted(o, "loaded without: " + page.without[0]) if o.replay else o
            for o in outcomes
            if o.verdict is not Verdict.PASSED
        ]
    return outcomes or [page.untested(check.criterion, NEEDS_PERSON)]


def _doubted(outcome: Outcome, page: str) -> Outcome:
    """No failure of a page that visitors may see otherwise."""
    if outcome.verdict is not Verdict.FAILED:
        return outcome
    return replace(outcome, verdict=Verdict.CANT_TELL, values={**outcome.values, "page": page})


def _settled(check: Check, outcomes: Iterable[Outcome]) -> list[Outcome]:
    said = list(outcomes)
    for outcome in said:
        if outcome.verdict not in check.settles or outcome.criterion != check.criterion:
            raise ValueError(
                f"check {check.criterion} may not say {outcome.criterion} {outcome.verdict} ({outcome.rule})"
            )
    return said


def _distinct(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """One outcome per rule and place: the first state in which it was seen speaks for the later ones."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for outcome in outcomes:
        where = (outcome.place.frame, outcome.place.selector) if outcome.place else None
        key = (outcome.rule, outcome.verdict, where, None if where else str(outcome.values))
        if key not in seen:
            seen.add(key)
            kept.append(outcome)
    return kept
