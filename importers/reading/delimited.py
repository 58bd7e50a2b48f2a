"""Reading delimited text: encoding, separator, quotes, widths (layout pattern L16 of domain 4.2).

Owns: `read_delimited`. Must not know: what columns mean. Runs in the limited child only.

Text without quotes is cut by searches alone; with quotes every record goes through the strict reader of the standard
library, because one lone quote would otherwise swallow the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from pathlib import Path

import polars as pl
from charset_normalizer import from_bytes

from importers.reading.heading import Heading, Row, entry_of, find_heading
from importers.reading.packed import packed, packed_schema, text_bytes
from importers.reading.sheet import RawSheet, Reading, Refused, letters_of, spelled
from importers.reading.tables import arrange, trim
from kernel.errors import Problem

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_BYTES = 1 << 16
SAMPLE_RECORDS = 200
SAMPLE_LINES = 4_000
"""Lines by which it is judged how columns are kept."""
GUESS_BYTES = 200_000
PACKED_FROM = 1 << 20
"""Bytes from which it is worth to keep columns packed."""
CHUNK = 50_000
"""Records that are turned into columns at once."""
MOST_FIELD = 131_072
ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "gb18030", "big5", "cp949", "mac_roman"]
"""What spreadsheets of this world write when they do not write UTF-8."""
_SHOWN = 5


def read_delimited(path: Path) -> Reading:
    """The one table of a csv file, all cells as text. Raises Refused when the file as a whole cannot be read.

    Row numbers count records as Excel shows them: a quoted line break stays inside its row, blank lines count, a `sep=` line
    does not.
    """
    problems: list[Problem] = []
    content = _utf8(path.read_bytes(), problems)
    content, told = _told_delimiter(content)
    if b'"' not in content:
        delimiter = told or _vote(content[:SAMPLE_BYTES].decode("utf-8", "ignore").splitlines())
        table = _read_plain(content, delimiter, problems)
    else:
        text = content.decode("utf-8")
        delimiter = told or _vote(text[:SAMPLE_BYTES].splitlines())
        table = _read_quoted(text, delimiter, problems)
    return Reading((table,) if table is not None else (), tuple(problems))


# --- bytes -> UTF-8 ------------------------------------------------------------------------------------------------


def _utf8(content: bytes, problems: list[Problem]) -> bytes:
    """The content as UTF-8 without mark and with line feeds only."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused(
                "ENCODING", "is cut off within a letter of UTF-16; export it again as 'CSV UTF-8' and upload that file"
            ) from error
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        if not content.isascii():
            content.decode("utf-8")
    except UnicodeDecodeError as error:
        content = _guessed(content, error.start, problems)
    if b"\x00" in content:
        line = content[: content.find(b"\x00")].count(b"\n") + 1
        raise Refused("NUL", f"holds a zero byte in line {line}; export it again as 'CSV UTF-8' and upload that file")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _guessed(content: bytes, first: int, problems: list[Problem]) -> bytes:
    """Decode what is not UTF-8 by the likeliest encoding, and say so with a word by which a person can judge it."""
    start = content.rfind(b"\n", 0, max(0, first - GUESS_BYTES // 2)) + 1
    sample = content[start : start + GUESS_BYTES]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    encoding = _likeliest(sample)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = content.decode(encoding, "replace")
    word = next((word for word in text.split() if not word.isascii()), "")[:40]
    line = content[:first].count(b"\n") + 1
    message = f"The text is not UTF-8; it was read as {encoding} (line {line}: '{word}'). If that looks wrong, save it as 'CSV UTF-8'."
    problems.append(Problem("info", "ENCODING_GUESSED", message, row=line, value=word))
    return text.encode("utf-8")


def _likeliest(sample: bytes) -> str:
    """The likeliest encoding; where nothing speaks for another, the one of western spreadsheets."""
    matches = list(from_bytes(sample, cp_isolation=ENCODINGS))
    if not matches:
        return "cp1252"
    strange = [_strange(str(match)) for match in matches]
    best = min(range(len(matches)), key=lambda place: (strange[place], place))
    western = any("cp1252" in match.could_be_from_charset and match.chaos <= matches[best].chaos for match in matches)
    if western and _strange(sample.decode("cp1252", "replace")) <= strange[best]:
        return "cp1252"
    return matches[best].encoding


def _strange(text: str) -> int:
    """How many signs that are no letters stand beside a letter, as in '£ód¼': a sign of the wrong codepage.

    >>> _strange("£ódº") > _strange("Łódź")
    True
    """
    return sum(
        (one > "\x7f" and not one.isalpha() and two.isalpha()) or (two > "\x7f" and not two.isalpha() and one.isalpha())
        for one, two in pairwise(text)
    )


# --- separator -----------------------------------------------------------------------------------------------------


def _told_delimiter(content: bytes) -> tuple[bytes, str]:
    """Take a first line `sep=;` away, as Excel does."""
    end = content.find(b"\n") + 1 or len(content)
    first = content[:end].removesuffix(b"\n")
    told = first.strip(b' "')
    if told.lower().startswith(b"sep=") and len(told) == len(b"sep=;"):
        return content[end:], chr(told[-1])
    if first.lower() in {b"sep=\t", b'"sep=\t"'}:
        return content[end:], "\t"
    return content, ""


def _vote(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into the same number of fields; the first of ; , tab | when several do.

    >>> _vote(["a;b;c", "1,5;2;3", "2,5;3;4"])
    ';'
    """
    best, most = ",", 0.0
    filled = [line for line in lines[:SAMPLE_RECORDS] if line.strip()]
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(record) for record in csv.reader(filled, delimiter=delimiter) if len(record) > 1)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: item[0] * item[1])
        score = count / len(filled) + min(width, 50) / 1000
        if score > most:
            best, most = delimiter, score
    return best


# --- records -> table ----------------------------------------------------------------------------------------------


def _heading(records: Sequence[Sequence[str]], problems: list[Problem]) -> Heading | None:
    """The headers among the first records; records count from 1."""
    head: list[Row] = []
    for number, record in enumerate(records, 1):
        cells = {column: entry_of(text) for column, text in enumerate(record) if text.strip()}
        if cells:
            head.append((number, cells))
    heading = find_heading(head)
    if heading is None:
        message = "The file has no row of headers; put one above the data, with a name for every column."
        problems.append(Problem("error", "NO_HEADERS", message))
    return heading


def _read_plain(content: bytes, delimiter: str, problems: list[Problem]) -> RawSheet | None:
    """Text without quotes: a record is a line."""
    lines = content[: SAMPLE_BYTES * 16].decode("utf-8", "ignore").split("\n")[:SAMPLE_LINES]
    heading = _heading([line.split(delimiter) for line in lines[:SAMPLE_RECORDS]], problems)
    if heading is None:
        return None
    start = 0
    for _ in range(heading.row):
        start = content.find(b"\n", start) + 1 or len(content)
    width = len(lines[heading.row - 1].split(delimiter))
    sample = [line.split(delimiter) for line in lines[heading.row :]] if len(content) >= PACKED_FROM else []
    frame = _even(content, start, delimiter, packed_schema(sample, width)) if sample else None
    if frame is None:
        frame = _even(content, start, delimiter, {letters_of(column): pl.String for column in range(width)})
    if frame is None:
        body = content[start : len(content) - content.endswith(b"\n")]
        frame = _uneven(body, delimiter, width, heading, problems)
    return _table(heading, frame, delimiter, problems)


def _even(content: bytes, start: int, delimiter: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame | None:
    """The columns of what follows the headers, when all lines have the same width; None when some have another.

    Every byte must be one of a field or between two fields, so that no line was left out and no number is written in
    another way than it is kept. A line that is too short leaves its last field empty; then the fields are counted.
    """
    size = len(content) - start - content.endswith(b"\n")
    if size <= 0:
        return None
    try:
        frame = pl.read_csv(
            content, has_header=False, separator=delimiter, quote_char=None, schema=schema, skip_lines=content.count(b"\n", 0, start)
        )
    except pl.exceptions.PolarsError:
        return None
    if text_bytes(frame) + frame.height * frame.width - 1 != size:
        return None
    fields_between = frame.height * (frame.width - 1)
    if frame[:, -1].null_count() and content.count(delimiter.encode(), start) != fields_between:
        return None
    return frame


def _uneven(body: bytes, delimiter: str, width: int, heading: Heading, problems: list[Problem]) -> pl.DataFrame:
    records = (line.split(delimiter) if line else [] for line in body.decode("utf-8").split("\n"))
    return _columns(records, width, heading, problems)


def _read_quoted(text: str, delimiter: str, problems: list[Problem]) -> RawSheet | None:
    """Text with quotes: the strict reader, chunk by chunk."""
    head = list(islice(_records(text, delimiter), SAMPLE_RECORDS))
    heading = _heading(head, problems)
    if heading is None:
        return None
    width = len(head[heading.row - 1])
    frame = _columns(islice(_records(text, delimiter), heading.row, None), width, heading, problems)
    return _table(heading, frame, delimiter, problems)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MOST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, line = 0, 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise _quote_refused(number, line + 1, error) from error
        if record is None:
            return
        if reader.line_num - line > 1 and any(_swallows(field, delimiter, len(record)) for field in record):
            raise _quote_refused(number, line + 1, None)
        line = reader.line_num
        yield record


def _swallows(field: str, delimiter: str, width: int) -> bool:
    """Whether a field looks like whole lines between two lone quotes."""
    return "\n" in field and width > 1 and any(line.count(delimiter) >= max(2, width - 2) for line in field.split("\n"))


def _quote_refused(number: int, line: int, error: csv.Error | None) -> Refused:
    if error is not None and "field larger" in str(error):
        what = f"has a field of more than {MOST_FIELD} characters in row {number} (line {line}); shorten it, or close the quote before it"
        return Refused("FIELD_TOO_LONG", what)
    what = f"has a quote in row {number} (line {line}) that is not closed; put the field in a pair of quotes or remove the quote"
    return Refused("LONE_QUOTE", what)


def _columns(records: Iterator[list[str]], width: int, heading: Heading, problems: list[Problem]) -> pl.DataFrame:
    """Columns of text from records; a record of another width than the headers is a problem, unless it is blank or a remark."""
    names = [letters_of(column) for column in range(width)]
    frames: list[pl.DataFrame] = []
    ragged: list[tuple[int, int]] = []
    row = heading.row
    while chunk := list(islice(records, CHUNK)):
        for place, record in enumerate(chunk):
            row += 1
            if len(record) != width:
                chunk[place] = _fitted(record, width, row, ragged)
        columns = zip(*chunk, strict=True)
        frames.append(pl.DataFrame({shown: pl.Series(column, dtype=pl.String) for shown, column in zip(names, columns, strict=True)}))
    if ragged:
        first, fields = ragged[0]
        message = f"Row {first} has {fields} fields where the headers have {width}; repair the separators or quotes of that row."
        problems.append(Problem("error", "RAGGED_ROW", message, row=first, count=len(ragged)))
    if not frames:
        return pl.DataFrame({shown: pl.Series([], dtype=pl.String) for shown in names})
    frame = pl.concat(frames)
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all()))


def _fitted(record: list[str], width: int, row: int, ragged: list[tuple[int, int]]) -> list[str]:
    filled = [text for text in record if text.strip()]
    last = max((place for place, text in enumerate(record) if text.strip()), default=-1)
    remark = len(filled) == 1 and entry_of(filled[0]).text and last == 0
    if filled and not remark and (last >= width or len(record) < width):
        ragged.append((row, len(record)))
    return (record + [""] * width)[:width]


def _table(heading: Heading, frame: pl.DataFrame, delimiter: str, problems: list[Problem]) -> RawSheet:
    first_row = heading.row + 1
    rows = pl.int_range(first_row, first_row + frame.height, dtype=pl.UInt32, eager=True).alias("rows")
    if frame.height and frame.width:
        frame = _without_white(frame)
    trimmed = trim("", heading, frame, rows)
    letters, headers, remarks = arrange("", heading, trimmed.frame)
    problems += [*trimmed.problems, *remarks]
    return RawSheet(
        name="",
        hidden=False,
        title_texts=heading.titles,
        header_row=heading.row,
        headers=headers,
        letters=letters,
        first_row=int(trimmed.rows[0]) if len(trimmed.rows) else first_row,
        frame=packed(trimmed.frame.select(letters)),
        rows=trimmed.rows,
        footnotes=trimmed.footnotes,
        blank_rows=trimmed.blank_rows,
        decimal="." if delimiter == "," else "",
    )


def _without_white(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells of rows that hold nothing but white space become null, so that such rows are left out like blank ones."""
    first = frame[:, 0]
    distinct = first.unique() if first.dtype == pl.Categorical else first
    if not first.null_count() and (first.dtype == pl.Int32 or spelled(distinct).str.contains(r"\S").all()):
        return frame
    frame = frame.select(spelled(column) for column in frame.get_columns())
    white = frame.select(pl.all_horizontal(pl.all().is_null() | ~pl.all().str.contains(r"\S"))).to_series()
    return frame.with_columns(pl.when(~white).then(pl.all()))
