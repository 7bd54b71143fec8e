"""The dossier as files that people edit: one TOML file, one XLSX workbook, or a CSV file per part. In both directions.

Reading gathers every problem instead of stopping at the first, and each names file, row, column, what is wrong and
how to cure it. What was read is merged into a dossier; `scanner.dossier.changes_between` then says what that changed,
so an import leaves a trace like any other edit. Cells may be written in Dutch or English (`ja`, `voldoet niet`,
`1-3-2026`); column headings may be field names or the labels of either language. Files are bounded in size, and
nothing in them is ever run as a formula.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import tomllib
import types
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date, datetime
from enum import Enum
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import tomlkit
import xlsxwriter

from scanner.dossier import LISTS, SINGLES, Dossier
from scanner.frameworks import edition as edition_of
from scanner.frameworks import editions
from scanner.model import Verdict
from scanner.texts import LANGUAGES, has_text, text

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_ROWS = 20_000

_YES = {"ja", "yes", "true", "waar", "1", "j", "y", "x"}
_NO = {"nee", "no", "false", "onwaar", "0", "n", ""}
_VERDICTS = {
    "voldoende": Verdict.PASSED,
    "pass": Verdict.PASSED,
    "passed": Verdict.PASSED,
    "voldoet": Verdict.PASSED,
    "met": Verdict.PASSED,
    "onvoldoende": Verdict.FAILED,
    "fail": Verdict.FAILED,
    "failed": Verdict.FAILED,
    "voldoet niet": Verdict.FAILED,
    "not met": Verdict.FAILED,
    "onbekend": Verdict.CANT_TELL,
    "mens nodig": Verdict.CANT_TELL,
    "needs a person": Verdict.CANT_TELL,
    "canttell": Verdict.CANT_TELL,
    "niet van toepassing": Verdict.INAPPLICABLE,
    "nvt": Verdict.INAPPLICABLE,
    "n.v.t.": Verdict.INAPPLICABLE,
    "not applicable": Verdict.INAPPLICABLE,
    "inapplicable": Verdict.INAPPLICABLE,
    "niet getest": Verdict.UNTESTED,
    "niet getoetst": Verdict.UNTESTED,
    "not tested": Verdict.UNTESTED,
    "untested": Verdict.UNTESTED,
}


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One thing that is wrong in a file.

    Row 1 is the first line (of a sheet: its heading row); 0 when the file itself is wrong.
    """

    file: str
    row: int
    column: str
    key: str
    """Catalogue key of the cure, below `law.import.`."""
    value: str = ""
    expected: str = ""

    def message(self, lang: str) -> str:
        """File, row and column, what stands there, and what to do."""
        where = text("law.import.where", lang, file=self.file, row=self.row, column=self.column or "-")
        return f"{where} {text(f'law.import.{self.key}', lang, value=self.value[:80], expected=self.expected)}"


class ImportFailed(ValueError):
    """A file could not be read as a (part of a) dossier; `problems` has every reason."""

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.message("en") for problem in problems))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a file holds: single parts and lists of the dossier, by name. Absent parts stay as they are when merged."""

    channel: str = ""
    singles: Mapping[str, Any] | None = None
    lists: Mapping[str, tuple[Any, ...]] | None = None

    def merged_into(self, dossier: Dossier, replace_lists: bool = False) -> Dossier:
        """The dossier with these parts.

        Items of the same key are replaced, others stay (or go, with `replace_lists`).
        """
        new: dict[str, Any] = dict(self.singles or {})
        for name, items in (self.lists or {}).items():
            kept = {} if replace_lists else {item.key: item for item in getattr(dossier, name)}
            new[name] = tuple({**kept, **{item.key: item for item in items}}.values())
        return replace(dossier, **new)


# Writing -----------------------------------------------------------------------------------------------------------


def write_toml(dossier: Dossier, lang: str = "nl") -> str:
    """The whole dossier as TOML with a comment per part; verdicts of research stand with their report."""
    document = tomlkit.document()
    document.add(tomlkit.comment(text("law.file.head", lang)))
    document.add("channel", tomlkit.item(dossier.channel))
    for name in SINGLES:
        part = getattr(dossier, name)
        if part is not None:
            document.add(tomlkit.nl())
            document.add(tomlkit.comment(text(f"law.part.{name}", lang)))
            document.add(name, _table(part))
    for name in LISTS:
        items = getattr(dossier, name)
        if not items or name == "research":
            continue
        document.add(tomlkit.nl())
        document.add(tomlkit.comment(text(f"law.part.{name}", lang)))
        array = tomlkit.aot()
        for item in items:
            table = _table(item)
            if name == "reports":
                verdicts = tomlkit.table()
                for row in sorted(
                    (row for row in dossier.research if row.report == item.id), key=lambda row: _order(row.criterion)
                ):
                    said = text(f"verdict.{row.verdict.value}", lang)
                    verdicts.add(row.criterion, {"verdict": said, "note": row.note} if row.note else said)
                table.add("verdicts", verdicts)
            array.append(table)
        document.add(name, array)
    return tomlkit.dumps(document)


def write_csv(dossier: Dossier, part: str, lang: str = "nl") -> str:
    """One list of the dossier as CSV with `;` between cells, as Dutch spreadsheets expect."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    kind = LISTS[part]
    writer.writerow([label(item.name, lang) for item in fields(kind)])
    for row in getattr(dossier, part):
        writer.writerow([defused(_cell(getattr(row, item.name), lang)) for item in fields(kind)])
    return out.getvalue()


def write_xlsx(dossier: Dossier, path: Path, lang: str = "nl") -> None:
    """The whole dossier as a workbook.

    A sheet per part, headings in the language, lists to choose from, no formulas.
    """
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": f"{text('law.file.title', lang)}: {dossier.channel}", "comments": text("law.file.head", lang)}
        )
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for name in SINGLES:
            sheet = book.add_worksheet(sheet_name(name, lang))
            _head(sheet, [text("law.file.field", lang), text("law.file.value", lang)], bold, (34, 70))
            part = getattr(dossier, name)
            for index, item in enumerate(fields(SINGLES[name]), 1):
                sheet.write_string(index, 0, label(item.name, lang), bold)
                sheet.write_string(index, 1, "" if part is None else _cell(getattr(part, item.name), lang), plain)
                _choices(sheet, index, 1, index, SINGLES[name], item.name, lang)
        for name, kind in LISTS.items():
            sheet = book.add_worksheet(sheet_name(name, lang))
            names = [item.name for item in fields(kind)]
            _head(sheet, [label(column, lang) for column in names], bold, tuple(22 for _ in names))
            for index, row in enumerate(getattr(dossier, name), 1):
                for column, item_name in enumerate(names):
                    sheet.write_string(index, column, _cell(getattr(row, item_name), lang), plain)
            for column, item_name in enumerate(names):
                _choices(sheet, 1, column, 500, kind, item_name, lang)


def defused(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula; reading takes the mark off again."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell != "-" else cell


def label(field_name: str, lang: str) -> str:
    """What a field is called."""
    return text(f"law.field.{field_name}", lang)


def _head(sheet: Any, names: Sequence[str], style: Any, widths: Sequence[int]) -> None:
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.write_string(0, column, name, style)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)


def _choices(sheet: Any, first: int, column: int, last: int, kind: type[Any], name: str, lang: str) -> None:
    """A list to choose from, for fields that have one.

    Other words are still accepted on import if they mean the same.
    """
    wanted = _type_of(kind, name)
    words: list[str] = []
    if wanted is bool:
        words = [text("page.yes", lang), text("page.no", lang)]
    elif isinstance(wanted, type) and issubclass(wanted, Enum):
        words = [_cell(member, lang) for member in wanted]
    if words:
        sheet.data_validation(
            first, column, last, column, {"validate": "list", "source": words, "error_type": "warning"}
        )


def sheet_name(name: str, lang: str) -> str:
    return text(f"law.sheet.{name}", lang)[:31]


def _table(part: Any) -> tomlkit.items.Table:
    table = tomlkit.table()
    for item in fields(part):
        value = getattr(part, item.name)
        if value is None or (item.default is not MISSING and value == item.default and item.name not in ("kind",)):
            continue
        if isinstance(value, Enum):
            value = value.value
        elif isinstance(value, tuple):
            value = [entry.value if isinstance(entry, Enum) else entry for entry in value]
        table.add(item.name, value)
    return table


def _cell(value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return text("page.yes" if value else "page.no", lang)
    if isinstance(value, Verdict):
        return text(f"verdict.{value.value}", lang)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(_cell(entry, lang) for entry in value)
    return str(value)


# Reading -----------------------------------------------------------------------------------------------------------


def read_file(path: Path, part: str = "") -> Parts:
    """A dossier file by its ending.

    .toml, .xlsx or .csv; for CSV the part is its name unless given. ImportFailed with all problems.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ImportFailed([ImportProblem(path.name, 0, "", "too_large", expected=str(MAX_BYTES // 1_000_000))])
    ending = path.suffix.lower()
    if ending == ".xlsx":
        return read_xlsx(path)
    if ending not in (".toml", ".csv"):
        raise ImportFailed([ImportProblem(path.name, 0, "", "ending", ending, ".toml, .xlsx, .csv")])
    content = _decode(path.read_bytes())
    return read_toml(content, path.name) if ending == ".toml" else read_csv(content, path.name, part or path.stem)


def read_toml(content: str, file: str = "dossier.toml") -> Parts:
    """A dossier from TOML; problems name the line."""
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        found_line = re.search(r"line (\d+)", str(error))
        raise ImportFailed(
            [ImportProblem(file, int(found_line[1]) if found_line else 0, "", "toml", str(error))]
        ) from error
    except (RecursionError, ValueError) as error:  # nested a thousand deep, or a number of thousands of digits
        raise ImportFailed([ImportProblem(file, 0, "", "toml", str(error))]) from error
    problems: list[ImportProblem] = []
    singles: dict[str, Any] = {}
    lists: dict[str, tuple[Any, ...]] = {}
    for name, value in raw.items():
        line = _toml_line(content, name, 0, "")
        if name == "channel":
            continue
        if name in SINGLES and isinstance(value, dict):
            made = _make(SINGLES[name], value, _toml_place(file, content, name, 0), problems)
            if made is not None:
                singles[name] = made
        elif name in LISTS and name != "research" and isinstance(value, list):
            if name == "reports":
                lists["research"] = _toml_research(value, file, content, problems)
            found = [
                _make(LISTS[name], item, _toml_place(file, content, name, index), problems)
                for index, item in enumerate(value)
            ]
            lists[name] = _unique(
                [(item, _toml_line(content, name, index, "")) for index, item in enumerate(found)], file, problems
            )
        else:
            problems.append(ImportProblem(file, line, name, "part", name, ", ".join(["channel", *SINGLES, *LISTS])))
    if problems:
        raise ImportFailed(problems)
    return Parts(str(raw.get("channel", "")), singles, lists)


def read_csv(content: str, file: str, part: str) -> Parts:
    """One list of a dossier from CSV, with `;`, `,` or tab between the cells."""
    name = _part_of(part)
    if name not in LISTS:
        raise ImportFailed([ImportProblem(file, 0, "", "part", part, ", ".join(LISTS))])
    problems: list[ImportProblem] = []
    found = read_rows(csv_cells(content, file), LISTS[name], file, problems)
    if problems:
        raise ImportFailed(problems)
    return Parts(lists={name: found})


def read_xlsx(path: Path) -> Parts:
    """A dossier from a workbook; sheets are known by their Dutch or English name, and unknown sheets are an error."""
    problems: list[ImportProblem] = []
    singles: dict[str, Any] = {}
    lists: dict[str, tuple[Any, ...]] = {}
    for title, rows in xlsx_cells(path):
        name, place = _part_of(title), f"{path.name}, {title}"
        if name in SINGLES:
            made = _read_pairs(rows, SINGLES[name], place, problems)
            if made is not None:
                singles[name] = made
        elif name in LISTS:
            lists[name] = read_rows(rows, LISTS[name], place, problems)
        else:
            problems.append(
                ImportProblem(
                    place, 0, "", "part", title, ", ".join(sheet_name(key, "nl") for key in (*SINGLES, *LISTS))
                )
            )
    if problems:
        raise ImportFailed(problems)
    return Parts(singles=singles, lists=lists)


def value_of(part: str, field_name: str, written: str, where: str) -> Any:
    """One written value as its field wants it: `ja` as True, `1-3-2026` as a day. ImportFailed names the cure.

    `part` is a part of the dossier such as `statement` or `measures`; `where` is what messages call the place.
    """
    kind = {**SINGLES, **LISTS}.get(part)
    if kind is None:
        raise ImportFailed([ImportProblem(where, 0, "", "part", part, ", ".join([*SINGLES, *LISTS]))])
    names = [item.name for item in fields(kind)]
    if field_name not in names:
        raise ImportFailed([ImportProblem(where, 0, field_name, "column", field_name, ", ".join(names))])
    try:
        return _convert(written, _type_of(kind, field_name), field_name)
    except _Wrong as wrong:
        raise ImportFailed([ImportProblem(where, 0, field_name, wrong.key, written, wrong.expected)]) from wrong


def csv_cells(content: str, file: str) -> list[list[str]]:
    """The cells of a CSV text, with `;`, `,` or tab between them; ImportFailed when they cannot be told apart."""
    first = content.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        return list(itertools.islice(rows, MAX_ROWS))
    except csv.Error as error:
        raise ImportFailed([ImportProblem(file, rows.line_num, "", "csv", str(error))]) from error


def xlsx_cells(path: Path) -> list[tuple[str, list[list[str]]]]:
    """Every sheet of a workbook as (name, cells as text); ImportFailed when it is not one."""
    _check_zip(path)
    try:
        import openpyxl  # few commands read a workbook

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = []
        for sheet in book.worksheets:  # read as they are asked for: a bad cell shows itself only here
            rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=60, values_only=True)
            found.append((str(sheet.title), [[_from_cell(cell) for cell in row] for row in rows]))
        book.close()
    except Exception as error:
        raise ImportFailed([ImportProblem(path.name, 0, "", "xlsx", str(error))]) from error
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stood, for messages."""

    file: str
    row_of: Callable[[str], int]
    """The row of a field."""
    headings: Mapping[str, str]

    def problem(self, field_name: str, key: str, value: Any = "", expected: str = "") -> ImportProblem:
        """A problem with the value of a field."""
        return ImportProblem(
            self.file,
            self.row_of(field_name),
            self.headings.get(field_name, field_name),
            key,
            str(value),
            expected,
        )


def read_rows(
    rows: Sequence[Sequence[str]],
    kind: type[Any],
    file: str,
    problems: list[ImportProblem],
    other_columns: bool = False,
) -> tuple[Any, ...]:
    """Rows under a heading as items of a kind; problems are added. `other_columns` allows columns that are no field."""
    if not rows:
        return ()
    known = _headings(kind)
    columns: dict[str, int] = {}
    for index, heading in enumerate(rows[0]):
        name = known.get(_plain(heading))
        if name is not None:
            columns.setdefault(name, index)
        elif heading.strip() and not other_columns:
            problems.append(
                ImportProblem(file, 1, heading, "column", heading, ", ".join(item.name for item in fields(kind)))
            )
    needed = [item.name for item in fields(kind) if item.default is MISSING]
    problems += [ImportProblem(file, 1, name, "column_missing", name) for name in needed if name not in columns]
    if any(name not in columns for name in needed):
        return ()
    headings = {name: rows[0][index] for name, index in columns.items()}
    found = []
    for number, row in enumerate(rows[1:], 2):
        values = {
            name: row[index].strip() for name, index in columns.items() if index < len(row) and row[index].strip()
        }
        if values:
            found.append((_make(kind, values, _Place(file, partial(_fixed, number), headings), problems), number))
    return _unique(found, file, problems)


def _read_pairs(rows: Sequence[Sequence[str]], kind: type[Any], file: str, problems: list[ImportProblem]) -> Any:
    known = _headings(kind)
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        heading, value = (row[0] if row else ""), (row[1].strip() if len(row) > 1 else "")
        name = known.get(_plain(heading))
        if name is None and heading.strip():
            problems.append(
                ImportProblem(file, number, heading, "column", heading, ", ".join(item.name for item in fields(kind)))
            )
        elif name is not None and value:
            values[name], lines[name] = value, number
    if not values:
        return None
    return _make(kind, values, _Place(file, partial(_look_up, lines), {}), problems)


def _unique(found: Iterable[tuple[Any, int]], file: str, problems: list[ImportProblem]) -> tuple[Any, ...]:
    seen: dict[str, int] = {}
    kept = []
    for item, row in found:
        if item is None:
            continue
        if item.key in seen:
            problems.append(ImportProblem(file, row, "", "double", item.key, str(seen[item.key])))
        seen.setdefault(item.key, row)
        kept.append(item)
    return tuple(kept)


def _make(kind: type[Any], raw: Any, place: _Place, problems: list[ImportProblem]) -> Any:
    """A part of the dossier from raw values, or None with the problems added."""
    if not isinstance(raw, Mapping):
        problems.append(place.problem("", "table", raw))
        return None
    names = [item.name for item in fields(kind)]
    before = len(problems)
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in names:
            problems.append(place.problem(name, "column", name, ", ".join(names)))
            continue
        try:
            values[name] = _convert(value, _type_of(kind, name), name)
        except _Wrong as wrong:
            problems.append(place.problem(name, wrong.key, value, wrong.expected))
    for item in fields(kind):
        if item.default is MISSING and item.name not in values and item.name not in raw:
            problems.append(place.problem(item.name, "empty"))
    return kind(**values) if len(problems) == before else None


def _fixed(row: int, field_name: str) -> int:
    return row


def _look_up(rows: Mapping[str, int], field_name: str) -> int:
    return rows.get(field_name, 1)


class _Wrong(ValueError):
    """A value that is not what its field needs."""

    def __init__(self, key: str, expected: str = "") -> None:
        self.key, self.expected = key, expected
        super().__init__(key)


def _convert(value: Any, wanted: Any, name: str) -> Any:
    if isinstance(value, str):
        value = value.strip()
        value = value[1:] if value[:1] == "'" and value[1:2] in ("=", "+", "-", "@") else value
    if get_origin(wanted) is tuple:
        entries = (
            value if isinstance(value, list) else [entry for entry in re.split(r"[;\n]", str(value)) if entry.strip()]
        )
        return tuple(_convert(entry, get_args(wanted)[0], name) for entry in entries)
    if wanted is bool:
        return _bool(value)
    if wanted is date:
        return _date(value)
    if wanted is int:
        if isinstance(value, int) or str(value).isdecimal():
            return int(value)
        raise _Wrong("number")
    if isinstance(wanted, type) and issubclass(wanted, Verdict):
        if str(value).lower() not in _VERDICTS:
            raise _Wrong("verdict", ", ".join(text(f"verdict.{item.value}", "nl") for item in Verdict))
        return _VERDICTS[str(value).lower()]
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        try:
            return wanted(str(value).lower())
        except ValueError as error:
            raise _Wrong("choice", ", ".join(str(item.value) for item in wanted)) from error
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise _Wrong("text")
    if name == "criterion" and str(value) not in _criteria():
        raise _Wrong("criterion")
    if name == "edition" and str(value) not in editions():
        raise _Wrong("choice", ", ".join(editions()))
    return str(value)


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise _Wrong("yes_no")


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", str(value))
    dutch = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", str(value))
    try:
        if written:
            return date(int(written[1]), int(written[2]), int(written[3]))
        if dutch:
            return date(int(dutch[3]), int(dutch[2]), int(dutch[1]))
    except ValueError as error:
        raise _Wrong("date") from error
    raise _Wrong("date")


def _toml_research(reports: Sequence[Any], file: str, content: str, problems: list[ImportProblem]) -> tuple[Any, ...]:
    """The verdicts that stand with each report; takes them out of the raw reports."""
    found: list[Any] = []
    for index, raw in enumerate(reports):
        verdicts = raw.pop("verdicts", {}) if isinstance(raw, dict) else {}
        for number, said in verdicts.items():
            values = {
                "report": raw.get("id", ""),
                "criterion": number,
                **(said if isinstance(said, dict) else {"verdict": said}),
            }
            line = _toml_line(content, "reports", index, number)
            made = _make(
                LISTS["research"],
                values,
                _Place(file, partial(_fixed, line), {"verdict": number, "criterion": number}),
                problems,
            )
            found += [made] if made is not None else []
    return tuple(found)


def _toml_place(file: str, content: str, name: str, index: int) -> _Place:
    return _Place(file, partial(_toml_line, content, name, index), {})


def _toml_line(content: str, name: str, index: int, key: str) -> int:
    """The line of a key in the index-th table of a name; the line of the table itself when the key is not there."""
    table = re.compile(rf"\s*\[\[?\s*{re.escape(name)}\s*\]?\]")
    other = re.compile(rf"\s*\[(?!\[?\s*{re.escape(name)}\.)")
    wanted = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""") if key else None
    seen, start = -1, 0
    for number, line in enumerate(content.splitlines(), 1):
        if table.match(line):
            seen += 1
            if seen > index:
                break
            start = number if seen == index else 0
        elif start and other.match(line):
            break
        elif not start and seen < 0 and re.match(rf"\s*{re.escape(name)}\s*=", line):
            start = number
        if start and wanted and wanted.match(line):
            return number
    return start


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                raise ImportFailed(
                    [ImportProblem(path.name, 0, "", "too_large", expected=str(MAX_UNPACKED // 1_000_000))]
                )
    except zipfile.BadZipFile as error:
        raise ImportFailed([ImportProblem(path.name, 0, "", "xlsx", str(error))]) from error


def _decode(raw: bytes) -> str:
    """UTF-8 with or without mark; else what Dutch spreadsheets write."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _from_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def _plain(heading: str) -> str:
    return re.sub(r"[\s_]+", " ", heading).strip().lower()


def _headings(kind: type[Any]) -> Mapping[str, str]:
    found = {}
    for item in fields(kind):
        found[_plain(item.name)] = item.name
        for lang in LANGUAGES:
            if has_text(f"law.field.{item.name}", lang):
                found.setdefault(_plain(label(item.name, lang)), item.name)
    return found


def _part_of(name: str) -> str:
    for part in (*SINGLES, *LISTS):
        if _plain(name) in {_plain(part), *(_plain(sheet_name(part, lang)) for lang in LANGUAGES)}:
            return part
    return ""


def _type_of(kind: type[Any], name: str) -> Any:
    """The type of a field without its `| None`."""
    wanted = get_type_hints(kind)[name]
    if get_origin(wanted) in (Union, types.UnionType):
        return next(item for item in get_args(wanted) if item is not type(None))
    return wanted


@lru_cache
def _criteria() -> frozenset[str]:
    return frozenset(number for name in editions() for number in edition_of(name).numbers)


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


def field_labels(lang: str) -> Iterator[tuple[str, str]]:
    """Every field of the dossier with its label: for the explanation in documentation."""
    for kind in (*SINGLES.values(), *LISTS.values()):
        for item in fields(kind):
            yield f"{kind.__name__}.{item.name}", label(item.name, lang)
