"""Findings in the store: once a night, all or nothing, ids that stay, marks, flips, owners, deadlines, comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from typer.testing import CliRunner

from scanner import finding_store
from scanner.cli import app
from scanner.commands.findings import FailOn, stops
from scanner.config import Channel, Config, Organisation, OwnerRule, Storage, Supplier
from scanner.finding_store import difference, findings, flip_rates, mark, night, record_night, save_flips, tool_changes
from scanner.findings import Life, Mark, Severity, Tool
from scanner.model import Discovery, LedgerState, Outcome, PageEvidence, Record, StateEvidence, Verdict
from scanner.remember import Memory, flips, light
from scanner.store import Looked, Scan, Store
from tests.findings.twin import barriers, place

A, B = "https://www.example.nl/a/", "https://www.example.nl/b/"
START = datetime(2026, 11, 1, 1, tzinfo=UTC)
VERSIONS = {"axe": "4.14.1", "rules": "1", "browser": "156", "scanner": "1.0"}
HEADER = '<header><a href="/menu/"></a></header>'
CONFIG = Config(
    organisation=Organisation(name="Gemeente Voorbeeld", short="VB"),
    channel=(Channel(id="main", name="Site", url="https://www.example.nl/", owner="Team Web"),),
    supplier=(Supplier(id="meerweb", name="Meerweb", repair_days={"critical": 7, "serious": 21}),),
    owner=(OwnerRule(owner="meerweb", region="banner"),))


def page(main: str) -> str:
    return f"<html><body>{HEADER}<main>{main}</main></body></html>"


def evidence(url: str, **more: Any) -> PageEvidence:
    look = StateEvidence("base", "1280x1024", (), {"axe": Record("axe", {}), "facts": Record("facts", {"title": url})})
    return PageEvidence(url, url, 200, "text/html", template="t", looks=(look,), **more)


def outcomes(text: str) -> list[Outcome]:
    return [Outcome(criterion, Verdict.FAILED, rule, place(element), "base", "1280x1024") for criterion, rule, element in barriers(html.fromstring(text))]


def scan(store: Store, pages: Mapping[str, str | LedgerState], number: int = 1, versions: Mapping[str, Any] = VERSIONS, extra: Sequence[Outcome] = ()) -> Scan:
    """A finished look at these pages; a LedgerState instead of a page is what became of it."""
    one = store.begin("main", "site", versions, {"follow": True})
    store.discover(one.id, [Discovery(url, "start", 0, channel="main", fetched=True, body_hash=str(hash(text))) for url, text in pages.items()])
    rows = {row.url: row.id for row in store.ledger(one.id)}
    for url, text in pages.items():
        seen = not isinstance(text, LedgerState)
        store.save_visit(one.id, rows[url], Looked(evidence(url) if seen else PageEvidence(url), LedgerState.VISITED if seen else text, "",  # type: ignore[arg-type]
                                                   [*outcomes(str(text)), *extra] if seen else [], {0: b"png"} if seen and outcomes(str(text)) else {}, (), 0.1))
    store.stage(one.id, "done")
    return replace(store.scan(one.id), started=START + timedelta(days=number))


def remember(store: Store, one: Scan, tool: Tool | None = None) -> bool:
    memory = Memory()
    for kept in store.evidence(one.id):
        memory.take(kept)
    return record_night(store, one, "VB", memory.glances, deep=memory.deep, tool=tool)


def ids(found: Sequence[Any]) -> list[str]:
    return [one.id for one in found]


PICTURE = '<figure><img src="/media/a.jpg"></figure>'


def test_a_night_is_recorded_once(store: Store) -> None:
    one = scan(store, {A: page(PICTURE), B: page("")})
    assert remember(store, one) is True
    first = findings(store, CONFIG)
    assert remember(store, one) is False
    assert findings(store, CONFIG) == first
    assert [(f.id, f.rule, f.kind, f.owner.id, len(f.pages)) for f in first] == [
        ("VB-0001", "axe/image-alt", "content", "Team Web", 1), ("VB-0002", "axe/link-name", "template", "meerweb", 2)]
    assert [f.deadline for f in first] == [date(2026, 11, 16), date(2026, 11, 23)]
    assert first[0].severity is Severity.CRITICAL and first[0].examples[0].place is not None
    assert first[1].examples[0].picture, "the example with a picture comes first"
    assert [event.what for event in first[0].history] == ["opened"]
    assert [f.overdue for f in findings(store, CONFIG, today=date(2026, 11, 17))] == [True, False]


def test_killed_in_between_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = scan(store, {A: page(PICTURE)})
    monkeypatch.setattr(finding_store, "_coverage", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        remember(store, one)
    assert findings(store, CONFIG) == []
    monkeypatch.undo()
    assert remember(store, one) is True
    assert ids(findings(store, CONFIG)) == ["VB-0001", "VB-0002"]


def test_fixed_after_two_looks_reopened_with_its_id(store: Store) -> None:
    scans = []
    for number, pages in enumerate((
            {A: page(PICTURE), B: page("")}, {A: page(""), B: page("")}, {A: LedgerState.SERVER_ERROR, B: page("")}, {A: page(""), B: page("")},
            {A: page(PICTURE), B: page("")}), 1):
        scans.append(scan(store, pages, number))
        remember(store, scans[-1])
    nights = [night(store, CONFIG, one.id) for one in scans]
    assert ids(nights[0].new) == ["VB-0001", "VB-0002"] and nights[0].before is None
    assert ids(nights[1].seems_fixed) == ["VB-0001"] and nights[1].fixed == ()
    assert ids(nights[2].not_retested) == ["VB-0001"] and nights[2].not_retested[0].not_retested is not None
    assert nights[2].not_retested[0].not_retested.values["became"] == "server error"
    assert ids(nights[3].fixed) == ["VB-0001"] and nights[3].before == scans[2].id
    assert ids(nights[4].reopened) == ["VB-0001"] and nights[4].new == ()
    assert [event.what for event in findings(store, CONFIG, codes=["VB-0001"])[0].history] == ["opened", "seems-fixed", "not-retested", "fixed", "reopened"]
    assert all(ids(one.unchanged) == ["VB-0002"] for one in nights[1:])
    assert (nights[2].coverage.looked, nights[2].coverage.addresses["server error"]) == (1, 1)
    between = difference(store, scans[0].id, scans[3].id)
    assert (between.new, between.fixed, between.still) == ((), ("VB-0001",), ("VB-0002",))
    between = difference(store, scans[3].id, scans[4].id)
    assert (between.new, between.reopened) == ((), ("VB-0001",))
    assert stops(nights[4], FailOn.NEW) == 1 and stops(nights[3], FailOn.NEW) == 0
    assert stops(nights[3], FailOn.FAILED) == 1
    with pytest.raises(KeyError):
        difference(store, scans[0].id, 99)


def test_practice_is_a_finding_and_never_failed(store: Store) -> None:
    doubt = Outcome("2.4.2", Verdict.CANT_TELL, "title-thin", practice=Verdict.FAILED, state="base", viewport="1280x1024")
    question = Outcome("2.4.2", Verdict.CANT_TELL, "title-shares-little", state="base", viewport="1280x1024")
    one = scan(store, {A: page("")}, extra=[doubt, question])
    remember(store, one)
    found = {f.rule: f for f in findings(store, CONFIG)}
    assert found["title-thin"].strictness == "practice" and "title-shares-little" not in found
    assert stops(night(store, CONFIG, one.id), FailOn.FAILED) == 1 and stops(night(store, CONFIG, one.id), FailOn.ANY) == 2


def test_another_axe_is_told_and_does_not_count(store: Store) -> None:
    remember(store, scan(store, {A: page("")}, 1))
    newer = {**VERSIONS, "axe": "4.15.0"}
    changes = tool_changes(VERSIONS, newer)
    assert [(c.name, c.before, c.after) for c in changes] == [("axe", "4.14.1", "4.15.0")]
    second = scan(store, {A: page(PICTURE)}, 2, newer)
    remember(store, second, Tool(changes, 1, None, frozenset({A})))
    seen = night(store, CONFIG, second.id)
    assert seen.new == () and ids(seen.tool_new) == ["VB-0002"] and seen.tool_changes == changes
    assert seen.tool_new[0].cause == "tool" and stops(seen, FailOn.NEW) == 0


def test_a_rule_that_flips_is_held(store: Store) -> None:
    one = scan(store, {A: page("")}, 1)
    save_flips(store, one.id, {"axe/image-alt": (10, 3), "axe/link-name": (40, 1)})
    remember(store, one)
    assert [(f.rule, f.rate, f.held) for f in flip_rates(store, "main")] == [("axe/image-alt", 0.3, True), ("axe/link-name", 0.025, False)]
    second = scan(store, {A: page(PICTURE)}, 2)
    remember(store, second)
    seen = night(store, CONFIG, second.id)
    assert seen.new == () and seen.held_back == 1 and [f.rule for f in seen.flips if f.held] == ["axe/image-alt"]
    for number in range(3, 13):
        save_flips(store, scan(store, {A: page("")}, number).id, {"axe/image-alt": (10, 0)})
    assert flip_rates(store, "main") == []
    last = scan(store, {A: page(PICTURE)}, 14)
    remember(store, last)
    assert ids(night(store, CONFIG, last.id).new) == ["VB-0002"]


def test_flips_are_counted_over_two_looks() -> None:
    first = evidence(A)
    assert flips([(first, first)]) == {}
    assert flips([(replace(first, incomplete=("style.css",)), first)]) == {}
    assert light(first) == first


def test_what_a_deep_look_measured_is_no_state_that_it_led_to() -> None:
    """Colours on hover are kept under the same word as the states of a menu that was opened."""
    base, *more = evidence(A).looks
    pale = Record("matte", {"items": [], "states": [{"selector": "a", "state": "hover"}]})
    opened = Record("explore", {"states": ["open: Menu"]})
    menu = replace(base, name="open: Menu")
    deep = replace(base, records={**base.records, "matte": pale, "explore": opened})
    assert light(replace(evidence(A), looks=(deep, *more, menu))) == evidence(A)


def test_marks_and_commands(store: Store, address: str, tmp_path: Path) -> None:
    """The command line on the same store: list, show, accept, false alarm, reopen, diff, owners."""
    settings = tmp_path / "scanner.toml"
    settings.write_text('[organisation]\nname = "Gemeente Voorbeeld"\nshort = "VB"\n[[channel]]\nid = "main"\nname = "Site"\nurl = "https://www.example.nl/"\n'
                        f'[storage]\ndatabase = "{address}"\n[[owner]]\nowner = "redactie"\nregion = "main"\npath = "^/a/"\n', "utf-8")
    first, second = scan(store, {A: page(PICTURE), B: page("")}, 1), scan(store, {A: page(PICTURE + '<p><img src="/media/b.jpg"></p>'), B: page("")}, 2)
    remember(store, first)
    remember(store, second)

    def call(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*arguments, "--config", str(settings), "--lang", "en"])
        assert done.exit_code == code, done.output
        return done.output

    listed = call("findings", "list", "--json", "-")
    assert listed.count("\n") == 3 and '"id": "VB-0003"' in listed
    assert "VB-0001" in call("findings", "list", "--criterion", "1.1.1") and "VB-0002" not in call("findings", "list", "--criterion", "1.1.1")
    assert "redactie" in call("findings", "show", "vb-0001")
    call("findings", "accept", "VB-0001", "--reason", "in the next release", "--until", "2020-01-01", code=2)
    call("findings", "accept", "VB-0001", "--reason", "in the next release", "--until", "2099-01-01", "--by", "Ans")
    call("findings", "false-alarm", "VB-0003", "--reason", "a drawn line", "--by", "Ans")
    assert {f.id: f.life for f in findings(store, CONFIG)} == {"VB-0001": Life.ACCEPTED, "VB-0002": Life.OPEN, "VB-0003": Life.FALSE_ALARM}
    assert findings(store, CONFIG, codes=["VB-0001"])[0].deadline is None
    assert "Ans a drawn line" in call("findings", "show", "VB-0003")
    call("findings", "reopen", "VB-0003", "--reason", "it is a picture", "--by", "Bob")
    assert findings(store, CONFIG, codes=["VB-0003"])[0].life is Life.OPEN
    call("findings", "show", "VB-9999", code=2)
    assert "VB-0003" in call("diff", str(first.id), str(second.id), code=1)
    call("diff", str(first.id), "77", code=2)
    selector = findings(store, CONFIG, codes=["VB-0001"])[0].examples[0].place
    assert selector is not None
    assert "redactie" in call("owners", "test", f"{A}#{selector.selector}")
    assert "nobody" in call("owners", "test", f"{B}#x")


def test_a_mark_is_kept_over_nights(store: Store) -> None:
    remember(store, scan(store, {A: page(PICTURE)}, 1))
    mark(store, "VB-0001", Mark(Life.FALSE_ALARM, "versiering", "Ans", START))
    second = scan(store, {A: page(PICTURE)}, 2)
    remember(store, second)
    assert ids(night(store, CONFIG, second.id).false_alarms) == ["VB-0001"]
    third = scan(store, {A: page('<figure><img src="/media/a.jpg" title="Anders"></figure>')}, 3)
    remember(store, third)
    assert ids(night(store, CONFIG, third.id).reopened) == ["VB-0001"]
    assert findings(store, CONFIG, codes=["VB-0001"])[0].mark is None


def test_numbers_without_short_name() -> None:
    plain = CONFIG.model_copy(update={"organisation": Organisation(name="Gemeente"), "storage": Storage()})
    assert finding_store.prefix_of(plain, "main") == "MAIN" and finding_store.prefix_of(CONFIG, "main") == "VB"
    assert finding_store.prefix_of(plain, "e-loket-2") == "ELOK" and finding_store.prefix_of(plain, "1") == "F"
