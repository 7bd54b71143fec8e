"""What is steady about a place on a page: recognising the same barrier after texts, ids, positions and builds changed.

`shape` reads an outcome's place; `Shape.fingerprint` and `Shape.family` are hashes of its steady parts. `likeness` says
how much two shapes are the same thing after it moved or was rebuilt. All input is text from scanned sites: bounded,
compared, never interpreted. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from scanner.model import Outcome, Place

TEMPLATE_REGIONS = frozenset({"banner", "navigation", "contentinfo"})
"""Landmarks that belong to every page of a site, not to the text of one."""

_TAG = re.compile(r"<([A-Za-z][^\s>/]*)")
_ATTRIBUTE = re.compile(r'\s([^\s"\'<>=]+)="(.*?)"(?=\s[^\s"\'<>=]+="|\s*/?>|\s*$)', re.DOTALL)
_REFERENCES = frozenset(
    {
        "aria-activedescendant",
        "aria-controls",
        "aria-describedby",
        "aria-details",
        "aria-errormessage",
        "aria-flowto",
        "aria-labelledby",
        "aria-owns",
        "for",
        "form",
        "headers",
        "list",
        "usemap",
    }
)
"""Attributes whose value is an id: the name counts, the value does not."""
_PASSING = frozenset(
    {
        "id",
        "class",
        "style",
        "slot",
        "nonce",
        "integrity",
        "crossorigin",
        "part",
        "is",
        "jsname",
        "jsaction",
        "value",
        "checked",
        "selected",
        "open",
        "hidden",
        "disabled",
        "inert",
        "aria-current",
        "aria-expanded",
        "aria-selected",
        "aria-pressed",
        "aria-checked",
        "aria-busy",
        "aria-posinset",
        "aria-setsize",
        "width",
        "height",
        "loading",
        "decoding",
        "fetchpriority",
        "srcset",
        "sizes",
        "tabindex",
        "autofocus",
    }
)
"""Attributes that come and go with state, position, size or build."""
_GENERATED = re.compile(r"^(data-|_ng|ng-|v-|x-|:|@|on|wire:|hx-|js)", re.I)
_ADDRESSES = ("src", "href", "data", "action", "formaction", "poster", "xlink:href")
_STATE_CLASS = re.compile(
    r"^(is|has|js)-|^(active|open(ed)?|closed?|shown?|visible|hidden|hover|focus(ed)?|current|selected|expanded|collapsed|"
    r"loading|loaded|lazy\w*|first|last|odd|even|no-js|animated?)$",
    re.I,
)
_HASHED = re.compile(r"(?:__?|--?)(?=[A-Za-z0-9]*(?:\d|[a-z][A-Z]|[A-Z][a-z]))[A-Za-z0-9]{3,}$")
_BUILD_PART = re.compile(
    r"[._-](?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{4,}(?=\.|$)|[._-][a-f0-9]{6,}(?=\.|$)"
)
_BUILD_SEGMENT = re.compile(r"^(?=\w*\d)(?=\w*[A-Za-z])[\w-]{6,}$|^v?\d+(\.\d+)+$|^[a-f0-9]{8,}$")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Shape:
    """The steady parts of a place, of one rule and criterion."""

    rule: str
    criterion: str
    region: str = ""
    component: tuple[str, ...] = ()
    """Ancestors and the element, outermost first, each tag, role and steady classes."""
    tag: str = ""
    role: str = ""
    kind: str = ""
    """The type attribute."""
    attributes: tuple[str, ...] = ()
    """Names, sorted."""
    stems: tuple[str, ...] = ()
    """Class names without their build hash."""
    frame: str = ""
    path: str = ""
    """Where src, href or the like points: host for links that leave, path; no query, fragment or build hash."""
    name: str = ""
    """The name attribute of a form field."""
    text: str = ""
    """Start of its text, for recognising moved markup; not in the fingerprint."""
    exact: str = ""
    """Hash of the whole markup, texts included: what a false-alarm mark was given for."""

    @property
    def fingerprint(self) -> str:
        """The same barrier gives the same fingerprint, night after night."""
        return _digest(*self._family(), self.path, self.name)

    @property
    def family(self) -> str:
        """The fingerprint without what tells one card of a list from the next."""
        return _digest("family", *self._family())

    def _family(self) -> tuple[str, ...]:
        return (
            self.rule,
            self.criterion,
            self.region,
            ">".join(self.component),
            self.tag,
            self.role,
            self.kind,
            " ".join(self.attributes),
            " ".join(self.stems),
            self.frame,
        )

    @property
    def tokens(self) -> tuple[str, ...]:
        """What tells this thing from others that are built alike: last part of the path, field name, text."""
        last = self.path.rstrip("/").rpartition("/")[2]
        found = (
            f"path {last}" if last else "",
            f"name {self.name}" if self.name else "",
            f"text {self.text}" if self.text else "",
        )
        return tuple(token for token in found if token)


def fingerprint(outcome: Outcome) -> str:
    """Hash of rule, criterion, structural place and normalised markup of an outcome: 20 hexadecimal digits."""
    return shape(outcome).fingerprint


def shape(outcome: Outcome) -> Shape:
    """The steady parts of an outcome's place."""
    place = outcome.place or Place("")
    return _shape(outcome.rule, outcome.criterion, place.snippet, place.region, place.component, place.frame)


@lru_cache(maxsize=50_000)
def _shape(rule: str, criterion: str, snippet: str, region: str, component: str, frame: str) -> Shape:
    tag, given, text = _parse(snippet)
    address = next((given[name] for name in _ADDRESSES if name in given), "")
    names = tuple(sorted(name for name in given if name not in _PASSING and not _GENERATED.match(name)))
    stems = sorted({stem for one in given.get("class", "").split()[:8] if (stem := _stem(one))})[:3]
    return Shape(
        rule,
        criterion,
        region,
        _component(component),
        tag,
        given.get("role", "").strip().lower()[:40],
        given.get("type", "").strip().lower()[:40] if tag in ("input", "button") else "",
        names[:20],
        tuple(stems),
        _place_of(frame, host=True),
        _place_of(address, host=any(n in given for n in ("href", "action"))) if address else "",
        _field_name(given.get("name", "")),
        _SPACE.sub(" ", text).strip().lower()[:80],
        _exact(tag, given, names, text),
    )


def _parse(snippet: str) -> tuple[str, dict[str, str], str]:
    """Tag, attributes and text of a snippet as probes write it: values unescaped, cut at 300 characters."""
    found = _TAG.match(snippet)
    if not found:
        return "", {}, snippet
    given: dict[str, str] = {}
    end = found.end()
    while (one := _ATTRIBUTE.match(snippet, end)) is not None:
        given.setdefault(one[1].lower(), one[2])
        end = one.end()
    rest = snippet[end:]
    if not rest.startswith(">"):
        cut = re.match(r'\s([^\s"\'<>=]+)="', rest)
        if cut:
            given.setdefault(cut[1].lower(), "")
        return found[1].lower(), given, ""
    return found[1].lower(), given, rest[1:]


def _component(written: str) -> tuple[str, ...]:
    parts = []
    for part in written.split(">")[-4:]:
        head, *classes = part.split(".")
        parts.append(".".join([head, *sorted({stem for one in classes if (stem := _stem(one))})]))
    return tuple(parts) if written else ()


@lru_cache(maxsize=10_000)
def _stem(name: str) -> str:
    """A class name without build hash; empty when nothing else is left or it tells only a state."""
    if name.startswith(("css-", "sc-", "jss", "makeStyles-")) or _STATE_CLASS.search(name) or len(name) > 60:
        return ""
    stem = _HASHED.sub("", name)
    return stem if len(stem) >= 2 and not re.search(r"\d{2,}|^[a-f0-9]{5,}$", stem) else ""


def _place_of(address: str, *, host: bool) -> str:
    """Where an address points, without what changes by build, session or query."""
    address = address.strip()
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", address, re.I)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return address[:16].partition(",")[0] if scheme[1].lower() == "data" else scheme[1].lower() + ":"
    try:
        parts = urlsplit(address)
        there = (parts.hostname or "") if host else ""
    except ValueError:
        return "?"
    segments = [_BUILD_PART.sub("", unquote(part)) for part in parts.path.split("/") if part not in ("", ".", "..")]
    kept = [part for index, part in enumerate(segments) if index == len(segments) - 1 or not _BUILD_SEGMENT.match(part)]
    return there + "/" + "/".join(kept) if kept or parts.path or there else ("#" if address.startswith("#") else "")


def _field_name(name: str) -> str:
    """A field's name where people gave it; names that a program made say nothing."""
    return "" if re.search(r"\d{3,}|[a-f0-9]{8,}|[$:]", name) else name.lower()[:60]


def _exact(tag: str, given: dict[str, str], names: Sequence[str], text: str) -> str:
    def value(name: str) -> str:
        if name in _REFERENCES:
            return ""
        return _place_of(given[name], host=True) if name in _ADDRESSES else given[name]

    values = [f"{name}={value(name)}" for name in names]
    return _digest(tag, *values, _SPACE.sub(" ", text).strip())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


# Second stage: markup that moved or was rebuilt

NEAR = 0.55
"""Likeness from which two shapes are the same thing that moved."""


def likeness(one: Shape, its: Collection[str], other: Shape, others: Collection[str]) -> float:
    """How much two groups of places are the same thing, 0 to 1; `its` and `others` are their tokens.

    0 when rule or criterion differ, or when what tells things apart (path, field name, text) contradicts.
    """
    if (one.rule, one.criterion, one.frame != "") != (other.rule, other.criterion, other.frame != ""):
        return 0.0
    built = _built(one, other)
    if built == 0:
        return 0.0
    stands = 0.3 * (one.region == other.region) + 0.7 * _same_parts(one.component, other.component)
    told = _told(its, others)
    if told is None:
        return 0.55 * built + 0.35 * stands
    return 0.0 if told == 0 else 0.45 * told + 0.3 * built + 0.25 * stands


def _built(one: Shape, other: Shape) -> float:
    if one.tag != other.tag and not (one.role and one.role == other.role):
        return 0.0
    mine, theirs = set(one.attributes), set(other.attributes)
    names = len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0
    if one.kind != other.kind or one.role != other.role:
        names *= 0.7
    if one.stems and other.stems and not set(one.stems) & set(other.stems):
        names *= 0.8
    return 0.2 + 0.8 * names


def _told(its: Collection[str], others: Collection[str]) -> float | None:
    """Share of common tokens; None when there is nothing to compare, 0 when all that can be compared differs."""
    kinds = {token.partition(" ")[0] for token in its} & {token.partition(" ")[0] for token in others}
    mine = {token for token in its if token.partition(" ")[0] in kinds}
    theirs = {token for token in others if token.partition(" ")[0] in kinds}
    if not mine or not theirs:
        return None
    same = len(mine & theirs) / min(len(mine), len(theirs))
    if same:
        return same
    texts = [max((SequenceMatcher(None, a, b).ratio() for b in _texts(theirs)), default=0.0) for a in _texts(mine)]
    return best if texts and kinds == {"text"} and (best := max(texts)) >= 0.75 else 0.0


def _texts(tokens: Iterable[str]) -> list[str]:
    return [token[5:] for token in tokens if token.startswith("text ")][:10]


def _same_parts(one: Sequence[str], other: Sequence[str]) -> float:
    """How alike two components are; the elements themselves are compared by `_built`."""
    if not one and not other:
        return 1.0
    return SequenceMatcher(None, one[:-1], other[:-1]).ratio() if one[:-1] or other[:-1] else 1.0
