"""1.4.12 Text Spacing (AA).

Looks at: the page with line height 1.5, letter spacing 0.12 em, word spacing 0.16 em and 2 em after paragraphs laid
over it, at full width and at 320 px, in every frame and open shadow root; and axe-core's results on spacing fixed
with `!important` in a style attribute.
Fails: text that was whole and is cut off under that spacing; texts of different blocks that run over each other and
did not before; spacing that cannot be set. Each loss is seen twice: at once, and in a fresh page that was given time
to adapt.
Not failed: text that was cut already, carousels, icons, maps and drawings, languages without word spaces.
Cannot see: text in pictures (exempt), closed menus and dialogs, loss of meaning without loss of letters.
Sources: WCAG 2.1 1.4.12, F104, C36; ACT 24afc2, 78fd32, 9e45ec.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.hindrance import Hindrance
from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "1.4.12"
NEEDS = ("axe", "spacing")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

FRESH_NARROW = "320 fresh"
"""State of checks/confirm.py: loaded at 320 px."""
FRESH_WIDE = "text spacing"
"""State of checks/confirm.py: loaded at full width, then respaced."""
MOST = 20
"""Outcomes of one kind that a look yields."""
STEPS = ("set line height 1.5, letter spacing 0.12 em, word spacing 0.16 em, 2 em after paragraphs",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    said = list(axe_outcomes(page, CRITERION))
    texts = 0
    for state, fresh in (("base", FRESH_WIDE), ("320", FRESH_NARROW)):
        again = page.first("spacing", fresh) or {}
        for look, seen in page.seen("spacing", state):
            texts += int(seen.get("texts", 0))
            steps = (*look.steps, *STEPS)
            cut = {_where(item) for item in again.get("cut", ())}
            for item in seen.get("cut", ())[:MOST]:
                if item["strip"] or item["exempt"]:
                    continue
                dots = item["ellipsis"] or item["clamp"]
                verdict = (
                    Verdict.FAILED if _where(item) in cut and not dots and not item["elsewhere"] else Verdict.CANT_TELL
                )
                said.append(
                    look.outcome(
                        verdict,
                        CRITERION,
                        "spacing-text-dots" if dots else "spacing-text-cut",
                        item,
                        replay=steps,
                        text=item["text"],
                        lost=item["lost"],
                    )
                )
            pairs = {(*_where(item), item["other"]) for item in again.get("collided", ())}
            for item in seen.get("collided", ())[:MOST]:
                verdict = Verdict.FAILED if (*_where(item), item["other"]) in pairs else Verdict.CANT_TELL
                said.append(
                    look.outcome(
                        verdict,
                        CRITERION,
                        "spacing-texts-collide",
                        item,
                        replay=steps,
                        text=item["text"],
                        other=item["otherText"],
                    )
                )
    yield from said
    frames = page.first("frames") or {}
    if page.first("spacing", "320") is None:
        yield page.untested(CRITERION, "not-looked", reason=str(Hindrance.NARROW))
    elif not said and not frames.get("not_entered"):
        if texts:
            yield page.passed(CRITERION, "spacing-no-loss", texts=texts)
        else:
            yield page.inapplicable(CRITERION, "spacing-no-text")


def _where(item: Json) -> tuple[str, str]:
    return str(item.get("frame", "")), str(item["selector"])
