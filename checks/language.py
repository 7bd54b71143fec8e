"""Which language is a text in? Two opinions that must agree: letter patterns (py3langid) and small words.

In: text and, where known, the language that it is said to be in. Out: a `Guess`, or None when nothing can be said.
Names, loan words and short texts mislead detectors: a guess here is worth a failure only when both opinions agree,
the small words of the other language are there, those of the said language are not, and the two languages are not
relatives (Dutch, Frisian, Afrikaans, Limburgish, Low Saxon; Papiamento beside Spanish and Portuguese).
Source: fifty-criteria E12; docs/decisions/0025.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

SMALL_WORDS: dict[str, frozenset[str]] = {language: frozenset(re.findall(r"\S+", words)) for language, words in {
    "nl": """de het een en van ik te dat die in is op aan met niet zijn voor er maar om hem dan zou of wat mijn
        men dit zo door over ze zich bij ook tot je mij uit naar heb hoe heeft hebben deze want nog zal zij nu
        geen omdat iets worden wordt kan meer wij hij uw u jij jouw onze als waar wie welke tussen tijdens vanaf
        kunt moet bent was werd hun haar ging""",
    "en": """the of and to in is that it for was on are as with his they at be this have from or one had by but
        not what all were we when your can there an which their if has will about how up them then she many some
        these would other into him more two do its who been now did get no than you i he my our""",
    "de": """der die das und ist in den von zu mit sich des auf für nicht ein eine als auch es an werden aus er
        hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor
        zur bis mehr durch man sein wurde ihr ihre wir ich sie""",
    "fr": """le la les de des et en un une est que qui dans pour pas sur plus par au ce il ne se avec sont du
        elle nous vous mais ou leur aux cette ces ses son être fait comme tout était ont été où même sans sous je
        à entre votre notre""",
    "es": """el la los las de y en que un una es por con no para su al lo como más pero sus le ya o este sí
        porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante son fue
        está ser""",
    "it": """il lo la i gli le di e che un una è in non per con del della dei delle si da al alla come più
        anche ma sono nel nella questo questa o se ha suo sua ci loro cui tra essere dal degli""",
    "pt": """o a os as de e que um uma é em não para com do da dos das no na se por mais como mas foi ao ele
        seu sua ou quando muito nos já está também só pelo pela até isso ela entre são""",
    "pl": """i w nie na się z do to że jest o jak a co ale po tak od za przez jego dla czy już być może tylko
        są który która które oraz lub także ich jej tego przy""",
    "tr": """ve bir bu da de için ile çok daha olarak ne var o gibi kadar ama sonra en her değil mi olan ya ki
        veya hem ise bütün tarafından ancak üzere göre""",
    "da": """og i at det er en til af på de med for ikke der den har som et var han vi kan hun jeg om fra men
        sig eller så efter ved også skal hvis være blev deres""",
    "sv": """och i att det som en på är av för med till den har de inte om ett han men var jag från vi så kan
        när eller ut efter ska också hon sig bara än mycket""",
    "fy": """de it in en fan dat is te op foar mei net oan binne wurde troch ek mar hat oer wy jo har sy dizze
        dy om al nei wie yn as by kinne hawwe moat jimme""",
    "pap": """ta di e na ku pa un i no por bo nos nan mi tin riba den awor esaki pero tur mas komo ora tabata lo
        sa ke of ya bon su aki kaminda entre sin""",
    "id": """yang dan di dengan untuk dari pada ini itu tidak adalah ke dalam akan juga atau oleh anda kami
        dapat sebagai bisa karena saya lebih telah""",
    "ro": """și de la în a cu pe este nu din care pentru că mai o un să sau fi au ca prin sunt după fost ale
        dar lui""",
}.items()}

DETECTABLE = (*(language for language in SMALL_WORDS if language != "pap"), "no", "uk", "ru", "ar", "fa")
"""What the letter patterns may choose from. Without Afrikaans: it draws Dutch and English alike."""

FAMILIES = tuple(frozenset(family.split()) for family in (
    "nl fy af li nds vls zea lb", "es pt pap gl ca it ro oc", "da no nb nn sv fo is", "de gsw lb bar nds", "en sco pcm",
    "fr ht gcf oc wa", "id ms jv", "tr az tk crh", "pl cs sk hsb szl", "ru uk be bg mk sr",
))
"""Languages that a detector takes for one another: a difference within a family never counts."""

SCRIPTS: dict[str, str] = {
    "Arab": r"[\u0600-\u06FF\u0750-\u077F\u08A0-\u08FF]", "Cyrl": r"[\u0400-\u052F]",
    "Grek": r"[\u0370-\u03FF\u1F00-\u1FFF]",
    "Hebr": r"[\u0590-\u05FF]", "Ethi": r"[\u1200-\u137F]", "Deva": r"[\u0900-\u097F]", "Thai": r"[\u0E00-\u0E7F]",
    "Hang": r"[\uAC00-\uD7AF]", "Hani": r"[\u3040-\u30FF\u4E00-\u9FFF]",
    "Armn": r"[\u0530-\u058F]", "Geor": r"[\u10A0-\u10FF]",
}
_LATIN_ONLY = frozenset(re.findall(
    r"\S+", "nl en de fr es it pt pl tr da sv no nb nn fy af li nds pap id ro fi hu cs sk et lv lt"))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\S+\.(?:nl|com|org|eu|pdf|docx?)\b", re.I)
_NAMED_WORD = re.compile(r"""["“”„«»‘']\w+(?: \w+)?["“”«»’'](?!\w)""")
"""One or two words between quotation marks: words spoken about, not spoken."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text seems to be written in."""

    language: str
    """Primary language subtag, or a script such as `Arab` when the letters alone say enough."""
    score: float
    """Share of belief of the letter patterns, 0 to 1."""
    margin: float
    """Distance to the next language that is no relative."""
    letters: int
    words: int
    capitals: float
    """Share of words that begin with a capital: above a half it is a list of names."""
    own: int
    """Small words of the guessed language that are none of the said language."""
    said: int
    """Small words of the said language that are none of the guessed one."""
    agree: bool
    """Whether letter patterns and small words point to the same language."""

    @property
    def own_share(self) -> float:
        """Share of small words of the guessed language alone in all words."""
        return self.own / self.words if self.words else 0.0

    @property
    def said_share(self) -> float:
        """Share of small words of the said language alone in all words."""
        return self.said / self.words if self.words else 0.0


def primary(tag: str) -> str:
    """The primary language of a BCP 47 tag, lower case; empty when it is not two or three letters."""
    first = re.split(r"[-_]", tag.strip().lower())[0]
    return first if re.fullmatch(r"[a-z]{2,3}", first) else ""


def related(one: str, other: str) -> bool:
    """Whether two languages are the same or easily taken for one another."""
    return one == other or any(one in family and other in family for family in FAMILIES)


def letters_of(text: str) -> int:
    """How many letters a text has, addresses left out."""
    return sum(map(str.isalpha, _NOISE.sub(" ", text)))


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(DETECTABLE))
    return identifier


def load() -> None:
    """Reads the model that tells languages apart: 0.6 seconds of the processor, which else the first text pays."""
    _identifier()


@lru_cache(maxsize=2048)
def guess(text: str, said: str = "") -> Guess | None:
    """What the text seems to be in; `said` is the primary language that it is said to be in. None without words."""
    clean = _NAMED_WORD.sub(" ", _NOISE.sub(" ", text))
    words = _WORD.findall(clean)
    letters = sum(len(word) for word in words)
    if not words or letters < 4:
        return None
    script = _foreign_script(clean, letters, said)
    if script:
        return Guess(script, 1.0, 1.0, letters, len(words), 0.0, len(words), 0, True)
    ranking = _identifier().rank(_softened(words, clean))
    ranked: list[tuple[str, float]] = [(str(lang), float(p)) for lang, p in ranking[:6]]
    best, score = ranked[0]
    margin = score - next((p for lang, p in ranked[1:] if not related(lang, best)), 0.0)
    lower = [word.lower() for word in words]
    counted = _small_word_counts(lower)
    small_best = max(counted, key=lambda lang: (counted[lang], lang == best)) if counted else ""
    mine, theirs = SMALL_WORDS.get(best, frozenset()), SMALL_WORDS.get(said, frozenset())
    own = sum(word in mine and word not in theirs for word in lower)
    of_said = sum(word in theirs and word not in mine for word in lower)
    agree = bool(counted) and counted[best] == counted[small_best] and counted[best] > 0
    capitals = sum(word[0].isupper() for word in words) / len(words)
    return Guess(best, score, margin, letters, len(words), capitals, own, of_said, agree)


def _foreign_script(text: str, letters: int, said: str) -> str:
    """The script that the text is written in, when the said language is never written so."""
    if said and said not in _LATIN_ONLY:
        return ""
    for script, pattern in SCRIPTS.items():
        if len(re.findall(pattern, text)) >= 0.8 * letters:
            return script
    return ""


def _softened(words: Iterable[str], text: str) -> str:
    """The text without words in capitals inside a sentence: names say nothing about the language around them."""
    kept = re.sub(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w’'-]+", " ", text)
    return kept if sum(map(str.isalpha, kept)) >= 0.5 * sum(map(len, words)) else text


def _small_word_counts(lower: list[str]) -> Counter[str]:
    return Counter({language: sum(word in words for word in lower) for language, words in SMALL_WORDS.items()})


def differs(text: str, said: str, *, least_letters: int = 200) -> Guess | None:
    """The guess, when the text is provably in another language than `said`; else None.

    Long texts: belief of 0.8 with a margin of 0.2, at least 8 % small words of the other language and under 2 % of
    the said one. Shorter than `least_letters`: unmistakable only with three small words of the other language and
    none of the said; these must be a fifth of the words, or a tenth when the letter patterns leave no doubt.
    """
    found = guess(text, said)
    if found is None or not said or found.language == said:
        return None
    if found.language in SCRIPTS:
        return found if found.letters >= 60 and found.words >= 8 else None
    if related(found.language, said) or not found.agree or found.language not in SMALL_WORDS:
        return None
    if _relative_is_likely(text, found, said):
        return None
    if found.letters >= least_letters:
        sure = found.score >= 0.8 and found.margin >= 0.2 and found.own_share >= 0.08 and found.said_share < 0.02
    else:
        share = 0.1 if found.score >= 0.95 and found.letters >= 60 else 0.2
        sure = found.own >= 3 and found.said == 0 and found.own_share >= share and found.capitals <= 0.5
    return found if sure else None


def _relative_is_likely(text: str, found: Guess, said: str) -> bool:
    """Papiamento and Frisian are taken for Spanish and Dutch: their own small words decide."""
    lower = [word.lower() for word in _WORD.findall(text)]
    counted = _small_word_counts(lower)
    return any(counted[other] > counted[found.language] and related(other, found.language)
               for other in ("pap", "fy") if other != said)
