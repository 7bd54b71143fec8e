"""The public yardstick: W3C's ACT test cases through the product's own public command, beside axe-core alone.

Floors may only rise. False alarms must be zero; one that can be argued stands in ARGUED with its reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from checks.hindrance import Hindrance
from checks.wcag.axe_rules import CONFIRMS, SUSPECTS
from scanner.store import open_store, sqlite_address
from tests.act.scoring import CASES, Score, cases, served

FLOORS = {"none": (85, 122), "all": (96, 130)}
"""By depth: proven failures; proven and `cantTell` with evidence together. May only rise."""
ARGUED: dict[str, str] = {}
"""Case id → why a failure on it is right after all."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(
        not CASES.exists(), reason=f"the ACT cases are not at {CASES.parent.name}/{CASES.name} beside this repository"
    ),
]


@pytest.mark.parametrize("deep", ["none", pytest.param("all", marks=pytest.mark.thorough)])
def test_yardstick(deep: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Consistency per rule and per criterion, recall, recall with evidence, false alarms."""
    chosen = cases()
    with served() as base:
        (tmp_path / "urls.txt").write_text("\n".join(base + c["path"] for c in chosen), "utf-8")
        began = time.monotonic()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "scanner.cli",
                "scan",
                "--urls",
                "urls.txt",
                "--no-follow",
                "--deep",
                deep,
                "--json",
                "out.jsonl",
                "--quiet",
            ],
            cwd=tmp_path,
            check=True,
            timeout=2300,
        )
        seconds = time.monotonic() - began
        said: dict[str, set[tuple[str, str]]] = defaultdict(set)
        broken = []
        for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            said[row["url"].removeprefix(base)].add((row["sc"], row["outcome"]))
            if Hindrance.FAULT in str(row["values"].get("reason", "")):
                broken.append(f"{row['url']}: {row['sc']} {row['values']['reason']}")
    axe_alone = _axe_alone(tmp_path, base)
    per_rule, per_criterion = defaultdict(Score), defaultdict(Score)
    ours, axe = Score(), Score()
    alarms = []
    for case in chosen:
        mark = per_rule[f"{case['rule']} {case['rule_name'][:58]}"].add(case, said[case["path"]])
        for sc in case["sc"]:
            per_criterion[sc].add({**case, "sc": [sc]}, said[case["path"]])
        ours.add(case, said[case["path"]])
        axe.add(case, axe_alone[case["path"]])
        if mark == "FALSE ALARM":
            alarms.append(case["id"])
    with capsys.disabled():
        print(f"\nACT cases through `scanner scan --urls --no-follow --deep {deep}`: {len(chosen)} in {seconds:.0f} s")
        for name, score in (
            *sorted(per_rule.items()),
            *sorted(per_criterion.items(), key=lambda i: [int(p) for p in i[0].split(".")]),
        ):
            if score.proven + score.evidence + score.missed + score.alarms + score.quiet:
                print(f"{score.line()}  {name}")
        print(f"{axe.line()}  axe-core alone, same run")
        print(f"{ours.line()}  this scanner")
    assert set(said) == {c["path"] for c in chosen}, "an address is missing from the output"
    assert deep != "none" or broken == [], "a probe or a check of ours broke"
    assert [a for a in alarms if a not in ARGUED] == []
    assert ours.proven >= FLOORS[deep][0]
    assert ours.proven + ours.evidence >= FLOORS[deep][1]
    assert ours.proven > axe.proven


def _axe_alone(folder: Path, base: str) -> dict[str, set[tuple[str, str]]]:
    """What axe's own results say: a violation is failed, an incomplete cantTell, on the criteria of its rule."""
    criteria = defaultdict(set)
    for table in (CONFIRMS, SUSPECTS):
        for criterion, rules in table.items():
            for rule in rules:
                criteria[rule].add(criterion)
    store = open_store(sqlite_address(folder / "scanner-data"))
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for page in store.evidence(store.scans()[0].id):
        for _, seen in page.seen("axe", "base"):
            for kind, outcome in (("violations", "failed"), ("incomplete", "cantTell")):
                for rule in seen.get(kind, ()):
                    said[page.url.removeprefix(base)] |= {(sc, outcome) for sc in criteria[rule["rule"]]}
    return said
