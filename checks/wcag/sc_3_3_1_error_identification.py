"""3.3.1 Error Identification (A).

Looks at: what forms show after wrong input: on leaving a field, and (safety level VALIDATE) on pressing the sending
    control of the empty form and of the form with wrong values; error messages that stand on the page already.
Fails: a refused form that marks fields by colour, border or focus alone; one that says nothing at all; one that says
    only that something is wrong, while it has several fields and marks none.
Cannot see: what the server says, since nothing is sent; whether a message describes the error well enough; why a
    sending button is disabled, which is asked about when nothing in the form tells.
Sources: WCAG 2.1 3.3.1; ACT 36b590; techniques F81, G83, G84, G85; decision 0017 (what may be pressed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.catalogue import NOT_LOOKED
from checks.hindrance import Hindrance, told
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "3.3.1"
NEEDS = ("entry", "forms")
SETTLES = (Verdict.INAPPLICABLE,)

GENERAL = re.compile(
    r"^(er (is|zijn|ging|gaat) .{0,30}(fout|mis|verkeerd)|(let op[:,]? )?controleer (uw|je|de) (invoer|gegevens"
    r"|formulier|velden)"
    r"|niet alle velden|(het )?formulier (bevat|is) .{0,20}(fout|niet)|(een of meer|sommige) velden|vul (het"
    r"|alle) .{0,30}(in|juist)"
    r"|ongeldige invoer|(an|some) error|there (is|was|were) .{0,20}(error|problem)|please (check|correct|fill)"
    r"|something went wrong"
    r"|oeps|helaas|sorry)", re.I)  # fmt: skip
"""Messages that say that something is wrong, not what."""

_SUMS_UP = re.compile(
    r"^\W*((er|there) (is|zijn|are|was|were)|(u|je|you) (heeft|hebt|have)|het formulier \w+)\W.{0,30}"
    r"(fout|probleem|problemen|niet goed|error|problem|mistake)", re.I)
"""The heading of a list of messages, such as `Er zijn 3 fouten`."""
_CONFIRMS = re.compile(
    r"\b(is|zijn|wordt|was|werd|hebben|has been|have|are)\b.{0,40}\b(opgeslagen|bewaard|verzonden|verstuurd|ontvangen"
    r"|toegevoegd|bijgewerkt|ingepland|ingeschreven|saved|sent|received|added|updated|scheduled)\b"
    r"|^\W*(bedankt|gelukt|dank|opgeslagen|verzonden|verstuurd|thank|saved|sent)\b", re.I)
_DENIES = re.compile(r"\b(niet|geen|mislukt|not|no|failed)\b|n't\b|fout|error|ongeldig|invalid|required", re.I)
"""A message that what was done has succeeded, such as a toast, is no error."""
_SAYS_WHAT = re.compile(
    r"[*＊]|verplicht|vereist|required|mandatory|\bvul\b|ingevuld|invullen|compleet|fill|complete|pas als|zodra|akkoord"
    r"|agree|optioneel|optional", re.I)
"""Words by which people may know why they cannot send yet."""
_OTHERWISE = re.compile(r"vorige|terug|wissen|herstel|verwijder|annuleer|previous|back|clear|reset|remove|cancel", re.I)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    entries = list(page.seen("entry"))
    fillable = [form for _, seen in entries for form in seen["forms"] if form["kind"] not in ("search", "filter")]
    standing = [(look, text) for look, seen in entries for text in seen["standing"]]
    for look, text in standing:
        yield look.cant_tell(CRITERION, "error-text-present", text, text=text["text"])
    for look, seen in entries:
        for form in seen["forms"]:
            if _shut_without_a_word(form):
                yield look.cant_tell(CRITERION, "send-disabled", form["send"], name=form["send"]["name"])
    if entries and not fillable and not standing and not page.missing("forms"):
        yield page.inapplicable(CRITERION, "no-fields-with-errors")
    for look, record in page.seen("forms"):
        for form in record["forms"]:
            yield from _form(look, form)
        if fillable and not record["submitted"]:
            yield page.untested(
                CRITERION, NOT_LOOKED, reason=told(Hindrance.FORMS_NOT_PRESSED, f"L{record['level']} < L3")
            )


def _shut_without_a_word(form: Json) -> bool:
    """A form of several fields whose sending button cannot be pressed, while nothing in it says what is still asked."""
    send = form["send"]
    if not send or not send["disabled"] or not send["submits"] or form["kind"] not in ("form", "contact"):
        return False
    # With aria-disabled alone it can be pressed, and may then tell.
    shut = re.search(r"\sdisabled(?=[\s=>])", str(send["snippet"])) and not _OTHERWISE.search(str(send["name"]))
    told = " ".join([str(form["words"]), *(f"{f['described']} {f['placeholder']}" for f in form["fields"])])
    empty = [f for f in form["fields"] if not f["filled"] and not f["disabled"]]
    return bool(shut) and len(empty) > 1 and not _SAYS_WHAT.search(told)


def _form(look: StateEvidence, form: Json) -> Iterator[Outcome]:
    pressed = [a for a in form["attempts"] if a["how"] != "typed"]
    for attempt in pressed:
        steps = (f"{attempt['how']} form", f"click: {form['send']['name'] if form['send'] else ''}")
        problem = what_is_wrong(form, attempt)
        if problem:
            verdict = Verdict.FAILED if attempt["confirmed"] else Verdict.CANT_TELL
            marked = [_label(form, m["field"]) for m in attempt["marks"]][:5]
            yield look.outcome(
                verdict, CRITERION, problem, form, replay=steps, fields=", ".join(marked), text=_joined(attempt)[:200]
            )
            return
    heard = [{**a, "texts": [t for t in a["texts"] if not _succeeded(str(t["text"]))]} for a in form["attempts"]]
    # What comes up after the form went out is about the request, which the look stopped.
    said = [a for a in heard if not a["sent"] and (a["texts"] or any(m["tied"] for m in a["marks"]))]
    if said:
        loose = [t for a in said for t in a["texts"] if a["how"] != "typed" and is_loose(form, a, t)]
        rule = "error-text-not-tied" if loose else "error-texts-to-judge"
        yield look.outcome(Verdict.CANT_TELL, CRITERION, rule, form, text=" | ".join(_joined(a) for a in said)[:300])
    elif any(a["sent"] for a in pressed) and any(_may_be_wrong(field) for field in form["fields"]):
        yield look.cant_tell(
            CRITERION, "errors-come-from-server", form, name=form["send"]["name"] if form["send"] else ""
        )


def _succeeded(text: str) -> bool:
    return bool(_CONFIRMS.search(text)) and not _DENIES.search(text)


def _may_be_wrong(field: Json) -> bool:
    """A choice that need not be made, or is made already, is never wrong."""
    return bool(field["required"]) or field["control"] not in ("select", "checkbox", "radio", "range", "color")


def what_is_wrong(form: Json, attempt: Json) -> str:
    """The rule that a refused attempt breaks, or nothing. Pure."""
    if attempt["sent"] or attempt["native"] or attempt["dialogs"]:
        return ""
    texts = [t["text"] for t in attempt["texts"]] + list(attempt["announced"])
    tied = [t for m in attempt["marks"] for t in m["tied"]]
    newly = [
        m
        for m in attempt["marks"]
        if m["coloured"] or m["otherwise"] or (m["invalid"] == "true" and m["wasInvalid"] != "true")
    ]
    demanding = any(f["required"] for f in form["fields"])
    if not texts and not tied:
        if newly:
            return "error-without-text"
        # The button of a step that sends by script refuses by doing nothing.
        quiet = attempt["refused"] or (attempt.get("idle") and not attempt["focused"])
        return "error-silent" if quiet and demanding and attempt["how"] == "empty" else ""
    labels = [f["label"].lower().rstrip(" *:") for f in form["fields"] if f["label"]]
    named = any(label and label in text.lower() for label in labels for text in texts)
    if len(form["fields"]) >= 2 and not tied and not newly and not named and not attempt["focused"] and len(texts) <= 2:
        return "errors-general-only" if all(GENERAL.search(t.strip()) for t in texts) else ""
    return ""


def is_loose(form: Json, attempt: Json, text: Json) -> bool:
    """A message that names no field, is tied to none and stands next to none (60 px).

    What only sums up is none when every field that is marked has a message of its own.
    """
    words = str(text["text"]).lower()
    sums_up = GENERAL.search(words.strip()) or _SUMS_UP.search(words)
    marked = [m for m in attempt["marks"] if m["tied"] or m["coloured"] or m["otherwise"] or m["invalid"] == "true"]
    if sums_up and marked and all(m["tied"] for m in marked):
        return False
    if any(f["label"] and f["label"].lower().rstrip(" *:") in words for f in form["fields"]):
        return False
    if any(text["text"] in tied or tied in text["text"] for m in attempt["marks"] for tied in m["tied"]):
        return False
    box = text.get("box")
    if not box:
        return False
    return all(
        abs(box[1] - (f["box"][1] + f["box"][3])) > 60 and abs(f["box"][1] - (box[1] + box[3])) > 60
        for f in form["fields"]
    )


def _label(form: Json, selector: str) -> str:
    return next((str(f["label"] or f["name"]) for f in form["fields"] if f["selector"] == selector), selector)


def _joined(attempt: Json) -> str:
    tied = [t for m in attempt["marks"] for t in m["tied"]]
    return "; ".join(dict.fromkeys([*tied, *(t["text"] for t in attempt["texts"])]))
