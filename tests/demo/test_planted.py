"""What is planted is really there, and the clean twin really is clean: shown in a browser, without the product's checks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from checks.browser import find_browser
from scanner.demo.answers import HERE
from scanner.demo.estate import Estate
from scanner.demo.expectations import Expectation, clean_pages, expectations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = HERE.parent / "_vendor" / "axe.min.js"
SPACING = ("* {line-height:1.5 !important; letter-spacing:.12em !important; word-spacing:.16em !important} "
           "p {margin-bottom:2em !important}")
AXE_CONFIRMS = {
    ("1.1.1", "alt-ontbreekt"), ("1.1.1", "portaal-zonder-alt"), ("1.1.1", "verhaal-zonder-alt"), ("1.3.1", "lijst-met-div"),
    ("1.3.5", "doel-ongeldig"), ("1.4.1", "link-alleen-kleur"), ("1.4.12", "regelafstand-vast"), ("1.4.3", "contrast-grijs"),
    ("1.4.3", "frame-tekst-bleek"), ("1.4.3", "raad-voet-bleek"), ("1.4.3", "toestemming-bleek"), ("1.4.4", "page"),
    ("2.2.1", "page"), ("2.2.2", "lichtkrant"), ("2.4.2", "page"), ("2.4.4", "link-zonder-naam"), ("2.5.3", "knop-andere-naam"),
    ("3.1.1", "page"), ("3.1.2", "taal-ongeldig"), ("4.1.2", "frame-veld-zonder-naam"), ("4.1.2", "frame-zonder-titel"),
    ("4.1.2", "knop-zonder-naam"), ("4.1.2", "link-zonder-naam"), ("4.1.2", "merk-zonder-naam"), ("4.1.2", "veld-zonder-naam"),
}
"""Criterion and plant of the barriers that axe alone confirms on the loaded page (axe-core 4.14.0, Chromium 156)."""

RUN_AXE = """async () => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']},
    iframes: false, resultTypes: ['violations']});
  const out = [];
  for (const rule of found.violations) for (const node of rule.nodes) {
    const chain = [];
    for (let e = document.querySelector(node.target.at(-1)); e && e.getAttribute; e = e.parentElement)
      if (e.dataset.plant) chain.push([e.dataset.plant, e.dataset.expect]);
    out.push({rule: rule.id, tags: rule.tags.filter(tag => /^wcag\\d{3,}$/.test(tag)), html: node.html.slice(0, 150), chain});
  }
  return JSON.stringify(out);
}"""


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    with Estate(slow=0.0) as served:
        yield served
        assert served.faults == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_browser().path,
                                              args=["--autoplay-policy=no-user-gesture-required"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1024})
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    context.close()
    assert errors == []


def log_in(estate: Estate, page: Page) -> None:
    page.goto(estate.url("loket", "/inloggen/"))
    page.fill("[name=gebruikersnaam]", estate.user)
    page.fill("[name=wachtwoord]", estate.password)
    page.click("button[type=submit]")


def plant(name: str) -> str:
    return f'[data-plant="{name}"]'


def wanted(chain: list[list[str]], criterion: str, page_level: list[Expectation]) -> tuple[str, str] | None:
    """Outcome and plant of the nearest label for a criterion, the page's own last."""
    for name, labels in chain:
        for label in labels.split():
            if label.startswith(criterion + ":"):
                return label.partition(":")[2], name
    return next(((one.wanted, "page") for one in page_level if one.criterion == criterion), None)


def test_axe_fails_labelled_places_only(estate: Estate, page: Page) -> None:
    axe = AXE.read_text()
    labels = expectations(estate)
    log_in(estate, page)
    hits, wrong = set(), []
    for address in estate.pages():
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_timeout(120)
        page_level = [one for one in labels if one.url == address and one.plant == "page"]
        for frame in page.frames:
            frame.evaluate(axe)
            for result in json.loads(frame.evaluate(RUN_AXE)):
                for tag in result["tags"]:
                    criterion = f"{tag[4]}.{tag[5]}.{tag[6:]}"
                    label = wanted(result["chain"], criterion, page_level)
                    if label is None or label[0] not in {"failed", "may"}:
                        wrong.append((address, criterion, result["rule"], label, result["html"]))
                    else:
                        hits.add((criterion, label[1]))
    assert wrong == []
    assert hits >= AXE_CONFIRMS
    assert [request for request in estate.unsafe_requests if request.path != "/inloggen/"] == []


def test_sideways_scrolling_at_320(estate: Estate, page: Page) -> None:
    labels = expectations(estate)
    page.set_viewport_size({"width": 320, "height": 256})
    for address in estate.pages():
        if address.startswith(estate.url("loket")):
            continue
        page.goto("about:blank")
        page.goto(address)
        scrolled = page.evaluate("(scrollTo(9999, 0), scrollX)")
        planted = {one.plant for one in labels if one.url == address and one.criterion == "1.4.10" and one.wanted == "failed"}
        assert (scrolled > 4) == ("alinea-te-breed" in planted), (address, scrolled)


CLIPPED = """name => {
  const box = document.querySelector(`[data-plant="${name}"]`), range = document.createRange();
  range.selectNodeContents(box);
  const outer = box.getBoundingClientRect(), text = range.getBoundingClientRect();
  return getComputedStyle(box).overflow === 'hidden' && (text.right > outer.right + 2 || text.bottom > outer.bottom + 2);
}"""


def test_text_is_cut(estate: Estate, page: Page) -> None:
    address = estate.url("main", "/producten/rijbewijs-aanvragen/")
    page.goto(address)
    assert not page.evaluate(CLIPPED, "tekst-afgekapt-bij-zoom")
    assert not page.evaluate(CLIPPED, "knop-vaste-hoogte")
    page.add_style_tag(content=SPACING)
    assert page.evaluate(CLIPPED, "knop-vaste-hoogte")
    assert not page.evaluate(CLIPPED, "knop-groeit-mee")
    page.set_viewport_size({"width": 640, "height": 512})
    page.goto(address)
    assert page.evaluate(CLIPPED, "tekst-afgekapt-bij-zoom")
    assert not page.evaluate(CLIPPED, "tekst-groeit-mee")


def test_focus_ring(estate: Estate, page: Page) -> None:
    def looks(name: str, path: str) -> tuple[bytes, bytes]:
        page.goto(estate.url("main", path))
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.blur()")
        before = page.screenshot(caret="initial")
        page.evaluate("name => document.querySelector(`[data-plant='${name}']`).focus({focusVisible: true, preventScroll: true})", name)
        return before, page.screenshot(caret="initial")

    for name, path, visible in [("raad-ringloos", "/raad/", False), ("link-buiten-beeld", "/over-de-gemeente/vacatures/", False),
                                ("veld-leeg-met-ring", "/contact/", True), ("ring-bleek", "/producten/uittreksel-brp/", True)]:
        before, after = looks(name, path)
        assert (before != after) == visible, name
    page.goto(estate.url("main", "/onderwerpen/"))
    before = page.screenshot()
    page.focus(plant("kaart-met-focus-binnen") + " a")
    assert page.screenshot() != before


def test_trap_and_dialogs(estate: Estate, page: Page) -> None:
    page.goto(estate.url("sport", "/quiz/"))
    page.focus("textarea")
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.goto(estate.url("main", "/producten/huwelijk/"))
    page.focus(plant("laag-zonder-focus"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("(e => { const r = e.getBoundingClientRect();"
                         "return e !== document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); })(document.activeElement)")
    page.click("[data-dicht]")
    page.focus(plant("venster-met-focus"))
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.plant") == "venster-met-focus"


def test_keyboard_and_state(estate: Estate, page: Page) -> None:
    page.goto(estate.url("main", "/producten/parkeervergunning/"))
    for name, text in [("vraag-alleen-muis", "eerste vergunning"), ("knop-doet-niets-met-toets", "Kerkpad")]:
        page.evaluate("name => { const e = document.querySelector(`[data-plant='${name}']`); e.focus(); }", name)
        page.keyboard.press("Enter")
        page.keyboard.press("Space")
        assert text not in page.inner_text("main")
        page.click(plant(name))
        assert text in page.inner_text("main")
    for name, state in [("uitklap-vergeet-toestand", "false"), ("uitklap-toestand-goed", "true")]:
        page.click(plant(name))
        assert page.get_attribute(plant(name), "aria-expanded") == state
    page.click(plant("vinkje-vergeet-toestand"))
    assert "☑" in page.inner_text(plant("vinkje-vergeet-toestand"))
    assert page.get_attribute(plant("vinkje-vergeet-toestand"), "aria-checked") == "false"


def test_changes_of_context(estate: Estate, page: Page) -> None:
    def leads_away(path: str, act: str, name: str) -> bool:
        address = estate.url("main", path)
        page.goto(address)
        if act == "focus":
            page.focus(plant(name))
        elif act == "choose":
            page.focus(plant(name))
            page.keyboard.press("ArrowDown")
        else:
            page.locator(plant(name)).scroll_into_view_if_needed()
            page.hover(plant(name))
            page.mouse.down()
        page.wait_for_timeout(400)
        away = page.url != address
        if act == "down":
            page.mouse.move(2, 2)
            page.mouse.up()
        return away

    advanced, jobs = "/zoeken/uitgebreid/", "/over-de-gemeente/vacatures/"
    assert leads_away(advanced, "focus", "veld-springt-bij-focus")
    assert not leads_away(advanced, "focus", "keuze-met-knop")
    assert leads_away(advanced, "choose", "keuze-springt")
    assert not leads_away(advanced, "choose", "keuze-met-knop")
    assert leads_away(jobs, "down", "link-bij-neerdrukken")
    assert not leads_away(jobs, "down", "link-bij-loslaten")
    page.goto(estate.url("main", advanced))
    page.keyboard.press("s")
    assert page.is_visible("[data-snel]")


def test_time_runs_out(estate: Estate, browser: Browser) -> None:
    def left_after(channel: str, path: str, minutes: int) -> bool:
        context = browser.new_context()
        made = context.new_page()
        if channel == "loket":
            log_in(estate, made)
        made.clock.install()
        address = estate.url(channel, path)
        made.goto(address)
        made.clock.fast_forward(minutes * 60_000)
        made.wait_for_timeout(300)
        away, warned = made.url != address, made.locator("dialog[open]").count()
        context.close()
        return away and not warned

    assert left_after("main", "/producten/hondenbelasting/", 16)
    assert left_after("loket", "/gegevens/", 11)
    assert not left_after("loket", "/overzicht/", 14)
    assert not left_after("main", "/cijfers/bevolking/", 19 * 60)


def test_movement_and_sound(estate: Estate, page: Page) -> None:
    page.goto(estate.url("main", "/"))
    carousel = page.locator(plant("carrousel-met-pauze"))
    first = carousel.inner_text()
    page.wait_for_timeout(4600)
    assert carousel.inner_text() != first
    page.click("[data-js=pauze]")
    first = carousel.inner_text()
    page.wait_for_timeout(4600)
    assert carousel.inner_text() == first
    sound = "document.querySelector('audio').paused === false && document.querySelector('audio').webkitAudioDecodedByteCount > 0"
    page.goto(estate.url("main", "/beeld-en-geluid/gemeentelied/"))
    page.wait_for_timeout(1000)
    assert page.evaluate(sound)
    page.goto(estate.url("main", "/beeld-en-geluid/geluidswandeling/"))
    page.wait_for_timeout(1000)
    assert page.evaluate(sound)
    page.keyboard.press("Tab")
    page.focus("[data-geluid]")
    page.keyboard.press("Enter")
    assert not page.evaluate(sound)


def test_tooltips(estate: Estate, page: Page) -> None:
    page.goto(estate.url("main", "/producten/afval-en-recycling/"))
    for name, hoverable, dismissible in [("tip-niet-aan-te-wijzen", False, False), ("tip-niet-weg-te-halen", True, False),
                                         ("tip-goed", True, True)]:
        page.mouse.move(2, 2)
        page.wait_for_timeout(300)
        tip = page.locator(plant(name) + " [role=tooltip]")
        assert not tip.is_visible()
        page.hover(plant(name) + " button")
        page.wait_for_timeout(100)
        box = tip.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 15, steps=10)
        page.wait_for_timeout(400)
        assert tip.is_visible() == hoverable, name
        page.hover(plant(name) + " button")
        page.keyboard.press("Escape")
        assert tip.is_visible() != dismissible, name


def test_forms(estate: Estate, page: Page) -> None:
    address = estate.url("main", "/contact/klacht-indienen/")
    page.goto(address)
    text = page.inner_text(plant("fout-alleen-rand"))
    page.click(plant("fout-alleen-rand") + " button")
    assert page.inner_text(plant("fout-alleen-rand")) == text
    assert page.evaluate("getComputedStyle(document.querySelector('[name=k1]')).borderTopColor") == "rgb(192, 0, 0)"
    page.click(plant("fout-algemeen") + " button")
    assert "Controleer uw invoer" in page.inner_text(plant("fout-algemeen"))
    page.fill("[name=b1]", "1 mei")
    page.click(plant("fout-zonder-uitleg") + " button")
    assert page.inner_text(plant("fout-zonder-uitleg") + " [role=alert]") == "Datum van de brief is ongeldig."
    page.click(plant("fout-met-uitleg") + " button")
    assert "datum van het werk" in page.inner_text(plant("fout-met-uitleg") + " [role=alert]")
    assert page.url == address
    page.goto(estate.url("formulier", "/melding/"))
    onward = "section:not([hidden]) [data-naar='1']"
    page.click(onward)
    assert page.evaluate("document.activeElement.name") == "wat"
    for field, value in [("wat", "Een losse tegel"), ("pc", "1234 AB"), ("mail", "proef@voorbeeldmeer.example")]:
        page.fill(f"[name={field}]", value)
        page.click(onward)
    assert "Een losse tegel" in page.inner_text("[data-overzicht]")
    assert page.evaluate("document.activeElement.textContent").startswith("Stap 4 van 4")
    assert not [request for request in estate.requests if request.channel == "formulier" and request.unsafe]


def test_routes_and_consent(estate: Estate, page: Page) -> None:
    page.goto(estate.url("sport", "/"))
    assert page.is_visible("[data-toestemming]")
    page.click("[data-keuze=nee]")
    page.goto(estate.url("sport", "/programma/"))
    assert not page.is_visible("[data-toestemming]")
    page.click("main a")
    assert (page.title(), page.inner_text("h1")) == ("Zwemmen - Voorbeeldmeer in beweging", "Zwemmen")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    titles = set()
    for month in ("mei", "juni", "juli"):
        page.goto(estate.url("sport", f"/kalender/#/{month}"))
        assert page.inner_text("h1").lower() == month
        titles.add(page.title())
    assert len(titles) == 1
    page.goto(estate.url("sport", "/verhalen/"))
    page.wait_for_selector("main li a")
    page.click("[data-meer]")
    assert page.locator("main li a").count() == 6


def test_orientation(estate: Estate, page: Page) -> None:
    for width, height, turned in [(390, 844, False), (844, 390, True), (640, 512, False), (320, 256, False)]:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(estate.url("sport", "/quiz/"))
        assert page.is_visible(plant("draai-uw-telefoon")) == turned
        page.goto(estate.url("main", "/onderwerpen/kunstroute/"))
        transform = page.evaluate("getComputedStyle(document.querySelector('[data-plant=inhoud-gedraaid]')).transform")
        assert (transform != "none") == turned


def test_clean_pages_are_many_and_on_every_channel(estate: Estate) -> None:
    for channel in ("main", "sport", "loket", "kaart", "formulier", "widget"):
        assert clean_pages(estate, channel), channel
