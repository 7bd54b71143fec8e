"""Forms whose fields are named after every member of a form, and pictures and forms named after every member of a document."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from checks.clobbering import past_fields
from tests.looking import look_at_all

# The names are those of the browser's own interfaces, so that the page grows with the browser.
PAGE = """<!doctype html><html lang="nl"><head><title>Namen</title></head><body><main><h1>Namen</h1>
<form id="f" action="/verder"><img src="data:," width="40" height="40"></form>
<form><label>Zoek <input name="q"></label> <button id="style">Zoek</button></form><form id="S"></form><iframe name="axe" title="axe" srcdoc="<p>x"></iframe>
<script>
const members = (...all) => [...new Set(all.flatMap((one) => Object.getOwnPropertyNames(one.prototype)))];
const fields = document.createDocumentFragment(), named = document.createDocumentFragment();
const add = (to, kind, name, alt) => { const el = document.createElement(kind); el.name = name; if (alt) el.setAttribute(alt, name); to.appendChild(el) };
for (const name of members(HTMLFormElement, HTMLElement, Element, Node, EventTarget, Object)) add(fields, 'input', name, 'aria-label');
for (const [n, name] of ['location', ...members(HTMLDocument, Document, Node, EventTarget, Object)].entries()) add(named, n % 2 ? 'img' : 'form', name, n % 2 && 'alt');
const main = f.parentNode; f.appendChild(fields); main.appendChild(named);
</script></main></body></html>"""


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_no_probe_breaks_and_all_is_seen(tmp_path: Path) -> None:
    """Every probe and axe look at it as at any page; the snippet and the place of the form are its own."""
    page = tmp_path / "namen.html"
    page.write_text(PAGE, "utf-8")
    ((seen, outcomes),) = asyncio.run(look_at_all([page.as_uri()], deep=False, tabs=1, seconds=20))
    assert seen.state == "visited", seen.reason
    prevented = {f"{look.name} {name}": record.prevented for look in seen.page.looks for name, record in look.records.items() if record.prevented}
    assert prevented == {}
    assert len(seen.page.looks) == 2
    (image,) = [o for o in outcomes if o.rule == "axe/image-alt"]
    assert image.place is not None
    assert (image.place.selector, image.place.snippet) == ("#f > img", '<img src="data:," width="40" height="40">')
    fields = seen.page.looks[0].records["fields"].data["fields"]
    assert {"matches", "closest"} <= {field["name"] for field in fields}


def test_only_members_in_code_get_another_name() -> None:
    """Not in strings, comments and regular expressions, not a spread, not a longer name."""
    tail = past_fields("x.id", "id").removeprefix("x.id")
    script = """el.id; el?.id; f(el).id.length; [...id]; el.idle; 'a.id'; "it's .id"; /['.id]/.test(el.id); // el.id
    `${el.id}`; a / b.id / c; el
      .id = {id: 1}"""
    found = past_fields(script, "matches,id")
    assert found == """el.id~; el?.id~; f(el).id~.length; [...id]; el.idle; 'a.id'; "it's .id"; /['.id]/.test(el.id~); // el.id
    `${el.id~}`; a / b.id~ / c; el
      .id~ = {id: 1}""".replace("~", tail)
