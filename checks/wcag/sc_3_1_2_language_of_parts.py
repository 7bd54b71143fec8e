"""3.1.2 Language of Parts (AA).

Looks at: elements with a language of their own, longer texts that take over a language (also those that only a screen
reader gets), sentences between quotation marks, links that name a language by its own name, names and hints in
attributes, and the words of buttons and links.
Fails: a `lang` that is not a language; a part whose text two detectors agree is in another language than its `lang`
says; a passage without a `lang` of at least 200 letters in another language, or of eight words in other letters.
Cannot see: single foreign words and names (the criterion allows names, technical terms and loan words); texts in a
language related to the one around them.
Sources: WCAG 2.1 3.1.2; ACT de46e4, off6ek; decision 0025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from checks.language import SCRIPTS, SMALL_WORDS, Guess, differs, guess, primary, related
from checks.wcag.axe_rules import axe_outcomes
from checks.wcag.sc_3_1_1_language_of_page import page_language
from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "3.1.2"
NEEDS = ("axe", "language")

LONG = 200
"""Letters from which a foreign passage without `lang` is a failure."""
SHORT = 60

LANGUAGE_NAMES = {
    "english": "en", "deutsch": "de", "français": "fr", "español": "es", "türkçe": "tr", "polski": "pl",
    "italiano": "it", "português": "pt", "frysk": "fy", "papiamentu": "pap", "papiamento": "pap", "română": "ro",
    "العربية": "ar", "українська": "uk", "русский": "ru", "nederlands": "nl", "svenska": "sv", "dansk": "da",
}
"""Languages by their own names, as language switches show them."""

QUOTED = re.compile(r"""["“„«]([^"“”„«»]{20,400})["”»]""")
"""What somebody says or writes, between double quotation marks."""

ENGLISH_UI = frozenset(re.findall(r"[^|\n]+", """
close|close menu|open menu|search|submit|next|previous|next slide|previous slide|go to slide|
back to top|scroll to top|skip to content|skip to main content|toggle navigation|toggle menu|
main navigation|main menu|breadcrumb|breadcrumbs|loading|loading...|read more|show more|show less|play|
pause|mute|unmute|full screen|fullscreen|zoom in|zoom out|clear|clear search|cancel|save|
delete|remove|edit|select an option|choose file|share|share on facebook|
print this page|home page|carousel|pagination|next page|previous page|first page|last page|
close dialog|dismiss|expand|collapse|you are here|search form|search this site|enter your keywords|
the terms you wish to search for.|social media links|user account menu|view larger image|
opens in a new window|opens in new window|required
"""))
"""English that widgets and templates bring along; words that are also Dutch (menu, home, filter) are left out."""


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from axe_outcomes(page, CRITERION)
    for look, seen in page.seen("language"):
        yield from _parts_with_lang(look, seen)
        whole = page_language(seen)
        of_page = whole.found.language if whole.found and whole.verdict is Verdict.FAILED else ""
        yield from _passages(look, seen["blocks"], of_page)
        for block in seen.get("unseen", ()):  # these stand apart
            yield from _passages(look, [block], of_page)
        yield from _quotes(look, seen)
        yield from _attributes(look, seen)


def _parts_with_lang(look: StateEvidence, seen: Json) -> Iterator[Outcome]:
    for part in seen["own"]:
        said = primary(str(part["lang"]))
        text = f"{part['text']} {part['names']}"
        if not said or (part["link"] and len(text.split()) < 4):
            continue
        found = guess(text, said)
        wrong = differs(text, said)
        if wrong:
            yield look.failed(CRITERION, "part-language-wrong", part, **_values(said, wrong, text))
        elif found and found.words >= 2 and found.score >= 0.9 and not (found.said or related(found.language, said)):
            yield look.cant_tell(CRITERION, "part-language-doubt", part, **_values(said, found, text))


def _passages(look: StateEvidence, texts: Sequence[Json], whole_page: str) -> Iterator[Outcome]:
    """Neighbouring blocks in one other language count as one passage.

    A consent banner may speak the language of the visitor's browser or country, so that is never sure.
    """
    judged: list[tuple[str, Json, Guess | None]] = []
    for block in texts:
        said = primary(str(block["lang"]))
        own = not block["inherits"]
        wrong = None if own or not said else differs(str(block["text"]), said, least_letters=LONG)
        if wrong and (wrong.language == whole_page and not block.get("frame")):
            wrong = None
        judged.append((f"{block.get('frame', '')} {block['consent']} {wrong.language}" if wrong else "", block, wrong))
    for key, group in groupby(judged, key=lambda item: item[0]):
        if not key:
            continue
        blocks = list(group)
        first, wrong = blocks[0][1], blocks[0][2]
        letters = sum(w.letters for _, _, w in blocks if w)
        if wrong is None or (first["link"] and letters < LONG):
            continue
        text = " ".join(str(b["text"]) for _, b, _ in blocks)
        values = _values(primary(str(first["lang"])), wrong, text) | {"letters": letters}
        # Nobody takes Arabic for a Dutch name or loan word: eight words in other letters are a passage.
        if not first["consent"] and (letters >= LONG or wrong.language in SCRIPTS):
            yield look.failed(CRITERION, "passage-without-lang", first, **values)
        elif letters >= SHORT:
            yield look.cant_tell(CRITERION, "passage-maybe-without-lang", first, **values)


def _quotes(look: StateEvidence, seen: Json) -> Iterator[Outcome]:
    """A sentence in another language between quotation marks, within text in the language of the page."""
    for block in seen["blocks"]:
        said, text = primary(str(block["lang"])), str(block["text"])
        if not said or not block["inherits"] or block["consent"] or differs(text, said, least_letters=LONG):
            continue
        for quote in QUOTED.findall(text):
            found = differs(quote, said, least_letters=LONG)
            if found and found.words >= 6 and found.letters < len(text) - 30:
                yield look.cant_tell(CRITERION, "passage-maybe-without-lang", block, **_values(said, found, quote))
                break


def _language_of_link(text: str, said: str) -> str:
    """The language whose own name the link says, in words of which none is of the page's language: else ''."""
    words = [word.strip("().,:!-–") for word in text.lower().split()]
    named = [LANGUAGE_NAMES[word] for word in words if LANGUAGE_NAMES.get(word, said) != said]
    ours = SMALL_WORDS.get(said, frozenset()) - {"in", "is"} | {"engels", "duits", "frans", "spaans", "turks", "pools"}
    return named[0] if len(named) == 1 and not ours & set(words) and len(words) <= 7 else ""


def _attributes(look: StateEvidence, seen: Json) -> Iterator[Outcome]:
    for link in seen["shortLinks"]:
        said = primary(str(link["lang"]))
        language = _language_of_link(str(link["text"]), said) if said else ""
        if language:
            yield look.cant_tell(CRITERION, "language-link-without-lang", link, said=said, found=language,
                                 text=link["text"])
    for item in [*seen["attributes"], *seen.get("spoken", ())]:
        value = str(item["value"]).strip().lower()
        if primary(str(item["lang"])) == "nl" and value in ENGLISH_UI:
            yield look.cant_tell(CRITERION, "english-name-on-dutch-page", item, practice=Verdict.FAILED,
                                 attribute=str(item["attribute"]), text=str(item["value"])[:100])


def _values(said: str, found: Guess, text: str) -> dict[str, object]:
    return {"said": said, "found": found.language, "letters": found.letters, "sample": text.strip()[:200]}
