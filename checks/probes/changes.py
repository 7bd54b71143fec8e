"""What happens when a value is changed: a choice in a list, a tick, a letter in a field; one field per signature.

Gates on the page probes: a page without fields, or on which nothing can listen, costs nothing. The record holds

* `fields`: places with `control`, `name`, `how` (the keys), `effect` (checks.effects, summary), `leaves` (documents and
  windows asked for), `frame_only` (only a frame would have loaded), `focus_moved`, `heading_changed`, `warned` (the
  words before the field that announce it), `confirmed` (the same in a fresh laboratory);
* `scripted`: False when nothing on the page can react; `of`: all fields; `skipped`: fields not tried (secrets, no room,
  no time).

Source: fifty-criteria 3.2.2; techniques F36, F37, G80, H32.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.consent import refuse_consent
from checks.effects import Effect, learn_restless, observe
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.probes.listeners import can_listen
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 20.0
ORDER = 28

MAX_FIELDS = 14
FEW = 4
"""Characters of a field that is filled to the end: a day, a month, a year, the figures of a postcode."""
MAX_SUSPECTS = 3
WAIT = 0.4
_SECRET = re.compile(
    r"\bbsn\b|burgerservice|iban|rekening|creditcard|kaartnummer|cvc|wachtwoord|password|digid|pincode", re.I
)
_WARNING = re.compile(
    r"direct|automatisch|meteen|onmiddellijk|nieuw (venster|tabblad)|zodra (u|je)|wordt .{0,40}(geladen"
    r"|verstuurd|geopend|getoond|ververst)"
    r"|(gaat|ga) (u|je) .{0,20}naar"
    r"|\b(pagina|scherm|website|inhoud|lijst|resultaten)\b[^.?!]{0,30}\b(verander|ververs|herla|laadt|vernieuw|wissel"
    r"|geopend|aangepast|bijgewerkt)"
    r"|\b(als|wanneer|nadat)\b[^.?!]{0,25}\b(kiest?|selecteert?|aanvinkt?)\b"
    r"|\b(na|door|bij)\b[^.?!]{0,15}\b(keuze|kiezen|selectie|selecteren|aanvinken)\b"
    r"|\bpage\b[^.?!]{0,20}\b(reload|refresh|change|update)|\b(when|once|after) you\b[^.?!]{0,15}\b(choose|select|pick)"
    r"|automatically|immediately|new (window|tab)|as soon as|will (open|load"
    r"|submit|take you)",
    re.I,
)
KEYS = {"select": "ArrowDown", "checkbox": "Space", "radio": "Space", "range": "ArrowRight"}
TEXTS = {"number": "1", "date": "01012030", "month": "012030", "time": "1200", "tel": "1"}


async def look(at: Look) -> Json:
    """The record described above."""
    fields = [f for f in at.seen("fields").get("fields", ()) if not f.get("frame")]
    usable = [f for f in fields if how(f)]
    chosen = representatives(usable)[:MAX_FIELDS]
    record: dict[str, Any] = {"fields": [], "scripted": can_listen(at), "of": len(fields), "skipped": 0}
    if not chosen or not record["scripted"]:
        return record
    ends = time.monotonic() + SECONDS - 4
    async with at.lab() as tab:
        await refuse_consent(tab)
        await learn_restless(tab, 0.3)
        for field in chosen:
            if time.monotonic() > ends:
                break
            try:
                seen = await _change(tab, field)
            except ScriptError:
                break  # the page has thrown its document away: nothing can be tried on it any more
            if seen:
                record["fields"].append(seen)
    suspects = [f for f in record["fields"] if suspicious(f)][:MAX_SUSPECTS]
    if suspects:
        async with at.lab() as tab:
            await refuse_consent(tab)
            await learn_restless(tab, 0.3)
            for field in suspects:
                if time.monotonic() > ends + 2:
                    break
                again = await _change(tab, field)
                field["confirmed"] = bool(again and suspicious(again) == suspicious(field))
    record["skipped"] = len(representatives([f for f in fields if changeable(f)])) - len(record["fields"])
    return record


def changeable(field: Json) -> bool:
    """Can a person change it?"""
    return bool(field["shown"] and field["focusable"] and not field["disabled"] and not field["readonly"])


def how(field: Json) -> str:
    """The keys that change this field's value without opening anything; empty when it is left alone."""
    if not changeable(field) or field["control"] in ("password", "file", "custom", "hidden", "color"):
        return ""
    if _SECRET.search(f"{field['name']} {field['htmlName']} {field['id']} {field['autocomplete'] or ''}"):
        return ""
    return KEYS.get(str(field["control"])) or TEXTS.get(str(field["control"]), "") or _few(field)


def _few(field: Json) -> str:
    """One letter or figure; as many as it takes where that is a few: when it is full, focus may be moved on."""
    one = "1" if field.get("inputMode") in ("numeric", "decimal", "tel") else "x"
    full = int(field.get("maxLength", 0))
    return one * full if 1 < full <= FEW else one


def representatives(fields: Sequence[Json]) -> list[Json]:
    """One field per signature: same kind, same form, same name but for digits; radio buttons of a group count once."""
    seen: dict[tuple[Any, ...], Json] = {}
    for field in fields:
        name = re.sub(r"\d+", "#", str(field["htmlName"] or field["id"]))
        seen.setdefault((field["control"], field["form"], name, field.get("component", "")), field)
    return list(seen.values())


def suspicious(field: Json) -> str:
    """The kind of change of context that was seen, or nothing. Pure."""
    if field["leaves"] and not field["frame_only"]:
        return "leaves"
    if field["focus_moved"]:
        return "focus"
    return "content" if field["heading_changed"] else ""


async def _change(tab: Tab, field: Json) -> dict[str, Any] | None:
    selector, keys = str(field["selector"]), how(field)
    before: Json | None = await tab.call(script("before"), selector)
    if before is None or not await tab.call(script("form"), {"do": "focus", "field": selector}):
        return None
    if keys == "ArrowDown" and before["last"]:
        keys = "ArrowUp"
    if field["control"] == "radio" and before["on"]:
        keys = "ArrowDown"
    typed = keys not in ("ArrowDown", "ArrowUp", "Space", "ArrowRight")

    async def act() -> None:
        try:
            await (tab.page.keyboard.type(keys) if typed else tab.page.keyboard.press(keys))
        except Error as error:
            raise Unreachable(str(error)[:100]) from error

    effect = await observe(tab, act, wait=WAIT, target=selector, doing=f"change {field['name']}"[:80])
    # Arrows go from one radio button of a group to the next: that is what they are for.
    moved = effect.focus is not None and effect.focus["selector"] != selector and field["control"] != "radio"
    # A combobox that writes something before its field gives it another path, not other focus.
    moved = moved and not await tab.call(script("form"), {"do": "kept"})
    if typed and not effect.leaves and not moved:
        # Leaving the field without entering another: what the next field does on focus is not this one's doing.
        effect = await observe(
            tab, lambda: tab.ask("document.activeElement && document.activeElement.blur()"), wait=WAIT, target=selector,
            doing=f"leave {field['name']}"[:80])  # fmt: skip
    after: Json | None = await tab.call(script("before"), selector)
    return _seen(field, keys, before, after, effect, moved)


def _seen(field: Json, keys: str, before: Json, after: Json | None, effect: Effect, moved: bool) -> dict[str, Any]:
    documents = [entry.partition(" ")[2] for entry in effect.navigations]
    warned = _WARNING.search(str(before["text"]))
    heading_changed = after is not None and after["heading"] != before["heading"] and effect.hidden_count >= 10
    return {
        **{
            key: field[key]
            for key in (
                "selector",
                "snippet",
                "box",
                "frame",
                "region",
                "component",
                "control",
                "name",
                "htmlName",
                "id",
                "autocomplete",
                "form",
                "shown",
                "focusable",
                "disabled",
                "readonly",
            )
            if key in field
        },
        "how": keys,
        "effect": effect.summary(),
        "leaves": list(effect.leaves[:4]),
        "frame_only": bool(documents)
        and not effect.popups
        and all(d.split("?")[0].split("#")[0] in before["frames"] for d in documents),
        "focus_moved": moved,
        "to": effect.focus["selector"] if moved and effect.focus else "",
        "full": bool(before["maxLength"]),
        "heading_changed": heading_changed,
        "warned": str(before["text"])[max(0, warned.start() - 40) : warned.end() + 40] if warned else "",
        "confirmed": False,
    }
