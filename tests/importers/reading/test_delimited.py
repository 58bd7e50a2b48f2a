"""Delimited text: the right cells, or the row at which it goes wrong; never silently fewer rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.reading.delimited import read_delimited
from importers.reading.sheet import RawSheet, Reading, Refused

PLAIN = "queue;day;jobs\nQ1;2026-10-01;5\nQ2;2026-10-02;7\n"


def read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Reading:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read_delimited(path)


def one(folder: Path, content: str | bytes, encoding: str = "utf-8") -> RawSheet:
    reading = read(folder, content, encoding)
    assert [problem for problem in reading.problems if problem.severity == "error"] == []
    return reading.sheets[0]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    content = PLAIN.replace("Q1", "Köln").encode(encoding)
    table = one(tmp_path, b"\xff\xfe" + content if encoding == "utf-16-le" else content)
    assert table.frame.rows() == [("Köln", "2026-10-01", "5"), ("Q2", "2026-10-02", "7")]
    assert table.headers == ("queue", "day", "jobs")
    assert table.letters == ("A", "B", "C")
    assert table.rows.to_list() == [2, 3]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("España año Bogotá", "cp1252"),
        ("Łódź Kraków Gdańsk żółw", "cp1250"),
        ("Привет Москва Санкт", "cp1251"),
        ("東京 名前 都市", "cp932"),
    ],
)
def test_other_encodings_are_guessed_and_said(tmp_path: Path, words: str, encoding: str) -> None:
    reading = read(tmp_path, f"queue;jobs;note\n{words};5;a\nQ2;7;{words}\n" * 3, encoding)
    assert reading.sheets[0].frame["A"][0] == words
    assert reading.problems[0].code == "ENCODING_GUESSED"
    assert encoding in reading.problems[0].message


def test_text_in_no_encoding_is_still_shown(tmp_path: Path) -> None:
    reading = read(tmp_path, b"queue;jobs\n\x81\x8d\x8f\x90\x9d\xff\xfe;5\n")
    assert codes(reading) == ["ENCODING_GUESSED"]
    assert reading.sheets[0].frame["B"].to_list() == ["5"]


def test_a_cut_utf16_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cut off"):
        read(tmp_path, b"\xff\xfea\x00b")


def test_a_zero_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="line 2"):
        read(tmp_path, "\ufeffa;b\n1;\x00\n".encode("utf-16"))


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_separator_is_voted_for(tmp_path: Path, delimiter: str) -> None:
    table = one(tmp_path, PLAIN.replace(";", delimiter))
    assert table.frame["C"].to_list() == ["5", "7"]
    assert table.decimal == ("." if delimiter == "," else "")


def test_decimal_commas_do_not_win_the_vote(tmp_path: Path) -> None:
    assert one(tmp_path, "queue;hours;share\nQ1;7,5;0,97\nQ2;8,0;0,98\n").frame["B"].to_list() == ["7,5", "8,0"]


@pytest.mark.parametrize("told", ["sep=|\n", '"sep=|"\n', "SEP=|\r\n"])
def test_a_separator_told_in_the_first_line_holds_and_is_no_row(tmp_path: Path, told: str) -> None:
    table = one(tmp_path, told + "queue|jobs;done\nQ1|5;5\n")
    assert table.headers == ("queue", "jobs;done")
    assert table.rows.to_list() == [2]
    assert one(tmp_path, "sep=\t\n" + PLAIN.replace(";", "\t")).frame.height == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_ends_a_row(tmp_path: Path, ending: str) -> None:
    assert one(tmp_path, PLAIN.replace("\n", ending)).frame.height == 2


def test_quoted_line_breaks_stay_inside_their_row(tmp_path: Path) -> None:
    table = one(tmp_path, 'queue,note,jobs\nQ1,"two\nlines",5\nQ2,"a ""word"", and more",7\n')
    assert table.frame["B"].to_list() == ["two\nlines", 'a "word", and more']
    assert table.rows.to_list() == [2, 3]


def test_blank_lines_count_as_rows_and_are_left_out(tmp_path: Path) -> None:
    for content in (PLAIN.replace("Q2", "\n\nQ2"), PLAIN.replace("Q2", '\n\n"Q2"')):
        table = one(tmp_path, content)
        assert table.rows.to_list() == [2, 5]
        assert table.blank_rows == 2


def test_rows_of_white_space_are_blank(tmp_path: Path) -> None:
    assert one(tmp_path, PLAIN + " ; ;\n;;\n").frame.height == 2
    assert one(tmp_path, PLAIN + " ; ;9\n").frame.height == 3


@pytest.mark.parametrize("content", ['queue,jobs\n"Q1,5\nQ2,7\n', 'queue,jobs\nQ1,5\n"Q2"x,7\n'])
def test_a_lone_quote_is_refused_with_its_row(tmp_path: Path, content: str) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, content)
    assert refused.value.code == "LONE_QUOTE"
    assert f"row {2 if content.startswith('queue,jobs' + chr(10) + chr(34)) else 3}" in refused.value.what


def test_rows_swallowed_between_two_lone_quotes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="row 2"):
        read(tmp_path, 'queue,day,note,jobs\nQ1,1,"a,5\nQ2,1,b,7\nQ3,1,c",7\n')


def test_a_field_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, 'queue,jobs\n"' + "x" * 140_000 + '",5\n')
    assert refused.value.code == "FIELD_TOO_LONG"


@pytest.mark.parametrize("quote", ["", '"'])
def test_ragged_rows_are_counted_and_the_first_is_named(tmp_path: Path, quote: str) -> None:
    reading = read(tmp_path, f"{PLAIN}Q3;2026-10-03\n{quote}Q4{quote};2026-10-04;1;9\nQ5;2026-10-05;3;\n")
    problem = next(problem for problem in reading.problems if problem.code == "RAGGED_ROW")
    assert (problem.row, problem.count) == (4, 2)
    assert "has 2 fields where the headers have 3" in problem.message


def test_remarks_below_and_titles_above_are_kept_apart(tmp_path: Path) -> None:
    table = one(tmp_path, f"Report of October 2026\n\n{PLAIN}\nSource: WFM tool\n")
    assert table.header_row == 3
    assert table.title_texts == ("Report of October 2026",)
    assert table.rows.to_list() == [4, 5]
    assert table.footnotes == ((7, "Source: WFM tool"),)


def test_repeated_headers_are_left_out_and_said(tmp_path: Path) -> None:
    reading = read(tmp_path, PLAIN + PLAIN)
    assert reading.sheets[0].frame.height == 4
    assert codes(reading) == ["REPEATED_HEADERS"]


def test_two_columns_of_one_name_are_said(tmp_path: Path) -> None:
    reading = read(tmp_path, "queue;jobs;jobs\nQ1;5;6\n")
    assert codes(reading) == ["DUPLICATE_HEADER"]
    assert "columns B, C share the header 'jobs'" in reading.problems[0].message


def test_a_column_without_name_is_said(tmp_path: Path) -> None:
    assert codes(read(tmp_path, "queue;jobs;\nQ1;5;x\n")) == ["NO_HEADER"]


def test_numbers_alone_have_no_headers(tmp_path: Path) -> None:
    for content in ("1;2\n3;4\n5;6\n", '"1";"2"\n"3";"4"\n'):
        assert codes(read(tmp_path, content)) == ["NO_HEADERS"]


def test_headers_alone_are_a_table_without_rows(tmp_path: Path) -> None:
    for content in ("queue;jobs\n", "queue;jobs", '"queue";"jobs"\n'):
        table = one(tmp_path, content)
        assert (table.frame.height, table.headers) == (0, ("queue", "jobs"))


def test_text_without_any_separator_is_one_column(tmp_path: Path) -> None:
    assert one(tmp_path, "queue\nQ1\nQ2\n").frame["A"].to_list() == ["Q1", "Q2"]


def test_even_looking_but_uneven_rows_are_found(tmp_path: Path) -> None:
    reading = read(tmp_path, "a;b;c\n1;2;x\n1;2\n1;2;3;4\n")
    assert next(problem for problem in reading.problems if problem.code == "RAGGED_ROW").count == 2
