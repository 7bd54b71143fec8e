"""2.4.4 Link Purpose (In Context) (A).

Looks at: every link, its name, and what a program can find around it: its sentence or paragraph, list items, table
headers, the heading before it and its description; axe-core's results.
Fails: a link without a name; a name of icon characters alone; a name such as "lees meer" or "klik hier" while nothing
around it, not even a heading, adds a word.
Cannot see: whether a name that says something says the right thing; whether two pages behind links with one name are
the same.
Sources: WCAG 2.1 2.4.4; H30, H33, H77 to H80, F63, F89; ACT c487ae, 5effbb, fd3a94, aizyf1; decision 0028.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urldefrag, urlsplit

from checks.wcag.axe_rules import axe_outcomes
from checks.wording import content_words, folded, words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.4.4"
NEEDS = ("axe", "controls")

GENERIC = frozenset(re.findall(r"[^|\n]+", """
lees meer|lees verder|lees meer over|meer lezen|verder lezen|verder|meer|meer info|meer informatie
klik hier|klik|hier|deze|link|deze link|deze pagina|download|downloaden|bekijk|bekijken|ga verder|ga|ga naar
details|open|openen|info|informatie|naar de pagina|website|toon meer
read more|more|more info|more information|click here|click|here|this|this link|this page|learn more|go|go to|see more
view|view more|continue|continue reading|find out more|show more|detail
weiterlesen|mehr|hier klicken|en savoir plus|lire la suite|ici|url|www|ok
"""))
"""Names that say that there is a link, not where it goes."""

FORMATS = frozenset(re.findall(r"\S+", """
    pdf html epub word excel docx xlsx csv doc xls odt zip mp3 mp4 xml json txt ods
"""))
_FORMAT_NAME = re.compile(
    rf"^(download |open )?(plain text|platte tekst|{'|'.join(sorted(FORMATS))})( ?\(?[\d.,]+ ?[km]b\)?)?$", re.I)
_ADDRESS = re.compile(r"^(https?://\S+|www\.\S+|[\w%-]+\.(pdf|docx?|xlsx?|jpe?g|png|html?|aspx?|php))$", re.I)
_SPOKEN_ADDRESS = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:/[a-z-]+){0,3}/?$", re.I)
"""An address that people say to each other, such as `www.digid.nl/hulp`; the host is its first group."""
_ICONS_ONLY = re.compile(r"^[\s\ue000-\uf8ff\U000f0000-\U0010ffff]+$")
MOST = 50
"""Links of one kind that are reported per page."""


def is_generic(name: str) -> bool:
    """Whether a link's name says nothing about where it goes."""
    bare = " ".join(words(name))
    return bare in GENERIC or bool(_FORMAT_NAME.match(name.strip())) or (not bare and bool(name.strip()))


def context_words(context: Json) -> list[str]:
    """Words of meaning that a program finds around a link, the heading left out."""
    parts = [context["paragraph"], *context["items"], context["cell"], context["headers"], context["described"],
             context["title"], context["figure"]]
    text = " ".join(str(part) for part in parts if folded(str(part)).strip() not in GENERIC)
    return [w for w in content_words(text) if w not in GENERIC and w not in FORMATS]


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    of_axe = list(axe_outcomes(page, CRITERION))
    yield from of_axe
    nameless = {_where(o) for o in of_axe if o.verdict is Verdict.FAILED}
    for look, seen in page.seen("controls"):
        links = [c for c in seen["controls"]
                 if c.get("link") and c["name"] and not c["hidden"] and (c["shown"] or c["focusable"])]
        said: dict[str, int] = defaultdict(int)
        for outcome in [*_single(look, links), *_same_names(look, links)]:
            if outcome.rule == "link-name-is-icon" and _where(outcome) in nameless:
                continue  # axe, which does not count the letters of a style sheet, has said so
            said[outcome.rule] += 1
            if outcome.verdict is Verdict.FAILED or said[outcome.rule] <= MOST:
                yield outcome


def _where(outcome: Outcome) -> tuple[str, str]:
    """The link, in whatever state of the page: what is said of it at full width is not said again at 320 px."""
    place = outcome.place
    return (place.frame, place.selector) if place else ("", "")


def _single(look: StateEvidence, links: Sequence[Json]) -> Iterator[Outcome]:
    for link in links:
        name, context = str(link["name"]), link["context"]
        values: dict[str, Any] = {"name": name[:100], "target": str(link["url"])[:200]}
        if _ICONS_ONLY.match(name):
            if link["role"] == "link" and not words(str(link["title"])):  # a title says where it goes (H33)
                yield look.failed(CRITERION, "link-name-is-icon", link, **values)
        elif context and is_generic(name):
            yield from _generic(look, link, context, values)
        elif _ADDRESS.match(name.strip()) and not _names_its_target(name.strip(), str(link["url"])):
            yield look.cant_tell(CRITERION, "link-name-is-address", link, **values)


def _names_its_target(name: str, url: str) -> bool:
    """Whether a link is named by the short address to which it leads: that says where it goes."""
    spoken = _SPOKEN_ADDRESS.match(name)
    host = urlsplit(url).hostname or ""
    return spoken is not None and spoken[1].lower().removeprefix("www.") == host.removeprefix("www.")


def _generic(look: StateEvidence, link: Json, context: Json, values: dict[str, Any]) -> Iterator[Outcome]:
    heading = str(context["heading"]) if content_words(str(context["heading"])) else ""
    values = {**values, "heading": heading[:100], "nearby": str(context["row"] or context["nearby"])[:200]}
    if context_words(context):
        only_headers = not context_words({**context, "headers": ""})
        if only_headers and context["row"] and not content_words(str(context.get("rowHeader", ""))):
            # The header of a column says what kind of links these are, and the cell beside it speaks for the eye alone.
            yield look.cant_tell(CRITERION, "link-in-table-cell", link, practice=Verdict.FAILED, **values)
    elif heading and context["headingLevel"] >= 2:
        return
    elif heading:
        yield look.cant_tell(CRITERION, "link-generic-doubt", link, practice=Verdict.FAILED, **values)
    elif link["region"] in ("navigation", "banner", "contentinfo") or link.get("commands"):
        yield look.cant_tell(CRITERION, "link-generic-doubt", link, **values)
    else:
        yield look.failed(CRITERION, "link-generic-without-context", link, **values)


def _same_names(look: StateEvidence, links: Sequence[Json]) -> Iterator[Outcome]:
    """Links with one name and one context that go to different places: for a person."""
    groups: dict[tuple[str, ...], list[Json]] = defaultdict(list)
    for link in links:
        if link["url"] and link["context"]:
            context = link["context"]
            around = " ".join(sorted(set(context_words(context))))
            name = " ".join(words(str(link["name"])))
            groups[name, around, str(context["heading"]), str(link["region"])].append(link)
    for (name, *_), same in groups.items():
        targets = {_target(str(link["url"])) for link in same}
        if name and len(targets) > 1:
            yield look.cant_tell(CRITERION, "links-same-name", same[1], name=str(same[1]["name"])[:100],
                                 links=len(same), targets=" ".join(sorted(targets)[:3])[:400])


def _target(url: str) -> str:
    parts = urlsplit(urldefrag(url)[0])
    path = re.sub(r"/(index|default)\.\w+$", "/", parts.path).rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}?{parts.query}".rstrip("?")
