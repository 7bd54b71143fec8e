"""Links that a list shows only after more of it was asked for: by a "load more" button, or by scrolling on.

Pressed in a laboratory, so that nothing leaves the page but GETs (checks.harness), at most as often as the channel's
`limits.load_more` says. What was still to come when the budget ended, or would come by what the harness stops (a POST,
another page opened), stands as the reason that the record `more` was prevented.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from playwright.async_api import Error

from checks.consent import origin
from checks.harness import laboratory
from checks.hindrance import Hindrance, told
from checks.inpage import script
from checks.pool import Pool
from checks.tab import ScriptError, Tab, Unreachable, hindered
from scanner.model import Json, Record

WAIT = 3.0
"""Seconds given to one time of loading."""
SECONDS = 30.0
"""Seconds for all of it; what is then still to come is told."""

BARREN = 3
"""Pages of a site on which a button brought no link, one after the other: it unfolds something, and is left alone."""

Links = dict[str, str]
"""Address → text."""


def has_more(pool: Pool, url: str, seen: Json) -> bool:
    """Whether a page, by its record `more`, has something to ask more of."""
    return bool(_labels(seen)) and pool.barren[origin(url), _labels(seen)] < BARREN


def _labels(seen: Json) -> str:
    """What can be asked on a page, as people read it."""
    buttons = [str(button["label"]) for button in seen.get("buttons", ()) if not button.get("frame")]
    return "; ".join([*buttons, *(["scroll"] if seen.get("endless") else [])])


async def load_more(
    pool: Pool, url: str, seen: Json, times: int, seconds: float, viewport: Any
) -> tuple[Links, Record]:
    """Links that were not there before more was asked for, and the record `more` with what came of it."""
    began = time.monotonic()
    new: Links = {}
    pulled, why = 0, ""
    try:
        async with laboratory(pool, url, seconds=seconds, viewport=viewport) as tab:
            before = await _links(tab)
            while (pull := await _next(tab)) is not None:
                if pulled >= times or time.monotonic() - began > SECONDS:
                    why = told(Hindrance.MORE_LEFT, pulled)
                    break
                known = before | new
                tab.stopped.clear()
                await _pull(tab, pull)
                pulled += 1
                found = await _grown(tab, known)
                new |= {address: text for address, text in found.items() if address not in known}
                if len(before) + len(new) == len(known):
                    stopped = next(iter(tab.stopped), None)
                    why = told(Hindrance.MORE_STOPPED, aside=f"{stopped.kind} {stopped.what}") if stopped else ""
                    break
    except (Unreachable, ScriptError, Error, TimeoutError) as error:
        why = hindered(error)
    pool.barren[origin(url), _labels(seen)] += 1
    if new or why:
        del pool.barren[origin(url), _labels(seen)]
    return new, Record("more", {"times": pulled, "links": len(new)}, why, time.monotonic() - began)


async def _next(tab: Tab) -> Json | None:
    """What there is to pull at now: a button, or the empty record for the end of an endless list."""
    seen: Json = await tab.call("(S) => PROBES.more(S)")
    button: Json | None = next(iter(seen["buttons"]), None)
    return button if button is not None else {} if seen["endless"] else None


async def _pull(tab: Tab, button: Json) -> None:
    tab.doing = f"load more: {button.get('label', 'scrolled')}"[:80]
    if not button:
        await tab.page.mouse.move(640, 500)
        await tab.page.mouse.wheel(0, 100_000)
    elif await tab.call(script("form"), {"do": "focus", "field": button["selector"]}):
        await tab.page.keyboard.press("Enter")
    else:  # an `a` without an address takes no focus
        x, y, width, height = (float(n) for n in await tab.call(
            "(S, path) => { const el = S.find(path); S.reveal(el); const r = el.getBoundingClientRect();"
            " return [r.x, r.y, r.width, r.height] }", button["selector"]))
        await tab.page.mouse.click(x + width / 2, y + height / 2)


async def _grown(tab: Tab, known: Links) -> Links:
    """The links of the page as soon as there are new ones and they are no longer added to; at most WAIT seconds."""
    ends, last = time.monotonic() + WAIT, -1
    while True:
        await asyncio.sleep(0.25)
        found = await _links(tab)
        count = len(found.keys() - known.keys())
        if (count and count == last) or (tab.stopped and not count) or time.monotonic() > ends:
            return found
        last = count


async def _links(tab: Tab) -> Links:
    found = await tab.call(
        "(S) => S.all('a[href],area[href]').slice(0, 5000).map((el) =>"
        " [S.url(el).slice(0, 2000), S.text(el, 120)]).filter(([url]) => /^https?:/.test(url))"
    )
    return {str(address): str(text) for address, text in reversed(found)}
