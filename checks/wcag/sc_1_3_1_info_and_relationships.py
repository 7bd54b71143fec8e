"""1.3.1 Info and Relationships (A).

Looks at: text that looks like a list, a heading or a table beside its markup; header cells; groups of fields; the
outline of headings; axe-core's results.
Fails: what axe-core confirms; lines that begin with a bullet, of the text or of the style sheet, and are no list; text
that looks exactly like the page's real headings, stands above a paragraph, and is no heading; a heading, list with
bullets or data table whose role is taken away; a data table without header cells; header cells without data cells;
tables made with spaces; a group of fields whose names say nothing without a group label that is not tied to them; a
field without a name beside a label that belongs to no field.
Cannot see: relationships shown by place or colour alone; whether a heading level is the right one.
Sources: WCAG 2.1 1.3.1; F2, F34, F43, F46, F48, F68, F87, F90, F91, F92, H39, H43, H44, H48, H51, H63,
H71; ACT a25f45, d0f69e, ff89c9, bc4a75.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from checks.wcag.axe_rules import axe_outcomes
from checks.wording import words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.3.1"
NEEDS = ("axe", "structure", "tables", "fields", "facts")

AMBIGUOUS = frozenset(re.findall(r"[^|\n]+", """
ja|nee|yes|no|man|vrouw|male|female|anders|other|n.v.t.|nvt|weet niet|goed|slecht|waar|onwaar
altijd|nooit|soms|eens|oneens|neutraal|geen mening
"""))
"""Names of choices that answer any question."""

DATE = frozenset({"dag", "maand", "jaar", "day", "month", "year", "dd", "mm", "jjjj", "yyyy"})
"""Names of the three fields in which a date is asked."""

MEASURED_HERE = ("td-has-header", "p-as-heading", "table-fake-caption", "th-has-data-cells")
"""Rules of axe that guess at what the probes `structure` and `tables` measure."""

LONG = 150
"""Characters from which a heading of whole sentences is taken for a paragraph."""

_SENTENCES = re.compile(r"\w{2}[.!?]\s+[A-ZÀ-Þ]")

NO_CONTEXT = ("generic", "none", "presentation")
"""Roles of a parent that give an `li` no meaning of their own: there it is a stray list item."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION, without=MEASURED_HERE, proven=_by_tree)
    for look, seen in page.seen("structure"):
        yield from _lists(look, seen["lists"])
        yield from _headings(look, seen["headings"])
        for table in seen.get("tables", ()):  # where evidence of an earlier version has them
            yield from _table(look, table)
        for grid in seen.get("grids", ()):
            yield look.cant_tell(CRITERION, "table-maybe-not-marked-up", grid, rows=grid["rows"],
                                 columns=grid["columns"], first_row=grid["firstRow"])
        for columns in seen["columns"]:
            if columns.get("prose"):
                continue  # running text in two columns: its order is lost (1.3.2), but it is no table
            say = Verdict.CANT_TELL if columns.get("pairs") or columns.get("printed") else Verdict.FAILED
            yield look.outcome(say, CRITERION, "table-made-with-spaces", columns, lines=columns["lines"],
                               sample=columns["sample"])
        # One rule of a style sheet writes the same words in many places.
        for styled in list({str(s["content"]): s for s in reversed(seen["pseudo"])}.values())[::-1][:5]:
            yield look.cant_tell(CRITERION, "words-from-style-sheet", styled, text=styled["content"])
        yield from _outline(look, seen["sections"])
    for look, seen in page.seen("tables"):
        for table in seen["tables"]:
            yield from _table(look, table)
    for look, seen in page.seen("fields"):
        yield from _groups(look, seen["fields"])
        yield from _nameless_groups(look, seen["fields"])
        yield from _related(look, seen["fields"])
        yield from _labels(look, seen["fields"])


def _by_tree(rule: str, node: Json) -> Verdict | None:
    """Axe goes by the markup; what the browser's tree has right is no loss; a list that nobody sees is a question."""
    tree = node.get("tree") or {}
    if rule in ("aria-required-parent", "aria-required-children") and (tree.get("fits") or tree.get("empty")):
        return Verdict.INAPPLICABLE  # also of a list to which nothing has been added yet
    stray = tree.get("computed") in ("generic", "none")
    if rule == "listitem" and stray and tree.get("parent") not in ("", *NO_CONTEXT):
        return Verdict.INAPPLICABLE
    # Slides of a carousel that are groups or panels: not a list to the eye, so none is lost.
    if rule == "list" and tree.get("roles") and "listitem" not in tree["owned"] and not tree["marks"]:
        return Verdict.CANT_TELL
    return None


def _lists(look: StateEvidence, lists: Sequence[Json]) -> Iterator[Outcome]:
    for found in lists:
        values = {"lines": found["lines"], "mark": found["mark"], "sample": found["sample"]}
        if found["kind"] == "removed":
            yield look.failed(CRITERION, "list-role-removed", found, lines=found["lines"], sample=found["sample"])
        elif found["kind"] == "bullet":
            yield look.failed(CRITERION, "list-not-marked-up", found, **values)
        else:
            yield look.cant_tell(CRITERION, "list-maybe-not-marked-up", found, practice=Verdict.FAILED, **values)


def _headings(look: StateEvidence, headings: Sequence[Json]) -> Iterator[Outcome]:
    """Text with the very look of the page's headings fails; bold or larger text is shown to a person."""
    strong = sum(bool(h["strong"]) for h in headings)
    for found in headings[:30]:
        values = {"text": found["text"], "next": found["next"], "level": found["sameAsLevel"]}
        larger = float(found["size"]) >= 1.15 * float(found["bodySize"]) and not found.get("brief")
        if found.get("removed") or (found["sameAsLevel"] and larger):
            yield look.failed(CRITERION, "heading-not-marked-up", found, **values)
        else:
            usual = Verdict.FAILED if found["sameAsLevel"] or (found["strong"] and strong >= 2) else None
            yield look.cant_tell(CRITERION, "heading-maybe-not-marked-up", found, practice=usual, **values)


def _table(look: StateEvidence, table: Json) -> Iterator[Outcome]:
    rows, columns = int(table["rows"]), int(table["columns"])
    values = {"rows": rows, "columns": columns, "first_row": str(table["firstRow"])[:150]}
    for cell in table["unassigned"][:10] if not table.get("sideways") else ():
        header = {**table, "selector": cell, "snippet": "<th>"}
        yield look.failed(CRITERION, "header-cell-without-data", header, **values)
    yield from _headers(look, table, values)
    if table["nested"] or table["interactive"] or table["code"] or rows < 3 or columns < 2:
        return
    if table.get("title") and table["headers"]:
        yield look.cant_tell(CRITERION, "table-title-in-cell", table, title=str(table["title"])[:150], **values)
    short = int(table["averageLength"]) < 30 and int(table["longest"]) < 75
    enough = 4 if columns > 2 else 2 if table["firstRowDistinct"] else 3
    data = short and int(table["filled"]) >= enough and table["pictures"] == 0
    distinct = table["firstRowDistinct"] or table["firstColumnDistinct"]
    presented = table["declared"] in ("presentation", "none")
    if not presented and (int(table["headers"]) > 0 or int(table["scoped"]) > 0):
        return
    titled = table["firstRowFilled"] and table["firstRowNumeric"] == 0
    certain = data and distinct and titled and float(table["numeric"]) >= 0.6 and table["simple"] and columns >= 3
    # A row of header cells over rows of short texts: the author marked data, and took that away again (F92).
    marked = presented and bool(table.get("headed")) and table["role"] in ("none", "presentation", "generic")
    if presented and (certain or (marked and data and table["simple"] and rows * columns >= 9)):
        yield look.failed(CRITERION, "data-table-as-layout", table, **values)
    elif certain:
        yield look.failed(CRITERION, "data-table-without-headers", table, **values)
    elif data and presented and table["role"] != "table" and int(table["scoped"]):
        yield look.cant_tell(CRITERION, "data-table-as-layout", table, practice=Verdict.FAILED, **values)
    elif data and not presented and (distinct or float(table["numeric"]) >= 0.6):
        usual = Verdict.FAILED if distinct else None
        yield look.cant_tell(CRITERION, "data-table-maybe-without-headers", table, practice=usual, **values)


def _headers(look: StateEvidence, table: Json, values: dict[str, Any]) -> Iterator[Outcome]:
    """Headings tied to other cells than they stand with; marks of a data table on a layout. Old evidence knows none."""
    # A heading that no cell names as its own has been told.
    if (crossed := table.get("crossed")) and not table["unassigned"]:
        yield look.failed(CRITERION, "headers-of-another-column", {**table, **crossed}, cells=crossed["cells"],
                          text=crossed["text"], named=crossed["named"], own=crossed["own"])
    if sideways := table.get("sideways"):
        yield look.failed(CRITERION, "header-scope-sideways", {**table, **sideways}, text=sideways["text"],
                          headings=sideways["headings"])
    if table.get("layout"):
        yield look.cant_tell(CRITERION, "layout-table-marked-as-data", table, practice=Verdict.FAILED,
                             marks=table["layout"], **values)


def _outline(look: StateEvidence, sections: Sequence[Json]) -> Iterator[Outcome]:
    """Empty headings, jumps in level and a missing first level: no failures by themselves, but auditors list them."""
    own = [s for s in sections if not s.get("frame")]
    outline = " / ".join(f"h{s['level']} {str(s['name'])[:40]}" for s in own[:25])
    for before, section in zip([None, *own], own, strict=False):
        if not section["name"]:
            yield look.cant_tell(CRITERION, "heading-empty", section, practice=Verdict.FAILED, outline=outline[:900])
        elif before is not None and section["level"] > before["level"] + 1:
            yield look.cant_tell(CRITERION, "heading-level-jump", section, practice=Verdict.FAILED,
                                 outline=outline[:900], level=section["level"], before=before["level"])
        if len(str(section["name"])) >= LONG and _SENTENCES.search(str(section["name"])):
            yield look.cant_tell(CRITERION, "heading-is-paragraph", section, practice=Verdict.FAILED,
                                 text=str(section["name"])[:100])


def _labels(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Fields beside which a label stands that is not tied to them."""
    for field in fields:
        if field["hidden"] or field["labels"] or field["authorName"] or field["disabled"] or not field["focusable"]:
            continue
        near = field["near"]
        label = str(near["right"] if field["checkable"] else near["above"] or near["left"])
        other = str(field["placeholder"])  # a title is a name (H65)
        if not label or len(label) > 80 or str(field["name"]) not in ("", other) or label.lower() in other.lower():
            continue
        if field.get("strayLabel") and not field["name"]:  # the markup calls it a label: only the tie is missing
            yield look.failed(CRITERION, "label-not-tied", field, label=label)
        else:
            yield look.cant_tell(CRITERION, "label-not-tied", field, practice=Verdict.FAILED, label=label)


def _related(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Boxes to tick of one question with names of their own, the three parts of a date, fields that share a name."""
    free = [f for f in fields if not f["hidden"] and not any(group["name"] for group in f["groups"])]
    by_form: dict[tuple[str, int], list[Json]] = defaultdict(list)
    for field in free:
        by_form[str(field.get("frame", "")), int(field["form"])].append(field)
    for members in by_form.values():
        names = [" ".join(str(f["name"]).lower().split()).strip(" *:") for f in members]
        for run in _runs(members):
            question = _above(run[0])
            if len(run) >= 3 and len({f["htmlName"] for f in run}) > 1 and question.rstrip(" *").endswith(("?", ":")):
                yield look.cant_tell(CRITERION, "group-label-maybe-not-tied", run[0], practice=Verdict.FAILED,
                                     question=question[:150], choices=", ".join(str(f["name"]) for f in run)[:200])
        for i, field in enumerate(members):
            if DATE.issuperset(names[i:i + 3]) and len(set(names[i:i + 3])) == 3:
                question = str(field["near"]["above"] or field["near"]["left"])
                yield look.cant_tell(CRITERION, "group-label-maybe-not-tied", field, practice=Verdict.FAILED,
                                     question=question[:150], choices=", ".join(names[i:i + 3]))
            elif (names[i] and names[:i].count(names[i]) == 1 and not field["checkable"] and not field["tableHeaders"]
                  and field["form"] >= 0):
                yield look.cant_tell(CRITERION, "fields-share-name", field, name=str(field["name"])[:100])


def _above(choice: Json) -> str:
    """The question above a choice; a help text between the two is none. Earlier evidence knows no help."""
    return str(choice.get("question", choice["near"]["above"]))


def _runs(fields: Sequence[Json]) -> Iterator[list[Json]]:
    """Neighbouring checkboxes, up to the next question."""
    for is_box, boxes in groupby(fields, key=lambda f: f["control"] == "checkbox"):
        run: list[Json] = []
        for field in boxes if is_box else ():
            above = _above(field)
            if run and above.rstrip(" *").endswith(("?", ":")) and above != _above(run[0]):
                yield run
                run = []
            run.append(field)
        if run:
            yield run


def _groups(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Radio buttons and checkboxes of one question, whose question is no group name."""
    by_group: dict[tuple[str, int, str], list[Json]] = defaultdict(list)
    for field in fields:
        # Buttons of the author's own make have no name in the markup: those that stand together belong together.
        own = field["control"] == "custom" and field["role"] == "radio" and not field["groups"]
        name = str(field.get("among", "") if own else field["htmlName"])
        if (own or field["control"] in ("radio", "checkbox")) and name and not field["hidden"]:
            by_group[str(field.get("frame", "")), int(field["form"]), f"{own} {name}"].append(field)
    for choices in by_group.values():
        grouped = any(group["name"] for group in choices[0]["groups"])
        if len(choices) < 2 or grouped:
            continue
        names = [str(c["name"]).strip().lower() for c in choices]
        question = _above(choices[0]) or str(choices[0]["near"]["left"])
        asked = question.strip(" *:?").lower()
        if asked and all(asked in name and asked != name for name in names):
            continue  # each choice says the question as well
        asks = question.rstrip(" *").endswith(("?", ":")) and question.strip().lower() not in names
        bare = all(name in AMBIGUOUS or (len(words(name)) == 1 and name.isdigit()) for name in names)
        described = any(c["described"] for c in choices)
        told = question or str(choices[0].get("help", ""))
        values = {"question": told[:150], "choices": ", ".join(names)[:200]}
        named = bool(question) and question.strip().lower() not in names
        if choices[0]["control"] == "radio" and bare and asks and not described:
            yield look.failed(CRITERION, "group-label-not-tied", choices[0], **values)
        elif asks or bare or (choices[0]["control"] == "radio" and named):
            whole = described or all(len(words(name)) >= 3 for name in names)
            usual = Verdict.FAILED if (asks or bare) and not whole else None
            yield look.cant_tell(CRITERION, "group-label-maybe-not-tied", choices[0], practice=usual, **values)


def _nameless_groups(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    """Choices in a group that was given no name, below a question. Those that share a `name` attribute: `_groups`."""
    by_group: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for field in fields:
        if field["groups"] and not field["hidden"]:
            by_group[str(field.get("frame", "")), str(field["groups"][0]["selector"])].append(field)
    for choices in by_group.values():
        asked = len({str(c["htmlName"]) for c in choices}) == 1 and choices[0]["control"] in ("radio", "checkbox")
        named = any(group["name"] for group in choices[0]["groups"])
        if len(choices) < 2 or named or asked or not all(c["checkable"] for c in choices):
            continue
        names = [" ".join(str(c["name"]).lower().split()) for c in choices]
        question = _above(choices[0]) or str(choices[0]["near"]["left"])
        if question and question.strip().lower() not in names:
            usual = Verdict.FAILED if question.rstrip(" *").endswith(("?", ":")) else None
            yield look.cant_tell(CRITERION, "group-label-maybe-not-tied", choices[0], practice=usual,
                                 question=question[:150], choices=", ".join(names)[:200])
