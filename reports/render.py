"""Makes an HTML page from a template, in one language. In: a template, a language and data. Out: HTML text.

Autoescape is always on: whatever a scanned site wrote is shown as text. Templates in `reports/templates` have `text`,
`ntext` and the filters `date`, `number`, `percent`, `words` and `link`, bound to the language. Every page extends
`page.html.j2`: the head, the skip link, the landmarks and the style. A template that asks for data it was not given
raises `jinja2.UndefinedError` with the name.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scanner.texts import format_date, format_number, format_percent, join_words, ntext, text

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, lang: str, **data: Any) -> str:
    """A page from a template: `render("statement.html.j2", "nl", draft=draft)`."""
    return _environment(lang).get_template(template).render(lang=lang, **data)


@lru_cache(maxsize=20_000)
def safe_link(address: str) -> str:
    """The address when it may stand in a link (http, https, mailto, or a path of our own), else `#`."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return "#"
    relative = not scheme and not address.lstrip().startswith(("//", "\\"))
    return address.strip() if scheme in ("http", "https", "mailto") or relative else "#"


@lru_cache
def _environment(lang: str) -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    environment.globals.update(text=partial(_text, lang), ntext=partial(_ntext, lang))
    environment.filters.update(
        date=partial(_date, lang), number=partial(_number, lang), percent=partial(_percent, lang),
        words=partial(_words, lang), link=safe_link)
    return environment


def _text(lang: str, key: str, **values: Any) -> str:
    lang = values.pop("lang", lang)
    return text(key, lang, **values) if values else _constant(key, lang)


@lru_cache(maxsize=4096)
def _constant(key: str, lang: str) -> str:
    return text(key, lang)


def _ntext(lang: str, key: str, n: int, **values: Any) -> str:
    return ntext(key, n, lang, **values) if values else _counted(key, n, lang)


@lru_cache(maxsize=4096)
def _counted(key: str, n: int, lang: str) -> str:
    return ntext(key, n, lang)


def _date(lang: str, day: date | None, form: str = "long") -> str:
    return format_date(day, lang, form)


def _number(lang: str, number: float, decimals: int = 0) -> str:
    return format_number(number, lang, decimals)


def _percent(lang: str, share: float, decimals: int = 0) -> str:
    return format_percent(share, lang, decimals)


def _words(lang: str, words: list[str] | tuple[str, ...]) -> str:
    return join_words(list(words), lang)
