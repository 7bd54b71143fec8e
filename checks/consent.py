"""The consent banner: found by its refusing button in the accessibility tree, and sent away by refusing.

Known frameworks are found by their own marks, all others by generic Dutch and English wording of their names. Never
accepts: where a banner offers only acceptance it stays, and the page is looked at behind it as any visitor would.
"""

from __future__ import annotations

from checks.inpage import script
from checks.tab import Frame, ScriptError, Tab, Unreachable
from scanner.model import Json

MAX_FRAMES = 8
"""Frames looked into: some frameworks show their banner in a frame."""
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
