"""Reads forms past their fields: no field of a form can hide the form's own members from our scripts.

With `<input name="matches">` in a form, `form.matches` is that field, in our isolated world too, and nothing can
shadow it (HTML's [LegacyOverrideBuiltIns]). On a page with such a form, and only there, every script of ours, axe-core
with them, is loaded once more with other names for these members: `form.matches` becomes `form.matches_3f9c…`, an alias
that our world's prototypes give the same getter or function, and that no page can know.
See docs/decisions/0053-forms-read-past-their-fields.md.
"""

from __future__ import annotations

import json
import re
import secrets
from functools import lru_cache

from checks.inpage import script

_TAIL = "_" + secrets.token_hex(6)

_NO_CODE = (
    r"//[^\n]*|/\*.*?\*/"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|(?:[=(,:;!&|?{}\[>]|return)\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/"
)
"""Comments, strings, and regular expressions after what a value cannot follow."""


@lru_cache(maxsize=256)
def past_fields(source: str, members: str) -> str:
    """The script with aliases for these members, which are joined by commas."""
    names = "|".join(map(re.escape, members.split(",")))
    pattern = re.compile(rf"{_NO_CODE}|((?<!\.)\.\s*)({names})(?![\w$])", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{found[2]}{_TAIL}" if found[2] else found[0], source)


def aliases(members: str) -> str:
    """The script that gives the aliases; run it before what `past_fields` made."""
    return f"({script('aliases')})({json.dumps(members.split(','))}, {json.dumps(_TAIL)});"
