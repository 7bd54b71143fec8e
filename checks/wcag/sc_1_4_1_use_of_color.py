"""1.4.1 Use of Color (A).

Looks at: links within text, current and chosen items among their like, words that send people to a colour, drawings
with several colours, and what forms show after an error.
Fails: a link within text that differs from it by colour alone with a contrast below 3:1, when axe-core finds so too;
a chosen tab or page that differs from its like by colours below 3:1 alone; an invalid field that differs from a valid
one by colour alone.
Not failed: a line, border, shadow, background, weight, slant, size, letter shape, icon or sign; colours of 3:1 and
more; a current item whose name the page's heading repeats.
Cannot see: what colours mean; maps, calendars and charts are for a person.
Sources: WCAG 2.1 1.4.1, G14, G182, G183, F73, F81.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.1"
NEEDS = ("axe", "colour")

MOST = 20
"""Outcomes of one kind that a look yields."""
ENOUGH = 3.0
"""Contrast between two colours from which a person who sees no hue can tell them apart (G183)."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    told: set[tuple[str, str]] = set()
    for look, record in page.seen("colour"):
        yield from _links(look, record, told)
        yield from _current(look, record)
        for item in record.get("named", ())[:MOST]:
            yield look.cant_tell(CRITERION, "colour-named", item, text=item["text"])
        for item in record.get("charts", ())[:MOST]:
            yield look.cant_tell(CRITERION, "colour-chart", item, fills=item["fills"])
    for look, record in page.seen("forms"):
        for item in record.get("errors_by_colour", ())[:MOST]:
            sure = item.get("confirmed", False) and not item.get("other_cues", ())
            yield (look.failed if sure else look.cant_tell)(
                CRITERION, "colour-error", item, name=str(item.get("label", ""))[:100]
            )


def _where(item: Json) -> tuple[str, str]:
    return str(item.get("frame", "")), str(item["selector"])


def _links(look: StateEvidence, record: Json, told: set[tuple[str, str]]) -> Iterator[Outcome]:
    """`told`: links that an earlier state spoke of; those of this state are added."""
    axe = look.records["axe"].data if "axe" in look.records else {}
    found = {
        kind: {
            _where(node): node
            for rule in axe.get(kind, ())
            if rule["rule"] == "link-in-text-block"
            for node in rule["nodes"]
        }
        for kind in ("violations", "incomplete")
    }
    own = {_where(item): item for item in record.get("links", ())}
    for where, node in list(found["violations"].items())[:MOST]:
        item = own.get(where)
        told.add(where)
        if item is not None and item["ratio"] < ENOUGH and item["solid"]:
            yield look.failed(CRITERION, "axe/link-in-text-block", item, ratio=item["ratio"], text=item["text"])
        elif item is not None:
            yield look.cant_tell(CRITERION, "axe/link-in-text-block", node, ratio=item["ratio"], text=item["text"])
    # What axe reports and we do not has another cue, or stands in no text: nothing to ask.
    for where, item in list(own.items())[:MOST]:
        if where in told:
            continue
        told.add(where)
        if item["ratio"] < ENOUGH:
            yield look.cant_tell(CRITERION, "axe/link-in-text-block", item, ratio=item["ratio"], text=item["text"])
        elif item["reacts"] is False:
            yield look.cant_tell(CRITERION, "colour-link-no-reaction", item, ratio=item["ratio"], text=item["text"])


def _current(look: StateEvidence, record: Json) -> Iterator[Outcome]:
    for item in record.get("current", ())[:MOST]:
        ratio = max(float(item["textRatio"]), float(item["groundRatio"] or 0))
        if ratio >= ENOUGH:
            continue
        sure = item["groundRatio"] is not None and not item["elsewhere"] and not item["bars"]
        verdict = Verdict.FAILED if sure else Verdict.CANT_TELL
        yield look.outcome(
            verdict, CRITERION, "colour-current", item, ratio=ratio, text=item["text"], attribute=item["attribute"]
        )
