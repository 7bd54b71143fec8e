"""Which axe-core file is used: its path, version and checksum, and the one way in which it is fetched.

axe-core is not in git. `fetch_axe` takes the pinned version from a package registry, with pip or else npm, and keeps it
only when its SHA-256 is the pinned one. The build hook packs it into the wheel as `scanner/_vendor/axe.min.js`.

Standard library only at import time: the build hook loads this file before anything is installed.
Source of the checksum: sri-history.json in the npm package axe-core. Why so: docs/decisions/0001-axe-core-delivery.md.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VERSION = "4.14.0"
SHA256 = "20c09fe157a8a34a30e241aaa1fcdade657734f08ab379ecfbeb7d45cc46e878"
"""SHA-256 of axe.min.js of that version, equal in every registry that carries it."""

ENVIRONMENT = "SCANNER_AXE"
"""Environment variable with the path of an axe file of the user's own."""

PACKED = Path(__file__).parent / "_vendor" / "axe.min.js"

_PYPI_CARRIER = "pytest-playwright-axe==4.14.0"
_PYPI_MEMBER = "pytest_playwright_axe/resources/axe.min.js"
_NPM_CARRIER = f"axe-core@{VERSION}"
_NPM_MEMBER = "package/axe.min.js"
_MAX_BYTES = 5_000_000
_TIMEOUT_S = 300
_BANNER = re.compile(r"axe v(\d+\.\d+\.\d+)")
_NOTICE = f"""axe-core {VERSION} (axe.min.js), copyright Deque Systems, Inc.
SHA-256 {SHA256}
Licence: Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/
Source: https://github.com/dequelabs/axe-core, tag v{VERSION}. The file is unchanged.
"""

Rule = Literal["setting", "environment", "packed", "user", "fallback"]


class AxeMissing(Exception):
    """There is no usable axe file, or the pinned one could not be fetched; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class AxeSource:
    """One axe file. `version` is what the file says of itself ("unknown" when it says nothing)."""

    path: Path
    version: str
    sha256: str
    rule: Rule
    """Which rule of the resolution order won."""

    @property
    def fallback(self) -> bool:
        """Whether this is the older axe of axe-playwright-python, which a scan must say aloud."""
        return self.rule == "fallback"

    @property
    def pinned(self) -> bool:
        """Whether this is, byte for byte, the version that the product is tested with."""
        return self.sha256 == SHA256

    def text(self) -> str:
        """The JavaScript source. Raises AxeMissing when the file is no longer the one that was found."""
        content = self.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise AxeMissing(f"{self.path} was changed after it was found")
        return content.decode("utf-8")


def find_axe(setting: str | None = None) -> AxeSource:
    """The axe file to use: setting, environment, packed in the product, the user's data folder, the older fallback.

    A path that a person gave must exist and be axe, else AxeMissing: it is never passed over in silence. The packed and
    the user's file count only when they are the pinned one; a left-over of an older release is passed over.
    """
    given: tuple[tuple[str | None, Rule], ...] = ((setting, "setting"), (os.environ.get(ENVIRONMENT), "environment"))
    for value, rule in given:
        if value:
            return _read(Path(value).expanduser(), rule)
    kept: tuple[tuple[Path, Rule], ...] = ((PACKED, "packed"), (user_file(), "user"))
    for path, rule in kept:
        if path.is_file() and (source := _read(path, rule)).pinned:
            return source
    return _read(_fallback_file(), "fallback")


def user_data_folder() -> Path:
    """The folder of this user for data that the product keeps between runs; it may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path("toegankelijkheid-scanner", appauthor=False)


def user_file() -> Path:
    """Where `scanner setup` puts axe when it is not packed; the name carries the version."""
    return user_data_folder() / f"axe-{VERSION}.min.js"


def fetch_axe(target: Path) -> AxeSource:
    """Put the pinned axe at `target`, unless it is there already. Raises AxeMissing with each way that failed.

    Writes a licence notice beside it. The file appears whole or not at all.
    """
    if target.is_file() and _sha256(target) == SHA256:
        return AxeSource(target, VERSION, SHA256, "packed" if target == PACKED else "user")
    failures = []
    for name, way in (("pip", _from_pip), ("npm", _from_npm)):
        try:
            content = way()
        except (AxeMissing, OSError, subprocess.SubprocessError, zipfile.BadZipFile, tarfile.TarError) as problem:
            failures.append(f"{name}: {_short(str(problem))}")
            continue
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256:
            failures.append(f"{name}: checksum {found}, expected {SHA256}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name("AXE-CORE.txt").write_text(_NOTICE, encoding="utf-8")
        part = target.with_name(target.name + ".part")
        part.write_bytes(content)
        part.replace(target)
        return AxeSource(target, VERSION, SHA256, "packed" if target == PACKED else "user")
    raise AxeMissing(f"axe-core {VERSION} could not be fetched. " + "; ".join(failures))


def _read(path: Path, rule: Rule) -> AxeSource:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AxeMissing(f"{path} ({rule}) is larger than {_MAX_BYTES} bytes: that is not axe-core")
        content = path.read_bytes()
    except OSError as problem:
        raise AxeMissing(f"{path} ({rule}) cannot be read: {problem.strerror}") from problem
    text = content.decode("utf-8", errors="replace")
    banner = _BANNER.search(text[:300])
    if banner is None and "axe" not in text:
        raise AxeMissing(f"{path} ({rule}) is not an axe-core file")
    return AxeSource(path, banner[1] if banner else "unknown", hashlib.sha256(content).hexdigest(), rule)


def _fallback_file() -> Path:
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None or not spec.submodule_search_locations:
        raise AxeMissing("axe-core is not packed, and axe-playwright-python is not installed. Run: scanner setup")
    return Path(spec.submodule_search_locations[0]) / "axe.min.js"


def _from_pip() -> bytes:
    # The carrier asks for Python 3.12, but only its data file is taken: hence --python-version.
    options = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12", "--disable-pip-version-check", "-q"]
    with tempfile.TemporaryDirectory() as folder:
        _run([sys.executable, "-m", "pip", "download", *options, "-d", folder, _PYPI_CARRIER], folder)
        with zipfile.ZipFile(_only(Path(folder).glob("*.whl"))) as wheel:
            try:
                size = wheel.getinfo(_PYPI_MEMBER).file_size
            except KeyError as problem:
                raise AxeMissing(f"no {_PYPI_MEMBER} in {_PYPI_CARRIER}") from problem
            return _bounded(size, lambda: wheel.read(_PYPI_MEMBER))


def _from_npm() -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise AxeMissing("not installed")
    with tempfile.TemporaryDirectory() as folder:
        _run([npm, "pack", "--ignore-scripts", "--silent", _NPM_CARRIER], folder)
        with tarfile.open(_only(Path(folder).glob("*.tgz"))) as archive:
            try:
                member = archive.getmember(_NPM_MEMBER)
            except KeyError as problem:
                raise AxeMissing(f"no {_NPM_MEMBER} in {_NPM_CARRIER}") from problem
            stream = archive.extractfile(member)
            if stream is None:
                raise AxeMissing(f"{_NPM_MEMBER} is not a file")
            return _bounded(member.size, stream.read)


def _bounded(size: int, read: Callable[[], bytes]) -> bytes:
    if size > _MAX_BYTES:
        raise AxeMissing(f"the file has {size} bytes: that is not axe-core")
    return read()


def _only(paths: Iterator[Path]) -> Path:
    found = list(paths)
    if len(found) != 1:
        raise AxeMissing(f"expected one package, got {len(found)}")
    return found[0]


def _run(command: list[str], folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line or "error" in line]
        raise AxeMissing(errors[-1] if errors else f"exit code {done.returncode}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _short(message: str) -> str:
    return message if len(message) <= 300 else message[:300] + "…"
