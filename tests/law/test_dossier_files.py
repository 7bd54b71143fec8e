"""Files that people edit: round trips, and problems that name file, row, column and cure."""

from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings

from scanner.dossier import (
    LISTS,
    Dossier,
    HumanVerdict,
    Improvement,
    OrganisationalMeasure,
    OutOfScope,
    PhaseOut,
    PlannedResearch,
    Retest,
    ScopeReason,
)
from scanner.dossier_files import (
    ImportFailed,
    field_labels,
    read_csv,
    read_file,
    read_toml,
    write_csv,
    write_toml,
    write_xlsx,
)
from scanner.model import Verdict
from scanner.texts import LANGUAGES
from tests.law.dossiers import CHANNEL, dossiers, good, measure, report, verdicts

FULL = replace(
    good(("1.4.3", "2.4.7")), planned=PlannedResearch(date(2026, 5, 1), "Bureau"), phase_out=PhaseOut(date(2027, 1, 1)),
    human=(HumanVerdict("h1", "1.1.1", Verdict.FAILED, date(2026, 1, 1), "Anna", "=1+1 \"quotes\"; én\nnieuwe regel"),),
    organisational=(OrganisationalMeasure("o1", "Training redactie", "training", date(2026, 3, 1)),),
    out_of_scope=(OutOfScope("s1", "Kaart van de wijken", ScopeReason.MAP),),
    retests=(Retest("t1", "F-7", "1.4.3", date(2026, 2, 1), "hertest met de hand", "Anna"),),
    improvements=(Improvement("i1", date(2026, 2, 1), "Anna", True, "opgeschoond"),))
EMPTY = Dossier(CHANNEL)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_toml_round_trip(lang):
    parts = read_toml(write_toml(FULL, lang))
    assert parts.channel == CHANNEL
    assert parts.merged_into(EMPTY) == FULL


@settings(max_examples=25, deadline=None)
@given(dossiers())
def test_any_dossier_survives_toml(dossier):
    assert read_toml(write_toml(dossier)).merged_into(EMPTY) == dossier


@pytest.mark.parametrize("lang", LANGUAGES)
def test_xlsx_round_trip(tmp_path, lang):
    path = tmp_path / "dossier.xlsx"
    write_xlsx(FULL, path, lang)
    assert read_file(path).merged_into(EMPTY) == FULL


@pytest.mark.parametrize("part", LISTS)
def test_csv_round_trip(part):
    for lang in LANGUAGES:
        parts = read_csv(write_csv(FULL, part, lang), f"{part}.csv", part)
        assert getattr(parts.merged_into(EMPTY), part) == getattr(FULL, part)


def test_no_cell_is_a_formula(tmp_path):
    assert "'=1+1" in write_csv(FULL, "human")
    path = tmp_path / "dossier.xlsx"
    write_xlsx(FULL, path)
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 400 and all(cell.data_type != "f" for cell in cells)


def test_headings_and_words_of_people_are_understood():
    content = "kenmerk,criterium,oordeel,datum,door\nh1,1.4.3,Voldoet niet,1-3-2026,Anna\n"
    (item,) = read_csv(content, "oordelen.csv", "Oordelen mensen").lists["human"]
    assert item == HumanVerdict("h1", "1.4.3", Verdict.FAILED, date(2026, 3, 1), "Anna")


def test_merge_replaces_by_key_and_keeps_the_rest():
    parts = read_csv("id;criterion;measure\nm-1.4.3;1.4.3;nieuw\n", "measures.csv", "measures")
    merged = parts.merged_into(FULL)
    assert [(item.id, item.measure) for item in merged.measures] == [("m-1.4.3", "nieuw"), ("m-2.4.7", "component vervangen")]
    assert [item.id for item in parts.merged_into(FULL, replace_lists=True).measures] == ["m-1.4.3"]
    assert merged.reports == FULL.reports


def problems(content, part="measures"):
    """The problems of a CSV file as (row, column, key)."""
    with pytest.raises(ImportFailed) as caught:
        read_csv(content, "measures.csv", part)
    return [(item.row, item.column, item.key) for item in caught.value.problems]


@pytest.mark.parametrize(("content", "expected"), [
    ("id;criterion;planned_on\nm1;1.4.3;morgen\n", (2, "planned_on", "date")),
    ("id;criterion;Planning (uiterste datum)\nm1;1.4.3;31-2-2026\n", (2, "Planning (uiterste datum)", "date")),
    ("id;criterion;burden\nm1;1.4.3;misschien\n", (2, "burden", "yes_no")),
    ("id;criterion\nm1;1.4.99\n", (2, "criterion", "criterion")),
    ("id;criterion\nm1;1.4.3\nm1;1.4.3\n", (3, "-", "double")),
    ("id;criterion\nm1;\n", (2, "criterion", "empty")),
    ("id;criterium;kleur\nm1;1.4.3;rood\n", (1, "kleur", "column")),
    ("criterion\n1.4.3\n", (1, "id", "column_missing"))])
def test_every_csv_problem_names_row_column_and_cure(content, expected):
    (found,) = problems(content)
    assert (found[0], found[1] or "-", found[2]) == expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_problems_come_at_once_and_can_be_read(lang):
    with pytest.raises(ImportFailed) as caught:
        read_csv("id;criterion;planned_on;burden\nm1;9.9.9;x;z\nm2;1.4.3;2026-13-01;ja\n", "maatregelen.csv", "measures")
    messages = [item.message(lang) for item in caught.value.problems]
    assert len(messages) == 4
    assert all("maatregelen.csv" in message for message in messages)
    assert [item.row for item in caught.value.problems] == [2, 2, 2, 3]


TOML = """channel = "gemeente.example"

[statement]
published_on = 2026-01-01
signed_on = "ooit"

[[reports]]
id = "r1"
day = 2025-03-01
[reports.verdicts]
"1.1.1" = "voldoet"
"1.4.3" = "prima"

[[reports]]
id = "r2"
kind = "schouw"

[kleuren]
blauw = 1
"""


def test_toml_problems_name_the_line():
    with pytest.raises(ImportFailed) as caught:
        read_toml(TOML, "dossier.toml")
    assert [(item.row, item.column, item.key) for item in caught.value.problems] == [
        (5, "signed_on", "date"), (12, "1.4.3", "verdict"), (16, "kind", "choice"), (14, "day", "empty"), (18, "kleuren", "part")]


def test_toml_that_is_not_toml_names_the_line():
    with pytest.raises(ImportFailed) as caught:
        read_toml("channel = 'x'\n[card\n")
    assert (caught.value.problems[0].row, caught.value.problems[0].key) == (2, "toml")


def test_xlsx_problems_name_sheet_and_row(tmp_path):
    path = tmp_path / "dossier.xlsx"
    write_xlsx(FULL, path)
    book = openpyxl.load_workbook(path)
    book["Maatregelen"]["J2"] = "gauw"
    book["Verklaring"]["B2"] = "nooit"
    book.create_sheet("Kladblok")["A1"] = "x"
    book.save(path)
    with pytest.raises(ImportFailed) as caught:
        read_file(path)
    assert [(item.file, item.row, item.column, item.key) for item in caught.value.problems] == [
        ("dossier.xlsx, Verklaring", 2, "published_on", "date"),
        ("dossier.xlsx, Maatregelen", 2, "Planning (uiterste datum)", "date"),
        ("dossier.xlsx, Kladblok", 0, "", "part")]


@pytest.mark.parametrize(("name", "content", "key"), [
    ("dossier.docx", b"x", "ending"), ("dossier.xlsx", b"no zip", "xlsx"), ("onbekend.csv", b"a;b\n", "part"),
    ("dossier.toml", b"#" * 20_000_001, "too_large")])
def test_wrong_files_are_refused_with_a_cure(tmp_path, name, content, key):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFailed) as caught:
        read_file(tmp_path / name)
    assert [item.key for item in caught.value.problems] == [key]
    assert all(item.message(lang) for item in caught.value.problems for lang in LANGUAGES)


def test_a_file_in_the_code_page_of_windows_is_read(tmp_path):
    path = tmp_path / "organisational.csv"
    path.write_bytes("id;title\no1;Privé-training\n".encode("cp1252"))
    assert read_file(path).lists["organisational"][0].title == "Privé-training"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_has_a_label(lang):
    assert all(label for _, label in field_labels(lang))


def test_labels_are_unique_within_a_part():
    from dataclasses import fields

    from scanner.dossier import SINGLES
    from scanner.dossier_files import label
    for lang in LANGUAGES:
        for kind in (*SINGLES.values(), *LISTS.values()):
            labels = [label(item.name, lang).lower() for item in fields(kind)]
            assert len(set(labels)) == len(labels), (kind, lang)


def test_reports_can_come_with_part_of_their_verdicts():
    dossier = replace(EMPTY, reports=(report(),), research=verdicts("r1", numbers=("1.1.1",)), measures=(measure("1.1.1"),))
    assert read_toml(write_toml(dossier)).merged_into(EMPTY) == dossier
