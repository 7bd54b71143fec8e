"""1.4.2 Audio Control (A).

Looks at: every sound and film that starts by itself, listened to more than three seconds after loading; its native
controls; every button that could stop it, used with the keyboard.
Fails: sound that was measured more than three seconds after loading in two fresh contexts, in an element without
visible controls of its own, and that no control on the page stops.
Cannot see: players of other companies; sound that scripts make without an element (asked of a person); sound that
starts later.
Sources: WCAG 2.1 1.4.2; F23, F93; G60, G170, G171; ACT 80f0bf, aaa1bf, 4c31df. axe-core's `no-autoplay-audio` guesses
from the markup what is measured here, and is used only where nothing was measured.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.4.2"
NEEDS = ("media",)
SETTLES = (Verdict.PASSED, Verdict.INAPPLICABLE)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    media = page.first("media")
    if media is None:
        return
    seen = next(page.seen("sound"), None)
    if seen is None:
        yield from axe_outcomes(page, CRITERION)
        if any(_may_start(thing) for thing in media["things"]) or media["loaded"] or not _silent_scripts(page):
            yield page.untested(CRITERION, "not-looked", reason=f"sound: {page.missing('sound')}")
        elif _entered(page):
            yield page.inapplicable(CRITERION, "no-sound-by-itself")
        return
    look, sound = seen
    problems = [o for heard in sound["heard"] if (o := _heard(look, heard)) is not None]
    yield from problems
    for player in sound["players"]:
        problems.append(look.cant_tell(CRITERION, "player-starts-by-itself", player, file=str(player["url"])[:200]))
        yield problems[-1]
    unseen = (page.first("clock") or {}).get("unseen_sounds", {})
    if any(unseen.values()):
        problems.append(look.cant_tell(CRITERION, "sound-from-script", None, **unseen))
        yield problems[-1]
    if not problems and _entered(page) and _silent_scripts(page):
        if sound["heard"]:
            yield page.passed(CRITERION, "sound-can-be-stopped", sounds=len(sound["heard"]))
        else:
            yield page.inapplicable(CRITERION, "no-sound-by-itself")


def _heard(look: StateEvidence, heard: Json) -> Outcome | None:
    if heard["controls"] or heard["stopped_by"] is not None or 0 <= heard["lasts"] <= 3:
        return None
    values = {"name": heard["name"] or str(heard["url"])[-60:], "tried": list(heard["tried"]),
              "file": str(heard["url"])[:200]}
    if heard["certain"] and heard["twice"] and not heard["untried"] and not heard.get("frame"):
        replay = ("load the page with the sound on", "wait 3 seconds", "look for a control that stops the sound")
        return look.failed(CRITERION, "sound-cannot-be-stopped", heard, replay=replay, **values)
    return look.cant_tell(CRITERION, "sound-starts-by-itself", heard, **values)


def _may_start(thing: Json) -> bool:
    return bool(thing.get("autoplay") and not thing.get("muted"))


def _silent_scripts(page: PageEvidence) -> bool:
    """No script makes a sound of its own: listened for (record `clock`), or there are no scripts."""
    clock = page.first("clock")
    if clock is not None:
        return not any(clock.get("unseen_sounds", {}).values())
    facts = page.first("facts")
    return facts is not None and not facts.get("scripts")


def _entered(page: PageEvidence) -> bool:
    return all(not frames.get("not_entered") for _, frames in page.seen("frames"))
