"""Why an address ended as it did: fixed words for `Discovery.reason`, so that reports can say them in any language.

A reason is one of these words, or the word, a colon, a space and a detail (an address, a number). Several are joined
by `; `. Details are printable ASCII and short: they come from hostile pages.
"""

from __future__ import annotations

import re
from enum import StrEnum

from scanner.model import LedgerState
from spiders.scope import ANOTHER_ORDER, ANOTHER_WAY_BACK


class Why(StrEnum):
    """The words. Readable as they are; the catalogue of texts has a sentence for each."""

    # redirects and copies
    REDIRECTS_TO = "redirects to"
    META_REFRESH = "refreshes at once to"
    REDIRECT_LOOP = "redirect loop"
    TOO_MANY_REDIRECTS = "too many redirects"
    NO_LOCATION = "redirect without an address"
    NOT_MODIFIED = "not modified"
    SAME_CONTENT = "same content as last time"
    CANONICAL = "names as its canonical address"
    NOINDEX = "asks search engines not to index it"
    ROUTE = "route within a page, only a browser can open it"
    LOGIN_PAGE = "login page"
    # missing and failing
    HTTP_STATUS = "status"
    LIKE_PROBE = "looks like the answer to a made-up address"
    TITLE_SAYS_SO = "title says not found"
    NAME_UNKNOWN = "host name unknown"
    REFUSED = "connection refused"
    CERTIFICATE = "certificate or TLS error"
    BROKEN_OFF = "connection broken off"
    INCOMPLETE = "answer incomplete"
    INNER_ADDRESS = "address in an inner network"
    HOST_GIVEN_UP = "host stopped answering, not asked again"
    SECONDS = "seconds without a complete answer"
    BYTES = "more bytes than allowed"
    UNPACKED_BYTES = "more bytes than allowed once unpacked"
    EXCEPTION = "error while reading"
    # walls
    PASSWORD_FIELD = "asks for a password"
    TO_LOGIN = "redirects to login"
    CHALLENGE = "challenge page of"
    # not pages
    CONTENT_TYPE = "content type"
    FILE_NAME = "file name"
    ATTACHMENT = "offered as a download"
    EMPTY = "empty answer"
    SITEMAP = "sitemap, addresses"
    SITEMAP_BAD = "sitemap cannot be read"
    ROBOTS_FILE = "robots.txt"
    # not asked for
    DISALLOWED = "robots.txt forbids it"
    ROBOTS_FAILS = "robots.txt cannot be had, status"
    OTHER_HOST = "no channel has this address"
    OTHER_CHANNEL = "belongs to channel"
    LISTED_ONLY = "only listed addresses are visited in this channel"
    LOGS_OUT = "logs out"
    CHANGES_DATA = "changes data"
    PAGES = "page budget"
    REQUESTS = "request budget"
    DOCUMENTS = "document budget"
    DEPTH = "depth budget"
    TIME = "time budget, seconds"
    LINKS = "budget of addresses"
    TRAP = "trap"
    ORDER = "same list in another order"
    WAY_BACK = "same page with another way back"
    ALIKE = "one of many alike, which had their turn last"
    # asked for, and still not seen
    NO_RESULT = "gave no result, attempts"
    NOT_BEHIND_LOGIN = "this page is not shown behind the login"


def because(why: Why, detail: object = "") -> str:
    """The text of a reason. The detail is cut to 500 printable ASCII characters."""
    shown = printable(str(detail), 500)
    return f"{why}: {shown}" if shown else str(why)


def words(reason: str) -> tuple[Why, ...]:
    """The words in a reason, for translation. Raises ValueError for a reason that was not made by `because`."""
    return tuple(Why(part.partition(": ")[0]) for part in reason.split("; ") if part)


def of_trap(trap: str) -> tuple[LedgerState, str]:
    """What becomes of an address that a trap caught, and why: what shows one page once more is no page of its own."""
    if again := {ANOTHER_ORDER: Why.ORDER, ANOTHER_WAY_BACK: Why.WAY_BACK}.get(trap):
        return LedgerState.NOT_A_PAGE, because(again)
    return LedgerState.OVER_BUDGET, because(Why.TRAP, trap)


def printable(text: str, length: int) -> str:
    """Text from a server as it may be kept: printable ASCII without `; `, cut to this length."""
    return re.sub(r"[^ -~]", "", text[:length]).replace("; ", ";").strip()


AGAIN = (because(Why.ORDER), because(Why.WAY_BACK))
"""Why an address was not asked for that shows a page once more."""
