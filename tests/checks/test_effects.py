"""The effect differ and the listener inventory, against a page whose doings are known."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from checks.effects import Effect, learn_restless, observe
from checks.harness import arm
from checks.pool import Pool, PoolSettings
from checks.probes.listeners import inventory
from checks.tab import Tab

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang=nl><title>x</title><body>
<button id=toggle onclick="p.hidden=!p.hidden">toon</button><p id=p hidden>Antwoord op de vraag</p>
<button id=nav onclick="location='https://elders.test/weg'">weg</button>
<button id=none>niets</button>
<button id=popup onclick="window.open('https://elders.test/venster')">venster</button>
<button id=alert onclick="alert('hoi')">melding</button>
<button id=accordion onclick="fold.style.maxHeight='200px'">open</button>
<div id=fold style="max-height:0;overflow:hidden;transition:max-height .3s"><p>Tekst in de accordeon</p></div>
<button id=state aria-expanded=false onclick="this.setAttribute('aria-expanded','true')">staat</button>
<button id=dialog onclick="d.showModal()">dialoog</button><dialog id=d aria-label="Vraag"><button>Sluit</button></dialog>
<button id=redraw onclick="list.innerHTML=list.innerHTML">teken opnieuw</button><ul id=list><li>Een ding<li>Nog een ding</ul>
<button id=hash onclick="history.pushState({}, '', '#deel')">adres</button>
<p id=clock>Het is nu 0 seconden later</p>
<div id=react>react</div><div id=box><span class=inner>jquery</span></div><div id=host></div><div id=hand style="cursor:pointer">hand</div>
<iframe srcdoc="<button id=ib>in</button><script>ib.addEventListener('mousedown',()=>0);addEventListener('keydown',()=>1)</script>"></iframe>
<script>
setInterval(() => { clock.textContent = 'Het is nu ' + Math.random() + ' seconden later' }, 150);
react['__reactProps$abc'] = { onClick() {} };
box['jQuery3510'] = { events: { click: [{ selector: '.inner' }] } };
host.attachShadow({mode: 'open'}).innerHTML = '<span id=s>x</span>';
host.shadowRoot.getElementById('s').addEventListener('click', () => 0);
document.addEventListener('keydown', () => 0); window.addEventListener('keyup', () => 0);
</script>"""


@pytest_asyncio.fixture
async def tab() -> AsyncIterator[Tab]:
    """The page above, harness armed, its ticking learned."""
    async with Pool.start(PoolSettings()) as pool, pool.fresh() as tab:
        await tab.page.set_content(PAGE)
        await tab.settle(0.5)
        await arm(tab)
        await learn_restless(tab, 0.5)
        yield tab


async def clicked(tab: Tab, name: str) -> Effect:
    """What a click on the element does."""
    return await observe(tab, lambda: tab.page.click(f"#{name}"), target=f"#{name}", doing=f"click {name}")


async def test_effects(tab: Tab) -> None:
    """Each kind of effect is seen, nothing is nothing, and a clock does not count."""
    shown = await clicked(tab, "toggle")
    assert [item["text"] for item in shown.shown] == ["Antwoord op de vraag"] and not shown.hidden
    hidden = await clicked(tab, "toggle")
    assert [item["text"] for item in hidden.hidden] == ["Antwoord op de vraag"]
    assert shown.same_as(hidden)
    nothing = await clicked(tab, "none")
    assert not nothing.noticeable and nothing.focus and nothing.focus["selector"] == "#none"
    away = await clicked(tab, "nav")
    assert away.leaves == ("GET https://elders.test/weg",) and not away.same_as(shown)
    assert any("elders.test/venster" in address for address in (await clicked(tab, "popup")).leaves)
    assert (await clicked(tab, "alert")).dialogs == ("alert: hoi",)
    assert "Tekst in de accordeon" in [item["text"] for item in (await clicked(tab, "accordion")).shown]
    state = await clicked(tab, "state")
    assert state.states[0]["before"] == "expanded=false" and state.states[0]["after"] == "expanded=true"
    assert state.states[0]["target"] is True
    assert not (await clicked(tab, "redraw")).noticeable, "the same text drawn anew is no change"
    assert (await clicked(tab, "hash")).url.endswith("#deel")
    layer = (await clicked(tab, "dialog")).layers[0]
    assert layer["selector"] == "#d" and layer["modal"] and layer["role"] == "dialog"


async def test_inventory(tab: Tab) -> None:
    """Listeners, delegated handlers, shadow roots, frames, hand cursors, and what listens for the whole page."""
    seen = await inventory(tab)
    by = {item["selector"]: item for item in seen["elements"]}
    assert by["#toggle"]["types"] == ["click"] and by["#toggle"]["focusable"]
    assert by["#react"]["via"] == ["react"] and by["#react"]["types"] == ["click"] and not by["#react"]["focusable"]
    assert any(item["via"] == ["jquery"] and "span" in item["selector"] for item in seen["elements"])
    assert by["#host >>> #s"]["types"] == ["click"]
    assert by["#hand"]["via"] == ["cursor"]
    assert by["#ib"]["types"] == ["mousedown"] and by["#ib"]["frame"] == "about:srcdoc"
    roots = {(root["target"], root["frame"]): root["types"] for root in seen["roots"]}
    assert roots["document", ""] == ["keydown"] and roots["window", ""] == ["keyup"]
    assert roots["window", "about:srcdoc"] == ["keydown"]
    assert "#none" not in by
