"""Build hook: the pinned axe-core goes into the wheel, so that an installed product needs no network; and a bill of
materials (CycloneDX) with everything that it runs on, in `.dist-info/sboms`.

A wheel without axe-core is never built: the build stops. An editable build (a developer's) only warns, because the
product then falls back on an older axe and says so.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AxeCoreHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before each build; does nothing for a source distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch axe-core into `scanner/_vendor`; raise when a wheel would be built without it."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        axe = _load(root / "scanner" / "axe.py")
        try:
            axe.fetch_axe(axe.PACKED)
        except axe.AxeMissing as problem:
            if version != "editable":
                raise
            self.app.display_warning(f"{problem}. An older fallback will be used until `scanner setup` succeeds.")
        if version != "editable":
            bill = root / "build" / "toegankelijkheid-scanner.cdx.json"
            bill.parent.mkdir(exist_ok=True)
            bill.write_text(json.dumps(bill_of_materials(root, axe.VERSION), indent=1) + "\n", "utf-8")
            build_data["sbom_files"].append(str(bill.relative_to(root)))


def bill_of_materials(root: Path, axe: str) -> dict[str, Any]:
    """CycloneDX 1.6: what `requirements.lock` pins, who needs it, and under which licence; the same each time.

    From the lock, not from an environment: the lock holds every platform, and is what people install by.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    licences = tomllib.loads((root / "scanner" / "data" / "licences.toml").read_text("utf-8"))["licence"]
    lock = (root / "requirements.lock").read_text("utf-8")
    me = f"pkg:pypi/{project['name']}@{project['version']}"
    parts: dict[str, dict[str, Any]] = {}
    needs: dict[str, set[str]] = {me: {f"pkg:npm/axe-core@{axe}"}}
    pinned: dict[str, list[str]] = {}
    blocks = re.findall(r"^([a-z0-9.-]+)==(\S+)(?: ; ([^\\\n]+))?(.*?)(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    for name, version, marker, _ in blocks:
        purl = f"pkg:pypi/{name}@{version}"
        pinned.setdefault(name, []).append(purl)
        parts[purl] = {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "licenses": _licences(licences[name]),
            "purl": purl,
            **({"properties": [{"name": "python:marker", "value": marker.strip()}]} if marker else {}),
        }
        needs.setdefault(purl, set())
    for name, version, _, rest in blocks:
        for via in re.findall(r"^    #(?: via|  ) ([a-z][a-z0-9.-]*)", rest, re.MULTILINE):
            for user in [me] if via == project["name"] else pinned.get(via, ()):
                needs[user].add(f"pkg:pypi/{name}@{version}")
    parts[f"pkg:npm/axe-core@{axe}"] = {
        "type": "library",
        "bom-ref": f"pkg:npm/axe-core@{axe}",
        "name": "axe-core",
        "version": axe,
        "licenses": _licences("MPL-2.0"),
        "purl": f"pkg:npm/axe-core@{axe}",
    }
    product = {
        "type": "application",
        "bom-ref": me,
        "name": project["name"],
        "version": project["version"],
        "licenses": _licences(project["license"]),
        "purl": me,
    }
    seed = json.dumps([parts, product], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}",
        "version": 1,
        "metadata": {"component": product},
        "components": [parts[key] for key in sorted(parts)],
        "dependencies": [{"ref": key, "dependsOn": sorted(needs[key])} for key in sorted(needs) if needs[key]],
    }


def _licences(expression: str) -> list[dict[str, Any]]:
    return [{"expression": expression}] if " " in expression else [{"license": {"id": expression}}]


def _load(path: Path) -> ModuleType:
    """The module in one file, without importing the package around it, whose dependencies may not be installed."""
    spec = importlib.util.spec_from_file_location("scanner_axe_for_build", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
