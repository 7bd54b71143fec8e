"""1.4.5 Images of Text (AA).

Looks at: the words that a reading machine sees in pictures, image buttons and large backgrounds of at least 80 x 24
CSS px (record `ocr`); logos are exempt.
Fails: nothing by itself: whether the look of the words is essential is for a person. A picture that is little else than
words in few colours is said to fail in practice.
Cannot see: small, bent or decorated letters; words in films; pictures in frames.
Sources: WCAG 2.1 1.4.5; C22, C30, G140; ACT 0va7u6.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.wcag.picture_text import images_of_text
from scanner.model import Outcome, PageEvidence, Verdict

CRITERION = "1.4.5"
NEEDS = ("graphics", "ocr")
SETTLES = (Verdict.INAPPLICABLE,)


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    yield from images_of_text(page)
    seen = list(page.seen("graphics"))
    entered = all(not frames.get("not_entered") for _, frames in page.seen("frames"))
    films = any(thing["kind"] == "video" for _, media in page.seen("media") for thing in media["things"])
    nothing = all(not s["backgrounds"] and all(g["kind"] == "svg" for g in s["graphics"]) for _, s in seen)
    if seen and entered and not films and nothing:
        yield page.inapplicable(CRITERION, "no-pictures")
