"""3.2.2 On Input (A).

Looks at: what happens when the value of a field is changed by keyboard: another page asked for, a form sent, a window
    opened, focus moved elsewhere, the page's content replaced.
Fails: a change of value that leads to another page, sends a form or opens a window, without words before the field that
    announce it.
Cannot see: fields behind a log-in or in later steps; effects that only the server would have.
Sources: WCAG 2.1 3.2.2; techniques F36, F37, G80, H32, H84.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "3.2.2"
NEEDS = ("fields", "changes")
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, record in page.seen("changes"):
        said = [o for field in record["fields"] for o in _field(look, field)]
        yield from said
        if said:
            continue
        if not record["of"] and not any(seen["fields"] for _, seen in page.seen("fields")):
            yield page.inapplicable(CRITERION, "no-fields-to-change")
        elif not record["scripted"] or record["skipped"] <= 0:
            yield page.passed(CRITERION, "no-change-of-context", fields=len(record["fields"]))
        else:
            yield page.untested(CRITERION, "fields-not-tried", fields=record["skipped"])


def _field(look: StateEvidence, field: Json) -> Iterator[Outcome]:
    steps = (f"focus: {field['name']}", f"key: {field['how']}")
    values = {"label": field["name"], "what": ", ".join(field["leaves"])[:200]}
    if field["leaves"] and not field["frame_only"]:
        if field["warned"]:
            yield look.outcome(
                Verdict.CANT_TELL,
                CRITERION,
                "input-leaves-after-warning",
                field,
                replay=steps,
                warning=field["warned"],
                **values,
            )
        else:
            verdict = Verdict.FAILED if field["confirmed"] else Verdict.CANT_TELL
            yield look.outcome(verdict, CRITERION, "input-leaves", field, replay=steps, **values)
    elif field["focus_moved"]:
        yield look.outcome(
            Verdict.CANT_TELL, CRITERION, "input-moves-focus", field, replay=steps, label=field["name"], to=field["to"]
        )
    elif field["heading_changed"]:
        yield look.outcome(
            Verdict.CANT_TELL, CRITERION, "input-replaces-content", field, replay=steps, label=field["name"]
        )
