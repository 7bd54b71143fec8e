"""Which channel owns an address, how an address is written, and which addresses are not followed. Pure: no network.

In: addresses as they stand in pages and settings. Out: canonical addresses, owners, and reasons not to follow.
Rules: WHATWG URL for what browsers forgive (white space, backslashes, odd IPv4 numbers), RFC 3986 section 6 for
normalising, and longest match on host, port and whole path segments for ownership.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import idna

if TYPE_CHECKING:
    import tldextract

MAX_ADDRESS = 2_000
"""Characters; longer addresses are refused by many servers and are nearly always a trap."""

_DEFAULT_PORT = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|mc_[ce]id|_ga|_gl|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid"
    r"|yclid|igshid|twclid|ttclid|li_fat_id|vero_id|wickedid|_hsenc|_hsmi|srsltid)",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|session_?id|sessid|oscsid|zenid)",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^;/?#]*", re.IGNORECASE)
_LONG_TOKEN = re.compile(r"[0-9a-z]{16,}", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset("!$&'()*+,;=:@/%")
_QUERY_SAFE = _PATH_SAFE | frozenset("?[]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_IPV4_LIKE = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)(?:\.(?:[0-9]+|0[xX][0-9a-fA-F]*)){0,3}")


@lru_cache(maxsize=65_536)
def canonical(url: str, base: str | None = None) -> str | None:
    """The one way in which the ledger writes an address, or None when it is not an http(s) address.

    `base` is the address (or `<base href>`) that a relative one starts from. Scheme and host become lower case, IDN
    becomes punycode, default ports, dot segments, user names, fragments, tracking parameters and session ids go.
    A fragment stays when it is a route of a single-page app (`#/...`, `#!/...`). Parameters keep their order.
    """
    text = url.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x1b\x1f ")
    text = text.replace("\t", "").replace("\n", "").replace("\r", "")
    if len(text) > MAX_ADDRESS * 4:
        return None
    scheme = _SCHEME.match(text)
    if scheme and scheme.group()[:-1].lower() not in _DEFAULT_PORT:
        return None
    head, hash_sign, fragment = text.partition("#")
    head, question, query = head.partition("?")
    head = head.replace("\\", "/")
    if scheme and not re.match(r"[A-Za-z]+://", head):
        head = re.sub(r"^([A-Za-z]+):/*", r"\1://", head)
    text = head + question + query
    try:
        split = urlsplit(urljoin(base, text) if base else text)
        port = split.port
    except ValueError:
        return None
    name = split.scheme.lower()
    if name not in _DEFAULT_PORT or not split.hostname:
        return None
    host = _host(split.hostname)
    if host is None or port == 0:
        return None
    place = host if port in (None, _DEFAULT_PORT[name]) else f"{host}:{port}"
    path = _dots(_escaped(_SESSION_PATH.sub("", split.path), _PATH_SAFE)) or "/"
    kept = _query(split.query)
    return f"{name}://{place}{path}{'?' + kept if kept else ''}{_route(fragment) if hash_sign else ''}"


def _host(host: str) -> str | None:
    """A host name in lower-case ASCII, an IPv4 address in four numbers, or an IPv6 address in brackets."""
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host.partition('%')[0]).compressed}]"
        except ValueError:
            return None
    if "%" in host:
        host = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), host)
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if _IPV4_LIKE.fullmatch(host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return None
    return host if len(host) <= 253 and _HOST.fullmatch(host) else None


def _escaped(text: str, safe: frozenset[str]) -> str:
    """Percent-encoding normalised: unreserved characters plain, all others that need it as upper-case escapes."""
    if "%" in text:
        text = _ESCAPE.sub(_escape, text)
        text = re.sub(r"%(?![0-9A-F]{2})", "%25", text)
    if all(letter in safe for letter in text):
        return text
    return "".join(
        letter if letter in safe else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
        for letter in text
    )


def _escape(found: re.Match[str]) -> str:
    letter = chr(int(found.group(1), 16))
    return letter if letter in _UNRESERVED else found.group().upper()


def _dots(path: str) -> str:
    """RFC 3986 section 5.2.4: `.` and `..` worked away."""
    if "/." not in path:
        return path
    done: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if done:
                done.pop()
        elif segment != ".":
            done.append(segment)
    if segments[-1] in (".", ".."):
        done.append("")
    return "/" + "/".join(done)


def _query(query: str) -> str:
    """The query without tracking parameters and session ids, in its own order."""
    if not query:
        return ""
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        session = _SESSION.fullmatch(name) or (name.lower() in ("sid", "session") and _LONG_TOKEN.fullmatch(value))
        if part and not session and not _TRACKING.fullmatch(name):
            kept.append(_escaped(part, _QUERY_SAFE))
    return "&".join(kept)


def _route(fragment: str) -> str:
    """`#/...` and `#!/...` stay; the empty routes `#/` and `#!/` are the page itself."""
    route = fragment.removeprefix("!")
    return "#" + _escaped(fragment, _QUERY_SAFE) if route.startswith("/") and len(route) > 1 else ""


def without_route(url: str) -> str:
    """The address that is asked of the server: without the fragment."""
    return url.partition("#")[0]


def netloc(url: str) -> str:
    """host:port of a canonical address, the port left out when it is the default of http or https."""
    place = urlsplit(url).netloc
    return place.removesuffix(":443").removesuffix(":80") if place.endswith((":443", ":80")) else place


@dataclass(frozen=True, slots=True)
class ChannelScope:
    """What a channel owns: everything under its addresses that its patterns allow."""

    id: str
    urls: tuple[str, ...]
    """Addresses; each owns its host:port and path prefix. http and https are one and the same here."""
    exclude: tuple[str, ...] = ()
    """Regular expressions over the canonical address; what matches belongs to nobody."""
    include: tuple[str, ...] = ()
    """When given, only addresses that match one of these (or are in `urls`) are owned."""
    follow: bool = True
    """False for parts behind a login: only listed addresses are asked for, links are not followed."""
    pages: tuple[str, ...] = ()
    """Addresses under `urls` that people listed: owned whatever `exclude` and `include` say."""


@dataclass(frozen=True, slots=True)
class _Prefix:
    place: str
    segments: tuple[str, ...]
    channel: int
    url: str


def _prefix(url: str, channel: int) -> _Prefix | None:
    address = canonical(url)
    if address is None:
        return None
    segments = [segment for segment in urlsplit(address).path.split("/") if segment]
    if segments and re.search(r"\.(?:html?|php|aspx?|jsp)$", segments[-1]):
        segments.pop()
    return _Prefix(netloc(address), tuple(segments), channel, address)


@dataclass(frozen=True)
class Scope:
    """Which of the channels owns an address. Longest match on host:port and whole path segments wins.

    An address that its longest match excludes belongs to nobody: it does not fall to a shorter match. Raises
    ValueError for a channel address that is not http(s), re.error for a bad pattern.
    """

    channels: Sequence[ChannelScope]
    _prefixes: dict[str, list[_Prefix]] = field(init=False, repr=False)
    _patterns: list[tuple[list[re.Pattern[str]], list[re.Pattern[str]]]] = field(init=False, repr=False)
    _own: list[frozenset[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_place: dict[str, list[_Prefix]] = {}
        for number, channel in enumerate(self.channels):
            for url in channel.urls:
                prefix = _prefix(url, number)
                if prefix is None:
                    raise ValueError(f"{channel.id}: not an http or https address: {url}")
                by_place.setdefault(prefix.place, []).append(prefix)
        for prefixes in by_place.values():
            prefixes.sort(key=lambda prefix: -len(prefix.segments))
        patterns = [
            ([re.compile(text) for text in channel.exclude], [re.compile(text) for text in channel.include])
            for channel in self.channels
        ]
        own = [frozenset(filter(None, map(canonical, (*channel.urls, *channel.pages)))) for channel in self.channels]
        object.__setattr__(self, "_prefixes", by_place)
        object.__setattr__(self, "_patterns", patterns)
        object.__setattr__(self, "_own", own)

    def owner(self, url: str) -> str | None:
        """The id of the channel that owns this address, or None."""
        address = canonical(url)
        match = self._match(address) if address else None
        if match is None or address is None:
            return None
        exclude, include = self._patterns[match.channel]
        if address not in self._own[match.channel]:
            if any(pattern.search(address) for pattern in exclude):
                return None
            if include and not any(pattern.search(address) for pattern in include):
                return None
        return self.channels[match.channel].id

    def _match(self, address: str) -> _Prefix | None:
        split = urlsplit(address)
        segments = tuple(segment for segment in split.path.split("/") if segment)
        for prefix in self._prefixes.get(netloc(address), ()):
            if segments[: len(prefix.segments)] == prefix.segments:
                return prefix
        return None

    def channel(self, name: str) -> ChannelScope:
        """The channel with this id; KeyError when there is none."""
        for channel in self.channels:
            if channel.id == name:
                return channel
        raise KeyError(name)

    def overlaps(self) -> list[tuple[str, str, str]]:
        """Pairs of channels of which the second lies within (or is equal to) the first, with the second's address."""
        found = []
        for prefixes in self._prefixes.values():
            for inner in prefixes:
                for outer in prefixes:
                    nested = inner.segments[: len(outer.segments)] == outer.segments
                    same = inner.segments == outer.segments
                    if outer.channel != inner.channel and nested and (not same or outer.channel < inner.channel):
                        found.append((self.channels[outer.channel].id, self.channels[inner.channel].id, inner.url))
        return sorted(set(found))

    def unknown_hosts(self, urls: Iterable[str]) -> list[str]:
        """host:port of every address whose host belongs to no channel but shares a registrable domain with one.

        For a host without a public suffix (an IP address, `localhost`) another port counts as another host.
        """
        domains = {registrable(place) for place in self._prefixes}
        places = {netloc(address) for address in map(canonical, urls) if address}
        return sorted(place for place in places if place not in self._prefixes and registrable(place) in domains)


@cache
def _suffixes() -> tldextract.TLDExtract:
    import tldextract  # brings Requests along, for lists from the net that we never fetch

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4_096)
def registrable(place: str) -> str:
    """The registrable domain of host[:port] by the packed Public Suffix List; the host itself when it has none."""
    host = SplitResult("http", place, "", "", "").hostname or place
    return _suffixes()(host).top_domain_under_public_suffix or host


# --- addresses that are not followed ----------------------------------------------------------------------------

_LOGOUT = r"log-?_?(?:out|off)|sign-?_?(?:out|off)|(?:uit-?log(?:gen)?)|log-?uit|afmelden|end-?session|logout\w*"
_CHANGE = (
    r"delete|remove|destroy|trash|purge|unsubscribe|verwijder(?:en)?|wissen|uitschrijven|annuleren|intrekken|opzeggen"
)
_VERBS = rf"(?:{_LOGOUT}|{_CHANGE}|approve|unapprove|spam|activate|deactivate|publish|unpublish|archive|restore|cancel)"
_LOGOUT_SEGMENT = re.compile(rf"(?:{_LOGOUT})(?:\.\w{{2,5}})?", re.IGNORECASE)
_CHANGE_SEGMENT = re.compile(rf"(?:{_CHANGE})(?:\.\w{{2,5}})?", re.IGNORECASE)
_ID_SEGMENT = re.compile(r"\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f-]{27,}", re.IGNORECASE)
_VERB_NAME = re.compile(r"action\d?|actie|do|cmd|command|task|op|operation|_method|method|event|functie|opdracht")
_VERB_VALUE = re.compile(rf"(?:{_VERBS}|add[-_]?to[-_]?cart)(?:[-_]?\w+)?|\w+[-_](?:{_VERBS})", re.IGNORECASE)
_CHANGE_NAME = re.compile(
    rf"(?:{_LOGOUT}|{_CHANGE}|add[-_]to[-_]cart|remove[-_]item|_wpnonce|csrf\w*|__requestverificationtoken)",
    re.IGNORECASE,
)
_LOGOUT_TEXT = re.compile(r"(?:(?:uitloggen|log ?uit|afmelden|log ?out|log ?off|sign ?out)\W*)", re.IGNORECASE)
_CHANGE_TEXT = re.compile(
    r"(?:(?:verwijder(?:en)?|wissen|delete|remove|trash|unsubscribe|uitschrijven)\W*)", re.IGNORECASE
)


def is_unsafe(url: str, text: str = "") -> str:
    """Why following this link with a plain GET could end a session or change data; empty when it is harmless.

    A verb counts when it is a whole path segment beside an id or a query, a query's action, or the whole link text.
    A slug such as `/asbest-verwijderen` or `/hond-afmelden` is an ordinary municipal page and is followed.
    """
    split = urlsplit(url)
    segments = [segment for segment in split.path.split("/") if segment]
    words = " ".join(text.split())[:80]
    if any(_LOGOUT_SEGMENT.fullmatch(segment) for segment in segments):
        return "logs out"
    if _LOGOUT_TEXT.fullmatch(words):
        return "logs out"
    change = any(_CHANGE_SEGMENT.fullmatch(segment) for segment in segments)
    if change and (split.query or any(_ID_SEGMENT.fullmatch(segment) for segment in segments)):
        return "changes data"
    for part in split.query.split("&") if split.query else ():
        name, _, value = part.partition("=")
        if _VERB_NAME.fullmatch(name.lower()) and _VERB_VALUE.fullmatch(value):
            return "logs out" if re.match(_LOGOUT, value, re.IGNORECASE) else "changes data"
        if _CHANGE_NAME.fullmatch(name):
            return "logs out" if re.fullmatch(_LOGOUT, name, re.IGNORECASE) else "changes data"
    return "changes data" if _CHANGE_TEXT.fullmatch(words) else ""


_ASSET = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svgz?|ico|bmp|tiff?|css|m?js|json|map|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gav]"
    r"|mov|avi|wmv|wav|flac|zip|rar|7z|t?gz|tar|exe|msi|dmg|apk|iso|ics|vcf|kml|gpx|xml|rss|atom|txt|csv)$",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\.(?:pdf|docx?|dotx?|xlsx?|xlsm|pptx?|ppsx?|od[tspg]|rtf|epub|pages|numbers|key)$", re.IGNORECASE
)


def looks_like_file(url: str) -> str:
    """What the end of the path promises: `document` (PDF, office), `file` (image, media, archive), or empty."""
    path = urlsplit(url).path
    if _DOCUMENT.search(path):
        return "document"
    return "file" if _ASSET.search(path) else ""


# --- traps --------------------------------------------------------------------------------------------------------

_DATE = re.compile(r"(?:19|20|21)\d{2}(?:[-/._]?(?:0?[1-9]|1[0-2])(?:[-/._]?\d{1,2})?)?(?![0-9])")
_DATE_NAME = re.compile(
    r"(?:date|datum|day|dag|month|maand|year|jaar|week|van|tot|from|to|start|end|ts|timestamp)(?:[-_]?\w{0,8})?",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"agenda|kalender|calendar|events?|activiteiten|evenementen|rooster|archie[fv]e?n?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_ORDER_NAME = re.compile(
    r"(?:.*[\W_])?(?:sort(?:ed|ing|eer|eren|ering)?|order(?:ing)?|volgorde)[-_]?(?:by|on|op)?[-_]?"
    r"(?:col(?:umn)?|field|dir(?:ection)?|order|volgorde)?\]?",
    re.IGNORECASE,
)
_ORDER_VALUE = re.compile(r"(?:asc|desc)(?:ending)?", re.IGNORECASE)
_LISTING = {"C": re.compile(r"[NMSD](?:;O=[AD])?"), "O": re.compile(r"[AD]")}
"""What the lists of files of Apache and its like call their columns and directions."""
_BACK = re.compile(r"(?:return|back|terug)[-_]?(?:to|path|page|naar|ur[li])(?:query)?|came_from", re.IGNORECASE)
"""What pages for logging in, signing up and the like call the page to which they lead back."""
_ONWARD = re.compile(
    r"next|return|back|service|continue|destination|goto|relaystate|(?:redirect|forward)[-_]?(?:to|path|page|ur[li])?",
    re.IGNORECASE,
)
"""Names that say so when an address is their value."""
_IS_ADDRESS = re.compile(r"https?:|/", re.IGNORECASE)
ANOTHER_ORDER = "another order"
ANOTHER_WAY_BACK = "another way back"


@dataclass(frozen=True, slots=True)
class TrapLimits:
    """How many addresses of one shape are asked for. Numbers, not clocks: the same site gives the same pages."""

    calendar: int = 24
    """Addresses with a date in them, per calendar."""
    parameters: int = 100
    """Combinations of parameters, per path; those that differ in one number only (an item's, a page's) are one."""
    numbered: int = 2_000
    """Addresses that differ in numbers of the path only, or in one number of the parameters."""
    orders: int = 2
    """Orders of one list, besides the one that it has by itself."""
    ways_back: int = 2
    """Addresses of one page that differ in the page to which it leads back, such as a login's."""
    max_parameters: int = 10
    max_segments: int = 20


class Trap:
    """Sees endless parts of a site by their shape. Stateful: ask in a fixed order and the answers are fixed."""

    def __init__(self, limits: TrapLimits | None = None) -> None:
        self._limits = limits or TrapLimits()
        self._seen: Counter[str] = Counter()

    def caught(self, url: str) -> str:
        """Why this address is not asked for, or empty; an empty answer counts against its shape's budget."""
        split = urlsplit(url)
        segments = [segment for segment in split.path.split("/") if segment]
        if len(url) > MAX_ADDRESS:
            return "address too long"
        if len(segments) > self._limits.max_segments:
            return "path too deep"
        if _repeats(segments):
            return "path repeats itself"
        parts = [part.partition("=") for part in split.query.split("&")] if split.query else []
        if len(parts) > self._limits.max_parameters:
            return "too many parameters"
        for shape, limit, reason in self._shapes(split, segments, [(name, value) for name, _, value in parts]):
            if self._seen[shape] >= limit:
                return reason
        for shape, _, _ in self._shapes(split, segments, [(name, value) for name, _, value in parts]):
            self._seen[shape] += 1
        return ""

    @staticmethod
    def shape(url: str) -> str:
        """What addresses that differ in numbers only have in common; empty when there is no number in this one."""
        split = urlsplit(url)
        bare = _NUMBER.sub("#", split.path + ("?" + split.query if split.query else ""))
        return f"{split.netloc}{bare}" if "#" in bare else ""

    def _shapes(
        self, split: SplitResult, segments: Sequence[str], parts: Sequence[tuple[str, str]]
    ) -> list[tuple[str, int, str]]:
        limits, place = self._limits, split.netloc
        shapes = []
        for belongs, limit, reason in (
            (_orders, limits.orders, ANOTHER_ORDER),
            (_leads_back, limits.ways_back, ANOTHER_WAY_BACK),
        ):
            rest = [part for part in parts if not belongs(*part)]
            if len(rest) < len(parts):
                shapes.append((f"{reason} {place}{split.path}?{rest}", limit, reason))
        dated = _DATE.search(split.path) is not None and _CALENDAR.search(split.path) is not None
        dated_query = any(_DATE_NAME.fullmatch(name) and _NUMBER.search(value) for name, value in parts)
        dated_query |= any(_DATE.fullmatch(value) for _, value in parts)
        bare = "/".join("#" if _NUMBER.search(segment) else segment for segment in segments)
        if dated or dated_query:
            calendar = bare.partition("#")[0]
            shapes.append((f"calendar {place}/{calendar}", limits.calendar, "calendar without end"))
        one_number = sum(_NUMBER.search(value) is not None for _, value in parts) == 1
        combination = "&".join(f"{name}={'#' if _NUMBER.search(value) else value}" for name, value in parts)
        numbered = f"numbered {place}{split.path}?{combination}"
        if one_number:
            shapes.append((numbered, limits.numbered, "too many addresses of one shape"))
        if parts and not (one_number and self._seen[numbered]):
            shapes.append((f"query {place}{split.path}", limits.parameters, "too many combinations of parameters"))
        if "#" in bare:
            shapes.append((f"numbered {place}/{bare}", limits.numbered, "too many addresses of one shape"))
        return shapes


def _orders(name: str, value: str) -> bool:
    """Whether a parameter tells in which order a list stands; `order` with a number is an order of goods."""
    listing = _LISTING.get(name)
    by_name = _ORDER_NAME.fullmatch(unquote(name)) and not (name.lower() == "order" and _NUMBER.fullmatch(value))
    return bool(by_name or _ORDER_VALUE.fullmatch(value) or (listing and listing.fullmatch(unquote(value))))


def _leads_back(name: str, value: str) -> bool:
    return bool(_BACK.fullmatch(name) or (_ONWARD.fullmatch(name) and _IS_ADDRESS.match(unquote(value))))


def _repeats(segments: Sequence[str]) -> bool:
    """True when a run of one to three segments stands three times in a row, or one segment occurs five times."""
    for width in (1, 2, 3):
        for start in range(len(segments) - 3 * width + 1):
            run = segments[start : start + width]
            if run == segments[start + width : start + 2 * width] == segments[start + 2 * width : start + 3 * width]:
                return True
    return any(count >= 5 for count in Counter(segments).values())
