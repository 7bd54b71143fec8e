"""3.1.1 Language of Page (A).

Looks at: the language that the page says it is in, and the text that takes over that language; axe-core's results.
Fails: a page with text and without a valid language; `lang` and `xml:lang` that name two languages; text that two
detectors agree is in another language than the page says, while little of the page is in the language it says.
Cannot see: which of two related languages a text is in (Dutch, Frisian, Low Saxon; Papiamento beside Spanish); pages
with a few words only, unless their small words leave no doubt.
Sources: WCAG 2.1 3.1.1; ACT b5c3f8, bf051a, 5b7ae0, ucwvc8; decision 0025.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.language import Guess, differs, guess, letters_of, primary, related
from checks.wcag.axe_rules import axe_outcomes
from scanner.model import Json, Outcome, PageEvidence, Verdict

CRITERION = "3.1.1"
NEEDS = ("axe", "language")
SETTLES = (Verdict.PASSED,)

ENOUGH = 150
"""Letters from which a text's language is worth asking a detector."""
CERTAIN = 400
"""Letters from which the windows of a text are compared."""


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """What the page says and what its text seems to be in."""

    said: str
    """Primary language of `html`; empty when there is none or it is not valid."""
    verdict: Verdict
    """Failed, passed, cantTell, or untested when there is too little text."""
    found: Guess | None
    sample: str


def inheriting(seen: Json) -> list[Json]:
    """Blocks of the top document that take over the page's language; without consent banners."""
    return [b for b in seen["blocks"] if b["inherits"] and not b.get("frame") and not b["consent"]]


def page_language(seen: Json) -> PageLanguage:
    """Compares what the page says with its text; see the module for the rules."""
    said = primary(str(seen["root"])) if seen["hasRootLang"] else ""
    blocks = inheriting(seen)
    prose = [str(b["text"]) for b in blocks if not b["link"]]
    main = [str(b["text"]) for b in blocks if b["main"] and not b["link"]]
    content = main if letters_of(" ".join(main)) >= ENOUGH else prose
    text = " ".join(content)
    sample = text[:200]
    if not said:
        return PageLanguage(said, Verdict.UNTESTED, guess(text), sample)
    if letters_of(text) < ENOUGH:
        # A short page: its title and links speak too, and only small words can leave no doubt.
        everything = " ".join([str(seen["title"]), *(str(b["text"]) for b in blocks)])
        wrong = differs(everything, said) if any(map(str.strip, prose)) else None
        return PageLanguage(said, Verdict.FAILED if wrong else Verdict.UNTESTED, wrong, everything[:200])
    found = guess(text, said)
    if found is None:
        return PageLanguage(said, Verdict.UNTESTED, None, sample)
    if found.language == said:
        right = found.score >= 0.7 and found.agree
        return PageLanguage(said, Verdict.PASSED if right else Verdict.UNTESTED, found, sample)
    wrong = differs(text, said)
    shell = " ".join(str(b["text"]) for b in blocks if b["link"] or (not b["main"] and content is main))
    # The default language of a page is that of most of its text: short menus around it do not outweigh it.
    outweighs = wrong is not None and wrong.letters >= 1.5 * letters_of(shell)
    if wrong and _windows_agree(text, wrong, said) and (outweighs or not _shell_is(shell, said)):
        return PageLanguage(said, Verdict.FAILED, wrong, sample)
    sure_enough = found.score >= 0.8 and found.own_share >= 0.05
    return PageLanguage(said, Verdict.CANT_TELL if sure_enough else Verdict.UNTESTED, found, sample)


def _windows_agree(text: str, wrong: Guess, said: str) -> bool:
    """Whether the whole text is in that language: seven of ten windows say so and not one in ten says otherwise."""
    if wrong.letters < CERTAIN:
        return wrong.said == 0
    windows = [guess(text[i : i + 150], said) for i in range(0, len(text) - 75, 150)]
    known = [w for w in windows if w is not None and w.letters >= 60]
    same = sum(w.language == wrong.language for w in known)
    own = sum(related(w.language, said) and w.score >= 0.7 for w in known)
    return bool(known) and same >= 0.7 * len(known) and own <= 0.1 * len(known)


def _shell_is(shell: str, said: str) -> bool:
    """Whether menus and links are in the language that the page says: then the page is mixed, not wrong."""
    found = guess(shell, said)
    return found is not None and found.letters >= 60 and related(found.language, said) and found.score >= 0.6


def evaluate(page: PageEvidence) -> Iterator[Outcome]:
    """Outcomes for one page."""
    seen = next((data for _, data in page.seen("language")), None)
    yield from axe_outcomes(page, CRITERION, proven=lambda rule, node: _proven(rule, seen))
    for look, data in page.seen("language"):
        if not data["html"]:
            continue
        language = page_language(data)
        found = language.found
        if found is None:
            continue
        root = {"selector": "html", "snippet": f'<html lang="{data["root"]}">'}
        values = {"said": language.said, "found": found.language, "letters": found.letters, "sample": language.sample}
        if language.verdict is Verdict.FAILED:
            yield look.failed(CRITERION, "page-language-wrong", root, **values)
        elif language.verdict is Verdict.CANT_TELL:
            yield look.cant_tell(CRITERION, "page-language-doubt", root, **values)
        elif language.verdict is Verdict.PASSED and not _contradiction(data):
            yield page.passed(CRITERION, "page-language-right", **values)


def _contradiction(data: Json) -> bool:
    xml = primary(str(data["xml"]))
    return bool(xml) and xml != primary(str(data["root"]))


def _proven(rule: str, data: Json | None) -> Verdict | None:
    """When all text has a language of its own, nobody is left without; two contradicting claims are a failure."""
    if data is None:
        return None
    if rule == "html-xml-lang-mismatch":
        both = primary(str(data["root"])) and primary(str(data["xml"]))
        return Verdict.FAILED if both and _contradiction(data) else Verdict.CANT_TELL
    blocks: Sequence[Json] = [b for b in data["blocks"] if not b.get("frame")]
    covered = bool(blocks) and not data["title"] and all(not b["inherits"] and primary(str(b["lang"])) for b in blocks)
    return Verdict.CANT_TELL if covered else None
