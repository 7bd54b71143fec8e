"""A scripted month on a made-up site: after each night the sets equal what the script knows to be true."""

from __future__ import annotations

import copy
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from lxml.html import HtmlElement, builder

from scanner.findings import Glance, Known, Life, Looked, Mark, Sighting, Tool, ToolChange, advance, group
from scanner.fingerprints import shape
from tests.findings.mutations import mutated
from tests.findings.twin import Site, make_site

START = datetime(2026, 11, 1, 2, tzinfo=UTC)
OPEN = (Life.NEW, Life.OPEN, Life.REOPENED, Life.NOT_RETESTED)
P = "https://www.example.nl/p{}/".format


@dataclass
class Month:
    """The scanner's memory, and the true name of every finding in it."""

    known: dict[int, Known] = field(default_factory=dict)
    plant: dict[int, str] = field(default_factory=dict)
    nights: int = 0

    def night(self, site: Site, *, down: Collection[str] = (), gone: Collection[str] = (), incomplete: Collection[str] = (), blind_rules: Collection[str] = (),
              extra_rules: Collection[str] = (), tool: Tool | None = None, held: Collection[str] = ()) -> dict[str, set[str]]:
        """One scan; the sets by true name. `blind_rules`: rules that this night's scanner does not have; `extra_rules`: that only it has."""
        self.nights += 1
        at = START + timedelta(days=self.nights)
        glances = {url: replace(g, complete=url not in incomplete) for url, g in site.glances().items() if url not in down and url not in gone}
        unseen = dict.fromkeys(down, "server error") | dict.fromkeys(gone, "not found")
        pairs = [(s, p) for s, p in zip(site.sightings(), site.plants(), strict=True)
                 if s.url in glances and s.url not in incomplete and s.outcome.rule not in blind_rules
                 and (s.outcome.rule not in ONLY_NEW or s.outcome.rule in extra_rules)]
        looked = Looked(self.nights, at, glances, unseen, site_complete=True)
        result = advance(list(self.known.values()), [s for s, _ in pairs], looked, held=held, tool=tool)
        sets: dict[str, set[str]] = {}
        names = plants_by_group(pairs, [step.known.key for step in result.steps])
        for step in result.steps:
            number = step.known.number or max(self.known, default=0) + 1
            if step.fresh:
                found = names[step.known.key]
                assert len(found) == 1, f"one finding, one barrier: {found}"
                self.plant[number] = next(iter(found))
            elif step.seen:
                assert names[step.known.key] == {self.plant[number]}, "a finding keeps its barrier"
            self.known[number] = replace(step.known, number=number)
            sets.setdefault(name_of(step.fresh, step.known), set()).add(self.plant[number])
        assert len(set(self.plant.values())) == len(self.plant), "one barrier, one finding"
        sets["held"] = {str(result.held_back)} if result.held_back else set()
        return {name: found for name, found in sets.items() if found}

    def of(self, plant: str) -> Known:
        return self.known[next(number for number, name in self.plant.items() if name == plant)]

    def mark(self, plant: str, life: Life, until: date | None = None) -> None:
        one = self.of(plant)
        said = Mark(life, "uitgezocht", "Team Web", START, until)
        self.known[one.number] = replace(one, life=life, mark=said, mark_exacts=one.exacts)

    def open(self) -> set[str]:
        return {self.plant[number] for number, one in self.known.items() if one.life in OPEN}


ONLY_NEW = {"list-by-signs"}
"""Rules that the scanner has only from its upgrade on."""


def plants_by_group(pairs: list[tuple[Sighting, str]], keys: list) -> Mapping:
    """True names by key, as tonight's keys sort the sightings."""
    name = {id(s): p for s, p in pairs}
    return {one.key: {name[id(s)] for s in one.sightings} for one in group([s for s, _ in pairs], keys)}


def name_of(fresh: bool, one: Known) -> str:
    if fresh:
        return "tool new" if one.cause == "tool" else "new"
    if one.retired:
        return "tool gone"
    return "seems fixed" if one.seems_fixed and one.life is Life.OPEN else str(one.life)


def repair(site: Site, plant: str) -> Site:
    """The barrier is gone, the element stays."""
    new = Site({url: copy.deepcopy(tree) for url, tree in site.pages.items()}, site.build)
    for element in planted(new, plant):
        if element.tag == "img":
            element.set("alt", "Een goed alternatief")
        else:
            element.set("aria-label", "Een naam")
            element.set("class", "net")
    return new


def planted(site: Site, plant: str) -> list[HtmlElement]:
    found = [element for tree in site.pages.values() for element in tree.iter() if element.get("data-plant") == plant]
    assert found, plant
    return found


def with_block(site: Site, url: str, *blocks: HtmlElement) -> Site:
    """These blocks are added to the main part of a page."""
    new = Site({address: copy.deepcopy(tree) for address, tree in site.pages.items()}, site.build)
    for block in blocks:
        new.pages[url].find(".//main").append(block)
    return new


def test_month() -> None:
    e = builder
    chance = random.Random(20261101)
    site = with_block(make_site(chance, 8), P(1),
                      e.FIGURE(e.IMG(src="/media/straat.jpg", **{"data-plant": "straat"}), e.FIGCAPTION("De straat")),
                      e.DIV(e.IMG(src="/media/brug.jpg", **{"data-plant": "brug"}), **{"class": "beeld"}),
                      e.BLOCKQUOTE(e.P("• Een • Twee", **{"data-plant": "nep-lijst"})))
    site = with_block(site, P(5), e.FORM(e.P(e.INPUT(type="text", name="bijnaam", **{"data-plant": "bijnaam"}))),
                      e.DIV(e.BUTTON("", type="button", **{"data-plant": "knop-sluit", "class": "sluit"})))
    month = Month()
    lists = {p for s, p in zip(site.sightings(), site.plants(), strict=True) if s.outcome.rule in ONLY_NEW}
    every = set(site.plants()) - lists
    assert {"straat", "brug", "bijnaam", "logo", "voet-bleek", "kaart-pijl", "knop-kalender", "knop-speler"} <= every
    on = {url: {p for s, p in zip(site.sightings(), site.plants(), strict=True) if s.url == url} - lists for url in site.pages}
    only_on = {url: {p for p in on[url] if all(p not in on[other] for other in site.pages if other != url)} for url in site.pages}
    assert {"straat", "brug"} <= only_on[P(1)] and {"bijnaam", "knop-sluit"} <= only_on[P(5)]

    assert month.night(site) == {"new": every}                                                              # 1
    assert month.night(site) == {"open": every}                                                             # 2
    site = with_block(site, P(3), e.FIGURE(e.IMG(src="/media/nieuw.jpg", **{"data-plant": "nieuw beeld"}), e.FIGCAPTION("Nieuw")))
    assert month.night(site) == {"open": every, "new": {"nieuw beeld"}}                                     # 3: added
    every |= {"nieuw beeld"}
    site = repair(site, "straat")
    assert month.night(site, down=[P(5)]) == {                                                              # 4: repaired; a page is down
        "seems fixed": {"straat"}, "not retested": only_on[P(5)], "open": every - {"straat"} - only_on[P(5)]}
    assert month.of("bijnaam").why is not None and month.of("bijnaam").why.key == "finding.why.page"
    assert month.night(site) == {"fixed": {"straat"}, "open": every - {"straat"}}                           # 5: twice not seen
    before = {plant: number for number, plant in month.plant.items()}
    for element in planted(site, "straat"):
        del element.attrib["alt"]
    assert month.night(site) == {"reopened": {"straat"}, "open": every - {"straat"}}                        # 6: back, same id
    assert {plant: number for number, plant in month.plant.items()} == before
    assert month.night(site) == {"open": every}                                                             # 7
    figure = planted(site, "straat")[0].getparent()
    site.pages[P(1)].find(".//aside").append(figure)
    assert month.night(site) == {"open": every}                                                             # 8: moved to the aside
    assert month.night(site, down=list(site.pages)) == {"not retested": every}                              # 9: a night of outages
    assert month.night(site, incomplete=list(site.pages)) == {"not retested": every}                        # 10: the style sheet is gone
    assert month.night(site) == {"open": every}                                                             # 11

    # 12: another axe: it sees lists of signs and has no rule for buttons any more; on that night the bridge is repaired.
    same = frozenset(site.pages) - {P(1)}
    site = repair(site, "brug")
    buttons = {p for s, p in zip(site.sightings(), site.plants(), strict=True) if s.outcome.rule == "axe/button-name"}
    tool = Tool((ToolChange("axe", "4.13", "4.14"),), month.nights, None, same)
    on_changed = {p for p in lists if p in {q for s, q in zip(site.sightings(), site.plants(), strict=True) if s.url == P(1)}}
    said = month.night(site, blind_rules=["axe/button-name"], extra_rules=ONLY_NEW, tool=tool)
    assert said.pop("tool gone") == buttons
    assert said.pop("tool new", set()) == lists - on_changed
    assert said.pop("new", set()) == on_changed      # on a page that changed the scanner cannot know: it says new rather than hide it
    assert said == {"seems fixed": {"brug"}, "open": every - buttons - {"brug"}}
    every |= lists
    assert month.night(site, blind_rules=["axe/button-name"], extra_rules=ONLY_NEW) == {                    # 13: what the tool lost is never fixed
        "fixed": {"brug"}, "tool gone": buttons, "open": every - buttons - {"brug"}}
    every -= {"brug"}
    assert month.night(site, extra_rules=ONLY_NEW) == {"open": every}                                       # 14: the rule is back
    site = mutated(chance, site, "cms_rebuild")
    assert month.night(site, extra_rules=ONLY_NEW) == {"open": every}                                       # 15: rebuilt
    site = mutated(chance, site, "ids_regenerated", "text_edited", "sibling_inserted", "query_strings")
    assert month.night(site, extra_rules=ONLY_NEW) == {"open": every}                                       # 16: edited
    now_on = {url: {p for s, p in zip(site.sightings(), site.plants(), strict=True) if s.url == url} for url in site.pages}
    only_7 = {p for p in now_on[P(7)] if all(p not in now_on[u] for u in site.pages if u != P(7))}
    assert month.night(site, gone=[P(7)], extra_rules=ONLY_NEW) == {k: v for k, v in (                      # 17: a page is taken away
        ("not retested", only_7), ("open", every - only_7)) if v}
    assert month.night(site, extra_rules=ONLY_NEW) == {"open": every}                                       # 18: and put back

    month.mark("bijnaam", Life.FALSE_ALARM)
    month.mark("logo", Life.ACCEPTED, (START + timedelta(days=20)).date())
    rest = every - {"bijnaam", "logo"}
    assert month.night(site, extra_rules=ONLY_NEW) == {"false alarm": {"bijnaam"}, "accepted": {"logo"}, "open": rest}    # 19
    assert month.night(site, extra_rules=ONLY_NEW) == {"false alarm": {"bijnaam"}, "accepted": {"logo"}, "open": rest}    # 20: the last day
    assert month.night(site, extra_rules=ONLY_NEW) == {"false alarm": {"bijnaam"}, "open": rest | {"logo"}}               # 21: accepted no longer
    site = mutated(chance, site, "ids_regenerated")
    assert month.night(site, extra_rules=ONLY_NEW) == {"false alarm": {"bijnaam"}, "open": rest | {"logo"}}               # 22: an id is no markup
    planted(site, "bijnaam")[0].set("placeholder", "Hoe heet u?")
    assert month.night(site, extra_rules=ONLY_NEW) == {"reopened": {"bijnaam"}, "open": rest | {"logo"}}                  # 23: the mark lapses
    assert month.of("bijnaam").mark is None

    # 24: a rule that flips can neither open nor close.
    flipping = repair(with_block(site, P(2), e.FORM(e.P(e.INPUT(type="text", name="los", **{"data-plant": "los veld"})))), "bijnaam")
    labels = {p for s, p in zip(site.sightings(), site.plants(), strict=True) if s.outcome.rule == "axe/label"}
    for _ in range(3):
        assert month.night(flipping, extra_rules=ONLY_NEW, held=["axe/label"]) == {                                       # 24, 25, 26
            "held": {"1"}, "not retested": {"bijnaam"}, "open": every - {"bijnaam"}}
    assert "bijnaam" in labels
    assert month.night(flipping, extra_rules=ONLY_NEW) == {"new": {"los veld"}, "seems fixed": {"bijnaam"}, "open": every - {"bijnaam"}}    # 27: it behaves
    every |= {"los veld"}
    assert month.night(flipping, extra_rules=ONLY_NEW) == {"fixed": {"bijnaam"}, "open": every - {"bijnaam"}}            # 28
    every -= {"bijnaam"}
    assert month.night(flipping, extra_rules=ONLY_NEW) == {"open": every}                                                 # 29
    assert month.night(flipping, extra_rules=ONLY_NEW) == {"open": every}                                                 # 30
    assert month.nights == 30 and month.open() == every


def one_page(*blocks: HtmlElement) -> Site:
    e = builder
    return Site({P(0): e.HTML(e.BODY(e.MAIN(*blocks)))}, "x")


def picture(name: str, plant: str) -> HtmlElement:
    e = builder
    return e.FIGURE(e.IMG(src=f"/media/{name}.jpg", **{"data-plant": plant}))


def test_rules_upgrade_is_decided_by_kept_evidence() -> None:
    """Our own checks changed: what they see in last night's evidence is the tool's, whatever happened to the page."""
    month = Month()
    month.night(one_page(picture("a", "a"), picture("b", "b")))
    today = one_page(picture("a", "a"), picture("c", "c"), picture("d", "d"))
    seen = {(shape(s.outcome).fingerprint, s.url) for s, p in zip(today.sightings(), today.plants(), strict=True) if p in ("a", "c")}
    tool = Tool((ToolChange("rules", "1", "2"),), 1, frozenset(seen))
    assert month.night(today, tool=tool) == {"open": {"a"}, "tool gone": {"b"}, "tool new": {"c"}, "new": {"d"}}
    assert month.night(today) == {"open": {"a", "c", "d"}, "tool gone": {"b"}}


def test_another_state_or_viewport_fixes_nothing() -> None:
    """A barrier of the narrow view waits for the narrow view; one of a deep look for a deep look."""
    site = one_page(picture("a", "a"))
    sighting = site.sightings()[0]
    narrow = replace(sighting, outcome=replace(sighting.outcome, state="320", viewport="320x256"))
    wide = Glance(P(0), looks={("base", "1280x1024"): frozenset({"axe"})})
    both = replace(wide, looks={**wide.looks, ("320", "320x256"): frozenset({"axe"})})
    for seen, first, second, reason in ((narrow, both, wide, "finding.why.state"), (replace(sighting, depth="deep"), replace(wide, deep=True), wide, "finding.why.deep")):
        known = [step.known for step in advance([], [seen], Looked(1, START, {P(0): first})).steps]
        for scan in (2, 3, 4):
            known = [step.known for step in advance(known, [], Looked(scan, START, {P(0): second})).steps]
        assert known[0].life is Life.NOT_RETESTED and known[0].why is not None and known[0].why.key == reason
        for scan in (5, 6):
            known = [step.known for step in advance(known, [], Looked(scan, START, {P(0): first})).steps]
        assert known[0].life is Life.FIXED


def test_a_driver_that_sees_less_fixes_nothing_of_one_that_sees_more() -> None:
    """Also when the page is the same byte for byte and the browser another: it is not the tool that lost it for good."""
    seen = one_page(picture("a", "a")).sightings()[0]
    glance = Glance(P(0), looks={("base", "1280x1024"): frozenset({"axe"})})
    known = [step.known for step in advance([], [seen], Looked(1, START, {P(0): glance})).steps]
    for scan in (2, 3, 4):
        tool = Tool((ToolChange("driver", "playwright", "selenium"),), scan - 1, None, frozenset({P(0)}))
        less = Looked(scan, START, {P(0): glance}, keener=frozenset({1}))
        known = [step.known for step in advance(known, [], less, tool=tool).steps]
        assert known[0].life is Life.NOT_RETESTED and known[0].why is not None and known[0].why.key == "finding.why.driver"
    for scan in (5, 6):
        known = [step.known for step in advance(known, [], Looked(scan, START, {P(0): glance})).steps]
    assert known[0].life is Life.FIXED


def test_a_false_alarm_holds_for_the_same_markup_elsewhere() -> None:
    """The mark follows fingerprint and rule: the same thing on another page is born with it."""
    month = Month()
    month.night(one_page(picture("a", "a")))
    month.mark("a", Life.FALSE_ALARM)
    pages = one_page(picture("a", "a"))
    pages.pages[P(1)] = copy.deepcopy(pages.pages[P(0)])
    assert len(pages.sightings()) == 2
    result = advance(list(month.known.values()), pages.sightings(), Looked(2, START, pages.glances()))
    assert [step.known.life for step in result.steps] == [Life.FALSE_ALARM, Life.FALSE_ALARM]


def test_a_list_scan_says_nothing_of_other_pages() -> None:
    """Only listed pages were looked at: findings elsewhere stay as they are, not even `not retested`."""
    site = one_page(picture("a", "a"))
    site.pages[P(1)] = one_page(picture("b", "b")).pages[P(0)]
    month = Month()
    month.night(site)
    result = advance(list(month.known.values()), [], Looked(2, START, {P(0): Glance(P(0), looks={("base", "1280x1024"): frozenset({"axe"})})}, partial=True))
    assert [(month.plant[step.known.number], step.known.seems_fixed) for step in result.steps] == [("a", True)]
