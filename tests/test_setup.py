"""Set-up and doctor: which axe and which browser are used, what is said when one is missing, and how they are got."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from checks import browser as browsers
from checks.browser import QUIET_FLAGS, Browser, Kind, NoBrowser, find_browser, sandbox_works
from scanner import axe, setup
from scanner.axe import AxeMissing, fetch_axe, find_axe
from scanner.setup import Row, doctor, install_browser, start
from scanner.texts import LANGUAGES, chapters

ROOT = Path(__file__).parent.parent
AXE = b"/*! axe v4.14.0\n * Copyright */ window.axe = {}"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def program(path: Path, body: str = "echo Chromium 1.2.3") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


# ---------------------------------------------------------------- axe-core


@pytest.fixture
def axe_places(tmp_path, monkeypatch):
    """No axe anywhere but the fallback of axe-playwright-python; AXE counts as the pinned file."""
    monkeypatch.delenv(axe.ENVIRONMENT, raising=False)
    monkeypatch.setattr(axe, "SHA256", sha(AXE))
    monkeypatch.setattr(axe, "PACKED", tmp_path / "packed" / "axe.min.js")
    monkeypatch.setattr(axe, "user_file", lambda: tmp_path / "user" / "axe.min.js")
    for folder in ("packed", "user"):
        (tmp_path / folder).mkdir()
    return tmp_path


def test_axe_is_sought_in_order(axe_places, monkeypatch):
    assert find_axe().rule == "fallback"
    assert find_axe().fallback
    (axe_places / "user" / "axe.min.js").write_bytes(AXE)
    assert find_axe().rule == "user"
    (axe_places / "packed" / "axe.min.js").write_bytes(AXE)
    assert find_axe().rule == "packed"
    own = axe_places / "own.js"
    own.write_bytes(AXE.replace(b"4.14.0", b"4.15.2"))
    monkeypatch.setenv(axe.ENVIRONMENT, str(own))
    assert (find_axe().rule, find_axe().version, find_axe().pinned) == ("environment", "4.15.2", False)
    other = axe_places / "other.js"
    other.write_bytes(AXE)
    assert (find_axe(str(other)).rule, find_axe(str(other)).pinned) == ("setting", True)


def test_the_real_fallback_is_axe_and_knows_its_version(axe_places):
    source = find_axe()
    assert re.fullmatch(r"4\.\d+\.\d+", source.version)
    assert "axe.run" in source.text()


def test_a_left_over_axe_of_another_release_is_passed_over(axe_places):
    (axe_places / "packed" / "axe.min.js").write_bytes(AXE + b" ")
    (axe_places / "user" / "axe.min.js").write_bytes(AXE)
    assert find_axe().rule == "user"


@pytest.mark.parametrize("content", [None, b"window.jQuery = {}"])
def test_an_axe_that_a_person_named_is_never_passed_over(axe_places, content):
    (axe_places / "packed" / "axe.min.js").write_bytes(AXE)
    named = axe_places / "named.js"
    if content is not None:
        named.write_bytes(content)
    with pytest.raises(AxeMissing, match=r"named\.js \(setting\)"):
        find_axe(str(named))


def test_an_axe_that_changes_under_a_scan_is_refused(axe_places):
    packed = axe_places / "packed" / "axe.min.js"
    packed.write_bytes(AXE)
    source = find_axe()
    assert source.text().startswith("/*! axe")
    packed.write_bytes(AXE + b"//")
    with pytest.raises(AxeMissing, match="was changed"):
        source.text()


def test_fetch_goes_on_to_the_second_registry(axe_places, monkeypatch):
    def offline() -> bytes:
        raise AxeMissing("no network")

    monkeypatch.setattr(axe, "_from_pip", offline)
    monkeypatch.setattr(axe, "_from_npm", lambda: AXE)
    assert fetch_axe(axe.PACKED).path.read_bytes() == AXE
    assert find_axe().rule == "packed"
    assert "Mozilla" in axe.PACKED.with_name("AXE-CORE.txt").read_text()


def test_fetch_keeps_nothing_with_another_checksum(axe_places, monkeypatch):
    monkeypatch.setattr(axe, "_from_pip", lambda: AXE + b"evil()")
    monkeypatch.setattr(axe, "_from_npm", lambda: b"")
    with pytest.raises(AxeMissing, match=r"pip: checksum .*; npm: checksum "):
        fetch_axe(axe.PACKED)
    assert list(axe.PACKED.parent.iterdir()) == []


def test_fetch_leaves_a_good_file_alone(axe_places, monkeypatch):
    axe.PACKED.write_bytes(AXE)
    monkeypatch.setattr(axe, "_from_pip", lambda: pytest.fail("not needed"))
    assert fetch_axe(axe.PACKED).pinned


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("way", ["pip", "npm"])
def test_both_registries_carry_the_pinned_file(way):
    if way == "npm" and not shutil.which("npm"):
        pytest.skip("no npm here")
    assert sha({"pip": axe._from_pip, "npm": axe._from_npm}[way]()) == axe.SHA256


# ---------------------------------------------------------------- the browser


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any browser: an empty PATH folder, an empty Playwright store."""
    monkeypatch.delenv(browsers.ENVIRONMENT, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "store"))
    monkeypatch.setattr(browsers, "_FIXED_PLACES", {})
    return tmp_path


def playwrights(store: Path, folder: str, name: str, *, complete: bool = True) -> Path:
    listed = json.loads(next(Path(os.path.dirname(browsers.find_spec("playwright").origin)).glob("driver/package/browsers.json")).read_text())
    revision = next(entry["revision"] for entry in listed["browsers"] if entry["name"] == "chromium")
    path = program(store / f"{folder}-{revision}" / "linux64" / name)
    if complete:
        (path.parent.parent / "INSTALLATION_COMPLETE").touch()
    return path


def test_browsers_are_sought_in_order(bare, monkeypatch):
    found = []
    with pytest.raises(NoBrowser):
        find_browser()
    for name in ("microsoft-edge", "google-chrome", "chromium", "chromium-headless-shell"):
        program(bare / "bin" / name)
        found.append((find_browser().kind, find_browser().source, find_browser().path.name))
    assert found == [
        (Kind.EDGE, "system", "microsoft-edge"), (Kind.CHROME, "system", "google-chrome"),
        (Kind.CHROMIUM, "system", "chromium"), (Kind.HEADLESS_SHELL, "system", "chromium-headless-shell"),
    ]
    playwrights(bare / "store", "chromium", "chrome")
    assert (find_browser().kind, find_browser().source) == (Kind.CHROMIUM, "playwright")
    playwrights(bare / "store", "chromium_headless_shell", "chrome-headless-shell")
    assert (find_browser().kind, find_browser().source) == (Kind.HEADLESS_SHELL, "playwright")
    monkeypatch.setenv(browsers.ENVIRONMENT, "chrome")
    assert (find_browser().kind, find_browser().source) == (Kind.CHROME, "environment")
    own = program(bare / "own" / "my-headless-thing")
    assert find_browser(str(own)) == Browser(own, Kind.HEADLESS_SHELL, "setting")


def test_a_cut_off_download_of_playwright_does_not_count(bare):
    playwrights(bare / "store", "chromium_headless_shell", "chrome-headless-shell", complete=False)
    with pytest.raises(NoBrowser):
        find_browser()


def test_a_browser_that_a_person_named_is_never_passed_over(bare):
    program(bare / "bin" / "chromium")
    for setting, key in (("/nowhere/chrome", "browser.path_absent"), ("msedge", "browser.kind_absent")):
        with pytest.raises(NoBrowser) as problem:
            find_browser(setting)
        assert problem.value.key == key
        assert setting in problem.value.text("nl")


def test_without_a_browser_two_commands_are_named(bare):
    with pytest.raises(NoBrowser) as problem:
        find_browser()
    for lang in LANGUAGES:
        assert "scanner setup" in problem.value.text(lang)
        assert "apt-get install chromium-headless-shell" in problem.value.text(lang)


def test_root_has_no_sandbox(monkeypatch):
    monkeypatch.setattr(browsers.sys, "platform", "linux")
    monkeypatch.setattr(browsers.os, "geteuid", lambda: 0)
    assert sandbox_works() == (False, "root")


@pytest.mark.parametrize(("namespaces", "answer"), [(True, (True, "on")), (False, (False, "no-namespaces"))])
def test_the_sandbox_needs_namespaces(monkeypatch, namespaces, answer):
    monkeypatch.setattr(browsers.sys, "platform", "linux")
    monkeypatch.setattr(browsers.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browsers, "_can_make_namespaces", lambda: namespaces)
    assert sandbox_works() == answer


def test_a_program_that_is_no_browser_is_refused(tmp_path):
    for body in ("exit 3", "echo nothing"):
        with pytest.raises(NoBrowser) as problem:
            start(Browser(program(tmp_path / "odd", body), Kind.CHROMIUM, "setting"))
        assert problem.value.key == "browser.broken"
    with pytest.raises(NoBrowser):
        Browser(program(tmp_path / "silent", "true"), Kind.CHROMIUM, "setting").version()


# ---------------------------------------------------------------- getting a browser


class Machine:
    """A pretended machine: who one is there, which installers work, and what was said and run."""

    def __init__(self, monkeypatch, bare, *, debian, root, working=()):
        self.said, self.ran = [], []
        monkeypatch.setattr(setup, "_is_debian", lambda: debian)
        monkeypatch.setattr(setup, "_is_root", lambda: root)
        monkeypatch.setattr(setup, "_apt_prefix", lambda: [] if root else None)
        monkeypatch.setattr(setup, "start", lambda browser: None)

        def run(command, say, lang, *, show):
            self.ran.append(" ".join(command))
            for word in working:
                if word == command[-1]:
                    program(bare / "bin" / "chromium-headless-shell")
                    return True
            return False

        monkeypatch.setattr(setup, "_run", run)


def test_on_debian_as_root_apt_gets_the_headless_shell(bare, monkeypatch):
    machine = Machine(monkeypatch, bare, debian=True, root=True, working=["chromium-headless-shell"])
    assert install_browser(machine.said.append, "nl").kind is Kind.HEADLESS_SHELL
    assert not any("playwright" in command for command in machine.ran)


def test_without_rights_the_command_is_named_and_playwright_tried(bare, monkeypatch):
    machine = Machine(monkeypatch, bare, debian=True, root=False, working=["chromium"])
    assert install_browser(machine.said.append, "en").source == "system"
    assert any("apt-get install chromium-headless-shell" in line for line in machine.said)
    assert [command for command in machine.ran if "apt-get" in command] == []


@pytest.mark.parametrize("debian", [True, False])
def test_when_nothing_works_it_says_so(bare, monkeypatch, debian):
    machine = Machine(monkeypatch, bare, debian=debian, root=True)
    with pytest.raises(NoBrowser):
        install_browser(machine.said.append, "nl")
    assert any("playwright install" in command for command in machine.ran)
    assert any("apt-get" in command for command in machine.ran) is debian


def test_a_browser_that_is_there_is_kept(bare, monkeypatch):
    program(bare / "bin" / "chromium")
    machine = Machine(monkeypatch, bare, debian=True, root=True)
    assert install_browser(machine.said.append, "nl").kind is Kind.CHROMIUM
    assert machine.ran == []


# ---------------------------------------------------------------- doctor


def row(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row.name == name)


def test_doctor_on_a_machine_without_anything(bare, axe_places, monkeypatch):
    monkeypatch.setattr(setup, "_FONT_FOLDERS", ())
    monkeypatch.setattr(setup.sys, "platform", "linux")
    rows = doctor(folder=bare)
    assert {r.name: r.state for r in rows} == {
        "python": "ok", "browser": "problem", "axe": "warning", "fonts": "problem", "ocr": "warning", "disk": "ok",
    }
    for lang in LANGUAGES:
        assert all(r.text(lang) for r in rows)
    assert "4.14.0" in row(rows, "axe").text("nl")


def test_doctor_reads_other_programs(bare, axe_places):
    program(bare / "bin" / "fc-list", "echo 'Noto Sans,Noto Sans Light'; echo Arial")
    program(bare / "bin" / "tesseract", "echo eng")
    rows = doctor(folder=bare)
    assert row(rows, "fonts").values == {"count": 2, "example": "Arial"}
    assert row(rows, "ocr").key == "doctor.ocr.no_dutch"
    program(bare / "bin" / "tesseract", "echo eng; echo nld")
    assert row(doctor(folder=bare), "ocr").state == "ok"


@pytest.mark.parametrize(("url", "key"), [
    ("sqlite:///{folder}/new.sqlite", "doctor.database.new"),
    ("sqlite://", "doctor.database.ok"),
    ("not a url", "doctor.database.url"),
    ("sqlite:///{folder}/broken.sqlite", "doctor.database.broken"),
    ("postgresql+psycopg://someone:secret@127.0.0.1:1/scans", "doctor.database.broken"),
])
def test_doctor_tries_the_database_and_never_shows_a_password(tmp_path, url, key):
    (tmp_path / "broken.sqlite").mkdir()
    seen = setup._database_row(url.format(folder=tmp_path))
    assert seen.key == key
    assert "secret" not in seen.text("nl")
    assert not (tmp_path / "new.sqlite").exists()


def test_doctor_sees_a_full_disk(tmp_path, monkeypatch):
    for free, state in ((10_000_000, "problem"), (1_000_000_000, "warning"), (9_000_000_000, "ok")):
        monkeypatch.setattr(setup.shutil, "disk_usage", lambda path, free=free: shutil._ntuple_diskusage(0, 0, free))
        assert setup._disk_row(tmp_path / "not" / "there").state == state


def chapter(lang: str) -> set[str]:
    return {entry.key for entry in chapters(lang) if entry.chapter == "setup.po"}


def test_both_languages_say_the_same_things():
    assert chapter("nl") == chapter("en") != set()


def test_every_text_is_used_and_every_used_text_is_there():
    source = "".join((ROOT / name).read_text() for name in ("scanner/setup.py", "checks/browser.py", "checks/remote.py"))
    named = set(re.findall(r'"((?:doctor|setup|browser)\.[a-z_.]+[a-z_])"', source)) - {"browser.broken."}
    there = chapter("nl")
    assert named <= there
    computed = {key for key in there if key.startswith(("doctor.name.", "doctor.rule.", "doctor.state.", "browser.sandbox."))}
    assert there - named - computed == set()


# ---------------------------------------------------------------- with real browsers


@pytest.mark.browser
def test_the_browser_of_this_machine_starts():
    rows = doctor()
    assert row(rows, "browser").state == "ok", row(rows, "browser").text("en")
    assert re.search(r"\d+\.\d+", row(rows, "browser").values["version"])
    assert row(rows, "sandbox").state == ("warning" if os.geteuid() == 0 else "ok")


PAGES = {
    "plain": '<h1>Kop</h1><img src="x.png"><p style="color:#999">Te licht van kleur</p><a href="#"></a>',
    "form": '<form><input id=a><label for=b>Naam</label><input id=b autocomplete=naam><button></button><select></select></form>',
    "table": '<table><tr><th scope=col>Dag<th>Tijd<tr><td headers=nergens>ma<td>9.00</table><div style="width:900px">breed</div>',
    "aria": '<div role=button aria-labelledby=niets>x</div><ul><li role=tab>y</ul><span role=slaap>z</span><div role=dialog>d</div>',
    "colour": '<p style="background:linear-gradient(#fff,#000);color:#777">verloop</p><p style="opacity:.4">vaag</p>'
              '<p style="color:lab(70 10 10)">lab</p><p style="font-size:30px;color:#888">groot</p>',
    "shadow": '<div id=h></div><script>h.attachShadow({mode:"open"}).innerHTML="<img src=x><p style=\'color:#aaa\'>s</p>"</script>',
    "frame": '<iframe srcdoc="<input>"></iframe><iframe title=leeg srcdoc="<p>ok"></iframe>',
    "scroll": '<div style="height:40px;overflow:auto"><p style="height:300px">lang</p></div><marquee>m</marquee><blink>b</blink>',
}

LOOK = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations', 'incomplete', 'passes', 'inapplicable']});
  const short = list => list.map(rule => [rule.id, rule.nodes.map(node => JSON.stringify(node.target)).sort()]);
  const boxes = [...document.querySelectorAll('*')].map(element => {
    const box = element.getBoundingClientRect(); return [element.tagName, box.x, box.y, box.width, box.height].join(' ')});
  return {violations: short(found.violations), incomplete: short(found.incomplete), passes: short(found.passes),
          inapplicable: short(found.inapplicable), boxes}
}"""


def serve(route):
    """Served at an address, so that frames and scripts have an origin as on the web."""
    name = route.request.url.removeprefix("http://pages.test/")
    body = f"<!doctype html><title>t</title><style>body{{font:16px sans-serif}}</style>{PAGES.get(name, '')}"
    route.fulfill(content_type="text/html", body=body)


def look(browser: Browser) -> dict[str, dict]:
    seen = {}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=browser.path, args=list(QUIET_FLAGS), chromium_sandbox=sandbox_works(browser).works)
        for width in (1280, 320):
            page = running.new_page(viewport={"width": width, "height": 256 if width == 320 else 800})
            page.add_init_script(find_axe().text())
            page.route("http://pages.test/**", serve)
            for name in PAGES:
                page.goto(f"http://pages.test/{name}")
                page.wait_for_timeout(300)  # as a visit does: a text that has not yet moved into view differs by chance
                seen[f"{name} {width}"] = page.evaluate(LOOK)
        running.close()
    return seen


@pytest.mark.browser
def test_a_headless_shell_sees_what_full_chromium_sees():
    """The ground of decision 0002: the same axe results, per element, and the same boxes."""
    try:
        shell, full = find_browser("headless-shell"), find_browser("chromium")
    except NoBrowser:
        pytest.skip("this machine does not have both")
    if re.findall(r"\d+", shell.version())[0] != re.findall(r"\d+", full.version())[0]:
        pytest.skip("two versions of Chromium: their results may differ")
    seen = look(shell)
    assert seen == look(full)
    found = {rule for page in seen.values() for rule, _ in page["violations"]}
    assert {"image-alt", "color-contrast", "label", "button-name", "html-has-lang"} <= found


@pytest.mark.browser
def test_debians_start_script_is_passed_by():
    """Stopping the script would leave the browser behind it running."""
    if not Path("/usr/lib/chromium/chromium").exists():
        pytest.skip("no Chromium of Debian here")
    for name in ("chromium", "/usr/bin/chromium"):
        path = find_browser(name).path
        assert subprocess.run(["head", "-c", "4", path], capture_output=True, check=True).stdout == b"\x7fELF"
