"""Files for machines: read back by the readers of their formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import junitparser
import pytest
from pyld import jsonld

from reports import machine
from scanner.findings import Life
from scanner.frameworks import criteria
from scanner.model import Verdict
from tests.reports.hostile import hostile
from tests.reports.made_up import finding, material

EARL = "http://www.w3.org/ns/earl#"


def test_json_holds_everything_and_can_be_read_line_by_line(tmp_path: Path) -> None:
    path = machine.write_json(material(), tmp_path / "scan.json", "nl")
    whole = json.loads(path.read_text("ascii"))
    assert len(whole["criteria"]) == 50 and len(whole["findings"]) == 10
    assert whole["night"]["new"] == ["VM-0001"] and whole["coverage"]["looked"] == 38
    assert whole["exempted"][0]["findings"][0]["id"] == "VM-0090"
    assert [row["state"] for row in whole["not_seen"]] == ["not found", "timed out"]
    assert whole["frames_not_entered"][0]["what"].startswith("https://video.example/")
    lines = [json.loads(line.rstrip(",")) for line in path.read_text().splitlines() if line.startswith('{"id"')]
    assert lines == whole["findings"]
    one = next(item for item in lines if item["id"] == "VM-0006")
    assert one["life"] == "accepted" and one["mark"]["until"] == "2027-01-01"


def test_sarif_has_what_the_standard_asks() -> None:
    """The required properties and enumerations of SARIF 2.1.0, section 3, as far as they are used."""
    log = json.loads(json.dumps(machine.sarif(material(), "en")))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert driver["name"] and len(ids) == len(set(ids))
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error") and result["kind"] in (
            "pass",
            "open",
            "informational",
            "notApplicable",
            "review",
            "fail",
        )
        assert result["kind"] == "fail" or result["level"] == "none", "3.27.10: a level only for failures"
        assert result["message"]["text"] and result["baselineState"] in ("new", "unchanged", "updated", "absent")
        for place in result["locations"]:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert uri.isascii() and uri.startswith("https://") and not set(uri) & set(' <>"{}|\\^`')
            assert place["physicalLocation"]["region"]["startLine"] >= 1
    by_id = {result["partialFingerprints"]["findingId/v1"]: result for result in run["results"]}
    assert by_id["main/VM-0001"]["baselineState"] == "new" and by_id["main/VM-0003"]["baselineState"] == "absent"
    assert (
        by_id["main/VM-0007"]["suppressions"][0]["status"] == "accepted" and "suppressions" not in by_id["main/VM-0002"]
    )
    assert by_id["main/VM-0009"]["kind"] == "review", "practice is no failure"
    assert len({result["guid"] for result in run["results"]}) == len(run["results"])


def test_junit_is_read_by_its_reader() -> None:
    xml = junitparser.JUnitXml.fromstring(machine.junit(material(), "nl"))
    (suite,) = list(xml)
    cases = {case.classname.removeprefix("wcag."): case for case in suite}
    assert list(cases) == [about.number for about in criteria()]
    assert [type(r).__name__ for r in cases["4.1.2"].result] == ["Failure"] and "VM-0001" in cases["4.1.2"].result[
        0
    ].text
    assert [type(r).__name__ for r in cases["3.3.1"].result] == ["Skipped"], "not tested is never passed"
    assert not cases["2.4.2"].result
    counted = [
        sum(bool(c.result) and type(c.result[0]).__name__ == kind for c in cases.values())
        for kind in ("Failure", "Skipped")
    ]
    assert counted == [suite.failures, suite.skipped] and suite.tests == 50


def test_earl_expands_to_earl() -> None:
    graph = jsonld.expand(machine.earl(material(), "en"))
    assertions = [node for node in graph if f"{EARL}Assertion" in node.get("@type", ())]
    outcomes: list[str] = [
        node[f"{EARL}result"][0][f"{EARL}outcome"][0]["@id"].removeprefix(EARL) for node in assertions
    ]
    assert set(outcomes) <= {verdict.value for verdict in Verdict} and len(assertions) == 50 + 7
    assert assertions[0][f"{EARL}test"][0]["@id"] == "http://www.w3.org/TR/WCAG21/#non-text-content"
    assert all(node[f"{EARL}subject"][0]["@id"].startswith("https://") for node in assertions)
    assert {node["@id"] for node in graph if f"{EARL}Software" in node.get("@type", ())} == {"_:scanner"}


def test_addresses_are_all_there(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(machine.addresses_csv(material(), "nl").decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == ["niet gevonden", "te traag"]


@pytest.mark.parametrize("life", [Life.OPEN, Life.FALSE_ALARM])
def test_hostile_content_is_inert_and_bounded(tmp_path: Path, life: Life) -> None:
    made: Any = material((hostile(life=life), finding(2)))
    for path in machine.write(made, tmp_path, "nl"):
        said = path.read_text("utf-8-sig")
        assert len(said) < 300_000, path.name
        assert not any(c in said for c in "\u202e\u2066\x00\x1b\u2028"), path.name
    junitparser.JUnitXml.fromstring((tmp_path / "junit.xml").read_bytes())
    jsonld.expand(json.loads((tmp_path / "earl.json").read_text()))
    for row in csv.reader(io.StringIO((tmp_path / "addresses.csv").read_text("utf-8-sig")), delimiter=";"):
        assert not [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@")]
