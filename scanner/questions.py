"""What only a person can answer: collected over the whole channel, asked once per thing, most leverage first.

A check that cannot tell, a finding that waits for confirmation and a criterion that no machine can look at all become
`Question`s. An answer belongs to the fingerprint of the thing asked about: when the thing changes there is a new
fingerprint and so a new question; else the answer holds until its period ends. Answers become verdicts of people per
criterion, and `progress` says how many answers still stand between the channel and a decided verdict on every
criterion. All pure; files in and out at the end.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from scanner.dossier import DECIDED, Answer, ChannelScan, CriterionScan, HumanVerdict, add_months
from scanner.dossier_files import ImportFailed, ImportProblem, csv_cells, defused, label, read_rows, xlsx_cells
from scanner.frameworks import Framework, criterion
from scanner.model import Verdict
from scanner.texts import MissingText, has_text, ntext, text


@dataclass(frozen=True, slots=True)
class Doubt:
    """One place where a check could not tell: the raw material of questions."""

    criterion: str
    rule: str
    fingerprint: str
    """Says what the thing is, not where it stands.

    Image hash + alternative text, say. The same thing everywhere is one question.
    """
    address: str
    values: Mapping[str, Any] = field(default_factory=dict)
    context: str = ""
    snippet: str = ""
    picture: str = ""
    """Path of a picture relative to the scan's evidence."""
    first_seen: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to judge, with everything a person needs to do so."""

    id: str
    criterion: str
    rule: str
    fingerprint: str
    pages: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    context: str = ""
    snippet: str = ""
    picture: str = ""
    first_seen: date | None = None

    def words(self, lang: str) -> str:
        """The question itself: the rule's own, else the criterion's, else what the rule says, else a general one."""
        values = {name: value for name, value in self.values.items() if name not in ("key", "lang")}
        for key in (
            f"rule.{self.rule}.question",
            f"criterion.{self.criterion}.question",
            f"rule.{self.rule}.title",
        ):
            if has_text(key, lang):
                try:
                    return text(key, lang, **values)
                except MissingText:
                    continue
        rule = criterion(self.criterion)
        return text(
            "question.general", lang, criterion=self.criterion, name=rule.name_nl if lang == "nl" else rule.name_en
        )


@dataclass(frozen=True, slots=True)
class CriterionProgress:
    """How far one criterion is: decided or not, by what, and the questions that are left."""

    criterion: str
    decided: bool
    verdict: Verdict
    by_machine: bool
    open: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the channel is from a decided verdict on every criterion."""

    decided: int
    total: int
    left: int
    """Answers that still stand between the channel and all criteria decided."""
    new: int
    """Open questions that were not there the night before."""
    complete: bool
    """Whether the scan saw the whole channel; if not, answers alone cannot decide that a criterion is met."""
    criteria: tuple[CriterionProgress, ...] = ()


def collect(doubts: Iterable[Doubt], scan: ChannelScan, framework: Framework) -> tuple[Question, ...]:
    """All questions of a channel: one per thing, one per unconfirmed finding, one per criterion that has neither."""
    merged: dict[tuple[str, str], Question] = {}
    for doubt in doubts:
        key = (doubt.criterion, doubt.fingerprint)
        known = merged.get(key)
        if known is None:
            merged[key] = Question(
                question_id(*key),
                doubt.criterion,
                doubt.rule,
                doubt.fingerprint,
                (doubt.address,),
                doubt.values,
                doubt.context,
                doubt.snippet,
                doubt.picture,
                doubt.first_seen,
            )
        else:
            merged[key] = replace(
                known,
                pages=tuple(dict.fromkeys([*known.pages, doubt.address])),
                picture=known.picture or doubt.picture,
                first_seen=min((day for day in (known.first_seen, doubt.first_seen) if day), default=None),
            )
    for item in scan.criteria:
        for finding in item.unconfirmed:
            key = (item.criterion, f"finding:{finding.id}")
            merged[key] = Question(
                question_id(*key),
                item.criterion,
                finding.rule,
                key[1],
                (finding.address,) * max(finding.pages, 1),
                context=finding.title,
                first_seen=finding.first_seen,
            )
    asked = {question.criterion for question in merged.values()}
    for number in framework.edition.numbers:
        seen = scan.of(number)
        if (
            number not in asked
            and seen.verdict in (Verdict.CANT_TELL, Verdict.UNTESTED)
            and not _by_policy(number, framework)
        ):
            key = (number, f"criterion:{number}")
            merged[key] = Question(question_id(*key), number, "", key[1], context=seen.note)
    return tuple(merged.values())


def question_id(criterion_number: str, fingerprint: str) -> str:
    """A short name that stays the same as long as the thing does."""
    return "V-" + hashlib.sha256(f"{criterion_number}\n{fingerprint}".encode()).hexdigest()[:10]


def holding(answers: Iterable[Answer], day: date) -> dict[tuple[str, str], Answer]:
    """Answers that count on a day, by criterion and fingerprint; `cantTell` is no answer."""
    return {
        (item.criterion, item.fingerprint): item
        for item in answers
        if item.verdict in DECIDED and item.day <= day and (item.valid_until is None or day <= item.valid_until)
    }


def open_questions(questions: Sequence[Question], answers: Iterable[Answer], day: date) -> tuple[Question, ...]:
    """Questions without an answer that holds, most leverage first.

    Pages settled, then criteria that are nearly decided.
    """
    held = holding(answers, day)
    left = [item for item in questions if (item.criterion, item.fingerprint) not in held]
    per_criterion = {
        number: sum(item.criterion == number for item in left) for number in {item.criterion for item in left}
    }
    return tuple(
        sorted(
            left,
            key=lambda item: (
                -len(item.pages),
                per_criterion[item.criterion],
                [int(part) for part in item.criterion.split(".")],
                item.id,
            ),
        )
    )


def progress(
    questions: Sequence[Question], answers: Iterable[Answer], scan: ChannelScan, framework: Framework, day: date
) -> Progress:
    """How many criteria are decided, and how many answers are left for the rest."""
    given = tuple(answers)
    left = open_questions(questions, given, day)
    verdicts = {item.criterion: item.verdict for item in human_verdicts(questions, given, scan, framework, day)}
    rows = []
    for number in framework.edition.numbers:
        seen, waiting = scan.of(number), sum(item.criterion == number for item in left)
        machine = _machine_verdict(seen, scan, framework, number)
        verdict = verdicts.get(number, machine)
        rows.append(
            CriterionProgress(
                number,
                verdict in DECIDED,
                verdict,
                number not in verdicts and machine in DECIDED,
                0 if verdict in DECIDED else waiting,
            )
        )
    new = sum(item.first_seen is not None and item.first_seen >= scan.day for item in left)
    decided, left_over = sum(row.decided for row in rows), sum(row.open for row in rows)
    return Progress(decided, len(rows), left_over, new, scan.complete, tuple(rows))


def human_verdicts(
    questions: Sequence[Question], answers: Iterable[Answer], scan: ChannelScan, framework: Framework, day: date
) -> tuple[HumanVerdict, ...]:
    """Answers as verdicts of people on whole criteria.

    One `failed` fails the criterion. It is met only when every question about it has an answer that holds, the scan
    of the channel was complete, and the machine has nothing left against it. Anything else leaves the criterion open.
    """
    held = holding(answers, day)
    found = []
    for number in framework.edition.numbers:
        asked = [item for item in questions if item.criterion == number]
        given = [held[number, item.fingerprint] for item in asked if (number, item.fingerprint) in held]
        failed = [item for item in given if item.verdict is Verdict.FAILED]
        if failed:
            first = min(failed, key=lambda item: (item.day, item.fingerprint))
            found.append(
                HumanVerdict(
                    f"answers-{number}", number, Verdict.FAILED, first.day, first.by, first.note, first.valid_until
                )
            )
        elif asked and len(given) == len(asked) and scan.complete and not scan.of(number).confirmed:
            applicable = any(item.verdict is Verdict.PASSED for item in given)
            ends = [item.valid_until for item in given if item.valid_until is not None]
            found.append(
                HumanVerdict(
                    f"answers-{number}",
                    number,
                    Verdict.PASSED if applicable else Verdict.INAPPLICABLE,
                    max(item.day for item in given),
                    ", ".join(dict.fromkeys(item.by for item in given if item.by)),
                    f"{len(given)}x",
                    min(ends, default=None),
                )
            )
    return tuple(found)


def _machine_verdict(seen: CriterionScan, scan: ChannelScan, framework: Framework, number: str) -> Verdict:
    """What is decided without a person's answer: a confirmed failure, a complete pass, or 4.1.1 by policy."""
    if seen.confirmed:
        return Verdict.FAILED
    if _by_policy(number, framework):
        return Verdict.PASSED
    if seen.verdict in (Verdict.PASSED, Verdict.INAPPLICABLE) and scan.complete:
        return seen.verdict
    return Verdict.CANT_TELL if seen.verdict in DECIDED else seen.verdict


def _by_policy(number: str, framework: Framework) -> bool:
    return number == framework.edition.parsing_criterion and framework.edition.parsing_policy == "errata"


# Files -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of an answer file."""

    question: str
    verdict: Verdict | None = None
    by: str = ""
    day: date | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """Each question once per file."""
        return self.question


_COLUMNS = ("question", "criterion", "words", "context", "snippet", "pages", "example", "verdict", "by", "day", "note")
_WIDTHS = (14, 10, 48, 40, 40, 10, 40, 18, 18, 14, 40)


def write_questions_csv(questions: Sequence[Question], lang: str) -> str:
    """The list as CSV; the columns for verdict, name, date and note are for the answers."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_heading(name, lang) for name in _COLUMNS)
    writer.writerows([defused(cell) for cell in _row(item, lang)] for item in questions)
    return out.getvalue()


def write_questions_xlsx(questions: Sequence[Question], path: Path, lang: str, pictures: Path | None = None) -> None:
    """The list as a workbook, with pictures from the folder `pictures`, and a list of verdicts to choose from."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": text("question.title", lang)})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(text("question.sheet", lang))
        for column, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
            sheet.write_string(0, column, _heading(name, lang), bold)
            sheet.set_column(column, column, width)
        sheet.write_string(0, len(_COLUMNS), text("question.picture", lang), bold)
        sheet.set_column(len(_COLUMNS), len(_COLUMNS), 40)
        for index, item in enumerate(questions, 1):
            for column, cell in enumerate(_row(item, lang)):
                sheet.write_string(index, column, cell, plain)
            picture = _picture(item, pictures)
            if picture is not None:
                sheet.set_row(index, 120)
                sheet.insert_image(
                    index,
                    len(_COLUMNS),
                    str(picture),
                    {
                        "x_scale": 0.4,
                        "y_scale": 0.4,
                        "object_position": 1,
                        "description": text("question.picture_of", lang, question=item.id),
                    },
                )
        words = [
            text(f"verdict.{item.value}", lang)
            for item in (Verdict.PASSED, Verdict.FAILED, Verdict.INAPPLICABLE, Verdict.CANT_TELL)
        ]
        sheet.data_validation(1, 7, max(len(questions), 1), 7, {"validate": "list", "source": words})
        sheet.freeze_panes(1, 1)


def read_answers(
    path: Path,
    questions: Sequence[Question],
    framework: Framework,
    by: str = "",
    day: date | None = None,
    decoded: str | None = None,
) -> tuple[Answer, ...]:
    """Answers from a CSV or XLSX file; rows without a verdict are left. `by` and `day` fill in where the row has none.

    ImportFailed names row, column and cure: also for a question that is not (or no longer) there.
    """
    if path.suffix.lower() == ".xlsx":
        tables = [(f"{path.name}, {title}", rows) for title, rows in xlsx_cells(path)[:1]]
    else:
        try:
            content = decoded if decoded is not None else path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise ImportFailed([ImportProblem(path.name, 0, "", "csv", str(error))]) from error
        tables = [(path.name, csv_cells(content, path.name))]
    problems: list[ImportProblem] = []
    found: list[Answer] = []
    known = {item.id: item for item in questions}
    for file, cells in tables:
        lines = {row[0].strip(): number for number, row in enumerate(cells, 1) if row}
        for row in read_rows(cells, AnswerRow, file, problems, other_columns=True):
            if row.verdict is None:
                continue
            question, line = known.get(row.question), lines.get(row.question, 0)
            name, moment = row.by or by, row.day or day
            if question is None:
                problems.append(ImportProblem(file, line, "question", "question", row.question))
            elif not name or moment is None:
                problems.append(ImportProblem(file, line, "day" if name else "by", "empty"))
            else:
                found.append(answer(question, row.verdict, name, moment, framework, row.note))
    if problems:
        raise ImportFailed(problems)
    return tuple(found)


def answer(question: Question, verdict: Verdict, by: str, day: date, framework: Framework, note: str = "") -> Answer:
    """An answer that holds for the term of the rules, counted from its day."""
    return Answer(
        question.fingerprint, question.criterion, verdict, day, by, note, add_months(day, framework.terms.answer_months)
    )


def _heading(name: str, lang: str) -> str:
    return label(name, lang) if has_text(f"law.field.{name}", lang) else text(f"question.column.{name}", lang)


def _row(item: Question, lang: str) -> Iterator[str]:
    yield item.id
    yield item.criterion
    yield item.words(lang)
    yield item.context[:2000]
    yield item.snippet[:500]
    yield ntext("count.pages", len(item.pages), lang)
    yield item.pages[0] if item.pages else ""
    yield from ("", "", "", "")


def _picture(item: Question, folder: Path | None) -> Path | None:
    """The picture's file, when it is there and inside the folder: a name from the scan never leads out of it."""
    if folder is None or not item.picture:
        return None
    path = (folder / item.picture).resolve()
    return (
        path
        if path.is_relative_to(folder.resolve()) and path.is_file() and path.suffix.lower() in (".png", ".jpg")
        else None
    )
