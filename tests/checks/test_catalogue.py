"""The catalogue is complete: fifty criteria, fifty files, every axe rule claimed, every rule with its texts."""

from __future__ import annotations

import ast
import csv
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

import checks.wcag
from checks.catalogue import NEEDS_PERSON, NOT_LOOKED, checks_by_criterion, evaluate_page, evaluate_site
from checks.hindrance import Hindrance
from checks.wcag.axe_rules import CONFIRMS, NOT_USED, SUSPECTS
from scanner.axe import find_axe
from scanner.model import Outcome, PageEvidence, Record, SiteEvidence, StateEvidence, Verdict
from scanner.texts import has_text
from tools.criteria_document import document

TABLE = {
    r["number"]: r for r in csv.DictReader(files("scanner.data").joinpath("wcag21.csv").read_text("utf-8").splitlines())
}
FOLDER = Path(checks.wcag.__path__[0])
NEVER_PASSED = ["1.1.1", "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.3.1", "1.3.2", "1.3.3", "1.3.5", "1.4.1", "1.4.5", "1.4.11", "2.1.1", "2.4.2", "2.4.3", "2.4.4", "2.4.6", "3.1.2", "3.2.4", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "4.1.2", "4.1.3"]
"""fifty-criteria, section 4: never passed without human judgement."""


def test_fifty_checks_for_fifty_criteria() -> None:
    """As the table of criteria has them, each named for its criterion."""
    assert list(checks_by_criterion()) == sorted(TABLE, key=lambda n: [int(p) for p in n.split(".")])
    for number, row in TABLE.items():
        slug = re.sub(r"[^a-z0-9]+", "_", row["understanding_slug"].lower()).strip("_")
        assert (FOLDER / f"sc_{number.replace('.', '_')}_{slug}.py").exists()


@pytest.mark.parametrize("number", TABLE)
def test_a_check_says_what_it_is(number: str) -> None:
    """Number, name and level; looks at, fails, cannot see, sources."""
    doc = checks_by_criterion()[number].doc
    assert doc.startswith(f"{number} ") and f"({TABLE[number]['level']})." in doc.splitlines()[0], doc.splitlines()[0]
    for heading in ("Looks at:", "Fails:", "Cannot see:", "Sources:"):
        assert heading in doc, f"{number} has no `{heading}`"


def test_what_only_a_person_can_pass_is_never_passed() -> None:
    """26 criteria."""
    assert len(NEVER_PASSED) == 26
    for number in NEVER_PASSED:
        assert Verdict.PASSED not in checks_by_criterion()[number].settles, number


def test_every_axe_rule_is_claimed_or_left_out_with_a_reason() -> None:
    """All A, AA and experimental rules of the axe-core in use, read from its own source."""
    source = find_axe().text()
    tags = dict(re.findall(r"""id:["']([a-z-]+)["'],(?:(?!id:).)*?tags:\[([^\]]*)\]""", source))
    ours = {rule for table in (CONFIRMS, SUSPECTS) for rules in table.values() for rule in rules} | set(NOT_USED)
    wanted = {
        rule
        for rule, tagged in tags.items()
        if re.search(r"\bwcag21?aa?\b|experimental", tagged) and "best-practice" not in tagged
    }
    assert len(wanted) > 50, "the source of axe could not be read"
    assert wanted <= ours, sorted(wanted - ours)


def rule_ids() -> set[str]:
    """Ids of our own rules: what the checks hand to failed(), cant_tell() and the others."""
    found: set[str] = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = {"failed": 1, "cant_tell": 1, "passed": 1, "inapplicable": 1, "untested": 1, "outcome": 2}.get(
                    node.func.attr
                )
                if place is not None and len(node.args) > place:
                    for value in ast.walk(node.args[place]):
                        if (
                            isinstance(value, ast.Constant)
                            and isinstance(value.value, str)
                            and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", value.value)
                        ):
                            found.add(value.value)
    return found


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_rule_has_its_texts(lang: str) -> None:
    """Title, why and cure, for our rules and axe's; a question for every criterion."""
    axe = {f"axe/{rule}" for table in (CONFIRMS, SUSPECTS) for rules in table.values() for rule in rules}
    ours = rule_ids()
    assert len(ours) > 100
    missing = [
        f"rule.{rule}.title"
        for rule in (*ours, *axe, NOT_LOOKED, NEEDS_PERSON)
        if not has_text(f"rule.{rule}.title", lang)
    ]
    missing += [
        f"rule.{rule}.{part}" for rule in axe for part in ("why", "cure") if not has_text(f"rule.{rule}.{part}", lang)
    ]
    missing += [
        f"criterion.{number}.question" for number in TABLE if not has_text(f"criterion.{number}.question", lang)
    ]
    assert missing == []


def test_an_empty_page_passes_nothing() -> None:
    """Nothing kept: every criterion is untested, with a reason."""
    outcomes = evaluate_page(PageEvidence("https://a.example/"))
    assert {o.criterion for o in outcomes} == set(TABLE)
    assert {o.verdict for o in outcomes} == {Verdict.UNTESTED}
    assert all(o.values.get("reason") or o.rule == NEEDS_PERSON for o in outcomes)


def test_a_page_that_did_not_load_completely_cannot_fail() -> None:
    """A missing style sheet changes what axe and our probes find."""
    node = {"selector": "img", "snippet": "<img>", "checks": []}
    axe = {"violations": [{"rule": "image-alt", "nodes": [node]}], "incomplete": [], "passes": []}
    look = StateEvidence("base", "1280x1024", (), {"axe": Record("axe", axe)})
    whole = evaluate_page(PageEvidence("https://a.example/", looks=(look,)))
    partial = evaluate_page(PageEvidence("https://a.example/", looks=(look,), incomplete=("https://a.example/a.css",)))
    assert Verdict.FAILED in {o.verdict for o in whole if o.criterion == "1.1.1"}
    assert Verdict.FAILED not in {o.verdict for o in partial}
    assert Verdict.PASSED not in {o.verdict for o in partial}


def test_a_check_is_held_to_what_it_may_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that passes what a machine cannot pass is `untested`, by our own fault, not passed."""
    check = checks_by_criterion()["1.1.1"]
    bold = replace(check, evaluate=lambda page: [Outcome("1.1.1", Verdict.PASSED, "looks-fine")], needs=())
    monkeypatch.setitem(checks_by_criterion(), "1.1.1", bold)
    said = [o for o in evaluate_page(PageEvidence("https://a.example/")) if o.criterion == "1.1.1"]
    assert [o.verdict for o in said] == [Verdict.UNTESTED] and Hindrance.FAULT in str(said[0].values["reason"])


def test_a_site_that_was_not_crawled_is_not_judged() -> None:
    """Loose pages say nothing about a site."""
    said = evaluate_site(SiteEvidence("main", (), complete=False))
    assert said and {o.verdict for o in said} == {Verdict.UNTESTED}


def test_the_document_of_criteria_is_made_from_the_docstrings() -> None:
    """docs/criteria.md is up to date."""
    kept = Path(__file__).parents[2] / "docs" / "criteria.md"
    assert kept.read_text("utf-8") == document(), "run `python tools/criteria_document.py`"
