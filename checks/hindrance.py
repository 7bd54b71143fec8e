"""Why something of a page was not looked into: fixed words, so that reports say them in any language.

A hindrance is written as its word; then, in brackets, what a program said of it (English, for developers: reports
leave it out); then, after a colon, a detail that reads alike in every language. `spiders.reasons` has the words for
addresses that were not seen, in the same form; the catalogue has a sentence for each (`reach.…`).
"""

from __future__ import annotations

from enum import StrEnum


class Hindrance(StrEnum):
    """The words. Readable as they are."""

    TIME_BOX = "took longer than its time box, seconds"
    NO_TIME = "no time was left for it"
    LEVEL = "safety level too low"
    SILENT = "the page stopped answering"
    CRASHED = "the page crashed the browser's renderer"
    ELSEWHERE = "went elsewhere by itself, to"
    FAULT = "the scanner failed on it"
    NARROW = "not looked at in a window of 320 x 256 pixels"
    MODAL = "a modal dialog lies over it"
    BANNER = "a consent banner lies over it and was not refused"
    FRAMES = "more frames than the scanner enters, at most"
    DRIVER = "only Playwright's driver can look at it"
    NO_TESSERACT = "Tesseract is not installed, package tesseract-ocr-nld"
    NO_PYTESSERACT = "pytesseract is not installed, extra `ocr`"
    JOURNEY = "a journey that starts here was not walked"
    PART_OF_SITE = "the site was not crawled as a whole"
    MORE_LEFT = "more was left to load, after times"
    MORE_STOPPED = "loading more was stopped"
    PDF_PASSWORD = "a password is needed to open it"
    PDF_UNREADABLE = "the PDF cannot be read"
    BLOCKED = "the host is blocked by the settings"
    PROXY_SILENT = "the proxy does not answer"
    PROXY_REFUSED = "the proxy refused the connection, status"
    FORMS_NOT_PRESSED = "forms were not pressed, safety level"


def told(hindrance: Hindrance, detail: object = "", aside: object = "") -> str:
    """A hindrance as it is kept; of what a program said, the beginning."""
    said = f"{hindrance} ({_plain(aside)})" if aside else str(hindrance)
    return f"{said}: {detail}" if detail != "" else said


def _plain(aside: object) -> str:
    """Without what would end the aside, or the reason, too soon."""
    first = (str(aside).splitlines() or [""])[0]
    return first[:200].translate({ord("("): "[", ord(")"): "]", ord(";"): ","})
