"""1.4.1 Use of Color (A).

Looks at: links within text, current and chosen items among their like, words that send people to a colour, drawings
with several colours, cells with nothing but a coloured spot, coloured spots beside words, keys of colours, labels of
required fields, and what forms show after an error.
Fails: a link within text that differs from it by colour alone with a contrast below 3:1, when axe-core finds so too;
a chosen tab or page that differs from its like by colours below 3:1 alone; an invalid field that differs from a valid
one by colour alone.
Not failed: a line, border, shadow, background, weight, slant, size, letter shape, icon or sign; colours of 3:1 and
more; a current item whose name the page's heading repeats.
Cannot see: what colours mean; maps, calendars and charts are for a person.
Sources: WCAG 2.1 1.4.1, G14, G182, G183, F73, F81.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.1"
NEEDS = ("axe", "colour")

MOST = 20
"""Outcomes of one kind that a look yields."""
ENOUGH = 3.0
"""Contrast between two colours from which a person who sees no hue can tell them apart (G183)."""

_SIGN = re.compile(
    r"(?<!\w)\*|\b(sterretje|asterisk|het woord|the word|(een|het) (teken|symbool|icoon|vinkje|kruisje))\b", re.I
)
"""Words about a colour that tell of a sign as well (G14): colour is not the only means."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    told: set[tuple[str, str]] = set()
    for look, record in page.seen("colour"):
        yield from _links(look, record, told)
        yield from _current(look, record)
        for item in [i for i in record.get("named", ()) if not _SIGN.search(str(i["text"]))][:MOST]:
            yield look.cant_tell(CRITERION, "colour-named", item, text=item["text"])
        for item in record.get("charts", ())[:MOST]:
            yield look.cant_tell(CRITERION, "colour-chart", item, fills=item["fills"])
        for item in record.get("signs", ())[:MOST]:
            yield look.cant_tell(CRITERION, "colour-sign", item, colours=item["colours"])
        for item in record.get("spotted", ()):
            yield look.cant_tell(CRITERION, "colour-spot", item, colours=item["colours"], text=item["words"])
        for item in record.get("keys", ()):
            yield look.cant_tell(CRITERION, "colour-key", item, practice=Verdict.FAILED, colours=item["colours"],
                                 meaning=item["words"], text=item["text"], places=item["places"])
        for item in record.get("required", ())[:MOST]:
            yield look.cant_tell(CRITERION, "colour-required", item, practice=Verdict.FAILED, text=item["text"])
    for look, record in page.seen("forms"):
        yield from _errors(look, record)


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
        marked = item["attribute"] != "class"  # what a class is called is the author's affair
        sure = item["groundRatio"] is not None and not item["elsewhere"] and not item["bars"] and marked
        verdict = Verdict.FAILED if sure else Verdict.CANT_TELL
        yield look.outcome(
            verdict, CRITERION, "colour-current", item, ratio=ratio, text=item["text"], attribute=item["attribute"]
        )


def _errors(look: StateEvidence, record: Json) -> Iterator[Outcome]:
    """Fields that a refused attempt marks, without a word anywhere, by colour and at most a line of one px more."""
    found: dict[tuple[str, str], tuple[Json, list[str], bool]] = {}
    for item in record.get("errors_by_colour", ()):
        found[_where(item)] = (item, list(item.get("changed", ())), bool(item.get("confirmed")))
    for form in record.get("forms", ()):
        fields = {field["selector"]: field for field in form["fields"]}
        before: set[str] = set()
        for attempt in form["attempts"]:
            marks = [mark for mark in attempt["marks"] if mark["coloured"]]
            # Who types in a field that was marked sees it turn back: that marks nothing.
            marks = [mark for mark in marks if attempt.get("how") != "typed" or mark["field"] not in before]
            before |= {mark["field"] for mark in marks}
            if attempt["sent"] or attempt["native"] or attempt["texts"] or attempt["announced"]:
                continue
            for mark in marks:
                field = fields.get(mark["field"])
                if field is not None and not mark["tied"] and mark["changed"]:
                    found.setdefault(_where(field), (field, list(mark["changed"]), bool(attempt.get("confirmed"))))
    for item, changed, confirmed in list(found.values())[:MOST]:
        steps = colour_steps(changed)
        if steps is None:
            continue
        sure = confirmed and bool(steps) and max(steps) < ENOUGH
        say = look.failed if sure else look.cant_tell
        yield say(CRITERION, "colour-error", item, name=str(item.get("label", ""))[:100], ratio=max(steps, default=0.0))


def colour_steps(changed: Sequence[str]) -> list[float] | None:
    """Contrast between old and new colour of each change (`border-top-color: rgb(…) > rgb(…)`).

    None when something else changed that a person who sees no hue would notice. A border of one px more is not noticed.
    """
    steps: list[float] = []
    for change in changed:
        name, _, values = change.partition(": ")
        old, _, new = values.partition(" > ")
        if name.startswith("border-") and name.endswith("-width"):
            if abs(_px(new) - _px(old)) > 1:
                return None
        elif name.endswith("color"):
            one, other = _rgb(old), _rgb(new)
            steps.append(round(_contrast(one, other), 2) if one and other else ENOUGH)
        elif name != "box-shadow":
            return None
    return steps


def _px(value: str) -> float:
    number = re.match(r"[\d.]+", value.strip())
    return float(number[0]) if number else 0.0


def _rgb(value: str) -> tuple[float, ...] | None:
    """An opaque `rgb(…)` colour; anything else cannot be compared here."""
    found = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", value.strip())
    return tuple(float(n) for n in found.groups()) if found else None


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    def luminance(rgb: tuple[float, ...]) -> float:
        red, green, blue = (c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
