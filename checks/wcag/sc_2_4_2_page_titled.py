"""2.4.2 Page Titled (A).

Looks at: the title of every page, its first headings and its text; over the site, pages with the same title.
Fails: no title; a title that a program made up (`Untitled`, `React App`, a file name, an address); over the site, the
same title on three or more pages with other content, for those pages whose heading has no word in the title.
Cannot see: whether a title that fits the words of its page also describes it.
Sources: WCAG 2.1 2.4.2; F25, G88; ACT 2779a5, c4a8a4; decision 0026.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from checks.wcag.axe_rules import axe_outcomes
from checks.wording import common_to_most, content_words, similarity, stems
from scanner.model import Json, Outcome, PageEvidence, SiteEvidence, Verdict

CRITERION = "2.4.2"
NEEDS = ("axe", "facts")

MADE_UP = frozenset(re.findall(r"[^|\n]+", """
untitled|untitled document|untitled page|document|naamloos|naamloos document|naamloze pagina|geen titel|zonder titel
no title|title|titel|new page|nieuwe pagina|page|pagina|page title|paginatitel|index|test|testpagina|test page
react app|vite app|vite + react|nuxt app|create next app|angular app|vue app
my app|my site|my website|website|webpage|web page|html5 template|starter template
just another wordpress site|nog een wordpress site|nog een wordpress-site
lorem ipsum|undefined|null|{{title}}|{title}|[object object]
"""))
"""Titles that say nothing about any page."""

THIN = frozenset({"home", "homepage", "home page", "startpagina", "welkom", "welcome", "loading", "loading...", "laden",
                  "laden...", "een moment geduld"})
"""Titles that may be meant, but hardly tell the page from others."""

_UNFILLED = re.compile(r"\{\{ ?[\w.|$ ]*\}\}|\$\{[\w.]*\}|%[A-Za-z_.]{3,}%|\[\[[\w.]*\]\]")
"""A place in a template that nothing has filled in."""
_OF_THE_PAGE = re.compile(r"^(?!.*(site|app|org)).*(page|pagina|title|titel|heading)", re.I)
"""The name of such a place where the page's own title should stand."""
_FILE_OR_ADDRESS = re.compile(r"^(https?://\S+|www\.\S+|[\w%-]+\.(html?|php|aspx?|jsp|pdf|docx?|xlsx?))$", re.I)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
    for look, facts in page.seen("facts", "base"):
        title = " ".join(str(facts["title"]).split())
        if not title:
            continue
        heading = heading_of(facts)
        values: dict[str, Any] = {"title": title[:200], "heading": heading[:200]}
        bare = re.sub(r" \(?\d{1,2}\)?$", "", title.lower().strip(" .!-|"))
        unfilled = _unfilled(title, heading, str(facts["text"]))
        if unfilled is Verdict.FAILED or bare in MADE_UP or title.lower() in MADE_UP or _FILE_OR_ADDRESS.match(title):
            yield look.failed(CRITERION, "title-made-up", **values)
        elif unfilled or bare in THIN or title.lower() in THIN:
            yield look.cant_tell(CRITERION, "title-thin", practice=Verdict.FAILED, **values)
        elif _in_doubt(title, heading, str(facts["text"])):
            yield look.cant_tell(CRITERION, "title-shares-little", **values)


def heading_of(facts: Json) -> str:
    """The visible level one headings of the top document; without these its first heading; empty without headings."""
    own = [h for h in facts["headings"] if not h.get("frame") and h["visible"] and h["text"]]
    first = [str(h["text"]) for h in own if h["level"] == 1][:2] or [str(h["text"]) for h in own[:1]]
    return " / ".join(first)


def _unfilled(title: str, heading: str, text: str) -> Verdict | None:
    """What a template left open in the title means: nothing when the rest says what the heading says.

    A page about templates may name such a place in its title, and then speaks of it in its text.
    """
    places, rest = _UNFILLED.findall(title), stems(_UNFILLED.sub(" ", title))
    if not places or _UNFILLED.search(f"{text} {heading}") or rest & stems(heading):
        return None
    return Verdict.FAILED if not rest or any(map(_OF_THE_PAGE.search, places)) else Verdict.CANT_TELL


def _in_doubt(title: str, heading: str, text: str) -> bool:
    """Whether the title lacks half of what the heading says; without heading, whether half of it is not in the text."""
    in_title, in_heading = stems(title), stems(heading)
    if in_heading:
        return len(in_heading & in_title) < 0.5 * len(in_heading)
    return len(content_words(text)) >= 5 and len(in_title & stems(text)) < 0.5 * len(in_title)


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Pages that carry the same title while they are about different things."""
    known = [(page, facts) for page in site.pages
             if not page.incomplete and (facts := page.first("facts", "base")) and facts["title"]]
    site_name = frozenset(stem[:4] for stem in common_to_most(str(facts["title"]) for _, facts in known))
    by_title: dict[str, list[tuple[PageEvidence, Json]]] = defaultdict(list)
    for page, facts in known:
        by_title[" ".join(str(facts["title"]).lower().split())].append((page, facts))
    for title, pages in by_title.items():
        different = _different(pages)
        if len(different) < 2:
            continue
        for page, facts in different:
            about, told = stems(heading_of(facts), 4) - site_name, stems(title, 4) - site_name
            if not _is_home(page) and ((site_name and not told) or (about and not about & told)):
                verdict = Verdict.FAILED if len(different) >= 3 else Verdict.CANT_TELL
                values = {"url": page.url, "title": str(facts["title"])[:200], "heading": heading_of(facts)[:200],
                          "pages": len(different)}
                yield Outcome(CRITERION, verdict, "title-same-on-pages", values=values,
                              practice=Verdict.FAILED if verdict is Verdict.CANT_TELL else None)


def _different(pages: list[tuple[PageEvidence, Json]]) -> list[tuple[PageEvidence, Json]]:
    """Pages of which no two are the same page under two addresses or two views (query) of one."""
    kept: list[tuple[PageEvidence, Json]] = []
    for page, facts in pages[:200]:
        if all(_about_another(page, facts, other, theirs) for other, theirs in kept):
            kept.append((page, facts))
    return kept


def _about_another(page: PageEvidence, facts: Json, other: PageEvidence, theirs: Json) -> bool:
    """Whether two pages have other text and another heading; under one path both must have a heading."""
    headings = heading_of(facts), heading_of(theirs)
    if _place(page) == _place(other) and not all(headings):
        return False
    text, their_text = (str(f["mainText"] or f["text"])[:4000] for f in (facts, theirs))
    return (headings[0] != headings[1] or not any(headings)) and similarity(text, their_text) < 0.5


def _place(page: PageEvidence) -> str:
    """The path of a page, with the route of a single-page application."""
    parts = urlsplit(page.final_url or page.url)
    return parts.path + (parts.fragment if parts.fragment.startswith(("/", "!")) else "")


def _is_home(page: PageEvidence) -> bool:
    return urlsplit(page.final_url or page.url).path in ("", "/", "/index.html", "/home", "/nl", "/nl/")
