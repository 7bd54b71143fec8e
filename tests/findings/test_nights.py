"""Nights on the built-in estate with real scans: after each, the sets are what the estate's own changes say."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from scanner import run
from scanner.config import Config, load
from scanner.demo.estate import Estate
from scanner.demo.nights import CHANGES
from scanner.finding_store import findings, night
from scanner.findings import Finding, Life, Night
from scanner.store import Store, open_store, sqlite_address

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(900)]
PAGES = ("", "nieuws/afsluiting-dorpsstraat/", "nieuws/nieuwe-bomen-parkwijk/", "nieuws/kermis-in-juni/", "nieuws/inzameling-kerstbomen/",
         "nieuws/zwembad-weer-open/", "contact/", "producten/parkeervergunning/")


def only_some_pages(estate: Estate, folder: Path) -> Config:
    """The main site of the estate, as if these pages were all."""
    path = folder / "scanner.toml"
    path.write_text(estate.config(), "utf-8")
    os.environ.update(estate.environment)
    config = load(path)
    wanted = "|".join(re.escape(page) + "$" for page in PAGES)
    main = config.channel("main").model_copy(update={"exclude": (rf"^https?://[^/]+/(?!({wanted}|static/))",), "exemptions": (), "pages": ()})
    return config.model_copy(update={"channels": (main,)})


def plants(found: Iterable[Finding]) -> set[str]:
    """Names of the planted barriers that these findings are about; `?` for one that is about none."""
    return {match[1] if (match := re.search(r'data-plant="([^"]+)"', one.examples[0].place.snippet if one.examples and one.examples[0].place else "")) else "?" for one in found}


def names(found: Iterable[Finding]) -> set[str]:
    return {one.id for one in found}


def test_nights_on_the_estate(tmp_path: Path) -> None:
    with Estate(slow=0.1) as estate:
        config = only_some_pages(estate, tmp_path)
        store = open_store(sqlite_address(tmp_path))

        def scan(*apply: str, undo: Iterable[str] = ()) -> Night:
            for change in undo:
                estate.undo(change)
            for change in apply:
                estate.apply(change)
            done = asyncio.run(run.scan_channel(config, store, "main", deep="none", resume=False))
            return report(config, store, done.id)

        first = scan()
        every = names(first.new)
        known = {plant for one in first.new for plant in plants([one])}
        assert {"alt-bestandsnaam", "alt-ontbreekt", "contrast-grijs"} <= known
        seen_again = scan()
        assert names(seen_again.unchanged) == every and not (seen_again.new or seen_again.not_retested or seen_again.seems_fixed)

        changed = scan("add-image-without-alt", "add-field-without-label", "fix-file-name-alt", "outage-parking")
        expected = {*CHANGES["add-image-without-alt"].appears, *CHANGES["add-field-without-label"].appears}
        assert plants(changed.new) == expected
        gone = plants(changed.seems_fixed)
        assert gone == set(CHANGES["fix-file-name-alt"].disappears)
        waits = {one.id for one in first.new if all(url.endswith("/producten/parkeervergunning/") for url in one.pages)}
        assert names(changed.not_retested) == waits
        assert names(changed.unchanged) == every - waits - names(changed.seems_fixed)

        later = scan(undo=["outage-parking"])
        assert plants(later.fixed) == gone and not later.new and not later.not_retested
        every = (every | names(changed.new)) - names(later.fixed)
        assert names(later.unchanged) == every

        back = scan("move-fake-list", "edit-text", undo=["fix-file-name-alt"])
        assert plants(back.reopened) == gone and names(back.reopened) == names(later.fixed)
        assert names(back.unchanged) == every and not back.new and not back.seems_fixed
        every |= names(back.reopened)

        rebuilt = scan("rebuild")
        assert names(rebuilt.unchanged) == every and not rebuilt.new and not rebuilt.seems_fixed and not rebuilt.not_retested

        bare = scan("style-sheet-gone")
        assert names(bare.not_retested) == every and not bare.fixed and not bare.new and bare.coverage.looked == 0

        removed = scan("remove-page", undo=["style-sheet-gone"])
        only_there = {one.id for one in findings(store, config) if one.pages and all(url.endswith(CHANGES["remove-page"].path) for url in one.pages)}
        assert names(removed.not_retested) == only_there and not removed.fixed and not removed.new
        assert names(removed.unchanged) == every - only_there
        assert {one.life for one in findings(store, config)} <= {Life.OPEN, Life.NOT_RETESTED}
        assert estate.faults == []


def report(config: Config, store: Store, scan: int) -> Night:
    seen = night(store, config, scan)
    print(f"\nscan {scan}: {seen.coverage.looked} pages; " + ", ".join(
        f"{name} {len(getattr(seen, name))}" for name in ("new", "fixed", "reopened", "not_retested", "seems_fixed", "unchanged", "held_back") if name != "held_back")
        + f", held back {seen.held_back}; flips {[(f.rule, f.flips, f.seen) for f in seen.flips]}")
    return seen
