"""Text as rows of cells, and cells as numbers, in the forms that tables of logs have."""

import csv
import re

from keras_debugger.recording.logs.log_columns import looks_like_scores
from keras_debugger.recording.logs.table_exports import bare_triples, is_scalar_export

_SEPARATORS = (",", ";", "\t", "|")
_EMPTY = frozenset({"", "na", "n/a", "none", "null", "-", "--"})
_NAME = re.compile(r"[\w ./-]+")
_LONGEST_NAME = 60  # characters; longer cells are sentences
_LONGEST_PREAMBLE = 200  # lines above the header
_WRAPPED = re.compile(
    r"<?(?:tf\.Tensor|tensor|np\.float\d+|float)[(:].*?(?:numpy=)?([-+.\dainfe]+)[,)>].*"
)
_MICROSOFT = re.compile(r"1\.#(inf|(?:q|s)?nan|ind)\d*", re.IGNORECASE)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"^([-+]?\d+),(?=\d)")
_RULE = re.compile(r"[-:=+\s\u2500-\u257f]*")  # a cell of a line that is drawn
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(nan|inf|infinity)", re.IGNORECASE)


def find_table(text: str) -> list[list[str]] | None:
    """Rows of the first table in a text that names a loss or a metric; the first is its header.

    Returns:
        The rows, None if there is no header with a row of numbers, no lines with a name and its
        numbers each, and no scalar without a header.
    """
    lines = _lines(text)
    header = _header_at(lines)
    return bare_triples(lines) or _turned(lines) if header is None else _split(lines[header:])


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _header_at(lines: list[str]) -> int | None:
    """Number of the line that is the header: it names scores, with numbers below the names."""
    for number, line in enumerate(lines[:_LONGEST_PREAMBLE]):
        if not looks_like_scores([line]) and not is_scalar_export(re.split(r"[,;\t]", line)):
            continue
        rows = _split(lines[number : number + 4])
        if len(rows) > 1 and _is_header(rows[0], rows[1]):
            return number
    return None


def _turned(lines: list[str]) -> list[list[str]] | None:
    """The table of lines with a name and then its numbers; None for other lines."""
    rows = [[cell for cell in row if cell] for row in _split(lines[:_LONGEST_PREAMBLE])]
    rows = [row for row in rows if row and not is_number(row[0])]
    told = [
        row
        for row in rows
        if len(row) > 1 and _NAME.fullmatch(row[0]) and all(map(is_number, row[1:]))
    ]
    if not told or len(told) < len(rows) or not looks_like_scores([row[0] for row in told]):
        return None
    return [list(column) for column in zip(*told, strict=False)]


def _is_header(header: list[str], row: list[str]) -> bool:
    if any(":" in name or "=" in name or len(name) > _LONGEST_NAME for name in header):
        return False
    if is_scalar_export(header):
        return True
    if not any(re.search(r"loss|epoch|^val", name, re.IGNORECASE) for name in header):
        return False
    below = [cell for name, cell in zip(header, row, strict=False) if looks_like_scores([name])]
    return bool(below) and all(is_number(cell) or is_empty(cell) for cell in below)


def _split(lines: list[str]) -> list[list[str]]:
    """Rows of cells, with the separator that cuts the header into most cells."""
    if not lines:
        return []
    separator = max(_SEPARATORS, key=lines[0].count)
    if separator not in lines[0]:
        rows = [line.split() for line in _unfolded(lines)]
    else:
        rows = [[cell.strip() for cell in _cells(line, separator)] for line in lines]
    if separator != ",":
        rows = [[_DECIMAL_COMMA.sub(r"\1.", cell) for cell in row] for row in rows]
    rows = [row for row in rows if not _RULE.fullmatch("".join(row))]
    if separator == "|" and rows and rows[0][0] == rows[0][-1] == "":
        rows = [row[1:-1] for row in rows]
    if separator not in lines[0] and len(rows) > 1 and len(rows[1]) == len(rows[0]) + 1:
        rows[0] = ["", *rows[0]]  # as pandas prints a table with its index
    if separator not in lines[0]:
        rows = [row for row in rows if len(row) == len(rows[0])]
    return rows


def _unfolded(lines: list[str]) -> list[str]:
    """A printed table that pandas broke into blocks, with the blocks side by side again."""
    if not lines[0].rstrip().endswith("\\"):
        return lines
    count = next((i for i, line in enumerate(lines) if i and not line[:1].isdigit()), len(lines))
    blocks = [lines[i : i + count] for i in range(0, len(lines) - count + 1, count)]
    rests = [[line.split(maxsplit=1)[-1] for line in block[1:]] for block in blocks[1:]]
    header = " ".join(block[0].rstrip(" \\") for block in blocks)
    return [header, *map(" ".join, zip(lines[1:count], *rests, strict=False))]


def _cells(line: str, separator: str) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True))


def cell_value(cell: str) -> float | None:
    """The number in a cell, NaN and infinity among them; None if there is none."""
    try:
        return float(cell)
    except ValueError:
        bare = _bare(cell)
        return float(bare) if _NUMBER.fullmatch(bare) else None


def is_empty(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in _EMPTY


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    return cell_value(cell) is not None


def _bare(cell: str) -> str:
    """A cell without a percent sign, thousands' commas, or what a tensor of one is printed in."""
    cell = _MICROSOFT.sub(_plain_word, _WRAPPED.sub(r"\1", cell).strip("[]% "))
    return cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell


def _plain_word(found: re.Match[str]) -> str:
    return "inf" if found[1].lower() == "inf" else "nan"
