"""2.2.2 Pause, Stop, Hide (A).

Looks at: everything that still moves five seconds after loading (animations, animated pictures, films that start by
themselves, marquees, canvases) and what scripts change in the first minute of a virtual clock (carousels, tickers);
every control in or near it, tried by keyboard and by click; axe-core's results for `blink` and `marquee`.
Fails: something of at least 1,000 CSS px2 (words: 300) that starts by itself and was seen moving five seconds after
loading in two fresh contexts, and that no control pauses, stops or hides; likewise a text or carousel that changes
three times a minute.
Cannot see: whether the movement is essential; movement that starts after an action; controls in another state.
Sources: WCAG 2.1 2.2.2; F4, F7, F16, F47, F50, F112; G4, G11, G152, G186, G187; ACT efbfc7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.2.2"
NEEDS = ("axe", "moving", "motion")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

LARGE = 1_000
"""CSS px2 of change from which movement beyond doubt distracts: an icon of 32 px is not."""
LARGE_WORDS = 300
"""The same for words that move or blink: one short word."""
_REAL_TIME = re.compile(r"\blive\b|wachttijd|wachtenden|koers|actueel|real-?time|aftel|countdown|nog \d+|klok"
                        r"|resterend|remaining", re.I)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    found = list(axe_outcomes(page, CRITERION))
    yield from found
    placed = {o.place.selector for o in found if o.place}
    stopped = 0
    for look, motion in page.seen("motion"):
        regions = [r for r in motion["regions"] if not any(_holds(other, r) for other in motion["regions"])]
        for region in regions:
            if region["stopped_by"] is not None:
                stopped += 1
            elif region["selector"] not in placed and region["moves"]:
                found.append(_region(look, region))
                yield found[-1]
        for region in motion["in_frames"]:
            found.append(look.cant_tell(CRITERION, "moving-in-frame", region, **_values(region)))
            yield found[-1]
    if not found and _looked_at_all(page):
        if stopped:
            yield page.passed(CRITERION, "moving-can-be-stopped", regions=stopped)
        else:
            yield page.inapplicable(CRITERION, "nothing-keeps-moving")


def _holds(outer: Json, inner: Json) -> bool:
    """A carousel and its slide change by one cause: the outer one is told."""
    same = outer["stopped_by"] == inner["stopped_by"] and outer.get("frame") == inner.get("frame")
    scripts = outer["kind"] == inner["kind"] == "script" and bool(outer["moves"])
    return scripts and same and str(inner["selector"]).startswith(f"{outer['selector']} > ")


def _region(look: StateEvidence, region: Json) -> Outcome:
    values = _values(region)
    text = region["kind"] == "script"
    rule = "changes-by-itself" if text else "moves-by-itself"
    doubts = [reason for reason, there in (
        ("seen once", not region["twice"]),
        ("may show that something is loading", region["loading"]),
        ("stands still when the visitor's system asks for reduced motion", bool(region["still_if_reduced"])),
        ("small", not text and region["area"] < (LARGE_WORDS if len(region["text"].strip()) >= 4 else LARGE)),
        ("seems to be a clock or a countdown", text and _like_a_clock(region)),
        ("may have to be up to date", text and bool(_REAL_TIME.search(" ".join([region["text"], *region["texts"]])))),
        ("controls not tried: " + ", ".join(region["untried"]), bool(region["untried"])),
        ("fewer than three changes a minute", text and region["updates"] < 3),
    ) if there]
    replay = ("load the page", "wait a minute" if text else "wait 5 seconds", "look for a control that stops it")
    if not doubts:
        return look.failed(CRITERION, rule, region, replay=replay, **values)
    return look.cant_tell(CRITERION, f"{rule}-maybe", region, replay=replay, doubt="; ".join(doubts), **values)


def _like_a_clock(region: Json) -> bool:
    """Only numbers change, and they are times or count steadily up or down."""
    texts = [str(text) for text in region["texts"]]
    shapes = {re.sub(r"[\d:.,\s]+", "0", text) for text in texts}
    if len(shapes) > 1 or not set(region.get("kinds", ())) <= {"text", "content"}:
        return False
    if all(re.search(r"\d{1,2}[:.]\d{2}", text) for text in texts):
        return True
    numbers = [int("".join(re.findall(r"\d", text)) or 0) for text in texts]
    return numbers == sorted(numbers) or numbers == sorted(numbers, reverse=True)


def _values(region: Json) -> dict[str, object]:
    return {"kind": region["kind"], "name": region["name"] or region["text"][:80], "area": round(region["area"]),
            "tried": list(region["tried"]), "texts": list(region["texts"]), "updates": region["updates"]}


def _looked_at_all(page: PageEvidence) -> bool:
    """Also the scripts: their clock ran, or there are none. Frames were entered."""
    entered = all(not frames.get("not_entered") for _, frames in page.seen("frames"))
    return entered and page.first("motion") is not None and page.first("clock") is not None
