"""Reports from a real store: the same verdicts as the judge, exemptions apart, holes told, nights compared, every file written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

from scanner import reporting, run
from scanner.cli import app
from scanner.config import Channel, Config, Exemption, Organisation, OwnerRule, Reports, Storage, Supplier
from scanner.finding_store import findings
from scanner.findings import Life
from scanner.frameworks import criteria
from scanner.judge import judge
from scanner.model import Discovery, LedgerState, Outcome, PageEvidence, Place, Record, StateEvidence, Verdict
from scanner.remember import Memory
from scanner.store import Looked, Scan, Store, open_store
from tests.law.html_rules import faults, words
from tests.reports.made_up import png
from tests.reports.test_web_team import dead_links

HOME = "https://www.voorbeeldmeer.example"
VERSIONS = {
    "scanner": "0.1.0",
    "rules": "1",
    "axe": "4.14.1",
    "axe_sha256": "f" * 64,
    "axe_fallback": False,
    "browser": "chromium 156",
    "driver": "playwright 1.65",
}


def config(folder: Path, *exemptions: Exemption) -> Config:
    """One channel of one supplier, whose main content is the editors'."""
    return Config(
        organisation=Organisation(name="Gemeente Voorbeeldmeer", short="VM", contact="webteam@voorbeeldmeer.example"),
        channel=(
            Channel(id="main", name="Voorbeeldmeer.nl", url=HOME + "/", supplier="meerweb", exemption=exemptions),
        ),
        supplier=(Supplier(id="meerweb", name="Meerweb", email="toegankelijkheid@meerweb.example"),),
        owner=(OwnerRule(owner="redactie", region="main"),),
        storage=Storage(folder=folder / "data"),
        reports=Reports(folder=folder / "reports", langs=("nl", "en")),
    )


def outcome(
    criterion: str, verdict: Verdict, rule: str, selector: str = "", region: str = "", **values: object
) -> Outcome:
    """An outcome about a place or the page."""
    place = (
        Place(selector, f"<a class='{selector[-12:]}'>", "", (100.0, 50.0, 80.0, 20.0), region, "div>a")
        if selector
        else None
    )
    return Outcome(criterion, verdict, rule, place, "base", "1280x1024", values)


def page(
    url: str, *, prevented: str = "", frames: Sequence[str] = (), incomplete: tuple[str, ...] = ()
) -> PageEvidence:
    """Evidence with the holes that are asked for."""
    records = {
        "axe": Record("axe", {}),
        "frames": Record(
            "frames", {"entered": 1, "not_entered": [{"url": frame, "reason": "no answer"} for frame in frames]}
        ),
    }
    if prevented:
        records["walk"] = Record("walk", prevented=prevented)
    looks = (
        StateEvidence("base", "1280x1024", (), records),
        StateEvidence("320", "320x256", (), {"walk": records["walk"]} if prevented else {}),
    )
    return PageEvidence(url, url, 200, "text/html", incomplete=incomplete, template="t", looks=looks)


def night(
    store: Store,
    settings: Config,
    pages: dict[PageEvidence, list[Outcome]] | list[tuple[PageEvidence, list[Outcome]]],
    *,
    record: bool = True,
    site: Sequence[Outcome] = (),
    lost: Sequence[str] = (),
) -> Scan:
    """One finished scan; taken into the findings unless told otherwise."""
    scan = store.begin("main", "site", VERSIONS, {"follow": True, "deep": "none", "level": 2})
    every = list(pages)
    store.discover(scan.id, [Discovery(one.url, "start", 0, channel="main") for one, _ in every])
    store.discover(
        scan.id,
        [
            Discovery(url, every[0][0].url, 1, LedgerState.TIMED_OUT, "no answer in time", channel="main", fetched=True)
            for url in lost
        ],
    )
    rows = {row.url: row.id for row in store.ledger(scan.id)}
    memory = Memory()
    for one, said in every:
        memory.take(one)
        pictures = {0: png()} if said and said[0].place else {}
        store.save_visit(scan.id, rows[one.url], Looked(one, LedgerState.VISITED, "", said, pictures, (), 0.1))
    store.save_site(scan.id, site)
    store.stage(scan.id, "done")
    scan = store.scan(scan.id)
    if record:
        memory.record(store, settings, scan)
    return scan


def some_pages(fixed: bool = False) -> list[tuple[PageEvidence, list[Outcome]]]:
    """Three pages with failures, doubts, and what was not looked at; one that did not load."""
    broken = [] if fixed else [outcome("1.1.1", Verdict.FAILED, "axe/image-alt", "header > img", "banner")]
    made = []
    for name in ("", "nieuws/", "archief/"):
        rest = [
            outcome(
                "2.4.4",
                Verdict.CANT_TELL,
                "link-says-little",
                f"main > a:nth-child({n})",
                "main",
                text=f"Lees meer {n}",
            )
            for n in range(3)
        ]
        rest += [
            outcome("2.4.2", Verdict.PASSED, "title"),
            outcome("3.3.1", Verdict.UNTESTED, "forms", reason="not run"),
            outcome("1.2.2", Verdict.INAPPLICABLE, "no-media"),
        ]
        if name == "archief/":
            rest.append(outcome("1.4.10", Verdict.FAILED, "reflow-text-cut", "main > p.oud", "main"))
        made.append(
            (
                page(
                    f"{HOME}/{name}",
                    prevented="took longer than its time box, seconds: 40" if name else "",
                    frames=["https://video.example/1"] if name else [],
                ),
                broken + rest,
            )
        )
    made.append(
        (
            page(f"{HOME}/kapot/", incomplete=("https://cdn.example/app.css",)),
            [outcome("1.1.1", Verdict.UNTESTED, "not-looked", reason="not loaded completely")],
        )
    )
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "data").mkdir()
    return open_store(f"sqlite:///{tmp_path / 'data' / 'scanner.sqlite'}")


def test_verdicts_counted_by_the_database_are_those_of_the_judge(tmp_path: Path, store: Store) -> None:
    site = [
        outcome("3.2.3", Verdict.FAILED, "menus-differ", url=f"{HOME}/nieuws/"),
        outcome("2.4.5", Verdict.CANT_TELL, "one-way"),
        outcome("3.2.4", Verdict.UNTESTED, "names", reason="not complete"),
    ]
    scan = night(store, config(tmp_path), some_pages(), site=site)
    made = reporting.material(config(tmp_path), store, "main").verdicts
    expected = judge(criteria(), ((one.url, one.outcome) for one in store.outcomes(scan.id)))
    assert list(made) == expected and list(made) == run.verdicts(store, scan)
    assert {v.criterion.number: v.verdict for v in made}["1.1.1"] is Verdict.FAILED


def test_what_the_law_leaves_out_counts_nowhere_and_is_shown_apart(tmp_path: Path, store: Store) -> None:
    settings = config(
        tmp_path, Exemption(ground="archive", reason="Niet gewijzigd na 23 september 2019.", url="/archief/")
    )
    night(store, settings, some_pages())
    one = reporting.material(settings, store, "main")
    verdicts = {v.criterion.number: v for v in one.verdicts}
    assert verdicts["1.4.10"].verdict is not Verdict.FAILED and verdicts["1.4.10"].failures == 0
    assert verdicts["1.1.1"].failures == 2, "of three pages one is exempted"
    assert [item.criterion for item in one.exempted[0].findings] == ["1.4.10"]
    assert {item.criterion for item in one.findings} == {"1.1.1"}, "a finding that is elsewhere too still counts"
    assert one.night is not None and {item.criterion for item in one.night.new} == {"1.1.1"}


def test_nobody_is_asked_about_what_the_law_leaves_out(tmp_path: Path, store: Store) -> None:
    doubt = [outcome("2.4.6", Verdict.CANT_TELL, "heading-says-little", "main > h2", "main")]
    exemption = Exemption(ground="archive", reason="Niet gewijzigd na 23 september 2019.", url="/archief/")
    night(store, config(tmp_path), [(page(f"{HOME}{path}"), doubt) for path in ("/", "/archief/")])
    [asked] = reporting.material(config(tmp_path, exemption), store, "main").asked
    assert [example.url for example in asked.examples] == [f"{HOME}/"] and asked.count == 1


def test_holes_are_counted_by_page(tmp_path: Path, store: Store) -> None:
    night(store, config(tmp_path), some_pages(), lost=[f"{HOME}/traag/"])
    one = reporting.material(config(tmp_path), store, "main")
    assert [(hole.what, hole.reason, hole.count) for hole in one.prevented] == [("walk", "took longer than its time box, seconds: 40", 2)], (
        "two states of one page are one page"
    )
    assert [(hole.what, hole.count) for hole in one.frames] == [("https://video.example/1", 2)]
    assert [(hole.what, hole.pages) for hole in one.not_loaded] == [
        ("https://cdn.example/app.css", (f"{HOME}/kapot/",))
    ]
    assert [(row.url, row.state, row.reason, row.found_on) for row in one.not_seen] == [
        (f"{HOME}/traag/", "timed out", "no answer in time", f"{HOME}/")
    ]


def test_questions_are_told_by_rule_with_different_things_as_examples(tmp_path: Path, store: Store) -> None:
    night(store, config(tmp_path), some_pages())
    (asked,) = reporting.material(config(tmp_path), store, "main").asked
    assert (asked.criterion, asked.rule, asked.count, asked.pages) == ("2.4.4", "link-says-little", 9, 3)
    assert 1 <= len(asked.examples) <= 10


def test_nights_are_compared_and_the_trend_counts_them(tmp_path: Path, store: Store) -> None:
    settings = config(tmp_path)
    for fixed in (False, True, True):
        night(store, settings, some_pages(fixed)[:2])
    one = reporting.material(settings, store, "main")
    assert one.night is not None and [item.criterion for item in one.night.fixed] == ["1.1.1"]
    assert [(point.open, point.new, point.fixed) for point in one.trend] == [(1, 1, 0), (1, 0, 0), (0, 0, 1)]
    assert [item.life for item in one.findings] == [Life.FIXED]


def test_the_morning_page_tells_what_the_law_asks_attention_for(tmp_path: Path, store: Store) -> None:
    settings = config(tmp_path)
    night(store, settings, some_pages())
    reporting.write_reports(settings, store, pdf=False)
    morning = (tmp_path / "reports" / "main" / "morning-en.html").read_text("utf-8")
    assert "No statement has been published for this channel. <strong>Overdue.</strong>" in morning


def test_a_scan_that_is_in_no_findings_is_still_reported(tmp_path: Path, store: Store) -> None:
    settings = config(tmp_path)
    night(store, settings, some_pages(), record=False)
    one = reporting.material(settings, store, "main")
    assert one.night is None and {item.criterion for item in one.findings} == {"1.1.1", "1.4.10"}
    assert {item.owner.id for item in one.findings} == {"meerweb", "redactie"}
    assert findings(store, settings, "main") == []


def test_every_file_is_written_and_hangs_together(tmp_path: Path, store: Store) -> None:
    settings = config(tmp_path)
    night(store, settings, some_pages(), lost=[f"{HOME}/traag/"])
    written = reporting.write_reports(settings, store, pdf=False)
    home = tmp_path / "reports"
    names = {path.relative_to(home).as_posix() for path in written}
    assert written[0] == home / "index-nl.html" and all(path.exists() for path in written)
    for lang in ("nl", "en"):
        assert {
            f"index-{lang}.html",
            f"main/morning-{lang}.html",
            f"main/scan-{lang}.html",
            f"main/questions-{lang}.html",
            f"main/findings-{lang}-001.html",
            f"suppliers/meerweb/report-{lang}-001.html",
            f"suppliers/meerweb/findings-{lang}.xlsx",
            f"suppliers/meerweb/letter-{lang}.txt",
        } <= names
    assert {
        "main/scan.json",
        "main/sarif.json",
        "main/junit.xml",
        "main/earl.json",
        "main/addresses.csv",
        "main/tickets-jira.csv",
        "main/tickets-topdesk.csv",
    } <= names
    for path in written:
        if path.suffix == ".html":
            assert faults(path.read_text("utf-8")) == [], path
    for folder in (home, home / "main", home / "suppliers" / "meerweb"):
        assert dead_links(folder) == []
    assert [
        item["criterion"]["number"]
        for item in json.loads((home / "suppliers/meerweb/findings-nl.json").read_text())["findings"]
    ] == ["1.1.1"]
    pictures = list((home / "suppliers/meerweb/pictures").iterdir())
    assert len(pictures) == 1, "one picture, the same on every page: addressed by its hash"
    assert {path.relative_to(home).as_posix() for path in home.rglob("*.part")} == set()


def test_jobs_on_all_cores_answer_in_order_and_tell_what_failed() -> None:
    assert reporting.side_by_side([partial(str, number) for number in range(20)]) == [str(n) for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        reporting.side_by_side([partial(divmod, 1, number) for number in (3, 2, 1, 0)])


def test_a_supplier_that_is_done_gets_a_report_that_says_so(tmp_path: Path, store: Store) -> None:
    settings = config(tmp_path)
    night(store, settings, some_pages(), record=False)
    reporting.write_reports(settings, store, pdf=False)
    night(store, settings, some_pages(fixed=True), record=False)
    reporting.write_reports(settings, store, pdf=False)
    said = words((tmp_path / "reports/suppliers/meerweb/report-nl-001.html").read_text("utf-8"))
    assert "geen bevindingen open" in said and "VM-" not in said


def test_the_commands(tmp_path: Path, store: Store) -> None:
    night(store, config(tmp_path), some_pages(), lost=[f"{HOME}/traag/\u202e"])
    path = tmp_path / "scanner.toml"
    path.write_text(
        f'[organisation]\nname = "Gemeente Voorbeeldmeer"\n[[channel]]\nid = "main"\nname = "Site"\nurl = "{HOME}/"\n[storage]\nfolder = "data"\n',
        "utf-8",
    )
    command = CliRunner()
    made = command.invoke(
        app, ["report", "main", "--lang", "en", "--folder", str(tmp_path / "out"), "--no-pdf", "--config", str(path)]
    )
    assert made.exit_code == 0, made.output
    assert html.document_fromstring((tmp_path / "out/main/morning-en.html").read_text("utf-8")).get("lang") == "en"
    assert not list((tmp_path / "out").rglob("*-nl*")) and "morning-en.html" in made.output
    told = command.invoke(app, ["coverage", "main", "--config", str(path)])
    assert (
        told.exit_code == 0
        and "te traag" in told.output
        and f"{HOME}/traag/" in told.output
        and "\u202e" not in told.output
    )
    rows = [line.split() for line in command.invoke(app, ["coverage", "main", "--scan", "1", "--config", str(path)]).output.splitlines()]
    assert ["1.1.1", "3", "0", "0", "0", "1", "not"] in [row[:7] for row in rows]  # the reason goes on where there is room
    assert ["zoals", "de", "pagina", "opent", "1280x1024", "4"] in rows
    for wrong, code in ((["report", "other"], 2), (["coverage", "other"], 2), (["coverage", "main", "--scan", "9"], 2), (["report", "--lang", "fy"], 2)):
        assert command.invoke(app, [*wrong, "--config", str(path)]).exit_code == code
    empty = tmp_path / "empty.toml"
    empty.write_text(path.read_text().replace('folder = "data"', 'folder = "nothing"'))
    assert command.invoke(app, ["report", "--config", str(empty)]).exit_code == 3


def test_coverage_of_a_scan_that_broke_off(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "scanner.toml"
    path.write_text(
        f'[organisation]\nname = "X"\n[[channel]]\nid = "main"\nname = "Site"\nurl = "{HOME}/"\n[storage]\nfolder = "data"\n',
        "utf-8",
    )
    asked = ["coverage", "main", "--config", str(path)]
    never = CliRunner().invoke(app, asked)
    assert never.exit_code == 3 and "nog geen afgeronde scan" in never.output
    scan = store.begin("main", "list", {}, {})
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0 and f"Scan {scan.id} is niet afgerond" in told.output
