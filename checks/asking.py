"""Asks a long in-page script many times: installs it once per document in the scanner's own world.

Sending ten kilobytes at every key press costs more than the press.
"""

from __future__ import annotations

import json
from typing import Any

from checks.inpage import script
from checks.tab import Frame, Tab


async def ask(tab: Tab, name: str, argument: Any = None, *, frame: Frame | None = None, seconds: float = 15.0) -> Any:
    """Answer of `checks/inpage/NAME.js` in a frame (default: the top one). Raises what `Tab.ask` raises."""
    value = f"Promise.resolve(SCRIPTS.{name}(S, {json.dumps(argument)})).then(v => JSON.stringify(v))"
    call = f"globalThis.SCRIPTS?.{name} ? {value} : 'missing'"
    answer = await tab.ask(call, frame=frame, seconds=seconds)
    if answer == "missing":
        install = f"(globalThis.SCRIPTS ??= {{}}).{name} = (\n{script(name)}\n), 0"
        await tab.ask_library(install, frame=frame, seconds=seconds)
        answer = await tab.ask(call, frame=frame, seconds=seconds)
    return json.loads(answer) if answer and answer != "missing" else None
