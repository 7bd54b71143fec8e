"""Build hook: the pinned axe-core goes into the wheel, so that an installed product needs no network.

A wheel without axe-core is never built: the build stops. An editable build (a developer's) only warns, because the
product then falls back on an older axe and says so.
"""

from __future__ import annotations

import importlib.util
import sys
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
        axe = _load(Path(self.root) / "scanner" / "axe.py")
        try:
            axe.fetch_axe(axe.PACKED)
        except axe.AxeMissing as problem:
            if version != "editable":
                raise
            self.app.display_warning(f"{problem}. An older fallback will be used until `scanner setup` succeeds.")


def _load(path: Path) -> ModuleType:
    """The module in one file, without importing the package around it, whose dependencies may not be installed."""
    spec = importlib.util.spec_from_file_location("scanner_axe_for_build", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
