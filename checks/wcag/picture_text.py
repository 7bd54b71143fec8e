"""What the words in pictures mean for three criteria: the alternative (1.1.1), images of text (1.4.5), labels (2.5.3).

In: evidence with the record `ocr`. Out: outcomes, pure. The three checks each take theirs:
`lost_from_alternative(page)`, `images_of_text(page)`, `labels_not_in_names(page)`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

PHOTO_COLOURS = 4_000
"""Distinct 5-bit colours from which a picture is a photo, whose words belong to what was photographed."""
PHOTO_TEXT = 0.15
"""Share of a photo under words from which it is a banner all the same."""
KEPT = 0.3
"""Share of the words that must come back in the alternative or near it."""
FEW, MANY = 4, 8
SURE = 90
LABEL = (300, 100)
"""CSS px: larger pictures in a link are rather content than a label."""
_LOGO = re.compile(r"\blogo\b|beeldmerk|woordmerk|gemeentewapen|wapen van|keurmerk|huisstijl", re.I)
_DRAWING = re.compile(r"kaart|plattegrond|grafiek|diagram|schema|screenshot|schermafbeelding|\bmap\b|chart|graph|tabel",
                      re.I)


def stems(text: str) -> list[str]:
    """The words of a text, lower case, without accents, cut to five letters: `Aanvragen` and `aanvraag` are one."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return [word[:5] for word in re.findall(r"[a-z0-9]{2,}", "".join(c for c in plain if not unicodedata.combining(c)))]


def kept(words: list[str], *texts: str) -> float:
    """Share of the words that occur in these texts; 1 when there are none."""
    asked = [stem for word in words for stem in stems(word)]
    there = {stem for text in texts for stem in stems(text)}
    def found(stem: str) -> bool:
        # The end of a word may be cut off in the picture.
        return stem in there or (len(stem) >= 3 and any(other.startswith(stem) for other in there))

    return sum(found(stem) for stem in asked) / len(asked) if asked else 1.0


def is_photo(picture: Json) -> bool:
    """Many colours and few words: the words were in front of the camera."""
    return bool(picture["colours"] > PHOTO_COLOURS and picture["share"] < PHOTO_TEXT)


def is_logo(picture: Json) -> bool:
    """By its own word, or as the picture in a link to the home page in the header."""
    link = str((picture["control"] or {}).get("link", ""))
    home = bool(re.fullmatch(r"https?://[^/]+/?(nl|en|home|index\.\w+)?/?", link))
    in_header = home and picture.get("region") in ("banner", "header")
    return in_header or bool(_LOGO.search(f"{picture['name']} {picture['source']}"))


def lost_from_alternative(page: PageEvidence) -> Iterator[Outcome]:
    """1.1.1: pictures whose words do not come back in their alternative or near them."""
    text = str((page.first("facts") or {}).get("text", ""))
    for look, picture in _pictures(page):
        words = _words(picture)
        own = (picture["name"], picture["described"], picture["caption"], (picture["control"] or {}).get("name", ""))
        if len(words) < FEW or is_logo(picture) or kept(words, *own, picture["around"]) >= KEPT:
            continue
        values = _values(picture)
        nowhere = kept(words, text) < KEPT
        if not any(own) and len(words) >= MANY and nowhere and not is_photo(picture):
            yield look.failed("1.1.1", "picture-text-nowhere", picture, **values)
        elif nowhere:
            yield look.cant_tell("1.1.1", "picture-text-lost", picture, **values)


def images_of_text(page: PageEvidence) -> Iterator[Outcome]:
    """1.4.5: pictures with words that are no logo; drawings and photos only when the words stand out."""
    for look, picture in _pictures(page):
        words = _words(picture)
        sure = [w for w, confidence in picture["words"] if confidence >= SURE and len(w) >= 4]
        if is_logo(picture) or not (len(words) >= 2 or sure):
            continue
        if is_photo(picture) and len(words) < 5:
            continue
        banner = picture["main_colours"] <= 12 and picture["share"] >= 0.05
        drawing = bool(_DRAWING.search(f"{picture['name']} {picture['caption']}")) or len(words) > 60
        plain = banner and not drawing and not is_photo(picture)
        rule = "image-of-text" if plain else "image-with-text"
        yield look.cant_tell("1.4.5", rule, picture, practice=Verdict.FAILED if plain else None, **_values(picture))


def labels_not_in_names(page: PageEvidence) -> Iterator[Outcome]:
    """2.5.3: links and buttons that show words in a picture and are called otherwise."""
    for look, picture in _pictures(page):
        control = picture["control"]
        name = str(control["name"]) if control else str(picture["name"]) if picture["kind"] == "button" else ""
        words = _words(picture)
        if not name or not words or is_logo(picture) or is_photo(picture):
            continue
        if control and stems(str(control.get("seen", ""))):
            continue  # real text is its label
        if kept(words, name) == 1.0:
            continue
        sure = [w for w, confidence in picture["words"] if confidence >= SURE]
        values = {"label": " ".join(words)[:100], "name": name[:100]}
        small = picture["width"] <= LABEL[0] and picture["height"] <= LABEL[1]
        if len(sure) >= 2 and small and kept(sure, name) == 0.0:
            yield look.failed("2.5.3", "picture-label-not-in-name", picture, **values)
        elif small:
            yield look.cant_tell("2.5.3", "picture-label-maybe-not-in-name", picture, **values)


def _pictures(page: PageEvidence) -> Iterator[tuple[StateEvidence, Json]]:
    for look, seen in page.seen("ocr"):
        for picture in seen["pictures"]:
            yield look, picture


def _words(picture: Json) -> list[str]:
    return [str(word) for word, _ in picture["words"]]


def _values(picture: Json) -> dict[str, Any]:
    return {"text": " ".join(_words(picture))[:200], "alternative": str(picture["name"])[:200],
            "source": str(picture["source"])[-120:], "words": len(picture["words"])}
