"""Single-character shortcuts: presses every printable key where no field has focus, and sees whether the page reacts.

Groups of keys are pressed first and the effect differ looks once per group; the keys of a group with an effect are then
pressed one by one. What reacts is pressed again in a fresh page by the caller. Keys without a modifier only.
Sources: fifty-criteria 2.1.4; F99; ACT ffbc54.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from checks.effects import Effect, learn_restless, leave_fields, observe
from checks.tab import Tab
from scanner.model import Json

KEYS = tuple("abcdefghijklmnopqrstuvwxyz0123456789`-=[]\\;',./?!+*")
GROUP = 7
MAX_FOUND = 6
RESTLESS = 5.0
"""Seconds in which a page that moves by itself shows it."""

# Where focus goes before a key: nowhere, or on a plain link (the first one in the main part that is not in a widget).
_REST = """(S, link) => {
  let el = document.activeElement;
  if (el && el !== document.body) el.blur();
  if (!link) return true;
  const plain = S.all('main a[href], [role=main] a[href], a[href]').find((a) => S.visible(a) && !a.closest('[role]'));
  if (plain) plain.focus({ preventScroll: true });
  return Boolean(plain);
}"""

_HELP = r"""(S) => {
  const found = S.text(document.body, 20000).match(/.{0,60}(sneltoets|toetsenbord|shortcut|hotkey|keyboard).{0,60}/i);
  return found ? found[0] : '';
}"""


def key_listening(inventory: Json) -> tuple[bool, bool]:
    """Can a key reach a listener with focus nowhere (window, document, html, body), and with focus on a link?"""
    def keys(types: Sequence[str]) -> bool:
        return any(kind.startswith("key") for kind in types)

    whole = any(keys(root["types"]) for root in inventory["roots"] if not root["frame"])
    part = any(keys(item["types"]) for item in inventory["elements"] if not item["focusable"] and not item.get("frame"))
    return whole, part


async def find_shortcuts(tab: Tab, whole: bool, part: bool, ends: float) -> dict[str, Any]:
    """Keys with an effect: `found` (key, link, effect, confirmed), `help` (text about shortcuts), `complete`."""
    await leave_fields(tab)
    await learn_restless(tab)
    found: list[dict[str, Any]] = []
    complete = True
    for link in [False] * whole + [True] * part:
        if link and not await tab.call(_REST, True):
            continue
        for start in range(0, len(KEYS), GROUP):
            group = KEYS[start:start + GROUP]
            if time.monotonic() > ends or len(found) >= MAX_FOUND:
                complete = False
                break
            together = await _press(tab, group, link)
            if not reacts(together):
                continue
            before = len(found)
            for key in group:
                effect = await _press(tab, (key,), link)
                if reacts(effect) and len(found) < MAX_FOUND:
                    found.append({"key": key, "link": link, "effect": effect.summary(), "confirmed": False})
            if len(found) == before:  # what was opened stays open: which key it was is seen in a fresh page
                found.extend({"key": key, "link": link, "effect": {}, "confirmed": False} for key in group)
    return {"found": found, "help": await tab.call(_HELP), "complete": complete}


async def press_again(tab: Tab, shortcuts: Json, after: int) -> int:
    """In a fresh page: marks as confirmed the next found key that reacts to being pressed; how many are settled then.

    Only one a page: what the first key opened may answer to the next (a search field takes every letter). What a
    fresh page did is what is told. Watched at rest for longer first: the next slide of a carousel must not be taken
    for the answer to a key.
    """
    await leave_fields(tab)
    await learn_restless(tab, RESTLESS)
    for number, item in enumerate(shortcuts["found"][after:], start=after + 1):
        effect = await _press(tab, (item["key"],), item["link"])
        if reacts(effect):
            item.update(confirmed=True, effect=effect.summary())
            return number
    return len(shortcuts["found"])


def reacts(effect: Effect) -> bool:
    """The page did something that a person would notice, or moved focus; a stopped request alone may be a statistic."""
    return bool(effect.leaves or effect.dialogs or effect.url or effect.shown_count or effect.hidden_count
                or effect.layers or effect.states or effect.focus)


async def _press(tab: Tab, keys: Sequence[str], link: bool) -> Effect:
    await tab.call(_REST, link)

    async def press() -> None:
        for key in keys:
            await tab.page.keyboard.press(key)
            await asyncio.sleep(0.02)

    return await observe(tab, partial(press), wait=0.35, doing=f"keys {' '.join(keys)}")
