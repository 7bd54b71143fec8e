"""Status messages: texts that come up without a new page and without focus, and who hears of them.

Triggers that are safe at level CLICK: typing in search and filter fields, filters, "load more", copy, favourite,
character counters; requests by GET may go out, nothing else. The record holds

* `triggers`: places with `kind`, `label`, `url` (the page changed its address), `leaves`, `texts` (places with `text`
  and `sort`: `results`, `done`, `busy`, `counter`, `error`; `live`, `there`, `hidden`, `focused`, `told`), `spoken`
  (what live regions said), `confirmed` (the same in a fresh laboratory), `gone` (the text of a message of some words
  that went away by itself, and after how many seconds);
* `tried`: how many triggers.

Source: fifty-criteria 4.1.3; techniques ARIA19, ARIA22, ARIA23, G199; failure F103.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.asking import ask
from checks.consent import refuse_consent
from checks.effects import learn_restless, observe
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.probes.listeners import can_listen
from checks.tab import ScriptError, Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 20.0
ORDER = 45

MAX_TRIGGERS = 7
WATCHED = 7.0
"""Seconds in which a message that came after a click is watched: toasts are gone by then."""
FEW_WORDS = 3
"""What "Link gekopieerd" says is read at a glance."""
WAIT = 1.3
"""Seconds given to a search or filter: a request may be behind it."""
LONGEST = 200
SORTS = (
    ("results", re.compile(
        r"\b\d+ (zoek)?(resultaten|resultaat|items?|gevonden|artikelen|berichten|producten|locaties|results?"
        r"|matches|hits|van de \d+)\b"
        r"|(geen|no) (zoek)?(resultaten|resultaat|results?|matches)|niets gevonden"
        r"|\b(geen|no) (\w+ ){1,3}(gevonden|found)\b|(resultaten"
        r"|results): ?\d+", re.I)),
    ("done", re.compile(
        r"(is|zijn|was|wordt|werd) (toegevoegd|opgeslagen|bewaard|gekopieerd|verzonden|bijgewerkt|geselecteerd)"
        r"|^.{0,40}(toegevoegd|opgeslagen"
        r"|gekopieerd)[.!]?$|^.{0,40}\b(toegevoegd aan|opgeslagen in|gekopieerd naar) .{0,60}$"
        r"|bedankt|\b(added|saved|copied|updated)( to .{0,40})?[.!]?$|thank you", re.I)),
    ("busy", re.compile(r"^(bezig|laden|aan het laden|even geduld|loading|please wait|one moment)\b", re.I)),
    ("counter", re.compile(r"\d+.{0,12}(tekens|karakters|characters)|(tekens|karakters|characters).{0,20}\d+", re.I)),
    ("error", re.compile(r"\bfout\b|ongeldig|verplicht|mislukt|invalid|error|failed|required", re.I)),
)  # fmt: skip


async def look(at: Look) -> Json:
    """The record described above."""
    triggers = [t for t in at.seen("triggers").get("triggers", ()) if not t.get("frame")][:MAX_TRIGGERS]
    record: dict[str, Any] = {"triggers": [], "tried": 0}
    if not triggers or not can_listen(at):
        return record
    ends = time.monotonic() + SECONDS - 6
    record["triggers"] = await _all(at, triggers, ends)
    record["tried"] = len(record["triggers"])
    suspects = [t for t in record["triggers"] if unheard(t)][:3]
    if suspects and time.monotonic() < ends:
        for again in await _all(at, suspects, ends + 4):
            first = next(t for t in suspects if t["selector"] == again["selector"])
            first["confirmed"] = sorts(first) == sorts(again)
    record["triggers"] = [t for t in record["triggers"] if t["texts"] or t["spoken"]]
    await _watch(at, record["triggers"], ends)
    return record


def sort_of(text: str) -> str:
    """What kind of status message a text is, or nothing. Pure."""
    folded = " ".join(text.split())
    return next((name for name, words in SORTS if words.search(folded)), "") if len(folded) <= LONGEST else ""


def unheard(trigger: Json) -> list[Json]:
    """The messages of a trigger that no live region, focus or description brings to assistive technology. Pure."""
    said = " ".join(trigger["spoken"]).lower()
    return [t for t in trigger["texts"] if not t["live"] and not t["focused"] and not t["told"] and not t["hidden"]
            and not _overlap(str(t["text"]).lower(), said)]  # fmt: skip


def sorts(trigger: Json) -> list[str]:
    """The kinds of message that went unheard, to compare two runs."""
    return sorted({str(t["sort"]) for t in unheard(trigger)})


def _overlap(text: str, said: str) -> bool:
    words = set(re.findall(r"\w+", text))
    return bool(words) and len(words & set(re.findall(r"\w+", said))) >= 0.5 * len(words)


async def _all(at: Look, triggers: Sequence[Json], ends: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with at.lab() as tab:
        await refuse_consent(tab)
        await learn_restless(tab, 0.4)
        for trigger in triggers:
            if time.monotonic() > ends:
                break
            try:
                seen = await _pull(tab, trigger)
            except ScriptError:
                break  # the page has thrown its document away
            if seen:
                found.append(seen)
    return found


async def _pull(tab: Tab, trigger: Json) -> dict[str, Any] | None:
    selector, kind = str(trigger["selector"]), trigger["kind"]
    if not await tab.call(script("form"), {"do": "focus", "field": selector}):
        return None
    await tab.call(script("status"), {"do": "begin"})
    control = str(trigger["snippet"])

    async def act() -> None:
        try:
            if kind in ("search", "counter"):
                await tab.page.keyboard.type("afval")
                if kind == "search":
                    await tab.page.keyboard.press("Enter")
            elif kind == "filter":
                await tab.page.keyboard.press("ArrowDown" if control.startswith("<select") else "Space")
            else:
                await tab.page.keyboard.press("Enter")
        except Error as error:
            raise Unreachable(str(error)[:100]) from error

    effect = await observe(tab, act, wait=WAIT, target=selector, doing=f"trigger {trigger['label']}"[:80])
    shown = [str(item["selector"]) for item in effect.shown if not str(item["text"]).startswith("[")][:25]
    seen: Json = await tab.call(script("status"), {"do": "finish", "texts": shown})
    texts: dict[str, dict[str, Any]] = {}
    for text in seen["texts"]:
        sort = sort_of(str(text["text"]))
        unfolded = kind == "button" and sort == "results" and text.get("stood")  # content that lay folded, not a count
        if sort and text["selector"] != selector and _fits(kind, sort) and not unfolded and not text.get("cell"):
            texts.setdefault(str(text["selector"]), {**text, "sort": sort})
    return {
        **{
            key: trigger[key]
            for key in ("selector", "snippet", "box", "frame", "region", "component", "kind", "label")
            if key in trigger
        },
        "url": effect.url,
        "leaves": list(effect.leaves[:2]),
        "texts": [] if effect.leaves else list(texts.values())[:6],
        "spoken": seen["spoken"],
        "blocked": len(effect.requests),
        "confirmed": False,
        "gone": None,
    }


async def _watch(at: Look, triggers: Sequence[dict[str, Any]], ends: float) -> None:
    """Of the first button that brings a message of some words: whether that goes away while nobody does anything."""
    for trigger in triggers:
        texts = [text for text in trigger["texts"] if text["sort"] in ("done", "error")]
        said = [text for text in texts if len(str(text["text"]).split()) > FEW_WORDS]
        if trigger["kind"] == "button" and said and time.monotonic() < ends:
            with suppress(ScriptError):  # the page has thrown its document away
                async with at.lab() as tab:
                    await refuse_consent(tab)
                    if await _pull(tab, trigger):
                        trigger["gone"] = await _gone(tab, said[0], ends + 4)
            return


async def _gone(tab: Tab, said: Json, ends: float) -> Json | None:
    began = time.monotonic()
    while time.monotonic() < min(began + WATCHED, ends):
        await asyncio.sleep(0.5)
        there: Json = await ask(tab, "clickables", {"do": "visible", "paths": [said["selector"]]})
        if not there["count"]:
            return {"text": said["text"], "seconds": round(time.monotonic() - began + WAIT)}
    return None


def _fits(kind: str, sort: str) -> bool:
    """A count belongs to a search or filter, a confirmation to a button: else it may be the content itself."""
    if kind in ("search", "filter"):
        return sort in ("results", "busy", "error")
    return sort in (("counter", "error") if kind == "counter" else ("done", "busy", "error", "results"))
