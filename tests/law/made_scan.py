"""A small municipality in a store, scanned without a browser: a home page, news, a form, a document, findings and doubts."""

import io
import json
from dataclasses import replace

from PIL import Image

from checks.catalogue import checks_by_criterion
from scanner import sampling
from scanner.config import load
from scanner.finding_store import record_night
from scanner.findings import Glance
from scanner.model import (
    Discovery,
    LedgerState,
    Outcome,
    PageEvidence,
    Place,
    Record,
    StateEvidence,
    Verdict,
)
from scanner.store import Looked, open_store

HOME = "https://www.voorbeeldmeer.example/"
PAGES = {
    HOME: ("Voorbeeldmeer", "aaaa", ("opens",)),
    f"{HOME}toegankelijkheid/": ("Toegankelijkheid", "bbbb", ()),
    f"{HOME}contact/": ("Contact", "cccc", ("form",)),
    f"{HOME}paspoort-aanvragen/": ("Paspoort aanvragen", "bbbb", ("table",)),
    **{f"{HOME}nieuws/{number}/": (f"Nieuws {number}", "dddd", ()) for number in range(1, 9)},
}
SETTINGS = """
[organisation]
name = "Gemeente Voorbeeldmeer"
short = "VM"
[[channel]]
id = "main"
name = "Voorbeeldmeer.nl"
url = "https://www.voorbeeldmeer.example/"
owner = "Team Communicatie"
[[channel]]
id = "kaart"
name = "Kaart"
url = "https://kaart.voorbeeldmeer.example/"
target = "B"
"""
LOGO = Place("header img", '<img src="/logo.svg" alt="Logo">', region="banner", component="header>a>img")
GREY = Place("footer p", '<p class="klein">Grijs</p>', region="contentinfo", component="footer>p.klein")


def settings(folder):
    """A settings file in a folder."""
    path = folder / "scanner.toml"
    path.write_text(SETTINGS, "utf-8")
    return path


def png(colour="navy"):
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    return out.getvalue()


def picture(url, alternative="Logo", source=f"{HOME}logo.svg"):
    """A doubt about a picture with its alternative."""
    place = replace(LOGO, snippet=f'<img src="{source}" alt="{alternative}">')
    values = {"alternative": alternative, "source": source, "width": 40, "around": url}
    return Outcome("1.1.1", Verdict.CANT_TELL, "alternative-to-judge", place, "base", "1280x1024", values)


def grey():
    """A failure in the footer."""
    return Outcome("1.4.3", Verdict.FAILED, "contrast-low", GREY, "base", "1280x1024", {"ratio": 2.3, "text": "Grijs"})


def said(url, own, settled=("1.3.4", "1.4.2")):
    """Outcomes for every criterion: the given ones, and for the rest what a check says when it found nothing."""
    spoken = {outcome.criterion for outcome in own}
    for number in checks_by_criterion():
        if number in settled:
            yield Outcome(number, Verdict.PASSED, "all-right")
        elif number == "2.1.1" and url != HOME:
            yield Outcome(number, Verdict.UNTESTED, "not-looked", values={"reason": "walk: not run"})
        elif number not in spoken:
            yield Outcome(number, Verdict.UNTESTED, "needs-person")
    yield from own


def scan(store, config, outcomes=None, pages=None, left=(), record=True):
    """One finished scan of the channel main. `outcomes`: address → outcomes; `left`: addresses that are not visited."""
    pages = PAGES if pages is None else pages
    started = store.begin("main", "site", {"scanner": "0.1.0", "rules": "1", "axe": "4.14.1", "axe_fallback": False}, {"follow": True})
    rows = [Discovery(url, HOME, 0 if url == HOME else 1, channel="main") for url in pages]
    rows += [Discovery(url, HOME, 1, channel="main") for url in left]
    rows.append(Discovery(f"{HOME}besluit.pdf", HOME, 1, LedgerState.DOCUMENT, status=200, content_type="application/pdf", fetched=True, channel="main"))
    store.discover(started.id, rows)
    links = [{"url": url, "text": title} for url, (title, _, _) in pages.items()]
    glances = {}
    for row in store.ledger(started.id, LedgerState.FOUND):
        if row.url in left:
            continue
        title, template, features = pages[row.url]
        facts = {"title": title, "features": list(features), "links": links, "forms": [], "passwordFields": 0}
        page = PageEvidence(row.url, row.url, 200, "text/html", template=template,
                            looks=(StateEvidence("base", "1280x1024", (), {"facts": Record("facts", facts)}),))
        own = (outcomes or default())(row.url)
        made = list(said(row.url, own))
        shown = {made.index(one): png() for one in own[:1]}
        if row.url == HOME:
            shown |= {made.index(one): png("grey") for one in own if one.verdict is Verdict.FAILED}
        store.save_visit(started.id, row.id, Looked(page, LedgerState.VISITED, "", made, shown, (), 0.1, "done" if row.url == HOME else ""))
        glances[row.url] = Glance(row.url, True, row.url == HOME, {("base", "1280x1024"): frozenset({"facts", "contrast", "graphics"})})
    sampling.draw(store, config.channel("main"), started)
    if record:
        record_night(store, started, "VM", glances)
    store.stage(started.id, "done")
    return store.scan(started.id)


def default():
    """The logo everywhere, grey text in every footer, one thin alternative on one news page."""
    def outcomes(url):
        news = [picture(url, "foto", f"{HOME}foto.jpg")] if url.endswith("nieuws/1/") else []
        return [picture(url), grey(), *news]
    return outcomes


def estate(folder, **other):
    """Settings, an open store and its first scan."""
    config = load(settings(folder))
    store = open_store(f"sqlite:///{config.storage.folder / 'scanner.sqlite'}")
    return config, store, scan(store, config, **other)


def as_json(path):
    """A JSON file."""
    return json.loads(path.read_text("utf-8"))
