"""The consent banner: found by its refusing button in the accessibility tree, and sent away by refusing.

Known frameworks are found by their own marks, all others by generic Dutch and English wording of their names. Never
accepts: where a banner offers only acceptance it stays, and the page is looked at behind it as any visitor would.

What a site remembers of the refusal is kept for the scan, so that every later page opens as after it, with nothing in
the way; only the state `first-visit` (checks.states) opens without it.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from checks.inpage import script
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

MAX_FRAMES = 8
"""Frames looked into: some frameworks show their banner in a frame."""
MAX_TRIES = 3
"""Pages of one site on which a refusal is tried for the rest of the scan."""
GONE_WITHIN = 1.5
"""Seconds for the banner to leave."""


async def find_banner(tab: Tab, *, press: bool = False) -> tuple[Frame, Json] | None:
    """The frame with the banner, and its `layer` (a place), `button` (selector) and `name`; or None."""
    for frame in (await tab.frames())[:MAX_FRAMES]:
        try:
            found: Json | None = await tab.call(script("banner"), {"press": press}, frame=frame, seconds=5)
        except (Unreachable, ScriptError):
            if frame.is_top:
                raise
            continue
        if found:
            return frame, found
    return None


async def refuse_consent(tab: Tab) -> str | None:
    """Refuses the consent banner of the open page, if there is one: the name of the button that was pressed, or None.

    Call it with the harness armed (checks.harness): what the button sends is stopped, and the banner goes all the same.
    Waits until the banner is out of sight, at most GONE_WITHIN. Raises Unreachable when the page gives no answer.
    """
    tab.doing = "refusing the consent banner"
    found = await find_banner(tab, press=True)
    if found is None:
        return None
    frame, banner = found
    try:
        await tab.call("""async (S, arg) => {
            const began = performance.now();
            for (;;) {
                const layer = S.find(arg.selector);
                if (!layer || !S.visible(layer) || performance.now() - began > arg.wait) return 0;
                await new Promise((done) => setTimeout(done, 50));
            } }""", {"selector": banner["layer"]["selector"], "wait": GONE_WITHIN * 1000}, frame=frame, seconds=5)
    except (Unreachable, ScriptError):
        if frame.is_top:
            raise  # a frame of its own goes away with the banner
    return str(banner["name"])


@dataclass
class Refusals:
    """What sites remember of our refusals, for all pages of one browser."""

    cookies: list[Any] = field(default_factory=list)
    local: dict[str, dict[str, str]] = field(default_factory=dict)
    """Local storage by origin."""
    names: dict[str, str] = field(default_factory=dict)
    """By origin, the button that was pressed; empty: there was no banner, or the site remembers nothing in the browser.
    """
    tries: Counter[str] = field(default_factory=Counter)
    asking: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """By origin: pages of one site wait for its answer, those of others do not."""

    def settled(self, url: str) -> bool:
        """Whether this site needs not be asked (again): refused, or no banner where it was looked for."""
        return origin(url) in self.names

    def look_again(self, url: str) -> None:
        """A banner is in the way all the same: the next page of this site may try, MAX_TRIES times in all."""
        if not self.name(url) and self.tries[origin(url)] < MAX_TRIES:
            self.names.pop(origin(url), None)

    def name(self, url: str) -> str:
        """The button with which the banner of this site was refused; empty when it was not."""
        return self.names.get(origin(url), "")

    def script(self) -> str:
        """Puts local storage back before a page's own scripts run; empty when there is none."""
        return f"""(() => {{ try {{
            for (const [key, value] of Object.entries(({json.dumps(self.local)})[location.origin] || {{}}))
                if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
        }} catch {{ /* a page without storage */ }} }})()""" if self.local else ""

    def keep(self, url: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Takes what is new in Playwright's storage state after the refusal."""
        old = [(c["name"], c["domain"], c["path"], c["value"]) for c in before["cookies"]]
        cookies = [c for c in after["cookies"] if (c["name"], c["domain"], c["path"], c["value"]) not in old]
        stored = {o["origin"]: {i["name"]: i["value"] for i in o["localStorage"]} for o in before["origins"]}
        local = {
            o["origin"]: {
                i["name"]: i["value"]
                for i in o["localStorage"]
                if stored.get(o["origin"], {}).get(i["name"]) != i["value"]
            }
            for o in after["origins"]
        }
        self.cookies += cookies
        self.local.update({at: items for at, items in local.items() if items})
        self.names[origin(url)] = name if cookies or any(local.values()) else ""


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
