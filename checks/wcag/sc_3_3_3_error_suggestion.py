"""3.3.3 Error Suggestion (AA).

Looks at: messages that came after a synthetic wrong value in a field whose format is known (dates, numbers with bounds,
    patterns, postcodes, addresses of mail and web), and those that describe a field on a page that came with them.
Fails: a message that only says that the value is wrong, for a date (by its label or the message), a bound or a
    pattern, with no format, example or bound in the message, the label or the hint beside the field.
Cannot see: messages of the server; whether a suggestion helps, which is asked where no good value is shown.
Sources: WCAG 2.1 3.3.3; techniques G85, G177; decision 0017 (what may be pressed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.catalogue import NOT_LOOKED
from checks.hindrance import Hindrance, told
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "3.3.3"
NEEDS = ("entry", "forms")
SETTLES = (Verdict.INAPPLICABLE,)

WRONG = re.compile(
    r"ongeldig|onjuist|niet (correct|juist|goed|geldig)|fout|verkeerd|invalid|incorrect|wrong|not valid|error", re.I
)
HELPS = re.compile(
    r"\d|bijv|voorbeeld|notatie|formaat|vorm\b|dd|jjjj|yyyy|@|cijfer|letter|teken|tussen|minimaal|maximaal"
    r"|minstens|hoogstens|later|eerder"
    r"|kies|gebruik|begin(t)? met|zonder|example|format|between|at least|at most|digits|characters|use |choose"
    r"|must (be|start|contain)"
    r"|moet (een|beginnen|bestaan|tussen|groter|kleiner)|www|https?:", re.I)  # fmt: skip
"""Words of a message or hint that say what a good value looks like."""
OF_DATE = re.compile(r"datum|(?<!up)date(?!n)|geboren|\bborn\b|\bbday\b", re.I)
"""Words of a label, or of what is said of the value, by which the field is for a date."""
_CODE = re.compile(r"(?<=fout|code|rror)\W{0,3}[A-Z]{0,4}-?\d+")
"""The number of a kind of error shows no good value."""
SHOWS = re.compile(
    r"\b(bijv(oorbeeld)?|voorbeeld|zoals|als|example|such as|like|e\.g)\b.{0,30}?[\d@]|\bdd\W?mm\W?(jj|yy)", re.I)
"""A message or hint that shows a good value, or how one is written: there is nothing left to ask."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    entries = list(page.seen("entry"))
    fillable = [form for _, seen in entries for form in seen["forms"] if form["kind"] not in ("search", "filter")]
    if entries and not fillable and not any(seen["standing"] for _, seen in entries):
        yield page.inapplicable(CRITERION, "no-fields-with-errors")
    for look, record in page.seen("forms"):
        for form in record["forms"]:
            yield from _form(look, form)
    for look, seen in page.seen("entry", "base"):
        for form in seen["forms"]:
            if form["kind"] != "login":
                yield from _standing(look, form, [str(text["text"]) for text in seen["standing"]])
    for _, record in page.seen("forms"):
        if fillable and not record["submitted"]:
            yield page.untested(
                CRITERION, NOT_LOOKED, reason=told(Hindrance.FORMS_NOT_PRESSED, f"L{record['level']} < L3")
            )


def _form(look: StateEvidence, form: Json) -> Iterator[Outcome]:
    for field in form["fields"]:
        messages = messages_for(form, field)
        if not messages:
            continue
        if SHOWS.search(" ".join((*messages, field["described"], field["hint"], field["label"]))):
            continue
        verdict, rule = judged(field, messages)
        twice = any(
            a["confirmed"] and (a["how"] == "wrong" or a["field"] == field["selector"]) for a in form["attempts"]
        )
        if verdict is Verdict.FAILED and not twice:
            verdict = Verdict.CANT_TELL
        yield look.outcome(
            verdict,
            CRITERION,
            rule,
            field,
            label=field["label"],
            text="; ".join(messages)[:200],
            replay=(f"type a wrong value: {field['label']}",),
        )


def _standing(look: StateEvidence, form: Json, texts: list[str]) -> Iterator[Outcome]:
    """Messages that the page came with, such as those of a server: by what they say of the field that they describe."""
    for field in form["fields"]:
        messages = [text for text in texts if text in field["described"] and WRONG.search(text)]
        if messages and not field["secret"] and judged(field, messages)[1] != "error-suggestion-to-judge":
            yield look.cant_tell(CRITERION, "error-suggestion-missing", field, label=field["label"],
                                 text="; ".join(messages)[:200])


def messages_for(form: Json, field: Json) -> list[str]:
    """What was said of this field after a wrong value: texts tied to it, or beside it (60 px)."""
    found: list[str] = []
    for attempt in form["attempts"]:
        if attempt["how"] == "typed" and attempt["field"] != field["selector"]:
            continue
        if attempt["how"] == "empty":
            continue
        tied = [t for m in attempt["marks"] if m["field"] == field["selector"] for t in m["tied"]]
        beside = [t["text"] for t in attempt["texts"] if _beside(field, t) and WRONG.search(t["text"])]
        if attempt["how"] == "typed":
            found += tied or beside
        elif attempt["how"] == "wrong" and any(
            a["how"] == "typed" and a["field"] == field["selector"] for a in form["attempts"]
        ):
            found += tied
    return list(dict.fromkeys(found))


def _beside(field: Json, text: Json) -> bool:
    box, own = text.get("box"), field["box"]
    if not box or not own:
        return False
    near = -10 <= box[1] - own[1] <= own[3] + 60
    return bool(near and box[0] < own[0] + own[2] + 300 and box[0] + box[2] > own[0] - 20)


def judged(field: Json, messages: list[str]) -> tuple[Verdict, str]:
    """Verdict and rule for what was said of one field. Pure."""
    said = _CODE.sub("", " ".join(messages))
    hint = " ".join((field["label"], field["placeholder"], field["described"], field["hint"], field["title"]))
    for message in messages:
        hint = hint.replace(message, "")
    own_name = re.sub(re.escape(field["label"]), "", said, flags=re.I) if field["label"] else said
    if HELPS.search(own_name) or HELPS.search(hint):
        return Verdict.CANT_TELL, "error-suggestion-to-judge"
    if not WRONG.search(said):
        return Verdict.CANT_TELL, "error-suggestion-to-judge"
    strict = (
        bool(field["pattern"] or field["min"] or field["max"])
        or field["control"] == "date"
        or bool(OF_DATE.search(f"{field['label']} {field['name']} {field['autocomplete']} {said}"))
    )
    return (Verdict.FAILED, "error-without-suggestion") if strict else (Verdict.CANT_TELL, "error-suggestion-missing")
