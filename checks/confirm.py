"""What resizing or respacing showed must be there again in a page that was loaded so.

The light looks resize one reused tab and lay the text spacing over it within a single call: cheap enough for every
page, but a script that read the width at load, or that adapts a height afterwards, would be judged unfairly. So a
suspicion is looked at once more: fresh context, loaded at that size, scripts given time to adapt. A page without
suspicion costs nothing here.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.async_api import Error

from checks.harness import laboratory
from checks.pool import Pool
from checks.tab import ScriptError, Tab, Unreachable, hindered
from scanner.model import Json, Record, StateEvidence

log = logging.getLogger(__name__)

FRESH_NARROW = "320 fresh"
"""State: loaded at 320 x 256 CSS px with four device pixels each, which is 1280 x 1024 at 400 %."""
FRESH_WIDE = "text spacing"
"""State: loaded at full width, then respaced."""


def suspicious(look: StateEvidence) -> tuple[bool, bool]:
    """Whether this look has something about (reflow, text spacing) that a fresh load must show again."""
    reflow = look.records["reflow"].data if "reflow" in look.records else {}
    spacing = look.records["spacing"].data if "spacing" in look.records else {}
    wide = any(
        item["wasSeen"] and not (item["exempt"] or item["parked"] or item["strip"] or item["wasCut"] or item["framed"])
        for item in reflow.get("beyond", ())
    )
    cut = any(not (item["ellipsis"] or item["clamp"] or item["strip"]) for item in reflow.get("cut", ()))
    lost = any(not (item["ellipsis"] or item["clamp"] or item["strip"]) for item in spacing.get("cut", ()))
    return wide or cut or bool(reflow.get("unreachable") or reflow.get("hiddenControls")), lost or bool(
        spacing.get("collided")
    )


async def confirm(
    pool: Pool,
    url: str,
    seconds: float,
    viewport: Mapping[str, int],
    narrow: Mapping[str, int],
    looks: Sequence[StateEvidence],
) -> list[StateEvidence]:
    """The states of fresh loads for what `looks` (base and `320`) made suspicious; empty when nothing did.

    A load that fails yields a state whose records are `prevented`: then nothing is confirmed.
    """
    found: list[StateEvidence] = []
    for look in looks:
        reflow, spacing = suspicious(look)
        if look.name == "320" and (reflow or spacing):
            names = [name for name, wanted in (("reflow", reflow), ("spacing", spacing)) if wanted]
            found.append(await _fresh(pool, url, seconds, FRESH_NARROW, narrow, names, device_scale_factor=4))
        elif look.name == "base" and spacing:
            found.append(await _fresh(pool, url, seconds, FRESH_WIDE, viewport, ["spacing"]))
    return found


async def _fresh(
    pool: Pool, url: str, seconds: float, state: str, viewport: Mapping[str, int], names: Sequence[str], **options: Any
) -> StateEvidence:
    size = f"{viewport['width']}x{viewport['height']}"
    steps = (
        f"load at {viewport['width']} x {viewport['height']}",
        *(["text spacing of 1.4.12"] if "spacing" in names else []),
    )
    try:
        async with laboratory(pool, url, seconds=seconds, viewport=viewport, **options) as tab:
            records: dict[str, Record] = {}
            if "reflow" in names:
                records["reflow"] = Record("reflow", await _in_all_frames(tab, "reflow", {"fresh": True}))
            if "spacing" in names:
                await _in_all_frames(tab, "spacing", {"step": "on"})
                await asyncio.sleep(0.6)
                records["spacing"] = Record("spacing", await _in_all_frames(tab, "spacing", {"step": "compare"}))
    except (Unreachable, Error) as error:
        records = {name: Record(name, prevented=hindered(error)) for name in names}
    return StateEvidence(state, size, steps, records)


async def _in_all_frames(tab: Tab, probe: str, argument: Json) -> Json:
    """One page probe in every frame: lists joined, other values the top document's.

    A frame that does not answer is left out. Raises Unreachable when the top document does not.
    """
    joined: dict[str, object] = {}
    for frame in await tab.frames():
        try:
            seen = json.loads(
                await tab.ask_library(f"look({json.dumps([probe])}, {json.dumps(argument)})", frame=frame, seconds=15)
            )[probe]
        except (Unreachable, ScriptError, TypeError) as error:
            if frame.is_top:
                raise Unreachable(str(error)) from error
            continue
        for key, value in seen.get("data", {}).items():
            if isinstance(value, list) and isinstance(already := joined.get(key), list):
                already.extend(value)
            elif frame.is_top or key not in joined:
                joined[key] = value
    return joined
