"""1.3.3 Sensory Characteristics (A).

Looks at: sentences that ask to do or find something by its colour, shape, size, place or sound; cells of tables that
hold nothing but a sign such as ✓ or ★.
Fails: nothing; whether there is another way to know what is meant is for a person.
Cannot see: instructions in pictures, film and sound; ways of putting it that the word list does not have. Words such
as "hieronder" are left out: they follow the reading order. A sentence that also names the thing is left out.
Sources: WCAG 2.1 1.3.3; F14, F26, G96; ACT 9bd38c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.wording import folded
from scanner.model import Outcome, PageEvidence

CRITERION = "1.3.3"
NEEDS = ("language", "controls", "graphics")

_ACT = (r"klik|druk|kies|selecteer|gebruik|tik|zie|ga naar|ga via|vul|open|kijk|vindt?|staat|meld|bekijk|lees|invullen"
        r"|click|press|select|use|see|look|find|choose|tap")
_COLOUR = (r"rode?|rood|groene?|blauwe?|gele?|geel|oranje|grijze?|grijs|paarse?|roze|zwarte?|witte?|bruine?"
           r"|red|green|blue|yellow|orange|gr[ae]y|purple|pink")
_SHAPE = (r"ronde|vierkante?|rechthoek(ige)?|driehoek(je|ige)?|sterretje|ster|grote knop|kleine knop|pijltje|pijl"
          r"|plusje|plusteken|kruisje|vergrootglas|loepje|tandwiel(tje)?|potloodje|prullenbakje|hamburger"
          r"|round|square|circle|circular|triangle|triangular|rectangular|star|diamond|arrow|large button|small button")
_CHARACTER = frozenset({"sterretje", "ster", "star"})
"""What people call the character `*`, which is read out where it stands in a label: a text, no shape."""
_PLACE = (r"rechts|links|rechterkant|linkerkant|rechtsboven|linksboven|rechtsonder|linksonder|rechterkolom|linkerkolom"
          r"|rechter kolom|linker kolom|hiernaast|rechterhoek|linkerhoek|on the (left|right)|to the (left|right)"
          r"|(left|right)[- ]hand( side)?|(top|bottom|upper|lower) (left|right)|(left|right) column")
_SOUND = r"pieptoon|na de piep|na de toon|het signaal|het geluid|after the beep|the sound"
_SENTENCE = re.compile(r"[^.!?]{8,400}[.!?]?")
_ASKS = re.compile(rf"\b({_ACT})\b", re.I)
_SENSES = re.compile(rf"\b({_COLOUR}|{_SHAPE}|{_PLACE}|{_SOUND})\b", re.I)
_THING = r"knop|link|vak|vakje|balk|tekst|icoon|letters?|velden?|button|text|box|icon|fields?|menu"
_COLOURED_THING = re.compile(rf"\b({_COLOUR})\b[^.!?]{{0,20}}\b({_THING})\b"
                             rf"|\b({_THING})\b (die |zijn |staan )?(in het|in de kleur|met (een|de)|in)"
                             rf" ({_COLOUR})\b", re.I)
_NO_INSTRUCTION = re.compile(r"linkse|oversteek|afslaan|sla (links|rechts)|rijrichting|rotonde"
                             r"|square (met(re|er)s?|feet)", re.I)

_CALLED = re.compile(
    r"\b(met( de| als)? (titel|naam|kop|opschrift|tekst)|genaamd|getiteld|named|called|titled|labelled)"
    r"( is| heet)?\W{1,3}[A-ZÀ-Þ0-9]", re.I)
"""The words before the name of a thing."""
_OF_LINKS = re.compile(
    r"\b(de|deze|alle|al|onze|uw|je|jouw|hun|geen|meer|veel|enkele|aantal|twee|drie|vier|vijf|zes|\w*tien|\d+|via|met"
    r"|\w+staande|\w+(ele|iale|erne|ige|ische|ante|ende|bare|ere)|snelle|dode|kapotte|blauwe|the|these|our)\s+links\b"
    r"|(?<!\bvan )(?<!\bdie )\blinks\s+(naar\b(?! rechts)|die\b|zijn\b|worden\b|werken\b|openen\b|verwijzen\b|leiden\b"
    r"|waar\w*|over\b|en (downloads?|documenten|bestanden|adressen|bijlagen|websites?)\b|to\b|are\b)"
    r"|\b(documenten|downloads?|bestanden|adressen|websites?) en links\b", re.I)
"""`Links` that people follow: after an article or the like, or before what links do."""
_LINKS_AT_LEFT = re.compile(
    r"\W*links\s+((staat(?! voor\b)|vindt|vind|ziet|zie|kunt|kun|kan|is|hangt|zit|ligt|begint|boven\w*|onder\w*|midden"
    r"|naast|van|hiervan|daarvan)\b|(in|op|aan|bij)\b[^,]{0,40}\b(staat|vindt?|ziet?|kunt?|kan|is|zit)\b)", re.I)
"""How a sentence begins that says what stands at the left."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    names = {" ".join(folded(str(c["name"])).split()) for _, seen in page.seen("controls") for c in seen["controls"]
             if len(str(c["name"])) > 2}
    starred = any("*" in str(f["name"]) for _, seen in page.seen("fields") for f in seen["fields"])
    told = 0
    for look, seen in page.seen("language"):
        for block in seen["blocks"]:
            for sentence, word in instructions(str(block["text"])):
                character = word.lower() in _CHARACTER and (starred or "*" in sentence)
                if told < 20 and not character and not names_its_thing(sentence, names):
                    told += 1
                    yield look.cant_tell(CRITERION, "instruction-by-senses", block, sentence=sentence[:250], word=word)
    for look, seen in page.seen("graphics"):
        for sign in seen.get("signs", ()):
            yield look.cant_tell(CRITERION, "cells-hold-sign-only", sign, text=sign["words"], cells=sign["cells"])


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Sentences that ask for something by the senses, each with the word that does so."""
    for match in _SENTENCE.finditer(text):
        sentence = " ".join(match[0].split())
        if _NO_INSTRUCTION.search(sentence):
            continue
        for sense in _SENSES.finditer(sentence):
            asks = any(abs(act.start() - sense.start()) <= 60 for act in _ASKS.finditer(sentence))
            colour = re.fullmatch(_COLOUR, sense[0], re.I)
            if sense[0].lower() == "links" and _are_links(sentence, sense.start()):
                continue
            if asks and (not colour or _COLOURED_THING.search(sentence)):
                yield sentence, sense[0]
                break


def _are_links(sentence: str, at: int) -> bool:
    """Whether the Dutch word for left is here the plural of link."""
    if any(of.start() <= at < of.end() for of in _OF_LINKS.finditer(sentence)):
        return True
    return not re.search(r"\w", sentence[:at]) and not _LINKS_AT_LEFT.match(sentence)


def names_its_thing(sentence: str, names: set[str]) -> bool:
    """Whether the sentence also holds the name of a control of the page, between quotation marks or with a capital."""
    quoted = re.findall(r"[\"'“”„‘’«]([^\"'“”„‘’»]{2,60})[\"'“”‘’»]", sentence)
    capitals = re.findall(r"(?<=[a-z,] )([A-ZÀ-Þ][\w’-]+(?: [\w’-]+){0,3})", sentence)
    told = [" ".join(folded(t).split()) for t in [*quoted, *capitals]]
    called = any(match[0][-1].isupper() for match in _CALLED.finditer(sentence))
    return called or any(t.startswith(name) for name in names for t in told) or any(len(q) > 2 for q in quoted)

