"""1.4.4 Resize Text (AA).

Looks at: viewport declarations; texts followed by zooming to 200 %, 300 %, 400 % and 500 % of 1280 x 1024 CSS px.
Fails: a viewport declaration that forbids zooming to 200 %; text that reaches twice its size at no zoom; text that is
cut off at 200 % and was whole at 100 %, seen by resizing and in a page loaded so.
Not failed: text that shrinks at a breakpoint but doubles at some zoom; text cut with dots, in a clamp, in a carousel,
beside a "read more" or within a link to the whole text. Text that lies wholly outside a box is a question.
Cannot see: text in frames, closed menus and dialogs; whether a control that is gone has another place.
Sources: WCAG 2.1 1.4.4, G142, F69, F80, F94; ACT b4f0c3, 59br37; CSS Device Adaptation (how viewport values are read).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.4.4"
NEEDS = ("zoom", "layout")
SETTLES = (Verdict.PASSED,)

MOST = 20
"""Outcomes of one kind that a page yields."""
WORDS = {"yes": 1.0, "no": 0.0, "device-width": 10.0, "device-height": 10.0}


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    said = [*_declared(page), *_zoomed(page)]
    yield from said
    zoom = (page.first("layout") or {}).get("zoom", {})
    frames = page.first("frames") or {}
    if zoom.get("texts") and not said and not frames.get("not_entered"):
        yield page.passed(CRITERION, "zoom-no-loss", texts=zoom["texts"])


def declaration(content: str) -> dict[str, str]:
    """A viewport declaration as a dictionary of lower-case names and values; the last of a name counts."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\s]+(?=[a-zA-Z-]+\s*=)|[,;]", re.sub(r"\s*=\s*", "=", content)):
        name, _, value = part.strip().partition("=")
        if name and value.strip():
            found[name.strip().lower()] = value.strip().lower().split()[0]
    return found


def number(value: str) -> float:
    """What a browser makes of a value: a leading number, a known word, else 0."""
    leading = re.match(r"[+-]?(\d+\.?\d*|\.\d+)", value)
    return float(leading[0]) if leading else WORDS.get(value, 0.0)


def forbids(content: str) -> str:
    """The part of a viewport declaration that keeps people from zooming to 200 %, or nothing."""
    said = declaration(content)
    scalable = said.get("user-scalable")
    if scalable is not None and -1 < number(scalable) < 1:
        return f"user-scalable={scalable}"
    largest = said.get("maximum-scale")
    # A negative value is dropped by browsers.
    if largest is not None and 0 <= number(largest) < 2:
        return f"maximum-scale={largest}"
    return ""


def _declared(page: PageEvidence) -> Iterator[Outcome]:
    for look, record in page.seen("zoom", "base"):
        for meta in record.get("metas", ()):
            part = "" if meta.get("frame") else forbids(str(meta["content"]))
            if part:
                yield look.failed(CRITERION, "axe/meta-viewport", meta, part=part)


def _zoomed(page: PageEvidence) -> Iterator[Outcome]:
    for look, record in page.seen("layout", "base"):
        zoom = record.get("zoom", {})
        steps = (*look.steps, "zoom to 200 % in a window of 1280 x 1024")
        for item in zoom.get("small", ())[:MOST]:
            verdict = Verdict.FAILED if item["confirmed"] else Verdict.CANT_TELL
            yield look.outcome(
                verdict,
                CRITERION,
                "zoom-never-doubles",
                item,
                replay=(*look.steps, "zoom to 500 %"),
                most=item["most"],
                text=item["text"],
            )
        for item in zoom.get("cut", ())[:MOST]:
            if item["strip"]:
                continue
            dots = item["ellipsis"] or item["clamp"]
            elsewhere = item["expander"] or (item["axis"] == "y" and item["linked"])
            proven = item["confirmed"] and not dots and not elsewhere and item["chars"] >= 3
            verdict = Verdict.FAILED if proven else Verdict.CANT_TELL
            yield look.outcome(
                verdict,
                CRITERION,
                "zoom-text-dots" if dots else "zoom-text-cut",
                item,
                replay=steps,
                text=item["text"],
                lost=item["lost"],
            )
        for item in zoom.get("hidden", ())[:MOST]:
            yield look.cant_tell(CRITERION, "zoom-text-hidden", item, practice=Verdict.FAILED, replay=steps,
                                 text=item["text"], items=item["texts"])
        for item in zoom.get("collided", ())[:MOST]:
            yield look.outcome(
                Verdict.CANT_TELL,
                CRITERION,
                "zoom-texts-collide",
                item,
                replay=steps,
                text=item["text"],
                other=item["otherText"],
            )
        for item in zoom.get("gone", ())[:MOST]:
            yield look.outcome(Verdict.CANT_TELL, CRITERION, "zoom-field-gone", item, replay=steps, name=item["name"])
