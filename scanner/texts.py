"""Every sentence a user reads, from one catalogue: the gettext chapters in `scanner/locale/<language>/*.po`.

A msgid is a key (`law.reason.no_statement`), not a sentence; all chapters of a language are joined, and a key that
stands in two chapters is an error that `chapters()` names. In: key, language and named values. Out: plain text, not
yet escaped for HTML.

A missing key or value raises `MissingText` in strict mode (under pytest, or with SCANNER_STRICT_TEXTS=1); else the key
itself is shown between square brackets, so that a report is never lost over a sentence and the gap can be seen.
"""

from __future__ import annotations

import gettext
import os
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.messages.pofile import read_po

LANGUAGES = ("nl", "en")
"""The languages of the catalogue; the first one is the default."""

_LOCALE = Path(__file__).parent / "locale"
_FIXED = re.compile(r"\.(\d+)f")


class MissingText(KeyError):
    """A key, plural form or named value that the catalogue or the caller does not have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of one chapter: one form, or a form per plural case in the order of the chapter's own plural rule."""

    key: str
    forms: tuple[str, ...]
    chapter: str
    line: int
    plural_index: Callable[[int], int]


def chapters(lang: str, folder: Path = _LOCALE) -> Iterator[Entry]:
    """Every entry of every chapter of a language, in file order; untranslated entries are left out."""
    for path in sorted((folder / lang).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=lang, abort_invalid=True)
        plural_index = gettext.c2py(catalog.plural_expr)
        for message in catalog:
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if all(forms):
                yield Entry(key, forms, path.name, message.lineno or 0, plural_index)


def duplicates(lang: str, folder: Path = _LOCALE) -> tuple[str, ...]:
    """Keys that stand in more than one chapter, each with the two places; a meta-test wants this empty."""
    seen: dict[str, Entry] = {}
    double = []
    for entry in chapters(lang, folder):
        if entry.key in seen:
            double.append(f"{entry.key}: {seen[entry.key].chapter} and {entry.chapter}, line {entry.line}")
        seen.setdefault(entry.key, entry)
    return tuple(double)


@lru_cache
def _catalogue(lang: str) -> Mapping[str, Entry]:
    if lang not in LANGUAGES:
        raise MissingText(f"language {lang!r}; the catalogue has {', '.join(LANGUAGES)}")
    return {entry.key: entry for entry in chapters(lang)}


def text(key: str, lang: str, **values: Any) -> str:
    """The text of a key, with its named fields filled in.

    Dates and decimals are written as the language writes them.
    """
    entry = _catalogue(lang).get(key)
    return _missing(key, lang) if entry is None else _fill(entry.forms[0], key, lang, values)


def ntext(key: str, n: int, lang: str, **values: Any) -> str:
    """The form of a plural entry that fits `n`; `{n}` in the text is that number."""
    entry = _catalogue(lang).get(key)
    if entry is None:
        return _missing(key, lang)
    form = entry.forms[min(entry.plural_index(n), len(entry.forms) - 1)]
    return _fill(form, key, lang, {"n": n, **values})


def has_text(key: str, lang: str) -> bool:
    """Whether the catalogue has this key, for texts that are optional by design (a rule's own title, say)."""
    return key in _catalogue(lang)


def keys(lang: str, prefix: str = "") -> tuple[str, ...]:
    """All keys that begin with a prefix, in order: for meta-tests over the catalogue."""
    return tuple(sorted(key for key in _catalogue(lang) if key.startswith(prefix)))


def format_date(day: date | None, lang: str, form: str = "long") -> str:
    """A day as people write it, `24 november 2026`; `form` is babel's short, medium, long or full. Empty for None."""
    return "" if day is None else dates.format_date(day, format=form, locale=lang)


def format_number(number: float, lang: str, decimals: int = 0) -> str:
    """A number with the separators of the language and a fixed count of decimals."""
    return numbers.format_decimal(number, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=lang)


def format_percent(share: float, lang: str, decimals: int = 0) -> str:
    """A share between 0 and 1 as a percentage."""
    return numbers.format_percent(share, format="#,##0" + ("." + "0" * decimals if decimals else "") + "%", locale=lang)


def join_words(words: Sequence[str], lang: str) -> str:
    """`a, b en c`: a list inside a sentence."""
    from babel.lists import format_list

    return format_list(list(words), locale=lang) if words else ""


def strict() -> bool:
    """Whether a missing text raises: under pytest or when SCANNER_STRICT_TEXTS is 1; 0 turns it off."""
    setting = os.environ.get("SCANNER_STRICT_TEXTS", "")
    return setting == "1" if setting else "PYTEST_VERSION" in os.environ


class _Fields(string.Formatter):
    """str.format for named fields only: no attributes, no indexes, no positions; values never act as formats."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if not field_name.isidentifier():
            raise MissingText(f"field {{{field_name}}} is not a plain name")
        if field_name not in kwargs:
            raise MissingText(f"no value for {{{field_name}}}")
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        fixed = _FIXED.fullmatch(format_spec)
        if fixed and isinstance(value, (int, float)):
            return format_number(value, self.lang, int(fixed[1]))
        if format_spec:
            return str(super().format_field(value, format_spec))
        if isinstance(value, datetime):
            return dates.format_datetime(value, format="long", locale=self.lang)
        if isinstance(value, date):
            return format_date(value, self.lang)
        if isinstance(value, float):
            return numbers.format_decimal(value, locale=self.lang)
        return str(value)


@cache
def _fields(lang: str) -> _Fields:
    return _Fields(lang)


@cache
def _pieces(form: str) -> tuple[tuple[str, str | None, str], ...]:
    """A text as what stands before each field, the field's name and its format: a text is taken apart once."""
    return tuple((before, name, spec or "") for before, name, spec, _ in string.Formatter().parse(form))


def _fill(form: str, key: str, lang: str, values: Mapping[str, Any]) -> str:
    try:
        fields = _fields(lang)
        return "".join(
            before if name is None else before + fields.format_field(fields.get_field(name, (), values)[0], spec)
            for before, name, spec in _pieces(form)
        )
    except (MissingText, ValueError) as problem:
        if strict():
            raise MissingText(f"{key} ({lang}): {problem}") from problem
        return form


def _missing(key: str, lang: str) -> str:
    if strict():
        raise MissingText(f"{key} ({lang})")
    return f"[{key}]"
