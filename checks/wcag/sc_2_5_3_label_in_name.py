"""2.5.3 Label in Name (A).

Looks at: every link, button and field with text that sighted people read on it or as its label, and the name that
speech control and screen readers get; axe-core's results for controls that were not measured so.
Fails: a name given by `aria-label` or `aria-labelledby` that does not hold the words of the visible label, in their
order.
Cannot see: text in pictures; which text is the label of a card with several texts; abbreviations, dates and amounts
that the name writes out (these are shown to a person). Keys told beside a label (`Ctrl K`), breadcrumbs and marks such
as `New` are no labels.
Sources: WCAG 2.1 2.5.3; F96, F111; ACT 2ee8b8; decision 0027.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.wcag.axe_rules import axe_outcomes
from checks.wcag.picture_text import labels_not_in_names
from checks.wording import words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.5.3"
NEEDS = ("axe", "controls", "fields")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

NAMED_FROM_CONTENT = frozenset(re.findall(r"\S+", """
    link button tab menuitem menuitemcheckbox menuitemradio option checkbox radio switch treeitem disclosuretriangle
    popupbutton togglebutton
"""))
JOINT = "\u2063"
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LIGATURE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_DECORATION = re.compile(r"\b(verplicht veld|niet verplicht|verplicht|vereist|required|optioneel|optional)\b", re.I)
_FIGURES = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[:.]\d{2}\b|[€$£%]|\d+([.,]\d+)? ?(uur|u|km|m|kg|mb|kb|euro)\b",
    re.I)
_SHORT_FORMS = frozenset(re.findall(r"\S+", """
    ma di wo do vr za zo mon tue tues wed thu thur fri sat sun jan feb mrt mar apr mei jun jul aug sep sept okt oct
    nov dec nr no tel blz st incl excl max min info mob ca
"""))
_KEYS = re.compile(
    r"((\b(ctrl|alt|shift|cmd)\b|[⌘⌥⇧⌃])[\s+\u2063-]*)+(f\d{1,2}|[^\W_]|enter|/|\\)(?!\w)", re.I)
"""Keys that do the same, such as `Ctrl K` behind `Search`: how to get there, not what it is called."""
_VALUES = frozenset(re.findall(r"\S+", "ja nee aan uit waar onwaar wel niet geen yes no on off true false"))
"""Words that stand on a switch and say how it stands, such as `Ja` and `Nee`; its question is what it is called."""
_EXAMPLE = re.compile(r"(bijv|bv|b\.v|voorbeeld|e\.g|example)\b|dd\W?mm\b|uu:mm|hh:mm", re.I)
"""How an example of what to fill in begins."""
MAX_WORDS = 12
"""A label of more words is a text; which part of it is the label is for a person."""


def label_in_name(label: str, name: str) -> bool:
    """Whether the name holds the words of the label, unbroken and in order. True when the label has no words."""
    tries = {label, _PARENTHESES.sub(" ", label)}
    tokens_of_name = [words(name), words(_PARENTHESES.sub(" ", name))]
    for text in tries:
        for joined in (text.replace(JOINT, " "), text.replace(JOINT, "")):
            tokens = _tokens(joined)
            if not tokens or any(_runs_in(tokens, held) for held in tokens_of_name):
                return True
    return False


def _tokens(label: str) -> list[str]:
    without = " ".join(part for part in label.split() if not _LIGATURE.fullmatch(part))
    tokens = words(without)
    # One letter alone is a drawing: X to close, A for larger text.
    return [] if len(tokens) == 1 and len(tokens[0]) == 1 and tokens[0].isalpha() else tokens


def _runs_in(part: list[str], whole: list[str]) -> bool:
    part, whole = [_plain(token) for token in part], [_plain(token) for token in whole]
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


def _plain(token: str) -> str:
    """A day is 1 on its button and 01 in the date that is its name: one number to who says it."""
    return (token.lstrip("0") or "0") if token.isdigit() else token


def written_out(label: str, name: str) -> bool:
    """Whether the difference may be an abbreviation, date, time or amount that the name writes out."""
    missing = set(words(label)) - set(words(name))
    return bool(_FIGURES.search(label)) or (bool(missing) and missing <= _SHORT_FORMS)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    measured: set[tuple[str, str]] = set()
    labelled = pictured = 0
    found: list[Outcome] = []
    for look, seen in page.seen("controls"):
        for control in seen["controls"]:
            if not control["shown"] or control["hidden"]:
                continue
            measured.add((str(control.get("frame", "")), str(control["selector"])))
            labelled += bool(_tokens(str(control["seen"]).replace(JOINT, " ")))
            pictured += bool(control["drawn"]) and float(control["box"][2]) > 48
            found += _control(look, control)
    for look, seen in page.seen("fields"):
        for field in seen["fields"]:
            labelled += any(label["seen"] for label in field["labels"])
            found += _field(look, field)
    found += labels_not_in_names(page)
    yield from found
    def known(_: str, node: Json) -> Verdict | None:
        # Who speaks chooses from a list by the name of the list.
        return Verdict.INAPPLICABLE if _key(node) in measured or node.get("role") == "option" else None

    of_axe = list(axe_outcomes(page, CRITERION, proven=known))
    yield from of_axe
    if not found and not of_axe and page.first("controls") is not None and page.first("fields") is not None:
        if labelled and not pictured:
            yield page.passed(CRITERION, "labels-in-names", controls=labelled)
        elif not labelled and not pictured:
            yield page.inapplicable(CRITERION, "no-visible-labels")


def _key(node: Json) -> tuple[str, str]:
    return str(node.get("frame", "")), str(node["selector"])


def _control(look: StateEvidence, control: Json) -> Iterator[Outcome]:
    label, name = str(control["seen"]), str(control["name"])
    if not control["authorName"] or not name or str(control["role"]).lower() not in NAMED_FROM_CONTENT:
        return
    if label_in_name(label, name) or label_in_name(_without_keys(label, control.get("keys", ())), name):
        return
    shown = label.replace(JOINT, " ")
    values = {"label": " ".join(shown.split())[:200], "name": name[:200]}
    tokens = words(shown)
    part_is_named = control["headingIn"] and label_in_name(str(control["headingIn"]), name)
    if len(tokens) > MAX_WORDS or control["blocks"] >= 2:
        if not part_is_named:
            yield look.cant_tell(CRITERION, "label-not-in-name-doubt", control, why="card", **values)
    elif written_out(shown, name):
        yield look.cant_tell(CRITERION, "label-not-in-name-doubt", control, why="short-form", **values)
    elif all(token.isdigit() for token in tokens) and (control["pictures"] or control.get("fontIcon")):
        yield look.cant_tell(CRITERION, "label-not-in-name-doubt", control, why="counter", **values)
    else:
        yield look.failed(CRITERION, "label-not-in-name", control, **values)


def _field(look: StateEvidence, field: Json) -> Iterator[Outcome]:
    name = str(field["name"])
    if not field["authorName"] or not name or field["hidden"]:
        return
    # A switch that is named by its question, which can be seen beside or above it: on it stand its values.
    question = str(field.get("labelledbySeen") or "") if field["checkable"] else ""
    values_too = _VALUES if question and label_in_name(question, name) else frozenset()
    labels = [label for label in field["labels"] if set(words(_bare(str(label["seen"])))) - values_too]
    for label in labels:
        text = _bare(str(label["seen"]))
        if label_in_name(text, name) or _begins_a_wrapping_label(label, text, name):
            continue
        values = {"label": text[:200], "name": name[:200]}
        if label["plain"] and len(words(text)) <= MAX_WORDS and not written_out(text, name):
            yield look.failed(CRITERION, "field-label-not-in-name", field, **values)
        else:
            yield look.cant_tell(CRITERION, "field-label-not-in-name-doubt", field, **values)
    if field.get("alone"):
        return
    # Text of another control that happens to stand there is no label.
    own = {side: "" if side in field.get("nearOthers", ()) else str(text) for side, text in field["near"].items()}
    near = own["right"] if field["checkable"] else own["left"] or own["above"]
    visible = near or (str(field["placeholder"]) if field["empty"] and not field.get("labelledbySeen") else "")
    visible = _without_keys(visible)
    if not any(map(str.isalpha, visible)) or _EXAMPLE.match(visible):
        return  # a number that stands near, such as a day of a calendar, or an example names no field
    if any(set(words(visible)) <= set(words(str(group["name"]))) for group in field.get("groups", ())):
        return  # what stands there names the group, of which this field is one part (ARIA17)
    tokens = set(words(visible)) - values_too
    if not labels and tokens and len(words(visible)) <= 6 and not set(words(visible)) & set(words(name)):
        yield look.cant_tell(CRITERION, "field-label-not-in-name-doubt", field, label=visible[:200], name=name[:200])


def _begins_a_wrapping_label(label: Json, text: str, name: str) -> bool:
    """A label element around the whole field, with its hint and its counter: the name is what it begins with."""
    tokens, named = words(text), words(name)
    return bool(label.get("wraps") and not label["plain"] and named and tokens[: len(named)] == named)


def _without_keys(label: str, keys: Sequence[str] = ()) -> str:
    """A label without the keys told before or behind it; `keys` are those that the page marks as such."""
    parts = _KEYS.sub(" ", label).replace(JOINT, " ").split()
    marked = {word for key in keys for word in words(str(key))}
    while parts and (tokens := words(parts[-1])) and marked.issuperset(tokens):
        parts.pop()
    while parts and (tokens := words(parts[0])) and marked.issuperset(tokens):
        parts.pop(0)
    return " ".join(parts)


def _bare(label: str) -> str:
    return " ".join(_DECORATION.sub(" ", label).split())
