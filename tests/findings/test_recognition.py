"""How well findings are recognised after pages changed: precision at least 0.98, recall at least 0.95, at random, seed fixed."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner import fingerprints
from scanner.findings import Known, Looked, advance, group
from scanner.fingerprints import Shape
from scanner.model import Outcome
from tests.findings.mutations import MUTATIONS, mutated, replaced
from tests.findings.twin import Site, make_site

SEED = 20261124
RUNS = 25
START = datetime(2026, 11, 1, 2, tzinfo=UTC)


def looked(night: int, site: Site) -> Looked:
    return Looked(night, START + timedelta(days=night), site.glances(), site_complete=True)


def remembered(known: dict[int, Known], site: Site, night: int) -> dict[int, Known]:
    """The store's part: numbers for new findings, the rest in place of what was."""
    now = dict(known)
    for step in advance(list(known.values()), site.sightings(), looked(night, site)).steps:
        number = step.known.number or max(now, default=0) + 1
        now[number] = replace(step.known, number=number)
    return now


def links(known: dict[int, Known], site: Site) -> dict[str, set[int]]:
    """True name → the findings its places are in."""
    by_key = {one.key: number for number, one in known.items()}
    sightings = site.sightings()
    place_of = {id(s): by_key[g.key] for g in group(sightings, list(by_key)) for s in g.sightings}
    found: dict[str, set[int]] = defaultdict(set)
    for sighting, plant in zip(sightings, site.plants(), strict=True):
        found[plant].add(place_of[id(sighting)])
    return found


def compare(before: dict[str, set[int]], after: dict[str, set[int]]) -> tuple[int, int, int]:
    """Right links, wrong links, missed links between the barriers of two nights."""
    right = wrong = missed = 0
    for plant, findings in before.items():
        for other, theirs in after.items():
            if findings & theirs:
                right += plant == other
                wrong += plant != other
            else:
                missed += plant == other
    return right, wrong, missed


def measure(*names: str, runs: int = RUNS, and_replaced: bool = False) -> tuple[float, float, int]:
    chance = random.Random(f"{SEED} {names} {and_replaced}")
    totals = [0, 0, 0]
    for _ in range(runs):
        site = make_site(chance)
        known = remembered({}, site, 1)
        before = links(known, site)
        changed = mutated(chance, site, *names)
        if and_replaced:
            replaced(chance, changed)
        known = remembered(known, changed, 2)
        totals = [a + b for a, b in zip(totals, compare(before, links(known, changed)), strict=True)]
    right, wrong, missed = totals
    return right / (right + wrong) if right + wrong else 1.0, right / (right + missed), right + missed


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation(name: str) -> None:
    precision, recall, links_ = measure(name)
    print(f"\n{name}: precision {precision:.4f} recall {recall:.4f} over {links_} links")
    assert links_ > 200
    assert precision >= 0.98
    assert recall >= 0.95


def test_all_together_with_repairs() -> None:
    """A random choice of mutations at once, while some barriers are repaired and others made."""
    chance = random.Random(SEED)
    totals = []
    for _ in range(20):
        names = tuple(chance.sample(sorted(MUTATIONS), chance.randint(2, 5)))
        totals.append(measure(*names, runs=2, and_replaced=True))
    precision = sum(p * n for p, _, n in totals) / sum(n for _, _, n in totals)
    recall = sum(r * n for _, r, n in totals) / sum(n for _, _, n in totals)
    print(f"\nmixed: precision {precision:.4f} recall {recall:.4f}")
    assert precision >= 0.98
    assert recall >= 0.95


def shape_without_cache(outcome: Outcome) -> Shape:
    place = outcome.place
    assert place is not None
    return fingerprints._shape.__wrapped__(
        outcome.rule, outcome.criterion, place.snippet, place.region, place.component, place.frame
    )


def test_control_without_the_second_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure can fail: without the near match a rebuild loses findings."""
    monkeypatch.setattr("scanner.findings.NEAR", 2.0)
    _, recall, _ = measure("cms_rebuild", runs=3)
    assert recall < 0.95


def test_control_without_the_component(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure can fail: by markup alone, equal buttons of different components are one."""
    monkeypatch.setattr("scanner.fingerprints._component", lambda written: ())
    monkeypatch.setattr("scanner.findings.shape", shape_without_cache)
    precision, _, _ = measure("ids_regenerated", runs=3)
    assert precision < 0.98
