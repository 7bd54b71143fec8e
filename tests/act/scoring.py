"""The rules of the yardstick (shared/cases/README.md): what counts as a detection, half of one, a miss, a false alarm."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases"
CASES = SHARED / "act" / "cases.jsonl"


def cases() -> list[dict[str, Any]]:
    """All cases, one dict a case."""
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@contextmanager
def served() -> Iterator[str]:
    """Serves the cases on loopback; yields the base address."""
    spec = importlib.util.spec_from_file_location("act_server", SHARED / "serve.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server, base = module.start(str(SHARED / "act" / "site"))
    try:
        yield base
    finally:
        server.shutdown()


@dataclass
class Score:
    """Counts over cases of group conformance."""

    proven: int = 0
    evidence: int = 0
    missed: int = 0
    alarms: int = 0
    quiet: int = 0

    def add(self, case: dict[str, Any], said: set[tuple[str, str]]) -> str:
        """Counts one case; `said` holds (criterion, outcome). Returns the mark."""
        if case["group"] != "conformance":
            return "uncounted"
        failed = any((sc, "failed") in said for sc in case["sc"])
        if case["expected"] == "failed":
            if failed:
                self.proven += 1
                return "proven"
            if any((sc, "cantTell") in said for sc in case["sc"]):
                self.evidence += 1
                return "evidence"
            self.missed += 1
            return "MISS"
        if failed:
            self.alarms += 1
            return "FALSE ALARM"
        self.quiet += 1
        return "quiet"

    def line(self) -> str:
        """One line for a table."""
        bad = self.proven + self.evidence + self.missed
        return (
            f"proven {self.proven:3}/{bad:3}  evidence {self.evidence:3}  missed {self.missed:3}  "
            f"false alarms {self.alarms:3}/{self.alarms + self.quiet:3}"
        )
