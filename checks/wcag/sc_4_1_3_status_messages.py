"""4.1.3 Status Messages (AA).

Looks at: short texts that came into sight after searching, filtering, "load more", copying, typing against a counter
    and wrong input, without a new page; live regions before and after; where focus went.
Fails: a count of results, a confirmation or a summary of errors that appeared outside every live region, while no
    live region said the same, focus did not go there and the focused field does not refer to it.
Cannot see: messages that only come after something was really sent.
Sources: WCAG 2.1 4.1.3; techniques ARIA19, ARIA22, ARIA23, G199; failure F103; decision 0018 (status messages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "4.1.3"
NEEDS = ("triggers", "messages")
SETTLES = (Verdict.INAPPLICABLE,)

SURE = ("results", "done")
NOTHING = re.compile(r"\b(geen|niets|niet gevonden|no|none|nothing|not found)\b|(?<![\d.,])0(?![\d.,]*\d)", re.I)
"""An empty result, however it is told."""
ERROR = re.compile(
    r"fout|ongeldig|onjuist|verplicht|niet (goed|correct|juist|ingevuld)|vul .*in|controleer|invalid|error|required",
    re.I,
)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    facts, focusables = page.first("facts"), page.first("focusables")
    if facts and focusables and not facts["scripts"] and not facts["frames"] and not focusables.get("handlers", 1):
        yield page.inapplicable(CRITERION, "nothing-changes-without-loading")
    for look, record in page.seen("messages"):
        for trigger in record["triggers"]:
            yield from _trigger(look, trigger)
    for look, record in page.seen("forms"):
        for form in record["forms"]:
            yield from _form(look, form)


def _trigger(look: StateEvidence, trigger: Json) -> Iterator[Outcome]:
    steps = (f"{trigger['kind']}: {trigger['label']}",)
    said = " ".join(trigger["spoken"]).lower()
    for text in trigger["texts"]:
        values = {"text": str(text["text"])[:160], "label": trigger["label"]}
        if text["focused"] or text["told"] or text["hidden"]:
            continue
        if text["live"]:
            if not text["there"]:
                yield look.outcome(
                    Verdict.CANT_TELL, CRITERION, "status-region-comes-with-text", text, replay=steps, **values
                )
        elif not heard(str(text["text"]), said):
            sure = text["sort"] in SURE and trigger["confirmed"] and not trigger["url"] and not trigger["blocked"]
            rule = "status-not-announced" if text["sort"] in SURE else "status-perhaps-not-announced"
            yield look.outcome(
                Verdict.FAILED if sure else Verdict.CANT_TELL, CRITERION, rule, text, replay=steps, **values
            )


def heard(text: str, said: str) -> bool:
    """Did a live region say (half of the words of) this, or in other words that there is nothing?"""
    words = set(re.findall(r"\w+", text.lower()))
    same = bool(words) and len(words & set(re.findall(r"\w+", said))) >= 0.5 * len(words)
    return same or bool(NOTHING.search(text) and NOTHING.search(said))


def _form(look: StateEvidence, form: Json) -> Iterator[Outcome]:
    """Errors of a form that was pressed: the summary is a status message, a text at its field perhaps."""
    asked: set[str] = set()
    for attempt in form["attempts"]:
        if attempt["how"] == "typed" or attempt["sent"] or attempt["native"] or attempt["focused"] or attempt["url"]:
            continue
        said = " ".join(attempt["announced"]).lower()
        steps = (f"{attempt['how']} form", "send")
        at_fields: list[Json] = []
        summed_up = any(_has_focus(attempt, t) and ERROR.search(str(t["text"])) for t in attempt["texts"])
        for text in attempt["texts"]:
            words = str(text["text"])
            if (
                text["live"]
                or not ERROR.search(words)
                or len(words) > 200
                or heard(words, said)
                or _has_focus(attempt, text)
            ):
                continue
            tied = any(words in t or t in words for m in attempt["marks"] for t in m["tied"])
            if tied or _at_field(form, attempt, text):
                at_fields.append(text)
                continue
            yield look.outcome(Verdict.FAILED if attempt["confirmed"] else Verdict.CANT_TELL, CRITERION,
                               "error-summary-not-announced", text, replay=steps, text=words[:160])
        if summed_up:
            continue  # focus went to a summary, which is read; what stands at the fields is met there
        if {str(text["text"]) for text in at_fields} - asked:  # one question for all fields of the form
            asked |= {str(text["text"]) for text in at_fields}
            yield look.cant_tell(CRITERION, "field-error-not-announced", at_fields[0], practice=Verdict.FAILED,
                                 replay=steps, text="; ".join(str(text["text"]) for text in at_fields)[:160])


def _has_focus(attempt: Json, text: Json) -> bool:
    focus = str(attempt.get("focus", ""))
    return bool(focus) and (str(text["selector"]) == focus or str(text["selector"]).startswith(focus + " "))


def _at_field(form: Json, attempt: Json, text: Json) -> bool:
    """Does it stand at a field: in its wrapper, beside it, under it, or between the field and its label?"""
    if text.get("of_one_field"):
        return True
    box = text.get("box")
    if not box:
        return False
    now = [m["box"] for m in attempt["marks"]] or [f["box"] for f in form["fields"]]
    return any(own and -30 <= box[1] - own[1] <= own[3] + 40 for own in now)
