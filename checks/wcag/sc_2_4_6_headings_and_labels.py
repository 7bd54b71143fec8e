"""2.4.6 Headings and Labels (AA).

Looks at: headings with the text under them, and the labels of fields.
Fails: a heading or label that is filler of a template (`Lorem ipsum`, `Your title here`); two fields of one form and
one group with the same label and different purposes.
Cannot see: whether a heading describes its section or a label its field. Headings that share no word with the running
text that follows, and labels that say little, are shown to a person. Above links, cards, lists, tables, fields and tabs
such a word is not to be expected, nor is it when the heading is a name, so there is no question.
Sources: WCAG 2.1 2.4.6; G130, G131; ACT b49b2e, cc0f0a.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from checks.wording import content_words, kin, stems, words
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "2.4.6"
NEEDS = ("structure", "fields")

_FILLER = re.compile(
    r"^(lorem ipsum.*|your (title|heading|label) here|koptekst hier|vul hier (een|uw) (kop|titel|label) in)$", re.I)
MOST = 8
"""Headings that say little and are put to a person per page."""
MOST_APART = 3
"""Headings that share no word with their text: most of them are fine, so a few will do."""
PROSE = 7
"""Words of running text under a heading from which one of its words may be expected to come back."""
TEXT_CONTROLS = frozenset({"text", "email", "tel", "number", "date", "textarea", "url", "password"})
_THIN_LABEL = frozenset(re.findall(r"[^|\n]+", """
veld|tekst|invoer|waarde|info|informatie|menu|label|overig|gegevens|field|text|input|value|data|other|item|test|todo|untitled|box
invoerveld|tekstveld|vul in|selecteer|keuze|optie|select|option|enter text|hier|here
"""))
_THIN_HEADING = frozenset(re.findall(r"[^|\n]+", """
informatie|algemeen|overig|overige|meer|tekst|kop|titel|heading|title|section|sectie|blok|content|inhoud|information|general|other
misc|more|untitled|test|todo|placeholder
"""))


_MADE_UP = re.compile(
    r"^(((nieuwe )?kop|tekst ?blok|tekst|blok|titel|text ?block|heading|title|placeholder) ?\d*|.*\{\{.*\}\}.*)$")
"""What an editor or template puts there until somebody writes a heading."""
_OF_MACHINES = re.compile(
    r"^((veld|tekst ?veld|invoer ?veld|invoer|field|text ?field|input) ?\d+|[a-z]\w*_\w+|.*\{\{.*\}\}.*)$", re.I)
"""Labels as a form builder or its programmer calls a field."""

_BY_PLACE = frozenset(re.findall(r"[^|\n]+", """
contact|contactgegevens|neem contact op|heeft u vragen|hebt u vragen|vragen|nieuws|laatste nieuws|actueel|agenda
uitgelicht|zie ook|lees ook|lees meer|meer informatie|gerelateerd|gerelateerde onderwerpen|snel naar|direct naar
direct regelen|op deze pagina|volg ons|deel deze pagina|over ons|over deze site|wat u moet weten|bijlagen|downloads
was deze informatie nuttig|inhoudsopgave|contact us|questions|news|latest news|featured|see also|read more|read also
more information|related|related topics|quick links|on this page|follow us|share this page|about us|about this site
was this helpful|contents|attachments|wat is het|wat houdt het in|voorwaarden|kosten|wat kost het|wat zijn de kosten
hoe werkt het|zo werkt het|aanpak|wat moet ik doen|wat moet u doen|wat heb ik nodig|wat heeft u nodig|wat hebt u nodig
wat heb je nodig|hoe lang duurt het|bezwaar en beroep|bijzonderheden|goed om te weten|veelgestelde vragen|veel gezocht
meest gezocht|openingstijden|frequently asked questions|how it works|costs|conditions|what you need|opening hours
inleiding|introductie|overzicht|samenvatting|achtergrond|aanleiding|toelichting|omschrijving|beschrijving|voorbeeld
voorbeelden|conclusie|conclusies|bronnen|opmerkingen|doel|doelgroep|planning|resultaat|resultaten|bereik|syntaxis
parameters|introduction|overview|summary|background|description|example|examples|conclusion|sources|notes|purpose
syntax|usage|results|scope
"""))
"""Headings that tell the kind of part that follows, such as `Kosten` or `Voorbeeld`: its words need not come back."""
_NUMBER = re.compile(r"^(\d+ )+")
"""The number of a chapter, as `words` leaves it."""
_OF_CONTENTS = frozenset({"inhoud", "content", "contents"})
"""Headings that say enough above a list of the page's other headings."""


_OF_A_PERSON = re.compile(
    r"((?i:drs|mr|dr|ir|ing|prof|dhr|mevr|mw)\.? )*(([A-Z]\.)+|[A-ZÀ-Þ][\w’'-]*) "
    r"((van|de|der|den|het|ten|ter|te|in|el|al|la|le|du|von|di|da|dos|bin|ben|[’']t) )*[A-ZÀ-Þ][\w’'-]*"
    r"([ -][A-ZÀ-Þ][\w’'-]*)?( \(.{1,40}\))?$")
"""A heading that is the name of a person; Dutch headings have one capital, at their beginning."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, seen in page.seen("structure"):
        yield from _headings(look, [s for s in seen["sections"] if s["name"]])
    for look, seen in page.seen("fields"):
        yield from _labels(look, [f for f in seen["fields"] if f["name"] and not f["hidden"]])


def _headings(look: StateEvidence, sections: Sequence[Json]) -> Iterator[Outcome]:
    doubtful = apart = 0
    for i, section in enumerate(sections):
        name, text = str(section["name"]), str(section["text"])
        plain = _NUMBER.sub("", " ".join(words(name)))
        values = {"heading": name[:150], "text": text[:250]}
        if _FILLER.match(name.strip()):
            yield look.failed(CRITERION, "heading-is-filler", section, **values)
        elif plain in _OF_CONTENTS and _lists_headings(text, sections):
            continue
        elif doubtful < MOST and (plain in _THIN_HEADING or _MADE_UP.match(name.strip().lower())):
            doubtful += 1
            yield look.cant_tell(CRITERION, "heading-says-little", section, **values)
        elif (apart < MOST_APART and section["region"] not in ("contentinfo", "banner", "navigation")
              and _above_prose(section) and plain not in _BY_PLACE
              and content_words(text) and stems(name, 4) and not kin(name, _with_parts(i, sections))):
            apart += 1
            yield look.cant_tell(CRITERION, "heading-shares-nothing", section, **values)
    by_name: dict[tuple[str, int, str], list[Json]] = defaultdict(list)
    parents: dict[int, str] = {}
    for section in sections:
        level = int(section["level"])
        parents = {k: v for k, v in parents.items() if k < level}
        by_name[" / ".join(parents.values()), level, str(section["name"]).lower()].append(section)
        parents[level] = str(section["name"])
    for (_, _, _), same in by_name.items():
        # A carousel that goes round holds copies of its slides.
        copies = bool(same[0].get("strip")) and len({str(s.get("strip")) for s in same}) == 1
        if len(same) > 1 and not copies and len({str(s["text"])[:200] for s in same}) > 1:
            yield look.cant_tell(CRITERION, "headings-same", same[1], heading=str(same[1]["name"])[:150],
                                 headings=len(same))


def _above_prose(section: Json) -> bool:
    """Does mostly running text stand under it, and is it the heading of a part, not of one of many or another page?

    Above fields and tabs stand labels and instructions; of a person called by name the text says what they do.
    """
    # Evidence of an earlier version does not know.
    prose = int(section.get("prose", PROSE))
    of_many = section.get("entry") or section.get("operated") or _OF_A_PERSON.match(str(section["name"]).strip())
    return prose >= max(PROSE, int(section.get("words", 0)) / 2) and not of_many


def _with_parts(at: int, sections: Sequence[Json]) -> str:
    """The text under a heading, with the headings and texts of the parts below it."""
    level = int(sections[at]["level"])
    parts = takewhile(lambda part: int(part["level"]) > level, sections[at + 1:at + 20])
    return " ".join([str(sections[at]["text"]), *(f"{part['name']} {part['text']}" for part in parts)])


def _lists_headings(text: str, sections: Sequence[Json]) -> bool:
    """Is the text a table of contents: at least two of the page's headings, and little else?"""
    names = {str(section["name"]) for section in sections if str(section["name"]) in text}
    return len(names) > 1 and 2 * sum(map(len, names)) >= len(text)


def _labels(look: StateEvidence, fields: Sequence[Json]) -> Iterator[Outcome]:
    for field in fields:
        label = _label_of(field)
        if _FILLER.match(label) and field["shown"]:
            yield look.failed(CRITERION, "label-is-filler", field, label=label[:150])
        elif _OF_MACHINES.match(label) or (" ".join(words(label)) in _THIN_LABEL and not field["described"]):
            yield look.cant_tell(CRITERION, "label-says-little", field, practice=Verdict.FAILED, label=label[:150])
    groups: dict[tuple[object, ...], list[Json]] = defaultdict(list)
    for field in fields:
        if field["control"] in TEXT_CONTROLS and field["shown"]:
            around = tuple(str(group["name"]) for group in field["groups"])
            told = tuple(str(field[key]) for key in ("form", "heading", "described", "tableHeaders"))
            groups[str(field.get("frame", "")), around, told, _label_of(field).lower()].append(field)
    for same in groups.values():
        names = {str(f["htmlName"]) for f in same}
        rows = any("[" in name for name in names)
        visible = all(any(label["seen"] for label in f["labels"]) for f in same)
        if len(same) < 2 or len(names) < 2 or "" in names:
            continue
        values: dict[str, Any] = {"label": _label_of(same[0])[:150], "fields": len(same)}
        if visible and not rows and same[0]["form"] >= 0 and len({(f["control"]) for f in same}) == 1:
            yield from (look.failed(CRITERION, "labels-same-in-form", field, **values) for field in same[1:])
        else:
            yield look.cant_tell(CRITERION, "labels-maybe-same", same[1], **values)


def _label_of(field: Json) -> str:
    seen = " ".join(str(label["seen"]) for label in field["labels"])
    return " ".join((seen or str(field["name"])).replace("*", " ").split()).rstrip(" :")
