"""2.1.4 Character Key Shortcuts (A).

Looks at: which elements listen to keys when no field has focus; if any, what each printable key does without Ctrl or
Alt.
Fails: a key that shows or hides something, moves focus, or leads to another page, seen in two fresh pages, while the
text of the page says nothing about shortcuts. When the page does speak of them, a person must see whether they can
be turned off or changed. What only changes content on a page that changes by itself (a carousel) is a question.
Cannot see: shortcuts in frames while focus is inside them, in states that were not opened, or made of two keys in a
row; a setting to turn them off that is on another page.
Sources: WCAG 2.1 2.1.4; F99, G217; ACT ffbc54.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.sc_2_1_1_keyboard import what_happens
from checks.wcag.sc_2_1_2_no_keyboard_trap import not_entered
from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "2.1.4"
NEEDS = ("listeners",)
SETTLES = (Verdict.PASSED,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, seen in page.seen("listeners"):
        shortcuts = seen.get("shortcuts") or {"found": [], "help": "", "complete": False}
        found = [item for item in shortcuts["found"] if item["confirmed"]]
        for item in found:
            values = {"character": item["key"], "effect": what_happens(item["effect"]), "help": shortcuts["help"]}
            replay = (f"key: {item['key']}",)
            itself = _by_itself(page, item["effect"])
            if itself == "yes":
                continue
            if itself == "perhaps":
                yield look.cant_tell(CRITERION, "character-shortcut-maybe", replay=replay, **values)
            elif shortcuts["help"]:
                yield look.cant_tell(CRITERION, "character-shortcut-explained", replay=replay, **values)
            else:
                yield look.failed(CRITERION, "character-shortcut", replay=replay, **values)
        in_frames = any(kind.startswith("key") for root in seen["roots"] if root["frame"] for kind in root["types"])
        if found or in_frames or not_entered(page) or seen["more"] or seen["unseen"]:
            continue
        if not seen["keys"]:
            yield page.passed(CRITERION, "nothing-listens-to-keys")
        elif shortcuts["complete"] and not shortcuts["found"]:
            yield page.passed(CRITERION, "no-key-does-anything")


def _by_itself(page: PageEvidence, effect: Json) -> str:
    """Could the page have done it without a key? `no`, `perhaps`, or `yes`: it showed the same words by itself."""
    if any(effect.get(key) for key in ("navigations", "popups", "dialogs", "url", "focus")):
        return "no"
    motion, clock = page.first("motion"), page.first("clock")
    if motion is None or clock is None:
        return "perhaps"
    changing = [region for region in motion["regions"] if region["kind"] == "script" and region["moves"]]
    changing += [change for change in clock.get("changes", ()) if int(change["times"]) > 1]
    if not changing:
        return "no"
    words = " ".join(str(text) for place in changing for text in (place["text"], place["name"], *place["texts"]))
    shown = [str(text) for text in (*effect.get("shown", ()), *effect.get("hidden", ()))]
    return "yes" if shown and all(text in words for text in shown) else "perhaps"
