"""What the product stands on: licences that go together, a bill of materials in the wheel, the same bytes each time."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import hatch_build
from scanner import axe

ROOT = Path(__file__).parent.parent
KNOWN = tomllib.loads((ROOT / "scanner" / "data" / "licences.toml").read_text("utf-8"))
LOCKED = set(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
SAID = {
    "mit": "MIT", "mit license": "MIT", "apache": "Apache-2.0", "bsd": "BSD", "mpl": "MPL-2.0", "mozilla": "MPL-2.0", "psf": "PSF-2.0",
    "python software foundation": "PSF-2.0", "isc": "ISC", "lgpl": "LGPL-3.0-only", "gnu": "GPL", "gpl": "GPL", "agpl": "AGPL",
}
"""First words by which older packages name a licence in free text."""


def parts(expression: str) -> set[str]:
    """The single licences in an SPDX expression."""
    return {word for word in re.split(r"\s+(?:AND|OR)\s+|[()]", expression) if word.strip()}


def said(name: str) -> tuple[str, list[str]]:
    """What an installed package says: its SPDX expression, and else what its words stand for."""
    about = importlib.metadata.metadata(name)
    words = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    words += [(about.get("License") or "").splitlines()[0]] if about.get("License") else []
    meant = [short for word in words for start, short in SAID.items() if re.match(rf"{start}\b", word.lower())]
    return about.get("License-Expression") or "", meant


def test_every_locked_package_has_a_licence_that_goes_with_ours() -> None:
    names = {name for name, _ in LOCKED}
    assert names == set(KNOWN["licence"])
    for name in names:
        assert parts(KNOWN["licence"][name]) <= set(KNOWN["compatible"]), name
    assert all(len(reason) > 5 for reason in KNOWN["compatible"].values())


@pytest.mark.parametrize("name", sorted({name for name, _ in LOCKED}))
def test_the_licence_written_down_is_what_the_package_says(name: str) -> None:
    try:
        expression, words = said(name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not for this machine")
    known = KNOWN["licence"][name]
    if expression:
        assert known == expression
    assert not words or any(word in known for word in words), f"{name} says {words}, written down is {known}"
    assert "LGPL" in known or not {"GPL", "AGPL"} & set(words)


def test_the_bill_of_materials_is_complete_and_by_the_standard() -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    bill = hatch_build.bill_of_materials(ROOT, axe.VERSION)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    listed = {(part["name"], part["version"]) for part in bill["components"]}
    assert listed == LOCKED | {("axe-core", axe.VERSION)}
    assert all(part["licenses"] for part in bill["components"])
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = {re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]}  # type: ignore[index]
    mine = {re.match(r"pkg:\w+/([\w.-]+)@", ref)[1] for ref in needs[bill["metadata"]["component"]["bom-ref"]]}  # type: ignore[index]
    assert direct <= mine
    reached, todo = set(), [bill["metadata"]["component"]["bom-ref"]]
    while todo:
        if (ref := todo.pop()) not in reached:
            reached.add(ref)
            todo += needs.get(ref, ())
    assert {part["bom-ref"] for part in bill["components"]} <= reached, "nothing is in it that nobody needs"


@pytest.mark.slow
def test_two_builds_are_the_same_bytes_and_carry_the_bill(tmp_path: Path) -> None:
    wheels = []
    for name in ("one", "two"):
        done = subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / name)],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=280,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": name.replace("one", "1").replace("two", "2")})
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        wheels.append(next((tmp_path / name).glob("*.whl")))
    one, two = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    assert one == two
    archive = zipfile.ZipFile(wheels[0])
    (bill,) = [name for name in archive.namelist() if ".dist-info/sboms/" in name]
    assert json.loads(archive.read(bill)) == hatch_build.bill_of_materials(ROOT, axe.VERSION)
    about = archive.read(next(n for n in archive.namelist() if n.endswith("/METADATA"))).decode()
    assert "Description-Content-Type: text/markdown" in about and "License-Expression: EUPL-1.2" in about
