"""Makes docs/criteria.md from the docstrings of the fifty checks. usage: python tools/criteria_document.py"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from checks.catalogue import checks_by_criterion  # noqa: E402
from scanner.frameworks import criterion  # noqa: E402
from scanner.model import Verdict  # noqa: E402


def document() -> str:
    """The whole text."""
    checks = checks_by_criterion()
    passable = [n for n, check in checks.items() if Verdict.PASSED in check.settles]
    lines = [
        "# The fifty criteria, and what the scanner does for each",
        "",
        "Made from the docstrings of `checks/wcag` by `python tools/criteria_document.py`.",
        "",
        f"A machine can pass {len(passable)} of them, for what it examined: {', '.join(passable)}.",
        f"The other {len(checks) - len(passable)} are never passed without a person when they apply.",
        "",
    ]
    for number, check in checks.items():
        one = criterion(number)
        title, _, rest = check.doc.strip().partition("\n")
        settles = (
            ", ".join(sorted(v for v in check.settles if v in (Verdict.PASSED, Verdict.INAPPLICABLE))) or "neither"
        )
        body = re.sub(r"(?m)^(Looks at|Fails|Cannot see|Sources|Asks|Passes):", r"**\1:**", rest.strip())
        facts = f"Nederlands: {one.name_nl}. EN 301 549: {one.clause}. May be said by the machine: {settles}."
        lines += [f"## {title.rstrip('.')}", "", facts, "", body.replace("\n**", "\n\n**"), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    (ROOT / "docs" / "criteria.md").write_text(document(), "utf-8")
