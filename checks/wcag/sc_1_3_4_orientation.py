"""1.3.4 Orientation (AA).

Looks at: the page on a phone held upright (390 x 844 CSS px) and lying (844 x 390).
Fails: most of the text is turned by 90 degrees in one position against the other; a message asks to turn the device
and lies over the page or takes the place of its text. Both are seen again in pages loaded in each position, the
message after three seconds and Escape.
Not failed: pages that are mostly one canvas (a game or a piano may be bound to one position); a few turned words.
Cannot see: a lock that only an installed app applies (the orientation in a web manifest, screen.orientation.lock).
Sources: WCAG 2.1 1.3.4, F97, F100; ACT b33eff.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.3.4"
NEEDS = ("layout",)
SETTLES = (Verdict.PASSED,)

ALIKE = 0.95
"""Share of the main text that both positions must show before the page passes."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, record in page.seen("layout", "base"):
        turn = record.get("turn")
        if not turn:
            return
        if turn["sign"]:
            yield _sign(look, turn)
            return
        shown = sorted(int(turn[name]["mainChars"]) for name in ("upright", "lying"))
        frames = page.first("frames") or {}
        if shown[1] and shown[0] >= ALIKE * shown[1] and not frames.get("not_entered"):
            yield page.passed(
                CRITERION, "orientation-both", upright=turn["upright"]["mainChars"], lying=turn["lying"]["mainChars"]
            )


def _sign(look: StateEvidence, turn: Json) -> Outcome:
    proven = turn["confirmed"] and not turn["canvas"]
    verdict = Verdict.FAILED if proven else Verdict.CANT_TELL
    steps = (*look.steps, "hold the device upright (390 x 844)", "turn it (844 x 390)")
    if turn["sign"] in ("turned", "some turned"):
        where = next(iter(turn["turnedAt"]), None)
        return look.outcome(
            verdict, CRITERION, "orientation-turned", where, replay=steps, chars=turn["lying"]["turned"]
        )
    asked = turn[turn["sign"].removeprefix("asks ")]["asks"]
    return look.outcome(verdict, CRITERION, "orientation-asks-to-turn", asked, replay=steps, text=asked["text"])
