"""Which pages a person examines: the structured and the random sample. Pure, and the same for the same seed.

WCAG-EM step 3 and Implementing Decision (EU) 2018/1524, Annex I, 3.2 and 3.3. Each entry says which clause it fills:

(a) home, login, sitemap, contact, help, legal information; (b) a page per type of service, and search;
(c) the accessibility statement and the way to give feedback; (d) pages that look different: one per template;
(e) documents, at least two; (f) pages that somebody found relevant; (g) at random, at least 10 % of all others;
3.3 all other steps of a process of which a step is in the sample.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class Clause(StrEnum):
    """Clause of 2018/1524, Annex I, 3.2 (letters) and 3.3."""

    COMMON = "a"
    SERVICE = "b"
    STATEMENT = "c"
    APPEARANCE = "d"
    DOCUMENT = "e"
    RELEVANT = "f"
    RANDOM = "g"
    PROCESS = "3.3"


class Reason(StrEnum):
    """Why a page is in the sample; the catalogue of texts has a sentence for each."""

    HOME = "home"
    LOGIN = "login"
    SITEMAP = "sitemap"
    CONTACT = "contact"
    HELP = "help"
    LEGAL = "legal"
    SEARCH = "search"
    SERVICE = "service"
    STATEMENT = "statement"
    FEEDBACK = "feedback"
    TEMPLATE = "template"
    CONTENT = "content type"
    DOCUMENT = "document"
    RELEVANT = "relevant"
    RANDOM = "random"
    STEP = "step of a process"


CLAUSE = {
    Reason.HOME: Clause.COMMON, Reason.LOGIN: Clause.COMMON, Reason.SITEMAP: Clause.COMMON,
    Reason.CONTACT: Clause.COMMON, Reason.HELP: Clause.COMMON, Reason.LEGAL: Clause.COMMON,
    Reason.SEARCH: Clause.SERVICE, Reason.SERVICE: Clause.SERVICE,
    Reason.STATEMENT: Clause.STATEMENT, Reason.FEEDBACK: Clause.STATEMENT,
    Reason.TEMPLATE: Clause.APPEARANCE, Reason.CONTENT: Clause.APPEARANCE,
    Reason.DOCUMENT: Clause.DOCUMENT, Reason.RELEVANT: Clause.RELEVANT, Reason.RANDOM: Clause.RANDOM,
    Reason.STEP: Clause.PROCESS,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page or document that can be in the sample, with what is known of it."""

    url: str
    title: str = ""
    template: str = ""
    """Signature: pages of one template look alike. Empty when unknown."""
    from_home: bool = False
    """The home page links to it."""
    depth: int = 0
    features: frozenset[str] = frozenset()
    """What was seen on it: `form`, `search`, `login`, `table`, `video`, `audio`, `map`, `chart`, `download`, …"""
    document: bool = False
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the sample."""

    url: str
    clause: Clause
    reason: Reason
    detail: str = ""
    """The template, content type, service or process that it stands for. May be hostile text."""
    also: tuple[Reason, ...] = ()
    """Further reasons that this same page fills."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample, the structured part first, and which of the obliged kinds no page was found for."""

    entries: tuple[Entry, ...]
    missing: tuple[Reason, ...]
    seed: int

    @property
    def random(self) -> tuple[Entry, ...]:
        """The random part."""
        return tuple(entry for entry in self.entries if entry.clause is Clause.RANDOM)


# Words as Dutch municipalities use them, in address or title. The more telling word stands first.
_WORDS: tuple[tuple[Reason, str, re.Pattern[str]], ...] = tuple(
    (reason, feature, re.compile(words, re.IGNORECASE))
    for reason, feature, words in (
        (Reason.LOGIN, "login", r"\b(?:inloggen|login|log-in|sign-?in|mijn[ -]?(?:gemeente|\w+)|aanmelden|digid)\b"),
        (Reason.SITEMAP, "", r"\b(?:sitemap|site-map|inhoudsopgave|a-z|alle[ -]onderwerpen)\b"),
        (Reason.CONTACT, "", r"\bcontact(?:formulier|gegevens|-opnemen)?\b"),
        (Reason.HELP, "", r"\b(?:help|hulp|uitleg|veelgestelde[ -]vragen|faq|zo[ -]werkt)\b"),
        (Reason.LEGAL, "", r"\b(?:privacy\w*|disclaimer|proclaimer|cookies?|copyright|juridisch\w*|colofon)\b"),
        (Reason.SEARCH, "search", r"\b(?:zoeken|zoekresultaten|zoekresultaat|search|zoek)\b"),
        (Reason.STATEMENT, "", r"\b(?:toegankelijkheid(?:s-?verklaring)?|accessibility(?:[ -]statement)?)\b"),
        (Reason.FEEDBACK, "", r"\b(?:feedback|reageren|reactieformulier|klacht(?:en)?|melding[ -]doorgeven|melden)\b"),
    )
)
_SERVICE = re.compile(
    r"\b(?:aanvragen|aanvraag|vergunning\w*|paspoort|identiteitskaart|rijbewijs|verhuiz\w+|uittreksel|belasting\w*"
    r"|afval\w*|parkeren|subsidie\w*|uitkering|huwelijk|trouwen|geboorte\w*|overlijden|afspraak|bezwaar|wmo|jeugdhulp"
    r"|schuld\w*|product(?:en)?|dienst(?:en)?|regelen)\b",
    re.IGNORECASE,
)
_SHOWN = ("form", "table", "video", "audio", "map", "chart", "carousel", "dialog", "search", "download")


def build(
    candidates: Sequence[Candidate],
    home: str,
    *,
    processes: Sequence[Sequence[str]] = (),
    relevant: Sequence[str] = (),
    seed: int = 0,
    services: int = 10,
    documents: int = 2,
) -> Sample:
    """The sample of one channel.

    `processes`: addresses of the steps of each process, in order; `relevant`: addresses that people added (f);
    `services`: pages of distinct services at most; `documents`: at least this many, of distinct kinds first.
    The random part is 10 % of the rest, rounded up, on top, out of pages and documents not yet chosen.
    """
    pages = sorted((one for one in candidates if not one.document), key=_rank)
    by_url = {one.url: one for one in candidates}
    chosen: dict[str, Entry] = {}
    missing: list[Reason] = []

    def choose(url: str, reason: Reason, detail: str = "") -> None:
        before = chosen.get(url)
        if before is None:
            chosen[url] = Entry(url, CLAUSE[reason], reason, detail)
        elif reason not in (before.reason, *before.also):
            chosen[url] = Entry(url, before.clause, before.reason, before.detail, (*before.also, reason))

    if home in by_url:
        choose(home, Reason.HOME)
    else:
        missing.append(Reason.HOME)
    for reason, feature, pattern in _WORDS:
        best = _best(pages, pattern, feature, home)
        if best is None:
            missing.append(reason)
        else:
            choose(best.url, reason)
    for page in _services(pages, services, home):
        choose(page.url, Reason.SERVICE, _first_segment(page.url))
    for steps in processes:
        if steps:
            choose(steps[0], Reason.SERVICE, steps[0])
    templates: set[str] = {by_url[url].template for url in chosen if url in by_url}
    for page in pages:
        if page.template and page.template not in templates:
            templates.add(page.template)
            choose(page.url, Reason.TEMPLATE, page.template)
    shown = {feature for url in chosen if url in by_url for feature in by_url[url].features}
    for feature in _SHOWN:
        page_with = next((page for page in pages if feature in page.features), None)
        if feature not in shown and page_with is not None:
            choose(page_with.url, Reason.CONTENT, feature)
            shown |= page_with.features
    for document in _documents([one for one in candidates if one.document], documents):
        choose(document.url, Reason.DOCUMENT, document.content_type)
    if not any(entry.clause is Clause.DOCUMENT for entry in chosen.values()):
        missing.append(Reason.DOCUMENT)
    for url in relevant:
        choose(url, Reason.RELEVANT)

    left = sorted(set(by_url) - set(chosen), key=lambda url: (_draw(seed, url), url))
    for url in left[: math.ceil(len(chosen) / 10)]:
        choose(url, Reason.RANDOM)
    for steps in processes:
        if any(url in chosen for url in steps):
            for url in steps:
                choose(url, Reason.STEP, steps[0])
    order = list(Clause)
    entries = sorted(chosen.values(), key=lambda entry: (order.index(entry.clause), list(Reason).index(entry.reason)))
    return Sample(tuple(entries), tuple(missing), seed)


def _rank(page: Candidate) -> tuple[bool, int, int, str]:
    """Pages that the home page links to first, then the nearest, then the shortest address."""
    return (not page.from_home, page.depth, len(page.url), page.url)


def _best(pages: Sequence[Candidate], pattern: re.Pattern[str], feature: str, home: str) -> Candidate | None:
    """The page that an address's last segment, its title, its path or a feature names best; never the home page."""

    def score(page: Candidate) -> int:
        segments = [segment for segment in urlsplit(page.url).path.split("/") if segment]
        last = segments[-1].partition(".")[0] if segments else ""
        fits = 4 * bool(pattern.fullmatch(last)) + 3 * bool(pattern.search(page.title[:80]))
        fits += 2 * bool(pattern.search(last)) + bool(pattern.search(urlsplit(page.url).path))
        return fits + (3 if feature and feature in page.features and fits else 0)

    best = max((page for page in pages if page.url != home), key=score, default=None)
    if best is not None and score(best) > 0:
        return best
    return next((page for page in pages if feature and feature in page.features and page.url != home), None)


def _services(pages: Sequence[Candidate], most: int, home: str) -> list[Candidate]:
    """Pages about things that people come for, spread over the sections of the site."""
    about = [
        page for page in pages
        if page.url != home and (_SERVICE.search(page.title) or _SERVICE.search(urlsplit(page.url).path))
    ]
    turns: dict[str, int] = {}
    ordered = []
    for page in about:
        section = _first_segment(page.url)
        ordered.append((turns.get(section, 0), page))
        turns[section] = turns.get(section, 0) + 1
    ordered.sort(key=lambda pair: (pair[0], _rank(pair[1])))
    return [page for _, page in ordered[:most]]


def _documents(documents: Sequence[Candidate], least: int) -> list[Candidate]:
    """One document per content type, and more until there are enough."""
    ordered = sorted(documents, key=_rank)
    kinds: dict[str, Candidate] = {}
    for document in ordered:
        kinds.setdefault(document.content_type, document)
    found = list(kinds.values())
    found += [document for document in ordered if document not in found][: max(least - len(found), 0)]
    return found


def _first_segment(url: str) -> str:
    return next((segment for segment in urlsplit(url).path.split("/") if segment), "")


def _draw(seed: int, url: str) -> str:
    """A page's place in the draw: depends on seed and address only, so that other pages do not shift it."""
    return hashlib.sha256(f"{seed}\n{url}".encode()).hexdigest()
