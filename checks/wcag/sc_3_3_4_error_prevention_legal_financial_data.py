"""3.3.4 Error Prevention (Legal, Financial, Data) (AA).

Looks at: forms and the words around them: what kind of step this is, and whether a check, a way back or a confirmation
    is spoken of; buttons that send without any field, and delete, end or pay something. Forms that ask
    for a page by GET and say nothing of a commitment are not put to a person; neither are choices that nothing sends,
    such as a switch for dark colours.
Fails: nothing: only a finished transaction shows whether it can be undone, checked or confirmed.
Cannot see: the steps after this page.
Sources: WCAG 2.1 3.3.4; techniques G98, G99, G155, G164, G168.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "3.3.4"
NEEDS = ("entry",)
SETTLES = (Verdict.INAPPLICABLE,)

HARMLESS = ("search", "login", "newsletter", "contact", "filter", "feedback")
CHOICES = frozenset({"checkbox", "radio", "range", "select"})
COMMITS = re.compile(
    r"digid|eherkenning|ideal\b|betalen|betaling|bezwaar|aanvra(ag|gen)|aangifte|melding|melden|opzegg|machtig"
    r"|handtekening|ondertekn"
    r"|wijzig|verhuiz|inschrijv|aanmeld|verklaar|naar waarheid|subsidie|vergunning|afspraak|apply|objection"
    r"|payment|sign\b|register",
    re.I,
)
REVIEW = re.compile(
    r"controleer(t u| je)? (uw|je|de) gegevens|(naar|gaat u|stap.{0,12}) controleren"
    r"|samenvatting|overzicht van|stap \d+ (van|/) ?\d+|wijzigen kan|annuleren"
    r"|terugtrekken|intrekken"
    r"|binnen \d+ dagen|review|summary|step \d+ of \d+|cancel", re.I)  # fmt: skip


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    entries = list(page.seen("entry", "base")) or list(page.seen("entry"))
    forms = [(look, form, seen) for look, seen in entries for form in seen["forms"]
             if form["kind"] not in HARMLESS and not only_sets(form)]  # fmt: skip
    for look, form, seen in forms:
        words = f"{form['words']} {form['send']['name'] if form['send'] else ''}"
        if only_asks(form) and not kind_of(words):
            continue
        yield look.cant_tell(
            CRITERION,
            "form-commits",
            form,
            kind=kind_of(words),
            review="; ".join(m[0] for m in REVIEW.finditer(f"{words} {seen['pageWords']}"))[:120],
        )
    acts = [(look, act, seen) for look, seen in entries for act in seen.get("acts", ())]
    for look, act, seen in acts:
        yield look.cant_tell(CRITERION, "form-commits", act, kind=act["kind"],
                             review="; ".join(m[0] for m in REVIEW.finditer(seen["pageWords"]))[:120])
    if entries and not forms and not acts:
        yield page.inapplicable(CRITERION, "no-form-that-commits")


def only_asks(form: Json) -> bool:
    """Does it ask its server for a page by GET, which by HTTP's own rules commits to nothing? (A script may differ.)"""
    return bool(form["form"] and form["method"] == "get" and form["action"])


def only_sets(form: Json) -> bool:
    """Are there choices only, and nothing that sends them? Then they set how the page looks, and commit to nothing."""
    return not form["send"] and all(field["control"] in CHOICES for field in form["fields"])


def kind_of(words: str) -> str:
    """The first word that says that this form commits something, or nothing."""
    found = COMMITS.search(words)
    return found[0].lower() if found else ""
