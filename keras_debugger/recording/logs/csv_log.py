"""CSVLogger files and other tables with one row an epoch."""

import csv
import io
import re
from collections.abc import Sequence

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.log_columns import epoch_logs, looks_like_scores, restarts_of
from keras_debugger.recording.logs.table_exports import is_scalar_export, plain_table
from keras_debugger.types.record import TrainingRecord

_SEPARATORS = (",", ";", "\t", "|")
_EMPTY = frozenset({"", "na", "n/a", "none", "null", "-", "--"})
_EPOCH_NAMES = frozenset({"", "epoch", "epochs", "epoch_number", "unnamed: 0", "index"})
_LONGEST_NAME = 60  # characters; longer cells are sentences
_WRAPPED = re.compile(
    r"<?(?:tf\.Tensor|np\.float\d+|float)[(:].*?(?:numpy=)?([-+.\dainfe]+)[,)>].*"
)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_RULE = re.compile(r"[-:=+\s]*")  # a cell of the line under a printed header
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(nan|inf|infinity)", re.IGNORECASE)


def looks_like_table(text: str) -> bool:
    """Whether a text begins with a header of a table that names a loss or a metric."""
    rows = _rows(text)
    if len(rows) < 2 or not (looks_like_scores(rows[0]) or is_scalar_export(rows[0])):
        return False
    return not any(":" in name or "=" in name or len(name) > _LONGEST_NAME for name in rows[0])


def read_csv_text(text: str, *, source: str) -> TrainingRecord:
    """Read a table with a header and one row an epoch.

    Commas, semicolons, tabs, bars or spaces separate; NA, empty cells and a few words among numbers
    are no values; `88 %` and `[88]` are 88; an epoch number that does not rise, a new header or
    another word in a column of words starts a new run; a row that is written twice counts once.

    Args:
        text: content of the file.
        source: where it comes from, for people to read.

    Returns:
        The record.

    Raises:
        UnreadableFileError: the text is no such table.
    """
    table = _rows(text)
    header, rows, breaks = _split_header(plain_table(table, source) if table else [])
    rows = _oldest_first(header, rows)
    cells = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    numbers = {name: _numbers(column) for name, column in cells.items()}
    scores = {
        name: column
        for name, column in numbers.items()
        if column is not None and name.lower() not in _EPOCH_NAMES
    }
    if not rows or not looks_like_scores(list(scores)):
        raise UnreadableFileError(
            given=f"{source}, a table without a column of losses or metrics",
            expected="a header with names such as loss, accuracy, val_loss, and one row an epoch",
            do="give the file that keras.callbacks.CSVLogger wrote",
        )
    named = next((n for n in header if n.lower() in _EPOCH_NAMES and numbers[n] is not None), None)
    epoch, starts = _epochs(numbers[named] if named is not None else None, len(rows))
    words = [column for name, column in cells.items() if numbers[name] is None]
    restarts = sorted({*starts, *breaks, *_changes(words)})
    missing = {
        name: np.array([not _is_number(cell) for cell in cells[name]], dtype=bool)
        for name in scores
    }
    logs, notes = epoch_logs(scores, epoch=epoch, restarts=restarts, missing=missing)
    return TrainingRecord(epoch_logs=logs, source=source, notes=notes)


def _rows(text: str) -> list[list[str]]:
    """Rows of cells, with the separator that cuts the header into most cells."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    while len(lines) > 2 and _is_title(lines[0], lines[1]):
        lines = lines[1:]
    if not lines:
        return []
    separator = max(_SEPARATORS, key=lines[0].count)
    if not _separators(lines[0]):
        rows = [line.split() for line in lines]
    else:
        reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
        rows = [[cell.strip() for cell in row] for row in reader]
    if separator != ",":
        rows = [[re.sub(r"^([-+]?\d+),(\d+)", r"\1.\2", cell) for cell in row] for row in rows]
    rows = [row for row in rows if not all(map(_RULE.fullmatch, row))]
    if separator == "|" and rows and rows[0][0] == rows[0][-1] == "":
        rows = [row[1:-1] for row in rows]
    if rows and len(rows) > 1 and not _separators(lines[0]) and len(rows[1]) == len(rows[0]) + 1:
        rows[0] = ["", *rows[0]]  # as pandas prints a table with its index
    return rows


def _is_title(line: str, after: str) -> bool:
    """Whether a first line is no header: a title, or the separator as Excel writes it."""
    return line.startswith("sep=") or (not _separators(line) and bool(_separators(after)))


def _separators(line: str) -> int:
    return max(map(line.count, _SEPARATORS))


def _split_header(table: list[list[str]]) -> tuple[list[str], list[list[str]], list[int]]:
    """Header with unique names, full rows, and the rows before which the header is repeated."""
    if not table:
        return [], [], []
    header = [
        name if table[0].count(name) == 1 else f"{name}.{i}" for i, name in enumerate(table[0])
    ]
    rows: list[list[str]] = []
    breaks: list[int] = []
    numbered = any(name.lower() in _EPOCH_NAMES for name in header)
    for row, before in zip(table[1:], table, strict=False):
        if row == table[0]:
            breaks += [len(rows)] if rows else []
        elif row != before or not numbered:
            rows.append((row + [""] * len(header))[: len(header)])
    return header, rows, breaks


def _oldest_first(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The rows, turned round where the epoch number falls from each row to the next."""
    named = next((i for i, name in enumerate(header) if name.lower() in _EPOCH_NAMES), None)
    epoch = None if named is None else _numbers([row[named] for row in rows])
    falls = epoch is not None and len(epoch) > 2 and bool((np.diff(epoch) < 0).all())
    return rows[::-1] if falls else rows


def _numbers(cells: Sequence[str]) -> np.ndarray | None:
    """Cells as numbers, NaN for those without; None if most of the filled ones are words."""
    filled = [cell for cell in cells if cell.lower() not in _EMPTY]
    if sum(map(_is_number, filled)) < 0.8 * len(filled):
        return None
    values = [float(_bare(cell)) if _is_number(cell) else np.nan for cell in cells]
    return np.array(values, dtype=np.float64)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(_bare(cell)) is not None


def _bare(cell: str) -> str:
    """A cell without a percent sign, thousands' commas, or what a tensor of one is printed in."""
    cell = _WRAPPED.sub(r"\1", cell).strip("[]% ")
    return cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell


def _epochs(column: np.ndarray | None, rows: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """Epoch numbers from 0 and the rows at which they start again."""
    if column is None or not np.isfinite(column).all():
        return np.arange(rows), ()
    epoch = column.astype(np.int64)
    return epoch - min(int(epoch.min()), 1), restarts_of(epoch)


def _changes(columns: Sequence[Sequence[str]]) -> set[int]:
    """Rows at which a column of few words (the name of a run) takes another one."""
    return {
        row
        for column in columns
        if len(set(column)) <= max(2, len(column) // 3)
        for row in range(1, len(column))
        if column[row] != column[row - 1]
    }
