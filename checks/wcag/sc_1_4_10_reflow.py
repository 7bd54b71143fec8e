"""1.4.10 Reflow (AA).

Looks at: the page in a view of 320 x 256 CSS px, which is 1280 x 1024 at 400 %: text and fields that stick out
sideways, text that a box cuts off, text of the main part that is gone, layers that stay in view and what of them
cannot be reached.
Fails: text or a form field for which the page must be scrolled in two directions; text that is cut off at 320 px and
was whole at full width; controls of a fixed layer that lie outside the view. Each is seen twice: by resizing and in a
page loaded at that size.
Not failed: tables, code, pictures, maps, video and tool bars, which may need two directions; carousels; panels that
are parked beside the view; text cut with dots, in a clamp or beside a "read more".
Text cut with dots that stands whole at another place is not asked about.
Cannot see: content behind a menu or accordion that nobody opened; whether two directions are essential for other
content.
Sources: WCAG 2.1 1.4.10, F102, C31; Understanding Reflow (320 CSS px, exceptions).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.hindrance import Hindrance
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.10"
NEEDS = ("reflow",)
SETTLES = (Verdict.PASSED,)

FRESH_NARROW = "320 fresh"
"""State of checks/confirm.py: loaded at 320 px."""
MOST = 20
"""Outcomes of one kind that a page yields."""
EDGE = 16
"""px that a field may stick out before it counts: a shadow or rounding is not content."""
COVERED = 50
"""Percent of the view's height that fixed layers may take before a person should look."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    said: list[Outcome] = []
    texts = 0
    for look, narrow in page.seen("reflow", "320"):
        fresh = page.first("reflow", FRESH_NARROW) or {}
        said.extend(_narrow(look, narrow, fresh))
        texts += int(narrow.get("texts", 0))
    yield from said
    frames = page.first("frames", "320") or {}
    if texts and not said and not frames.get("not_entered"):
        yield page.passed(CRITERION, "reflow-no-loss", texts=texts)
    if page.first("reflow", "320") is None:
        yield page.untested(CRITERION, "not-looked", reason=str(Hindrance.NARROW))


def _where(item: Json) -> tuple[str, str]:
    return str(item.get("frame", "")), str(item["selector"])


def _narrow(look: StateEvidence, narrow: Json, fresh: Json) -> Iterator[Outcome]:
    again = {
        key: {_where(item) for item in fresh.get(key, ())} for key in ("beyond", "cut", "unreachable", "hiddenControls")
    }
    scrolling = list(_beyond(look, narrow, again["beyond"]))
    yield from scrolling
    if (
        narrow.get("scrolls")
        and not scrolling
        and (wide := [w for w in narrow.get("wide", ()) if not w["empty"] or w["exempt"]])
    ):
        yield look.cant_tell(CRITERION, "reflow-page-scrolls", wide[-1], over=narrow["over"])
    yield from _cut(look, narrow, again["cut"])
    for item in narrow.get("unreachable", ())[:MOST]:
        if item["wasSeen"]:
            say = look.failed if _where(item) in again["unreachable"] else look.cant_tell
            yield say(CRITERION, "reflow-fixed-unreachable", item, name=item["text"], layer=item["layer"])
    for item in narrow.get("hiddenControls", ())[:MOST]:
        if item["wasSeen"] and not item["strip"]:
            proven = not item["parked"] and _where(item) in again["hiddenControls"]
            yield (look.failed if proven else look.cant_tell)(
                CRITERION, "reflow-control-hidden", item, name=item["text"]
            )
    for item in narrow.get("lost", ())[:MOST]:
        yield look.cant_tell(CRITERION, "reflow-text-gone", item, text=item["text"], opener=item["opener"])
    layers = [c for c in narrow.get("covers", ()) if not c["dialog"]]
    share = sum(int(c["share"]) for c in layers)
    if share > COVERED:
        widest = max(layers, key=lambda c: int(c["share"]))
        total = all(not c["closable"] for c in layers) and share >= 90 and int(fresh.get("covered", 0)) >= 90
        yield (look.failed if total else look.cant_tell)(CRITERION, "reflow-covered", widest, share=min(share, 100))


def _beyond(look: StateEvidence, narrow: Json, again: set[tuple[str, str]]) -> Iterator[Outcome]:
    exempt: set[str] = set()
    counts = {"reflow-two-directions": 0, "reflow-text-cut": 0, "reflow-outside": 0}
    told: list[tuple[str, str]] = []
    for item in narrow.get("beyond", ()):
        if item["strip"] or item["parked"] or not item["wasSeen"] or item["wasCut"]:
            continue
        if item["kind"] == "control" and (not item["field"] or item["out"] <= EDGE):
            continue
        if item["exempt"]:
            if item["pageScrolls"] and item["exempt"] not in exempt:
                exempt.add(item["exempt"])
                yield look.cant_tell(
                    CRITERION, "reflow-exempt-scrolls-page", item, kind=item["exempt"], out=item["out"]
                )
            continue
        proven = _where(item) in again and not item["framed"]
        if item["pageScrolls"]:
            rule, proven = "reflow-two-directions", proven and bool(narrow.get("vertical"))
        elif item["held"] and item["crossing"] and item["kind"] == "text":
            rule = "reflow-text-cut"
            proven = proven and item["out"] / max(1, item["width"]) * len(item["text"]) >= 3
        else:
            rule, proven = "reflow-outside", False
        text, path = str(item["text"]), str(item["selector"])
        if any(text == other and (path.startswith(f"{at} ") or at.startswith(f"{path} ")) for other, at in told):
            continue  # a control and the text in it are one
        told.append((text, path))
        counts[rule] += 1
        if counts[rule] <= MOST:
            yield (look.failed if proven else look.cant_tell)(CRITERION, rule, item, text=item["text"], out=item["out"])


def _cut(look: StateEvidence, narrow: Json, again: set[tuple[str, str]]) -> Iterator[Outcome]:
    for item in narrow.get("cut", ())[:MOST]:
        if item["strip"] or item["exempt"]:
            continue
        dots = item["ellipsis"] or item["clamp"]
        if dots and item.get("whole"):
            continue
        elsewhere = item["expander"] or item["fixed"] or (item["axis"] == "y" and item["linked"])
        proven = not dots and not elsewhere and item["chars"] >= 3 and _where(item) in again
        say = look.failed if proven else look.cant_tell
        yield say(
            CRITERION, "reflow-text-dots" if dots else "reflow-text-cut", item, text=item["text"], out=item["lost"]
        )
