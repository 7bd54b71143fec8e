"""The package: what is locked, what is in the wheel, and whether the wheel works where the source is not."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

import hatch_build
from scanner import axe

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("scanner", "spiders", "checks", "reports", "schedules")
PURE = ("scanner.model", "scanner.frameworks", "scanner.judge", "scanner.findings", "scanner.dossier", "scanner.status")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> set[tuple[str, str]]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


def groups(*sections: dict[str, list[str]]) -> list[str]:
    return [line for section in sections for lines in section.values() for line in lines]


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-").replace(".", "-") for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|^-i ", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 80
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_hold_every_dependency_at_one_version():
    project = PROJECT["project"]
    wanted = names([*project["dependencies"], *groups(project["optional-dependencies"])])
    assert wanted - {name for name, _ in pins("requirements.lock")} == set()
    dev = names(PROJECT["dependency-groups"]["dev"])
    assert dev - {name for name, _ in pins("requirements-dev.lock")} == set()
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_the_locks_serve_each_supported_python():
    """axe-selenium-python has a line of its own for 3.11: if it were dropped, Debian 12 could not install."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^axe-selenium-python==2\S+ ; python_full_version < '3\.12'", text, re.MULTILINE)
    assert re.search(r"^axe-selenium-python==3\S+ ; python_full_version >= '3\.12'", text, re.MULTILINE)


def test_every_dependency_is_explained():
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    project = PROJECT["project"]
    every = [*project["dependencies"], *groups(project["optional-dependencies"], PROJECT["dependency-groups"])]
    assert {name for name in names(every) if f"**{name}**" not in explained} == set()


def test_the_pure_kernel_contract_names_every_pure_module_that_exists():
    contract = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "pure-kernel")
    existing = {name for name in PURE if find_spec(name)}
    assert set(contract["source_modules"]) >= existing


def test_axe_is_not_in_git():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    tracked = subprocess.run(["git", "ls-files", "*axe*.js"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in tracked.splitlines() if line.endswith((".min.js", "axe.js")) and "probes" not in line] == []


class AxeMissing(Exception):
    pass


def hook_without_axe(monkeypatch, warnings):
    def fail(target):
        raise AxeMissing("no registry")

    monkeypatch.setattr(hatch_build, "_load", lambda path: SimpleNamespace(AxeMissing=AxeMissing, PACKED=None, fetch_axe=fail))
    app = SimpleNamespace(display_warning=warnings.append)
    return hatch_build.AxeCoreHook(str(ROOT), {}, None, None, str(ROOT), "wheel", app)


def test_a_wheel_without_axe_is_not_built(monkeypatch):
    with pytest.raises(AxeMissing, match="no registry"):
        hook_without_axe(monkeypatch, []).initialize("standard", {})


def test_an_editable_build_without_axe_warns(monkeypatch):
    warnings = []
    hook_without_axe(monkeypatch, warnings).initialize("editable", {})
    assert len(warnings) == 1
    assert "no registry" in warnings[0]


def test_the_hook_reads_axe_without_its_package():
    """It runs before any dependency is there: only the standard library may be imported."""
    code = f"import hatch_build, pathlib; print(hatch_build._load(pathlib.Path({str(ROOT / 'scanner' / 'axe.py')!r})).VERSION)"
    blocked = "import sys; sys.modules.update(platformdirs=None, babel=None, playwright=None, scanner=None); "
    done = subprocess.run([sys.executable, "-c", blocked + code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == (axe.VERSION, 0), done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_the_five_packages_and_all_their_files(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    for package in PACKAGES:
        files = {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*")
                 if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith((".part", ".pyc"))}
        assert f"{package}/__init__.py" in packed
        assert {name for name in files if name not in packed} == set()
    assert {name.split("/")[0] for name in packed} == {*PACKAGES, next(n for n in packed if ".dist-info" in n).split("/")[0]}


@pytest.mark.slow
def test_the_wheel_holds_the_pinned_axe_and_its_licence(wheel):
    archive = zipfile.ZipFile(wheel)
    assert hashlib.sha256(archive.read("scanner/_vendor/axe.min.js")).hexdigest() == axe.SHA256
    assert "Mozilla Public License" in archive.read("scanner/_vendor/AXE-CORE.txt").decode()


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the locked dependencies and the wheel; out: a function that runs a program of it elsewhere."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place / "venv", with_pip=True)
    programs = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=900)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, timeout=300)
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    environment = {key: value for key, value in os.environ.items()
                   if key not in {"PYTHONPATH", "VIRTUAL_ENV", axe.ENVIRONMENT} and not key.startswith("PYTEST")}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(programs / command[0]), *command[1:]], cwd=elsewhere, env=environment,
                              capture_output=True, text=True, timeout=600, check=False)

    return SimpleNamespace(run=run, folder=elsewhere)


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(1500)
def test_installed_elsewhere_it_uses_its_own_axe_and_answers(installed):
    asked = installed.run("python", "-c", "import scanner.axe as a; s = a.find_axe(); print(s.rule, s.sha256, s.path)")
    rule, sha256, path = asked.stdout.split(maxsplit=2)
    assert (rule, sha256) == ("packed", axe.SHA256)
    assert not Path(path.strip()).is_relative_to(ROOT)
    assert installed.run("python", "-m", "pip", "check").returncode == 0
    done = installed.run("scanner", "--help")
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout
    assert "doctor" in done.stdout


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.timeout(1500)
def test_installed_elsewhere_the_demo_scans_and_reports(installed):
    done = installed.run("scanner", "demo")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    reports = list(installed.folder.rglob("*.html"))
    assert reports, done.stdout[-3000:]
    assert any("1.4.3" in page.read_text(encoding="utf-8") for page in reports)
