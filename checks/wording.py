"""Words that carry meaning, and how much two texts share of them: titles, headings, labels and links against what
they name.

In: plain text. Out: sets of cut word stems. Cutting (five letters) is crude on purpose: it makes `opening` and
`openingstijden` one, so that "shares nothing" is only said when it is so. Sources: fifty-criteria 2.4.2, 2.4.4,
2.4.6.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from checks.language import SMALL_WORDS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EMPTY = SMALL_WORDS["nl"] | SMALL_WORDS["en"] | SMALL_WORDS["de"] | SMALL_WORDS["fr"] | frozenset(re.findall(
    r"\S+", "onze zie klik hier lees verder jullie welkom home page pagina website site www see about these"))


def folded(text: str) -> str:
    """Lower case without accents, soft hyphens and joiners: for comparing, never for showing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\u00AD\u200B-\u200D\u2060\uFEFF]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """All words, folded, in order."""
    return _WORD.findall(folded(text))


def content_words(text: str) -> list[str]:
    """Words that carry meaning: no small words, no single letters; figures of two or more digits count."""
    return [word for word in words(text) if len(word) > 1 and word not in _EMPTY]


def stems(text: str, cut: int = 5) -> frozenset[str]:
    """The content words of a text, cut."""
    return frozenset(word[:cut] for word in content_words(text))


def kin(one: str, other: str, cut: int = 4) -> bool:
    """Whether two texts share a content word by its beginning, or one stands within a word of the other: Dutch writes
    `parkeervergunning` where the text below says `vergunning`."""
    if stems(one, cut) & stems(other, cut):
        return True
    pairs = [(a, b) for a in content_words(one) for b in content_words(other)]
    return any(min(len(a), len(b)) >= 5 and (a in b or b in a) for a, b in pairs)


def similarity(one: str, other: str) -> float:
    """How alike two texts are: the share of runs of three words that they have in common (Jaccard), 0 to 1."""
    a, b = _shingles(words(one)), _shingles(words(other))
    return len(a & b) / len(a | b) if a or b else 1.0


def _shingles(text: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(text[i : i + 3]) for i in range(max(1, len(text) - 2))) if text else frozenset()


def common_to_most(texts: Iterable[str], share: float = 0.8) -> frozenset[str]:
    """Stems that stand in most of the texts: the name of the site in its titles. Empty for fewer than four texts."""
    sets = [stems(text) for text in texts]
    if len(sets) < 4:
        return frozenset()
    everything = frozenset().union(*sets)
    return frozenset(stem for stem in everything if sum(stem in one for one in sets) >= share * len(sets))
