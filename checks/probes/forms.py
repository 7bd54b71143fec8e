"""The safe form probe: what a form says when it is filled in wrongly. Nothing is ever sent.

At level CLICK fields with a known format get a synthetic wrong value and lose focus. At level VALIDATE the sending
control is pressed too, on the empty form and with the wrong values, behind the harness. Passwords, files, payment and
citizen numbers are never filled. The record holds

* `level`: what was allowed; `submitted`: False when the level forbade pressing the sending control;
* `forms`: places with `kind`, `fields` (places, `label`, `control`, constraints, hints) and `attempts`, each with `how`
  (`typed`, `empty`, `wrong`), `sent` (would have gone out), `native` (the browser shows its own message), `focused`,
  `texts` (new texts with their place, `live`, `of_one_field`), `marks` (per field: coloured, otherwise, aria-invalid,
  tied texts), `announced` (texts of live regions that are new), `idle` (the press came to nothing at all), `url`,
  `confirmed` (afresh it came to the same);
* `errors_by_colour`: fields of which only colours changed, on an attempt that was refused without any text.

Sources: fifty-criteria, engine E9; techniques F81, G83, G84, G85.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.by_keyboard import does_something
from checks.consent import refuse_consent
from checks.effects import Effect, learn_restless, observe
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 25.0
ORDER = 25

MAX_FORMS = 5
MAX_TYPED = 5
"""Fields of one form that get a wrong value."""
WAIT = 0.9
SKIPPED = ("search", "login", "filter")
"""Kinds of form that are not pressed: nothing in them is an error, or a failed login may lock somebody out."""

_DATE = re.compile(r"datum|dd[-/ ]?mm|geboorte|geboren|\bdate\b|birth|\bborn\b|\bbday|datepicker", re.I)
_PERHAPS_DATE = re.compile(
    r"\W*((van|vanaf|tot|tot en met|t/m|begin|start|einde?|ingang|wanneer|aankomst|vertrek|from|until|to|when)\b"
    r"|(op )?welke dag)[^a-z]*", re.I)
"""Labels of fields for a day or for something else: what is then said of the value tells."""
_POSTCODE = re.compile(r"postcode|postal|zip", re.I)
_PHONE = re.compile(r"telefoon|mobiel|phone", re.I)
_MAIL = re.compile(r"e-?mail", re.I)


async def look(at: Look) -> Json:
    """The record described above."""
    forms = [f for f in at.seen("entry").get("forms", ()) if f["kind"] not in SKIPPED and not f.get("frame")][
        :MAX_FORMS
    ]
    submit = at.level >= SafetyLevel.VALIDATE
    worth = [
        f
        for f in forms
        if any(wrong_value(x) for x in f["fields"]) or (submit and f["send"] and not f["send"]["disabled"])
    ]
    record: dict[str, Any] = {"level": int(at.level), "submitted": submit, "forms": [], "errors_by_colour": []}
    ends = time.monotonic() + SECONDS - 5
    if worth:
        async with at.lab() as tab:
            await refuse_consent(tab)
            await learn_restless(tab, 0.4)
            for form in worth:
                if time.monotonic() < ends:
                    record["forms"].append({**form, "attempts": await _attempts(tab, form, submit), "words": ""})
    suspects = [f for f in record["forms"] if any(suspicious(a) for a in f["attempts"])]
    if suspects and time.monotonic() < ends:
        async with at.lab() as tab:
            await refuse_consent(tab)
            await learn_restless(tab, 0.4)
            for form in suspects:
                if time.monotonic() < ends:
                    second = await _attempts(tab, form, submit)
                    for one, other in zip(form["attempts"], second, strict=False):
                        one["confirmed"] = one["how"] == other["how"] and suspicious(one) == suspicious(other) != ""
    for form in record["forms"]:
        labels = {f["selector"]: f for f in form["fields"]}
        for attempt in (a for a in form["attempts"] if suspicious(a) == "mark"):
            if attempt["marks"]:
                record["errors_by_colour"] += [
                    {**labels[m["field"]], "changed": m["changed"], "confirmed": attempt["confirmed"]}
                    for m in attempt["marks"]
                    if m["coloured"] and not m["otherwise"] and not m["tied"] and m["field"] in labels
                ]
    return record


def wrong_value(field: Json) -> str:
    """A synthetic value that this field should refuse; nothing when no format is known. Never like a person's."""
    if field["disabled"] or field["secret"] or field["filled"]:
        return ""
    control, words = field["control"], f"{field['label']} {field['name']} {field['placeholder']}"
    if control == "number":
        bound, step = (field["min"], -1) if field["min"] else (field["max"], 1)
        return f"{int(float(bound)) + step}" if re.fullmatch(r"-?\d+(\.\d+)?", bound or "") else ""
    if control not in ("text", "textarea", "email", "url", "tel"):
        return ""
    if control == "email" or _MAIL.search(words) or field["autocomplete"] == "email":
        value = "a@"
    elif _DATE.search(f"{words} {field['autocomplete']} {field.get('snippet', '')}") or (
            _PERHAPS_DATE.fullmatch(field["label"])):
        value = "99-99-9999"
    elif control in ("url", "tel") or _PHONE.search(words) or _POSTCODE.search(words):
        value = "x"
    else:
        return "#" if field["pattern"] and _refuses(field["pattern"], "#") else ""
    return next((v for v in (value, "x", "#", "") if not field["pattern"] or _refuses(field["pattern"], v)), "")


def _refuses(pattern: str, value: str) -> bool:
    """Would the browser refuse this value by this pattern? Patterns that Python cannot read count as no."""
    try:
        return not value or re.fullmatch(pattern, value) is None
    except re.error:
        return False


def suspicious(attempt: Json) -> str:
    """What must be seen a second time before it counts: `mark` (refused with marks, without a text), `silent` (refused

    without anything), `said …` (a text that may be all there is); else empty. Pure.
    """
    tied = sorted({text for mark in attempt["marks"] for text in mark["tied"]})
    texts = sorted({str(item["text"]) for item in attempt["texts"]})
    if attempt["sent"] or attempt["native"]:
        return ""
    if attempt["how"] == "typed" or (attempt["how"] == "wrong" and tied):
        return "said " + "|".join([*tied, *texts])[:300] if tied or texts else ""
    marked = any(
        m["coloured"] or m["otherwise"] or (m["invalid"] == "true" and m["wasInvalid"] != "true")
        for m in attempt["marks"]
    )
    if tied:
        return ""
    if texts or attempt["announced"]:
        return "" if marked else "said " + "|".join([*texts, *sorted(attempt["announced"])])[:300]
    if marked:
        return "mark"
    return "silent" if not attempt["focused"] and attempt["refused"] else ""


async def _attempts(tab: Tab, form: Json, submit: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    pressable = submit and form["send"] and not form["send"]["disabled"]
    if pressable:
        found.append(await _attempt(tab, form, "empty", [], press=True))
        if found[-1]["sent"]:
            return found  # what comes next is said by the server: only a test environment can tell
    wrong = [(f, wrong_value(f)) for f in form["fields"] if wrong_value(f)][:MAX_TYPED]
    for field, value in wrong:
        found.append(await _attempt(tab, form, "typed", [(field, value)], press=False))
    if pressable and wrong:
        found.append(await _attempt(tab, form, "wrong", [], press=True))
    return found


async def _attempt(
    tab: Tab, form: Json, how: str, values: Sequence[tuple[Json, str]], *, press: bool
) -> dict[str, Any]:
    selectors = [f["selector"] for f in form["fields"]]
    send = form["send"]["selector"] if form["send"] else ""
    await _mouse_away(tab)
    began: Json = await tab.call(script("form"), {"do": "begin", "fields": selectors, "send": send})
    spoken: Json = await tab.call(script("liveness"), [])

    async def act() -> None:
        try:
            for field, value in values:
                if await tab.call(script("form"), {"do": "focus", "field": field["selector"]}):
                    await tab.page.keyboard.type(value)
                    await tab.page.keyboard.press("Tab")
            if press and began["send"]:
                await tab.page.mouse.click(began["x"], began["y"])
        except Error as error:
            raise Unreachable(str(error)[:100]) from error

    effect = await observe(tab, act, wait=WAIT, target=send if press else "", doing=f"form: {how}")
    await _mouse_away(tab)
    after: Json = await tab.call(script("form"), {"do": "finish", "since": "first" if how == "wrong" else "begin"})
    texts = await _texts(tab, effect, form)
    now: Json = await tab.call(script("liveness"), [])
    sent = bool(effect.navigations or effect.requests or effect.popups)
    native = bool(press and after["invalid"] and not after["silenced"] and not form["noValidate"])
    return {
        "how": how,
        "field": values[0][0]["selector"] if values else "",
        "value": values[0][1] if values else "",
        "sent": sent,
        "native": native,
        "refused": bool(press and (after["prevented"] or after["silenced"])),
        "focused": after["focused"] if after["focused"] in selectors else "",
        "focus": effect.focus["selector"] if effect.focus else "",
        "focus_lost": effect.focus_lost,
        "texts": texts,
        "marks": [m for m in after["marks"] if _marked(m)],
        "url": effect.url,
        "dialogs": list(effect.dialogs),
        "idle": bool(press and began["send"] and not does_something(effect))
        and (effect.focus is None or effect.focus["selector"] == send),
        "announced": [t for t in now["texts"] if t not in spoken["texts"]][:5],
        "confirmed": False,
    }


async def _mouse_away(tab: Tab) -> None:
    """Pages scroll under a resting mouse: what a field shows when pointed at is no mark of an error."""
    try:
        await tab.page.mouse.move(0, 0)
    except Error as error:
        raise Unreachable(str(error)[:100]) from error


def _marked(mark: Json) -> bool:
    return bool(mark["coloured"] or mark["otherwise"] or mark["tied"] or mark["invalid"] == "true" or not mark["valid"])


async def _texts(tab: Tab, effect: Effect, form: Json) -> list[dict[str, Any]]:
    """New texts, without those of calendars and lists that fields opened, and without what labels a new field."""
    before = {"", *(field["selector"] for field in form["fields"])}
    shown = [item for item in effect.shown if not str(item["text"]).startswith("[") and item["labels"] in before]
    said: Json = await tab.call(script("liveness"), [item["selector"] for item in shown])
    told = zip(shown, said["live"], said["opened"], said["ofOneField"], strict=True)
    return [{**item, "live": live, "of_one_field": own} for item, live, opened, own in told if not opened][:12] + [
        {"selector": "", "snippet": "", "text": d, "live": "dialog"} for d in effect.dialogs[:2]
    ]
