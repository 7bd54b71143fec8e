"""1.4.11 Non-text Contrast (AA).

Looks at: pixels of fields and boxes to tick that the page draws itself, of controls of which an icon is all there is,
and of focus rings that the page draws itself; one of each kind.
Fails: an empty field without any text, icon or frame of which no side reaches 3:1; a box to tick of which nothing
reaches 3:1; an icon of which no part reaches 3:1; a focus ring outside the control that reaches 3:1 nowhere. Each is
measured below 2.8 in two fresh pages.
Not failed: the browser's own look, disabled controls, controls that their text identifies, logos, an icon beside a
link to the same place.
Cannot see: graphics that are needed to understand content, states other than empty, unticked and focused.
Sources: WCAG 2.1 1.4.11, G195, G207, G209, F78; Understanding Non-text Contrast (controls that text identifies).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.11"
NEEDS = ("edges", "nontext")
SETTLES: tuple[Verdict, ...] = ()

ENOUGH_OUTSIDE = 0.8
"""Share of a focus change that must lie at or outside the edge before it counts as a ring."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, record in page.seen("nontext", "base"):
        asked: set[float] = set()
        for outcome, edge in ((_field(look, item), item["best"]) for item in record.get("fields", ())):
            if outcome.verdict is Verdict.FAILED or edge not in asked:  # edges alike are one question
                yield outcome
            asked |= {edge} if outcome.verdict is Verdict.CANT_TELL else set()
        for item in record.get("ticks", ()):
            verdict = Verdict.FAILED if item["confirmed"] else Verdict.CANT_TELL
            yield look.outcome(verdict, CRITERION, "nontext-tick", item, ratio=item["best"], name=item["name"])
        for item in record.get("icons", ()):
            sure = item["confirmed"] and not item["looksInactive"] and not item["twin"]
            yield look.outcome(
                Verdict.FAILED if sure else Verdict.CANT_TELL,
                CRITERION,
                "nontext-icon",
                item,
                ratio=item["best"],
                name=item["name"],
            )
        for item in record.get("rings", ()):
            if not item["authored"]:
                continue
            # In a text field the caret shows focus too, and it is as dark as the text.
            sure = item["confirmed"] and item["outside"] >= ENOUGH_OUTSIDE and not item.get("caret")
            yield look.outcome(
                Verdict.FAILED if sure else Verdict.CANT_TELL,
                CRITERION,
                "nontext-focus",
                item,
                practice=Verdict.FAILED if item.get("caret") else None,
                replay=(*look.steps, "Tab to the element"),
                ratio=item["best"],
            )


def _field(look: StateEvidence, item: Json) -> Outcome:
    """A field with a faint edge. W3C lets text or an icon in it show where it is; Dutch auditors mostly do not."""
    bare = not item["value"] and not item["inside"]
    if item["confirmed"] and bare:
        return look.failed(CRITERION, "nontext-field", item, ratio=item["best"], name=item["name"])
    return look.outcome(
        Verdict.CANT_TELL,
        CRITERION,
        "nontext-field",
        item,
        practice=Verdict.FAILED,
        ratio=item["best"],
        name=item["name"],
    )
