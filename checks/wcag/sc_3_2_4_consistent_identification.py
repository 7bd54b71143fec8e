"""3.2.4 Consistent Identification (AA).

Looks at: over the site, links in repeated headers, footers and menus, and the fields and buttons of search forms that
send to one address. Fails: such a link, or the button of such a search form, that is visibly named with wholly other
words on a page while at least four pages agree. Cannot see: the same function under other addresses or in running
text; pictures that mean the same. Sources: WCAG 2.1 3.2.4; G197, F31.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.wcag.sc_3_2_3_consistent_navigation import SURE, blocks_of, same_address
from checks.wording import stems, words
from scanner.model import Json, Outcome, PageEvidence, Place, SiteEvidence, Verdict

CRITERION = "3.2.4"
NEEDS = ("blocks",)


@dataclass(frozen=True, slots=True)
class Named:
    """One component on one page."""

    page: PageEvidence
    element: Json
    name: str
    seen: str

    @property
    def words(self) -> str:
        """The name as it is compared."""
        return " ".join(words(self.name))


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Nothing can be said of one page alone."""
    yield from ()


def evaluate_site(site: SiteEvidence) -> Iterator[Outcome]:
    """Components that do the same and are named otherwise."""
    for block in blocks_of(site):
        by_target: dict[str, list[Named]] = defaultdict(list)
        for one in block:
            for address, link in one.links.items():
                by_target[address].append(Named(one.page, one.region, str(link["name"]), str(link["seen"])))
        for found in by_target.values():
            yield from _differing(found, "named-differently")
    buttons: dict[tuple[str, str], list[Named]] = defaultdict(list)
    fields: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for page in site.pages:
        for search in (page.first("blocks", "base") or {"searches": ()})["searches"]:
            # A form of several fields is another search than the box in the header.
            if search["fields"] == 1:
                action = _language(page), same_address(str(search["action"]))
                buttons[action].append(Named(page, search, str(search["name"]), str(search["seen"])))
        for field in (page.first("fields", "base") or {"fields": ()})["fields"]:
            if field["inSearch"] and field["formAction"] and field["control"] in ("text", "search"):
                fields[_language(page), str(field["formAction"])].append(Named(page, field, str(field["name"]), ""))
    for found in buttons.values():
        yield from _differing(found, "search-named-differently")
    for found in fields.values():
        yield from _differing(found, "search-named-differently")


def _differing(found: Sequence[Named], rule: str) -> Iterator[Outcome]:
    """Those whose name shares no word with the usual one."""
    named = [one for one in found if one.words]
    names = Counter(one.words for one in named)
    if len(names) < 2:
        return
    usual, agree = names.most_common(1)[0]
    usually_seen = next(one.seen for one in named if one.words == usual)
    for one in named:
        if one.words == usual or stems(one.words, 4) & stems(usual, 4):
            continue
        visibly = bool(words(one.seen)) and bool(words(usually_seen)) and words(one.seen) != words(usually_seen)
        explained = bool(stems(one.words, 4) & stems(_about(one.page), 4))
        certain = visibly and not explained and agree >= SURE and names[one.words] < agree and not one.page.incomplete
        values = {"url": one.page.url, "name": one.name[:100], "usual": usual[:100], "pages": agree}
        verdict = Verdict.FAILED if certain else Verdict.CANT_TELL
        yield Outcome(CRITERION, verdict, rule, Place.of(one.element), "base", values=values)


def _language(page: PageEvidence) -> str:
    return str((page.first("blocks", "base") or {"lang": ""})["lang"])[:2]


def _about(page: PageEvidence) -> str:
    facts = page.first("facts", "base") or {"title": "", "headings": ()}
    return " ".join([str(facts["title"]), *(str(h["text"]) for h in facts["headings"][:3])])
