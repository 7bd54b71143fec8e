"""A page with a modal dialog over it from the start: what lies behind it is looked at too, or told as not seen."""

from __future__ import annotations

import asyncio

import pytest

from checks.catalogue import evaluate_page
from checks.harness import SafetyLevel
from checks.pool import Pool, PoolSettings
from checks.visit import BEHIND, Visit, VisitRequest, visit
from scanner.axe import find_axe
from scanner.model import Outcome, Verdict
from tests.spiders.server import html, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OPEN = """<img src="/logo.png" width="40" height="40"><dialog id="d" aria-label="Welkom"><p>Welkom</p></dialog>
<script>d.addEventListener('close', () => { fetch('/gesloten', {method: 'POST'}) }); d.showModal(); %s</script>"""
STAYS = "d.addEventListener('cancel', (e) => e.preventDefault()); d.addEventListener('keydown', (e) => e.preventDefault())"


def looked(body: str, level: SafetyLevel = SafetyLevel.CLICK) -> tuple[Visit, list[Outcome], list[str]]:
    """A light look; its outcomes; what the server was asked."""
    with serving() as server:
        server.pages = {"/": html("Start", body)}

        async def look() -> Visit:
            async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
                return await visit(pool, await pool.renew(None), VisitRequest(server.url("/"), deep=False, level=level))

        seen = asyncio.run(look())
        return seen, evaluate_page(seen.page), [path for _, path, _ in server.asked]


IN_SHADOW = """<img src="/logo.png" width="40" height="40"><my-welcome></my-welcome><script>
customElements.define('my-welcome', class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: 'open'}).innerHTML = '<dialog aria-label="Welkom"><p>Welkom</p></dialog>';
  const d = this.shadowRoot.firstChild;
  d.addEventListener('close', () => { fetch('/gesloten', {method: 'POST'}) }); d.showModal();
}});</script>"""


def test_one_in_a_shadow_root_is_closed_too() -> None:
    seen, _, asked = looked(IN_SHADOW)
    assert BEHIND in {look.name for look in seen.page.looks}
    assert not seen.page.first("frames", "base")["not_entered"] and "/gesloten" not in asked


def test_closed_by_escape_and_looked_behind() -> None:
    seen, outcomes, asked = looked(OPEN % "")
    found = [o for o in outcomes if o.verdict is Verdict.FAILED and o.criterion == "1.1.1"]
    assert [o.state for o in found] == [BEHIND] and found[0].replay == ("press Escape",)
    assert not seen.page.first("frames", "base")["not_entered"]
    assert "/gesloten" not in asked, "what the page sends when it is touched stays here"


@pytest.mark.parametrize(("script", "level"), [(STAYS, SafetyLevel.CLICK), ("", SafetyLevel.LOOK)])
def test_told_as_not_seen_when_it_stays(script: str, level: SafetyLevel) -> None:
    """It cannot be closed, or the channel allows no key."""
    seen, outcomes, _ = looked(OPEN % script, level)
    assert [f["reason"] for f in seen.page.first("frames", "base")["not_entered"]] == ["a modal dialog lies over it"]
    assert not [o for o in outcomes if o.verdict is Verdict.FAILED and o.criterion == "1.1.1"]
    bare = looked("<p>Niets</p>")[1]
    passed, behind = ({o.criterion for o in said if o.verdict is Verdict.PASSED} for said in (bare, outcomes))
    assert {"1.4.12", "2.5.3"} <= passed and not {"1.4.12", "2.5.3"} & behind, "nothing passes that was not seen"


def test_a_dialog_that_is_not_modal_hides_nothing() -> None:
    seen, outcomes, _ = looked('<img src="/logo.png" width="40" height="40"><dialog open aria-label="Tip"><p>Tip</p></dialog>')
    assert {look.name for look in seen.page.looks} == {"base", "320"}
    assert [o.state for o in outcomes if o.verdict is Verdict.FAILED and o.criterion == "1.1.1"] == ["base"]
