"""1.3.2 Meaningful Sequence (A).

Looks at: words spaced out by hand, columns made with spaces, blocks that stand on screen above what is read before
them, fields and steps in one row that stand the other way round than they are read, headings whose text comes only
after the next heading, and the direction of Arabic and Hebrew text.
Fails: a word whose letters are set apart with spaces; columns or tables made with spaces in preformatted text or with
spaces that do not break. Lines of a name, a colon and what belongs to it, and what a program printed, are a question.
Cannot see: whether another order changes the meaning; blocks that stand out of order are shown to a person.
Sources: WCAG 2.1 1.3.2; F1, F32, F33, F34, F49, C6, C27.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.model import Json, Outcome, PageEvidence, StateEvidence, Verdict

CRITERION = "1.3.2"
NEEDS = ("structure",)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    for look, seen in page.seen("structure"):
        for found in seen["spaced"]:
            if is_word(str(found["word"]), bool(found["elsewhere"])):
                yield look.failed(CRITERION, "letters-set-apart", found, text=found["text"], word=found["word"])
            elif is_word(str(found["word"]), False, least=5):  # so few letters may also be an abbreviation
                yield look.cant_tell(CRITERION, "letters-set-apart", found, text=found["text"], word=found["word"])
        for found in seen["columns"]:
            say = Verdict.CANT_TELL if found.get("pairs") or found.get("printed") else Verdict.FAILED
            yield look.outcome(say, CRITERION, "columns-made-with-spaces", found, lines=found["lines"],
                               sample=found["sample"])
        yield from _order(look, seen["inversions"])
        for found in seen["wrongDirection"]:
            yield look.cant_tell(CRITERION, "text-direction", found, text=found["text"])


def is_word(letters: str, elsewhere: bool, least: int = 7) -> bool:
    """Whether the joined letters are a word: it stands elsewhere on the page, or is long and has the vowels of one."""
    vowels = sum(letter in "aeiouyáéíóúäëïöü" for letter in letters)
    return elsewhere or (len(letters) >= least and 0.25 <= vowels / len(letters) <= 0.65)


def _order(look: StateEvidence, inversions: Sequence[Json]) -> Iterator[Outcome]:
    """One swap of two plain blocks is layout; more, or one with a heading, label or number, may change the meaning."""
    telling = [i for i in inversions if i["heading"] or i["label"] or i.get("step")]
    for found in telling or (inversions[:5] if len(inversions) >= 2 else []):
        yield look.cant_tell(CRITERION, "order-on-screen-differs", found, cause=found["cause"], first=found["first"],
                             then=found["then"])
