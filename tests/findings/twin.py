"""A made-up site as lxml trees, with barriers that carry their true name, and what a scan would say of it.

`place` does in Python what `S.region`, `S.component` and `S.snippet` of checks/probes/library.js do in the browser
(test_twin.py holds them together in a real one). The true name stands in `data-plant`, which fingerprints drop.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html
from lxml.html import HtmlElement, builder

from scanner.findings import Glance, Sighting
from scanner.model import Outcome, Place, Verdict

LANDMARKS = {
    "main": "main",
    "nav": "navigation",
    "header": "banner",
    "footer": "contentinfo",
    "aside": "complementary",
    "search": "search",
}
ROLES = {*LANDMARKS.values(), "form"}
GENERATED = re.compile(r"\d{2,}|[a-f0-9]{6,}|[-_][A-Za-z0-9]*\d[A-Za-z0-9]*$|__[A-Za-z0-9_-]{5}$|^css-|^sc-")
LOOKS = {("base", "1280x1024"): frozenset({"axe", "facts"})}


def region(element: HtmlElement) -> str:
    """The landmark that holds an element."""
    at: HtmlElement | None = element
    while at is not None:
        role = at.get("role")
        if role in ROLES:
            return role
        if not role and at.tag in LANDMARKS:
            inside = any(up.tag in ("article", "section", "main", "aside", "nav") for up in at.iterancestors())
            if at.tag not in ("header", "footer") or not inside:
                return LANDMARKS[at.tag]
        at = at.getparent()
    return ""


def component(element: HtmlElement) -> str:
    """The element and up to three ancestors by tag, role and steady classes."""
    parts: list[str] = []
    at: HtmlElement | None = element
    while at is not None and at.tag != "body" and len(parts) < 4:
        steady = sorted(
            c for c in dict.fromkeys((at.get("class") or "").split()) if len(c) < 40 and not GENERATED.search(c)
        )[:3]
        parts.insert(0, at.tag + (f"[{at.get('role')}]" if at.get("role") else "") + "".join("." + c for c in steady))
        at = at.getparent()
    return ">".join(parts)[:300]


def snippet(element: HtmlElement) -> str:
    """Start of the markup."""
    opened = "<" + element.tag
    for name, value in element.attrib.items():
        if name == "data-expect":
            continue
        opened += f' {name}="{value[:80]}"'
        if len(opened) > 300:
            break
    return (opened + ">" + ("" if len(element) else (element.text_content() or "").strip()[:80]))[:300]


def place(element: HtmlElement) -> Place:
    """The place of an element; its selector is its path in the tree, which changes with every sibling."""
    return Place(
        element.getroottree().getpath(element), snippet(element), "", None, region(element), component(element)
    )


def barriers(tree: HtmlElement) -> Iterator[tuple[str, str, HtmlElement]]:
    """(criterion, rule, element) of what stands in a page."""
    for image in tree.iter("img"):
        if image.get("alt") is None:
            yield "1.1.1", "axe/image-alt", image
    for link in tree.iter("a"):
        if (
            not link.text_content().strip()
            and not link.get("aria-label")
            and not any(i.get("alt") for i in link.iter("img"))
        ):
            yield "2.4.4", "axe/link-name", link
    for field in tree.iter("input"):
        if not field.get("aria-label"):
            yield "4.1.2", "axe/label", field
    for button in tree.iter("button"):
        if not button.text_content().strip() and not button.get("aria-label"):
            yield "4.1.2", "axe/button-name", button
    for text in tree.iter("p", "span", "li"):
        if "bleek" in (text.get("class") or ""):
            yield "1.4.3", "text-contrast", text
        if (text.text or "").startswith("•"):
            yield "1.3.1", "list-by-signs", text


@dataclass
class Site:
    """Pages by address, and the hash of the build that class names carry."""

    pages: dict[str, HtmlElement]
    build: str

    def sightings(self) -> list[Sighting]:
        """What a scan would say."""
        return [
            Sighting(url, Outcome(criterion, Verdict.FAILED, rule, place(element), "base", "1280x1024"))
            for url, tree in self.pages.items()
            for criterion, rule, element in barriers(tree)
        ]

    def plants(self) -> list[str]:
        """The true name of each sighting, in the same order."""
        return [element.get("data-plant") or "?" for tree in self.pages.values() for _, _, element in barriers(tree)]

    def glances(self) -> dict[str, Glance]:
        """Every page looked at well."""
        return {url: Glance(url, looks=LOOKS) for url in self.pages}


WORDS = [
    "afval",
    "ophalen",
    "paspoort",
    "aanvragen",
    "gemeente",
    "straat",
    "bezwaar",
    "maken",
    "vergunning",
    "bomen",
    "fietspad",
    "subsidie",
    "wijk",
    "kermis",
    "zwembad",
    "raad",
    "besluit",
    "folder",
    "parkeren",
    "brug",
    "water",
    "bewoners",
    "plein",
    "markt",
    "formulier",
    "adres",
    "verhuizen",
    "melding",
    "overlast",
]


def sentence(chance: random.Random, words: int = 8) -> str:
    """Words without meaning."""
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def make_site(chance: random.Random, pages: int = 10) -> Site:
    """Pages of one template with barriers in header, navigation, footer and cards, and barriers of their own in the text."""
    build = hex(chance.randrange(16**5, 16**6))[2:]
    made: dict[str, HtmlElement] = {}
    for number in range(pages):
        made[f"https://www.example.nl/p{number}/"] = _page(chance, number, build)
    return Site(made, build)


def _c(name: str, build: str) -> dict[str, str]:
    return {"class": f"{name}_{build}1"}


def _page(chance: random.Random, number: int, build: str) -> HtmlElement:
    e = builder
    header = e.HEADER(
        e.A(
            e.IMG(src=f"/build/{build}/logo.{build}.svg", **{"data-plant": "logo"}),
            href="/",
            id=_id(chance),
            **{"aria-label": "Home"},
        ),
        e.FORM(
            e.INPUT(type="search", name="q", id=_id(chance), **{"data-plant": "zoekveld"}),
            e.BUTTON("", type="submit", **{"data-plant": "zoekknop"}),
            role="search",
        ),
        **_c("kop", build),
    )
    nav = e.NAV(
        e.UL(
            *[e.LI(e.A(word, href=f"/{word}/")) for word in WORDS[:5]],
            e.LI(e.A(href="/menu/", **{"data-plant": "menu-meer"})),
        ),
        **_c("menu", build),
    )
    cards = e.UL(
        *[
            e.LI(
                e.A(e.IMG(src=f"/media/foto-{number}-{i}.jpg", alt="x"), href=f"/p{i}/"),
                e.A(href=f"/nieuws/bericht-{number}-{i}/", **{"data-plant": "kaart-pijl", "class": "kaart__pijl"}),
                **{"class": "kaart"},
            )
            for i in range(3)
        ],
        **_c("kaarten", build),
    )
    blocks = [e.P(sentence(chance)) for _ in range(chance.randint(2, 5))]
    own = f"eigen-{number}"
    for i in range(2):
        if chance.random() < 0.4:
            blocks.append(
                e.FIGURE(
                    e.IMG(
                        src=f"/media/plaat-{number}-{'ab'[i]}.{build}.jpg?v={chance.randrange(99)}",
                        **{"data-plant": f"{own}-beeld-{i}"},
                    ),
                    e.FIGCAPTION(sentence(chance, 4)),
                )
            )
        if chance.random() < 0.3:
            blocks.append(
                e.P("Lees ook", e.IMG(src=f"/media/klein-{number}-{'ab'[i]}.png", **{"data-plant": f"{own}-klein-{i}"}))
            )
        if chance.random() < 0.3:
            blocks.append(
                e.FORM(
                    e.P(
                        e.INPUT(
                            type="text",
                            name=f"veld-{WORDS[number]}-{'ab'[i]}",
                            id=_id(chance),
                            **{"data-plant": f"{own}-veld-{i}"},
                        )
                    ),
                    **_c("formulier", build),
                )
            )
    if chance.random() < 0.4:
        blocks.append(e.DIV(e.P(sentence(chance, 5), **{"class": f"bleek_{build}1", "data-plant": "css-bleek"})))
    if chance.random() < 0.3:
        blocks.append(
            e.BLOCKQUOTE(e.P("• " + sentence(chance, 6), **{"data-plant": own + "-lijst", "class": f"w{number}x"}))
        )
    # Two different defects with equal markup, in different components.
    blocks.append(
        e.DIV(
            e.H2(sentence(chance, 3)),
            e.BUTTON("", type="button", **{"data-plant": "knop-kalender"}),
            **{"class": "kalender"},
        )
    )
    blocks.append(e.SECTION(e.BUTTON("", type="button", **{"data-plant": "knop-speler"}), **{"class": "speler"}))
    chance.shuffle(blocks)
    main = e.MAIN(e.H1(sentence(chance, 3)), *blocks, cards, id="inhoud", **_c("inhoud", build))
    aside = e.ASIDE(e.P(sentence(chance)), **_c("zij", build))
    footer = e.FOOTER(
        e.P("Gemeente", **{"class": f"bleek_{build}1", "data-plant": "voet-bleek"}),
        e.A(href="https://facebook.com/gemeente?ref=1", **{"data-plant": "voet-facebook"}),
        e.A(href="https://x.com/gemeente", **{"data-plant": "voet-x"}),
        **_c("voet", build),
    )
    return html.fromstring(html.tostring(e.HTML(e.BODY(header, nav, main, aside, footer))))


def _id(chance: random.Random) -> str:
    return f"c-{chance.randrange(10**6)}"
