"""The seven keyboard and focus checks as pure functions of made-up records, and their texts with the values they give."""

from __future__ import annotations

from typing import Any

import pytest

from checks.probes.dialogs import far
from checks.probes.repeated import compare
from checks.walking import named_keys
from checks.wcag import (
    sc_2_1_1_keyboard,
    sc_2_1_2_no_keyboard_trap,
    sc_2_1_4_character_key_shortcuts,
    sc_2_4_1_bypass_blocks,
    sc_2_4_3_focus_order,
    sc_2_4_7_focus_visible,
    sc_3_2_1_on_focus,
)
from scanner.model import Outcome, PageEvidence, Record, SiteEvidence, StateEvidence, Verdict
from scanner.texts import text


def page(url: str = "https://voorbeeld.test/", **records: dict[str, Any]) -> PageEvidence:
    """A page with these records in its base state."""
    kept = {name: Record(name, data) for name, data in {"axe": {}, **records}.items()}
    return PageEvidence(url, looks=(StateEvidence("base", "1280x1024", (), kept),))


def stop(number: int, **more: Any) -> dict[str, Any]:
    """A Tab stop, the next one lower on the page."""
    return {"selector": f"#s{number}", "snippet": "<a>", "box": [0, 40 * number, 100, 20], "name": f"Stop {number}",
            "role": "link", "tabindex": 0, "visible": True, "pixels": "visible", "hash": "", **more}


def walk(*stops: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A walk along these stops that met nothing."""
    order = list(range(len(stops)))
    return {"stops": list(stops), "order": order, "backward": order[::-1], "exits": True, "complete": True, "trap": None,
            "events": [], "skips": [], "consent": None, "modal": None, "timedOut": False, **more}


def said(outcomes: Any) -> list[tuple[str, str]]:
    """Verdict and rule of each outcome, after its texts were made in both languages."""
    found: list[tuple[str, str]] = []
    outcome: Outcome
    for outcome in outcomes:
        for language in ("nl", "en"):
            for part in ("title", "why", "cure"):
                assert text(f"rule.{outcome.rule}.{part}", language, **outcome.values)
        found.append((str(outcome.verdict), outcome.rule))
    return found


def trap(**more: Any) -> dict[str, Any]:
    """One element that keeps focus, seen twice."""
    return {"stops": [1], "tried": ["Shift+Tab", "Escape"], "self": True, "touched": False, "help": False, "named": [],
            "confirmed": True, **more}


@pytest.mark.parametrize(("found", "verdict"), [
    (trap(), ("failed", "keyboard-trap")),
    (trap(confirmed=False), ("cantTell", "keyboard-trap-possible")),
    (trap(self=False, touched=True), ("cantTell", "keyboard-trap-possible")),
    (trap(self=False), ("failed", "keyboard-trap")),
    (trap(help=True), ("cantTell", "keyboard-trap-keys-named")),
    (trap(help=True, named=["Control+m"]), ("failed", "keyboard-trap")),
])
def test_traps(found: dict[str, Any], verdict: tuple[str, str]) -> None:
    """Failed only when seen twice, with nothing unread on the page and no moment outside."""
    seen = page(walk=walk(stop(0), stop(1), trap=found, exits=False))
    assert said(sc_2_1_2_no_keyboard_trap.evaluate(seen)) == [verdict]


def test_a_walk_that_leaves_passes_and_an_unfinished_one_says_nothing() -> None:
    """A machine may pass 2.1.2, 3.2.1 and 2.4.7 only for a whole walk into every frame."""
    checks = (sc_2_1_2_no_keyboard_trap, sc_3_2_1_on_focus, sc_2_4_7_focus_visible)
    for check in checks:
        assert [verdict for verdict, _ in said(check.evaluate(page(walk=walk(stop(0), stop(1)))))] == ["passed"]
        assert [verdict for verdict, _ in said(check.evaluate(page(walk=walk())))] == ["inapplicable"]
        assert said(check.evaluate(page(walk=walk(stop(0), stop(1), complete=False)))) == []
        unseen = page(walk=walk(stop(0), stop(1)), frames={"not_entered": [{"url": "https://elders.test"}]})
        assert said(check.evaluate(unseen)) == []


@pytest.mark.parametrize(("more", "verdicts"), [
    ({"pixels": "none", "confirmed": True, "second": "in view"}, [("failed", "focus-not-visible")]),
    ({"pixels": "none", "confirmed": True, "second": "outside"}, [("failed", "focus-off-screen")]),
    ({"pixels": "none", "confirmed": True, "second": "covered", "view": {"cover": {"selector": "#bar", "fixed": True, "wide": True}}},
     [("failed", "focus-covered")]),
    ({"pixels": "none", "confirmed": True, "second": "covered", "view": {"cover": {"selector": "#x", "fixed": True, "wide": False}}},
     [("cantTell", "focus-under-layer")]),
    ({"pixels": "none", "confirmed": True, "second": "clipped"}, [("failed", "focus-stays-hidden")]),
    ({"pixels": "none", "confirmed": False, "second": "a change was seen"}, []),
    ({"pixels": "none", "confirmed": False, "second": "not reached again"}, [("cantTell", "focus-not-seen-once")]),
    ({"pixels": "none"}, [("cantTell", "focus-not-seen-once")]),
    ({"pixels": "faint", "ratio": 1.1, "changed": 8}, [("cantTell", "focus-faint")]),
    ({"pixels": "restless"}, []),
])
def test_focus_pixels(more: dict[str, Any], verdicts: list[tuple[str, str]]) -> None:
    """Failed needs two looks; faint and covered by something that may be closed go to a person."""
    assert said(sc_2_4_7_focus_visible.evaluate(page(walk=walk(stop(0), stop(1, **more))))) == verdicts


@pytest.mark.parametrize("kind", ["navigation", "dialog", "moved", "dropped"])
def test_on_focus(kind: str) -> None:
    """Failed when they came again, asked when once in each page, never passed; what a script took away is also 2.1.1."""
    event = {"stop": 0, "kind": kind, "what": "GET https://voorbeeld.test/weg", "confirmed": True}
    seen = page(walk=walk(stop(0), stop(1), events=[event]))
    assert [verdict for verdict, _ in said(sc_3_2_1_on_focus.evaluate(seen))] == ["failed"]
    assert len(said(sc_2_1_1_keyboard.evaluate(seen))) == (kind == "dropped")
    once = page(walk=walk(stop(0), stop(1), events=[{**event, "confirmed": False}]))
    assert said(sc_3_2_1_on_focus.evaluate(once)) == []
    assert said(sc_2_1_1_keyboard.evaluate(once)) == []
    each = page(walk=walk(stop(0), stop(1), events=[{**event, "confirmed": False, "again": True}]))
    assert [verdict for verdict, _ in said(sc_3_2_1_on_focus.evaluate(each))] == ["cantTell"]
    assert said(sc_3_2_1_on_focus.evaluate(page(walk=walk(stop(0), stop(1))))) == [("passed", "focus-changes-nothing")]


def test_mouse_only_needs_proof() -> None:
    """Failed: seen twice and no way by keyboard. Within a widget a person decides. An equivalent ends it."""
    item = {**stop(0), "kind": "mouse", "composite": False, "effect": {"shown": ["Antwoord"]}, "confirmed": True,
            "equivalent": "", "tried": "", "likes": 3}
    menu = {**stop(1), "links": 4, "missing": 2, "trigger": False}

    def of(**clicks: Any) -> list[tuple[str, str]]:
        return said(sc_2_1_1_keyboard.evaluate(page(clicks={"mouse": [], "dead": [], "menus": [], **clicks})))

    assert of(mouse=[item]) == [("failed", "mouse-only-control")]
    assert of(mouse=[{**item, "composite": True}]) == [("cantTell", "mouse-only-in-widget")]
    assert of(mouse=[{**item, "confirmed": False, "equivalent": "#knop"}]) == []
    assert of(mouse=[{**item, "confirmed": False, "tried": "no time to look twice"}]) == [("cantTell", "mouse-only-in-widget")]
    assert of(dead=[{**item, "kind": "focusable"}]) == [("failed", "focusable-but-dead")]
    assert of(menus=[menu]) == [("failed", "hover-only-menu")]
    assert of(menus=[{**menu, "trigger": True}]) == [("cantTell", "hover-menu-by-link")]
    assert of(menus=[{**menu, "missing": 0}]) == []


def test_character_keys() -> None:
    """Explained shortcuts go to a person, as what a carousel may have done; no listener is a pass; one in a frame neither."""
    found = {"key": "s", "link": False, "effect": {"shown": ["Zoek"]}, "confirmed": True}

    def of(regions: Any = (), **more: Any) -> list[tuple[str, str]]:
        record = {"roots": [], "elements": [], "more": 0, "unseen": 0, "keys": False, **more}
        evidence = page(listeners=record, motion={"regions": []}, clock={"changes": regions})
        return said(sc_2_1_4_character_key_shortcuts.evaluate(evidence))

    carousel = {"times": 8, "text": "", "name": "", "texts": ["Zwembad open", "Markt op vrijdag"]}
    one = {"found": [found], "help": "", "complete": True}
    slide = {**one, "found": [{**found, "effect": {"shown": ["Zwembad open"]}}]}
    assert of([carousel], keys=True, shortcuts=one) == [("cantTell", "character-shortcut-maybe")]
    assert of([carousel], keys=True, shortcuts=slide) == []
    leads = {**one, "found": [{**found, "effect": {"navigations": ["GET /zoek"]}}]}
    assert of([carousel], keys=True, shortcuts=leads) == [("failed", "character-shortcut")]

    assert of() == [("passed", "nothing-listens-to-keys")]
    assert of(roots=[{"target": "window", "types": ["keydown"], "frame": "https://elders.test"}]) == []
    assert of(keys=True) == []
    assert of(unseen=1) == [], "a frame that was not looked into"
    assert of(keys=True, shortcuts={"found": [], "help": "", "complete": True}) == [("passed", "no-key-does-anything")]
    assert of(keys=True, shortcuts={"found": [found], "help": "", "complete": True}) == [("failed", "character-shortcut")]
    assert of(keys=True, shortcuts={"found": [found], "help": "Sneltoetsen uit", "complete": True}) == [
        ("cantTell", "character-shortcut-explained")]
    assert of(keys=True, shortcuts={"found": [{**found, "confirmed": False}], "help": "", "complete": True}) == []


def bypass(**more: Any) -> dict[str, Any]:
    """A page without any way past its first blocks."""
    return {"skips": [], "mains": [], "contentHeadings": 0, "headings": 0, "blocks": [], "toggles": 0, **more}


def test_bypass_of_one_page() -> None:
    """Any sufficient technique passes; without one the second page proves the repetition."""
    repeated = {"compared": "https://voorbeeld.test/b", "blocks": ["Wonen Werken"], "stops": 7, "words": 7, "first": "#p",
                "headings": 0, "toggles": 0}

    def of(first: dict[str, Any], **records: Any) -> list[tuple[str, str]]:
        return said(sc_2_4_1_bypass_blocks.evaluate(page(bypass=first, **records)))

    assert of(bypass(mains=[{"words": 20}])) == [("passed", "bypass-by-main")]
    assert of(bypass(contentHeadings=1)) == [("passed", "bypass-by-heading")]
    assert of(bypass()) == []
    assert of(bypass(), repeated=repeated) == [("failed", "no-way-past-blocks")]
    assert of(bypass(contentHeadings=1), repeated=repeated) == [("failed", "no-way-past-blocks")], "only shared headings"
    assert of(bypass(), repeated={**repeated, "stops": 2}) == []
    assert of(bypass(), repeated={**repeated, "toggles": 1}) == [("cantTell", "bypass-perhaps")]
    assert of(bypass(), repeated={**repeated, "first": ""}) == [], "no content of its own"
    skip = {"stop": 0, "exists": True, "next": "#x", "works": True}
    assert of(bypass(), walk=walk(stop(0), skips=[skip])) == [("passed", "bypass-by-link")]
    assert of(bypass(mains=[{"words": 9}]), walk=walk(stop(0, hash="#weg"), skips=[{**skip, "works": False}])) == [
        ("cantTell", "skip-link-broken"), ("passed", "bypass-by-main")]


def test_bypass_over_the_site() -> None:
    """Links with which most pages begin, and no way past them."""
    menu = [{"url": f"https://voorbeeld.test/{i}"} for i in range(6)]

    def made(name: str, **more: Any) -> PageEvidence:
        links = [*menu, {"url": f"https://voorbeeld.test/{name}/eigen"}]
        return page(f"https://voorbeeld.test/{name}", facts={"links": links}, bypass=bypass(**more))

    pages = [made("a"), made("b", mains=[{"words": 5}]), made("c", contentHeadings=2), made("d")]
    found = list(sc_2_4_1_bypass_blocks.evaluate_site(SiteEvidence("w", pages, True)))
    assert [outcome.values["url"] for outcome in found] == ["https://voorbeeld.test/a", "https://voorbeeld.test/d"]
    assert said(found) == [("failed", "no-way-past-links")] * 2
    assert list(sc_2_4_1_bypass_blocks.evaluate_site(SiteEvidence("w", pages[:2], True))) == [], "two pages prove nothing"


def test_compare_stops_at_the_first_own_text() -> None:
    """The current page's name in its menu does not end what is repeated."""
    def blocks(*texts: str) -> list[dict[str, Any]]:
        return [{"text": one, "stops": 1, "selector": f"#{one[:3]}"} for one in texts]

    seen = compare(blocks("Menu", "Thuis", "Zoeken", "Dit staat alleen hier op deze pagina", "Voet"), blocks("Menu", "Zoeken", "Voet"))
    assert seen["blocks"] == ["Menu", "Zoeken"] and seen["first"] == "#Dit" and seen["stops"] == 2


def opened(**more: Any) -> dict[str, Any]:
    """A control that opened a layer over most of the screen."""
    layer = {"selector": "#win", "name": "Venster", "role": "dialog", "dialog": True, "modal": True, "blocked": 1.0, "stops": 2}
    return {**stop(0), "layer": layer, "focus": "outside", "tabs": ["covered"], "first": stop(1), "after": "", "closed": True,
            "confirmed": True, "far": 0, "viewport": "base", **more}


@pytest.mark.parametrize(("seen", "verdicts"), [
    (opened(), [("failed", "layer-without-focus")]),
    (opened(confirmed=False), [("cantTell", "layer-without-focus")]),
    (opened(focus="inside", tabs=["inside", "covered"]), [("failed", "layer-leaks-focus")]),
    (opened(focus="inside", tabs=["inside", "inside"], after="outside"), []),
    (opened(focus="inside", tabs=["inside"], after="nowhere"), [("cantTell", "focus-lost-on-close")]),
    (opened(tabs=["outside"] * 6 + ["inside"], far=6), [("failed", "opened-far-away")]),
    (opened(tabs=["outside"] * 6 + ["inside"], far=6, confirmed=False), [("cantTell", "opened-far-away")]),
    (opened(layer=None), []),
])
def test_opened_layers(seen: dict[str, Any], verdicts: list[tuple[str, str]]) -> None:
    """What a layer does with focus."""
    assert said(sc_2_4_3_focus_order.evaluate(page(dialogs={"opened": [seen]}))) == verdicts


def test_far() -> None:
    """Stops between a control and what it opened."""
    assert far({"focus": "inside", "tabs": ["inside"]}) == 0
    assert far({"focus": "outside", "tabs": ["inside"]}) == 0
    assert far({"focus": "outside", "tabs": ["outside", "outside", "inside"]}) == 2
    assert far({"focus": "outside", "tabs": ["outside"] * 12}) == 12
    assert far({"focus": "outside", "tabs": ["outside", "nowhere"]}) == 0


def test_order() -> None:
    """Positive tabindex that jumps up twice within a form fails; columns do not."""
    form = [stop(3, tabindex=1, form="form"), stop(1, tabindex=2, form="form"), stop(4, tabindex=3, form="form"),
            stop(0, tabindex=4, form="form")]
    assert said(sc_2_4_3_focus_order.evaluate(page(walk=walk(*form)))) == [("failed", "tabindex-order")]
    # A login page that puts focus in its first field: the round begins behind it, and coming back to it is no jump.
    login = [stop(1, tabindex=2, form="form"), stop(2, tabindex=3, form="form"), stop(8, tabindex=9, form="form"),
             stop(3, form="form"), stop(4, form="form"), stop(0, tabindex=1, form="form")]
    assert said(sc_2_4_3_focus_order.evaluate(page(walk=walk(*login)))) == [("cantTell", "tabindex-positive")]
    assert said(sc_2_4_3_focus_order.evaluate(page(walk=walk(stop(0, tabindex=1), stop(1), stop(2))))) == [
        ("cantTell", "tabindex-positive")]
    columns = [stop(20), stop(0, box=[300, 0, 100, 20]), stop(21, box=[300, 800, 100, 20]), stop(1, box=[600, 0, 100, 20])]
    assert said(sc_2_4_3_focus_order.evaluate(page(walk=walk(*columns)))) == []
    up = [stop(n) for n in (9, 0, 10, 1, 11, 2)]
    assert said(sc_2_4_3_focus_order.evaluate(page(walk=walk(*up)))) == [("cantTell", "focus-jumps-up")]


@pytest.mark.parametrize(("words", "keys"), [
    ("Verlaat het vak met Ctrl + M.", ["Control+m"]),
    ("Press Esc or Ctrl+M to leave", ["Control+m"]),
    ("Druk op F6 om verder te gaan", ["F6"]),
    ("Terug met Shift+Tab", []),
    ("Geen uitleg", []),
])
def test_named_keys(words: str, keys: list[str]) -> None:
    """Keys that a text tells people to press; Escape and Shift+Tab are tried anyway."""
    assert named_keys(words) == keys


def test_every_rule_has_a_question() -> None:
    """A person is asked something for each of the seven."""
    for number in ("2.1.1", "2.1.2", "2.1.4", "2.4.1", "2.4.3", "2.4.7", "3.2.1"):
        assert text(f"criterion.{number}.question", "nl") != text(f"criterion.{number}.question", "en")
    assert Verdict.PASSED not in getattr(sc_2_1_1_keyboard, "SETTLES", ())
    assert Verdict.PASSED not in getattr(sc_2_4_3_focus_order, "SETTLES", ())
