"""1.4.3 Contrast (Minimum) (AA).

Looks at: axe-core's results; our own computation from computed colours of the text and of all that is behind it, with
the reasons for doubt; placeholders; words that the style sheet writes (a question); and, on deep visits, the pixels of
the letters themselves, hover and focus colours and the dark scheme.
Fails: text that axe-core and our own computation both find too pale on plain colours; text whose letters measure too
pale on gradients and pictures (half of their pixels or more, and the median); placeholders; colours on hover, on
focus and in the dark scheme, seen twice.
Not failed: inactive controls and their labels, logos, single signs, icons, hidden text, colours in transition. On a
page with a control of its own for more contrast (G174) what is too pale is a question: is all well after the switch?
Cannot see: text in pictures, states that nobody opened.
Sources: WCAG 2.1 1.4.3, G18, G145, G174, F24, F83; ACT afw4f7; glyph matte (docs/decisions/0021).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.3"
NEEDS = ("axe", "contrast")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)

MOST = 60
"""Outcomes of one rule that a look yields."""
MOST_DRAWN = 2
"""Questions about texts of one kind in drawings: the numbers along an axis are one question, not forty."""
EXEMPTIONS = frozenset({"inactive", "logo", "clip"})
"""Doubts that no measurement can lift: what looks like an inactive control or a logo, and letters cut out of a picture
or gradient, are for a person."""
_SWITCH = re.compile(
    r"\b(hoo?ge?r?|meer|extra|sterke?r?|verhoogd?e?|groter|donkerder|high(er)?|more|increased?)[ -]?(kleur)?contrast\b"
    r"|\bcontrast(versie|weergave|modus|stand|schakelaar|thema|mode|version|theme|toggle)\b"
    r"|\bcontrast (aan|uit|verhogen|vergroten|wijzigen|aanpassen|on|off|mode)\b", re.I)
"""What a control is called that gives the page more contrast."""
INVISIBLE = 1.05
"""Letters that stand out less are seen by nobody: no text to read, or so by accident. That is for a person."""
MARGIN = 0.1
"""How far below the threshold the median of the letters must lie: their edges are mixed with the ground."""
HALF = 0.5
"""Share of the letters' pixels that must be below the threshold."""

Where = tuple[str, str]


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    matte = page.first("matte") or {}
    measured = {(_where(item), item["kind"]): item for item in matte.get("items", ())}
    said: list[Outcome] = []
    seen: set[Where] = set()
    well: set[tuple[Where, str]] = set()
    wrong: set[Where] = set()
    for look, own in page.seen("contrast"):
        axe = look.records["axe"].data if "axe" in look.records and not look.records["axe"].prevented else {}
        # Letters are measured in the base state only.
        now = _texts(look, own, axe, measured if look.name == "base" else {}, seen, well)
        # What fails in the base state is not asked about again elsewhere.
        said.extend(o for o in now if o.verdict is Verdict.FAILED or _place(o) not in wrong)
        if look.name == "base":
            well = _well(own, measured, seen)
            wrong = {_place(o) for o in said if o.verdict is Verdict.FAILED}
    for look, own in page.seen("contrast", "base"):
        said.extend(_states(look, matte))
        said.extend(_written(look, own))
    switch = _switch(page, wrong)
    yield from (_with_switch(o, switch) if switch else o for o in said)
    if not said:
        yield from _whole(page, measured)


def _switch(page: PageEvidence, wrong: set[Where]) -> str:
    """The name of a control for more contrast that has enough itself, or an empty string."""
    for _, seen in page.seen("controls", "base"):
        for control in seen["controls"]:
            name = " ".join(str(control["name"]).split())
            usable = control["shown"] and control["focusable"] and not control["hidden"]
            if usable and len(name.split()) <= 4 and _SWITCH.search(name) and _where(control) not in wrong:
                return name
    return ""


def _with_switch(outcome: Outcome, switch: str) -> Outcome:
    """The other presentation may conform, and then this one need not."""
    if outcome.verdict is not Verdict.FAILED:
        return outcome
    return replace(outcome, verdict=Verdict.CANT_TELL, practice=Verdict.FAILED,
                   values={**outcome.values, "switch": switch})


def _place(outcome: Outcome) -> Where:
    return (outcome.place.frame, outcome.place.selector) if outcome.place else ("", "")


def _where(item: Json) -> Where:
    return str(item.get("frame", "")), str(item["selector"])


def pale(item: Json | None) -> bool | None:
    """What the pixels of the letters say: too pale, or not, or None when they decide nothing."""
    if item is None or item.get("core", 0) < 20 or item["median"] <= INVISIBLE:
        return None
    if item["share"] >= HALF and item["median"] < item["needed"] - MARGIN:
        return True
    return False if item["share"] < 0.1 else None


def _well(own: Json, measured: dict[tuple[Where, str], Json], said: set[Where]) -> set[tuple[Where, str]]:
    """Doubtful texts of the base state that axe finds well or whose letters measure well, each with its colours."""
    return {
        (_where(item), _colours(item))
        for item in own.get("open", ())
        if _where(item) not in said or pale(measured.get((_where(item), item["kind"]))) is False
    }


def _colours(item: Json) -> str:
    """The computed colours, and why they may not be all: the same in another state means that nothing changed here."""
    return f"{item.get('fg')} {item.get('bg')} {item.get('doubts')}"


def _texts(
    look: StateEvidence,
    own: Json,
    axe: Json,
    measured: dict[tuple[Where, str], Json],
    said: set[Where],
    well: set[tuple[Where, str]],
) -> Iterator[Outcome]:
    """`said`: places that axe reported, in this or an earlier state; what it reports now is added.

    `well`: texts that were well in the base state, with the colours that they had there.
    """
    low = {_where(item): item for item in own.get("low", ()) if item["kind"] != "placeholder"}
    doubtful = {_where(item): item for item in own.get("open", ()) if item["kind"] != "placeholder"}
    drawn: Counter[str] = Counter()
    for kind in ("violations", "incomplete"):
        for rule in axe.get(kind, ()):
            for node in rule["nodes"] if rule["rule"] == "color-contrast" else ():
                where = _where(node)
                item = low.get(where) or doubtful.get(where)
                said.add(where)
                if kind == "incomplete" and where not in low and item and (where, _colours(item)) in well:
                    continue
                verdict = _verdict(kind, item, where in low, measured, where, bool(own.get("complete")), node)
                alike = _drawn(node) and verdict is Verdict.CANT_TELL
                drawn[str(node.get("component", ""))] += alike
                if verdict is not None and not (alike and drawn[str(node.get("component", ""))] > MOST_DRAWN):
                    say = look.failed if verdict is Verdict.FAILED else look.cant_tell
                    yield say(
                        CRITERION, "axe/color-contrast", node, **_values(item, node, measured.get((where, "text")))
                    )
    for where, item in list(low.items())[:MOST]:
        if where in said:
            continue
        letters = pale(measured.get((where, item["kind"])))
        if letters is True and not EXEMPTIONS & set(item["doubts"]):
            yield look.failed(CRITERION, "contrast-low", item, **_values(item, None, measured[where, item["kind"]]))
        elif letters is None and item["solid"]:
            yield look.cant_tell(CRITERION, "contrast-low", item, **_values(item, None))
    for where, item in list(doubtful.items())[:MOST]:
        if where not in said and pale(measured.get((where, item["kind"]))) and not EXEMPTIONS & set(item["doubts"]):
            yield look.failed(CRITERION, "contrast-low", item, **_values(item, None, measured[where, item["kind"]]))
    for item in [*own.get("low", ()), *own.get("open", ())]:
        if item["kind"] != "placeholder":
            continue
        letters = pale(measured.get((_where(item), "placeholder")))
        proven = item["low"] and (item["solid"] and letters is not False)
        if proven or letters:
            yield look.failed(CRITERION, "contrast-placeholder", item, **_values(item, None))
        elif item["low"] and letters is None:
            yield look.cant_tell(CRITERION, "contrast-placeholder", item, **_values(item, None))


def _written(look: StateEvidence, own: Json) -> Iterator[Outcome]:
    """Words of the style sheet: computed by us alone, and their place is not known, so a person looks."""
    for item in own.get("written", ()):
        yield look.cant_tell(CRITERION, "contrast-low", item, practice=Verdict.FAILED, **_values(item, None))


def _verdict(
    kind: str,
    item: Json | None,
    is_low: bool,
    measured: dict[tuple[Where, str], Json],
    where: Where,
    complete: bool,
    node: Json,
) -> Verdict | None:
    """What to say of a node that axe reports: `failed`, `cantTell`, or None when we know that it is well."""
    letters = pale(measured.get((where, item["kind"] if item else "text")))
    if item is not None and EXEMPTIONS & set(item["doubts"]):
        return Verdict.CANT_TELL
    if letters is not None:
        return Verdict.FAILED if letters else None
    if kind == "violations":
        return Verdict.FAILED if is_low and item is not None and item["solid"] else Verdict.CANT_TELL
    # Axe could not tell; we looked at every text: this one is on plain colours and dark enough, or nothing to be read.
    return None if item is None and complete and not _drawn(node) else Verdict.CANT_TELL


def _drawn(node: Json) -> bool:
    """Text in a drawing, whose colours we do not compute."""
    return re.match(r"<(text|tspan|textPath)\b", str(node.get("snippet", ""))) is not None


def _values(item: Json | None, node: Json | None, drawn: Json | None = None) -> dict[str, Any]:
    """What the text needs; the ratio is that of the drawn letters when they decided."""
    values: dict[str, Any] = {}
    if item is not None:
        values = {key: item[key] for key in ("ratio", "needed", "fg", "bg", "text") if key in item}
        if item.get("doubts"):
            values["doubts"] = ", ".join(item["doubts"])
    if drawn is not None and pale(drawn):
        values["ratio"] = drawn["median"]
        if item is not None and not item["solid"]:
            values.pop("bg", None)  # the colour that was computed is not what lies behind these letters
    if node is not None:
        values["message"] = "; ".join(dict.fromkeys(c["message"] for c in node.get("checks", ()) if c.get("message")))[
            :300
        ]
    return values


def _states(look: StateEvidence, matte: Json) -> Iterator[Outcome]:
    for item in matte.get("states", ())[:MOST]:
        steps = {
            "hover": "point at the element",
            "focus": "Tab to the element",
            "dark": "set the system to the dark scheme",
        }
        say = Verdict.FAILED if item["confirmed"] and item["solid"] else Verdict.CANT_TELL
        yield look.outcome(
            say,
            CRITERION,
            f"contrast-{item['state']}",
            item,
            replay=(*look.steps, steps[str(item["state"])]),
            ratio=item["ratio"],
            needed=item["needed"],
            fg=item["fg"],
            bg=item["bg"],
            text=item["text"],
        )


def _whole(page: PageEvidence, measured: dict[tuple[Where, str], Json]) -> Iterator[Outcome]:
    own = page.first("contrast", "base") or {}
    frames = page.first("frames", "base") or {}
    if not own or frames.get("not_entered") or own.get("pictures") or page.missing("matte"):
        return
    if not own["texts"]:
        yield page.inapplicable(CRITERION, "contrast-no-text")
    elif own["complete"] and all(
        pale(measured.get((_where(i), i["kind"]))) is False for i in (*own["low"], *own["open"])
    ):
        yield page.passed(CRITERION, "contrast-all-measured", texts=own["texts"])
