"""3.3.2 Labels or Instructions (A).

Looks at: every visible field: its label, legend, placeholder and the text beside and above it; axe-core's results.
Fails: a field that nothing on screen labels: no label, legend, placeholder, table header, text beside or above, for a
box to tick no other cell in its row, and no button or icon attached that shows what it is for; a field that must be
filled in without saying so, in a form that marks others.
Cannot see: whether a label or instruction is clear; which formats a server refuses. A placeholder as the only label,
fields with a pattern and no hint, stars that nothing explains, and answers such as `Ja` and `Nee` without a question
are shown to a person.
Sources: WCAG 2.1 3.3.2; H44, H71, G89, G131, F82.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from checks.wcag.axe_rules import axe_outcomes
from checks.wording import kin, words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "3.3.2"
NEEDS = ("axe", "fields")
SETTLES = (Verdict.INAPPLICABLE,)

_RULED = ("date", "month", "week", "time", "datetime-local", "color", "range", "file")
"""Native types whose control shows its own format."""
_FIGURES = re.compile(r"^\^?(\\d|\[(\\d|0-9|[,. -])+\])[*+]\$?$")
"""A pattern that takes any number: how many figures, and in what order, is free."""
_ANY_ADDRESS = re.compile(r"@[\[\\(.]")
"""A pattern for e-mail addresses at any provider."""
_ANSWER = re.compile(
    r"^\W*(ja|nee|neen|yes|no|weet (ik )?niet|geen (mening|antwoord)|n\.?v\.?t\.?|niet van toepassing|onbekend"
    r"|misschien|maybe|soms|nooit|altijd|((zeer|heel|niet|erg) ?)?(on)?(goed|slecht|tevreden|eens)"
    r"|\d{1,2})\W*$", re.I)
"""Words that answer a question and say nothing without it."""
_SENTENCE = re.compile(r"^\w+ .*\w+ .*\w{2}\.$")
_FINDING = re.compile(r"zoek|search", re.IGNORECASE)
_EXAMPLES = ("bijv", "formaat", "notatie", "example", "format", "dd-mm", "@")


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
    some = False
    told: set[tuple[str, str]] = set()
    for look, seen in page.seen("fields"):
        fields = [f for f in seen["fields"] if not f["hidden"]]
        some |= bool(seen["fields"])
        for field in fields:
            if not field["disabled"]:
                yield from _once(told, field, _label(look, field, fields))
                yield from _format(look, field)
        yield from _required(look, fields)
        yield from _stars(look, seen, fields)
        yield from _questions(look, fields)
    if not some and page.first("fields") is not None:
        yield page.inapplicable(CRITERION, "no-fields")


def _once(told: set[tuple[str, str]], field: Json, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """A field whose label was asked about is not asked about again, in other words, where the window is narrow."""
    place = str(field.get("frame", "")), str(field["selector"])
    for outcome in outcomes:
        if place not in told or outcome.verdict is Verdict.FAILED:
            yield outcome
        told.add(place)


def visible_label(field: Json) -> str:
    """What labels the field for the eye, in the order in which people look; an empty string when nothing does."""
    labels = " ".join(str(label["seen"]) for label in field["labels"])
    near, asides = field["near"], field.get("nearAsides", ())
    sides = ("right", "left", "above", "below") if field["checkable"] else ("left", "above")
    beside = next((near[side] for side in sides if near[side] and side not in asides), "")
    return str(labels or beside or field["tableHeaders"] or field.get("labelledbySeen") or "").strip()


def _label(look: StateEvidence, field: Json, fields: Sequence[Json]) -> Iterator[Outcome]:
    label = visible_label(field)
    values: dict[str, Any] = {"name": str(field["name"])[:100], "placeholder": str(field["placeholder"])[:100]}
    if field["shown"] and not field["attached"] and _about_something_else(field, label):
        yield look.cant_tell(CRITERION, "label-maybe-missing", field, **values)
    if not field["shown"] or label:
        return
    options = str(field["firstOption"]) if field["options"] else ""
    if field["placeholder"] or (options and words(options)):
        if not field["attached"]:
            yield look.cant_tell(CRITERION, "label-is-placeholder-only", field, practice=Verdict.FAILED, **values)
        return
    part = bool(field["near"]["right"] or field["near"]["below"]) or _part_of_row(field, fields)
    part |= bool(field["described"] or field.get("nearAsides"))  # a hint or a badge may be instruction enough
    part |= bool(field.get("headsBoxes")) or _finds_under_heading(field)
    seen_group = any(group["seen"] for group in field["groups"])
    telling = field["control"] in ("range", "color", "custom", "search") or field["inSearch"]
    if field["attached"] or seen_group or part or telling:
        if not field["attached"] and not field["inSearch"]:
            yield look.cant_tell(CRITERION, "label-maybe-missing", field, **values)
    elif float(field["box"][2]) >= 10 and float(field["box"][3]) >= 10:
        yield look.failed(CRITERION, "label-missing", field, **values)


def _about_something_else(field: Json, label: str) -> bool:
    """A sentence above or beside a field that has another name for assistive technology, and no label to be seen."""
    named = field.get("authorName") and not field.get("labelledbySeen") and not field["placeholder"]
    return bool(named and label and not any(one["seen"] for one in field["labels"]) and _SENTENCE.match(label)
                and not field["tableHeaders"] and not kin(label, str(field["name"])))


def _finds_under_heading(field: Json) -> bool:
    """Whether it searches, by its form, under a heading that says so."""
    return all(_FINDING.search(str(said)) for said in (field["heading"], f"{field['formAction']} {field['formName']}"))


def _part_of_row(field: Json, fields: Sequence[Json]) -> bool:
    """Whether it stands right of another field on one line: parts of a date or a phone number share one label."""
    left, top, _, height = field["box"]
    before = [left - other["box"][0] - other["box"][2] for other in fields
              if other is not field and abs(other["box"][1] - top) < height / 2]
    return any(-2 <= gap < 60 for gap in before)


def _required(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Fields that must be filled in and do not say so, in a form that marks others that must.

    A browser refuses to send the form without them, unless the form told it not to look (novalidate): then it is not
    sure that the field is asked for.
    """
    # Evidence of an earlier version does not know who says which fields must: then nothing is said.
    known = [f for f in fields if f["form"] >= 0 and not f.get("formSaysWhichMust", True)]
    asked = [f for f in known if f["required"] and f["shown"]]
    marking = {_form_of(f) for f in asked if f["marked"] == "yes"}
    for field in asked:
        open_to_type = field["empty"] and not (field["checkable"] or field["disabled"] or field["readonly"])
        if not field["marked"] and open_to_type and _form_of(field) in marking:
            values: dict[str, Any] = {"label": visible_label(field)[:120], "practice": Verdict.FAILED}
            if field["formUnchecked"]:
                yield look.cant_tell(CRITERION, "required-maybe-not-marked", field, **values)
            else:
                yield look.failed(CRITERION, "required-not-marked", field, **values)


def _stars(look: StateEvidence, seen: Json, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Stars in labels, in a page that nowhere says what a star means: asked once a form."""
    asked: set[tuple[str, int]] = set()
    for field in fields:
        if field.get("starred") and field["shown"] and not seen["starsExplained"] and _form_of(field) not in asked:
            asked.add(_form_of(field))
            yield look.cant_tell(CRITERION, "star-not-explained", field, label=visible_label(field)[:120])


def _questions(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Choices such as `Ja` and `Nee`, which answer a question, where no question stands above or beside them."""
    choices: dict[tuple[object, ...], list[Json]] = {}
    for field in fields:
        if field["control"] == "radio" and field["htmlName"] and field["shown"]:
            choices.setdefault((*_form_of(field), str(field["htmlName"])), []).append(field)
    for same in choices.values():
        answers = [" ".join(str(label["seen"]) for label in f["labels"]) for f in same]
        if len(same) > 1 and all(map(_ANSWER.match, answers)) and not any(map(_asked, same)):
            yield look.cant_tell(CRITERION, "choice-without-question", same[0], practice=Verdict.FAILED,
                                 answers=", ".join(answers)[:120])


def _asked(field: Json) -> bool:
    beside = field["near"]["left"] and "left" not in field.get("nearOthers", ())
    legend = any(group["seen"] for group in field["groups"])
    # Evidence of an earlier version does not know what stands above, past help texts.
    return bool(beside or legend or field.get("question", True) or field["tableHeaders"] or field["described"]
                or field.get("labelledbySeen"))


def _takes_amounts(pattern: str) -> bool:
    """Does it take amounts as people write them, with and without cents?"""
    try:
        takes = re.compile(pattern.replace(r"\p{Sc}", "€")).fullmatch
    except re.error:
        return False
    return all(map(takes, ("5", "12", "125"))) and bool(takes("12,50") or takes("12.50"))


def _form_of(field: Json) -> tuple[str, int]:
    return str(field.get("frame", "")), int(field["form"])


def _format(look: StateEvidence, field: Json) -> Iterator[Outcome]:
    """A text field that accepts one notation only and shows none; a value that stands in it shows one."""
    pattern = str(field["pattern"])
    usual = (_FIGURES.match(pattern) or _takes_amounts(pattern)
             or (field["control"] == "email" and _ANY_ADDRESS.search(pattern)))
    if not pattern or usual or field["control"] in _RULED or not (field["shown"] and field["empty"]):
        return
    near = field["near"]
    hints = " ".join([visible_label(field), field["placeholder"], field["described"], near["below"], near["right"]])
    if not any(c.isdigit() for c in hints) and not any(word in hints.lower() for word in _EXAMPLES):
        yield look.cant_tell(CRITERION, "format-not-told", field, practice=Verdict.FAILED,
                             name=str(field["name"])[:100], pattern=pattern[:60])
