"""CSVLogger files and other tables with one row an epoch."""

from collections.abc import Sequence

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.log_columns import epoch_logs, epoch_numbers, looks_like_scores
from keras_debugger.recording.logs.table_exports import plain_table
from keras_debugger.recording.logs.table_rows import cell_value, is_empty, is_number
from keras_debugger.types.record import TrainingRecord

_EPOCH_NAMES = frozenset({"", "epoch", "epochs", "epoch_number", "unnamed: 0", "index"})
_RUN_NAMES = frozenset({"run", "fold", "trial", "seed", "split", "model", "experiment", "repeat"})
_STEPS = ("step", "global_step", "iteration", "iter", "batch")


def read_table(table: list[list[str]], *, source: str) -> TrainingRecord:
    """Read a table with a header and one row an epoch.

    NA, empty cells and a few words among numbers are no values; `88 %` and `[88]` are 88; an epoch
    number that does not rise, a new header or another word in a column of words starts a new run; a
    row that is written twice counts once; rows of one epoch for steps, or for training and
    validation, are one row.

    Args:
        table: rows of cells, the first of them the header.
        source: where it comes from, for people to read.

    Returns:
        The record.

    Raises:
        UnreadableFileError: the table has no column of losses or metrics.
    """
    header, rows, breaks = _split_header(plain_table(table, source))
    rows = _merged(header, rows)
    rows = _oldest_first(header, rows)
    cells = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    numbers = {name: _numbers(column) for name, column in cells.items()}
    scores = {
        name: column
        for name, column in numbers.items()
        if column is not None and name.lower() not in _EPOCH_NAMES | _RUN_NAMES
    }
    if not rows or not looks_like_scores(list(scores)):
        raise UnreadableFileError(
            given=f"{source}, a table without a column of losses or metrics",
            expected="a header with names such as loss, accuracy, val_loss, and one row an epoch",
            do="give the file that keras.callbacks.CSVLogger wrote",
        )
    named = next((n for n in header if n.lower() in _EPOCH_NAMES and numbers[n] is not None), None)
    epoch, starts = epoch_numbers(numbers[named] if named is not None else None, len(rows))
    told = [cells[name] for name in header if numbers[name] is None or name.lower() in _RUN_NAMES]
    restarts = sorted({*starts, *breaks, *_changes(told)})
    missing = {
        name: np.array([not is_number(cell) for cell in cells[name]], dtype=bool) for name in scores
    }
    logs, notes = epoch_logs(scores, epoch=epoch, restarts=restarts, missing=missing)
    return TrainingRecord(epoch_logs=logs, source=source, notes=notes)


def _split_header(table: list[list[str]]) -> tuple[list[str], list[list[str]], list[int]]:
    """Header with unique names, full rows, and the rows before which the header is repeated."""
    header = [
        name if table[0].count(name) == 1 else f"{name}.{i}" for i, name in enumerate(table[0])
    ]
    rows: list[list[str]] = []
    breaks: list[int] = []
    numbered = any(name.lower() in _EPOCH_NAMES for name in header)
    for row, before in zip(table[1:], table, strict=False):
        if row == table[0]:
            breaks += [len(rows)] if rows else []
        elif (row != before or not numbered) and any(map(is_number, row)):
            rows.append((row + [""] * len(header))[: len(header)])
    return header, rows, breaks


def _merged(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """One row an epoch, where training and validation, or steps, have rows of their own."""
    names = [name.lower() for name in header]
    if "epoch" not in names:
        return rows
    epoch, step = names.index("epoch"), next((names.index(n) for n in _STEPS if n in names), None)
    scores = [i for i, name in enumerate(header) if looks_like_scores([name])]
    groups: list[list[list[str]]] = []
    for row in rows:
        before = groups[-1][-1] if groups else row
        rises = step is not None and (cell_value(row[step]) or 0) > (cell_value(before[step]) or 0)
        apart = all(is_empty(row[i]) or is_empty(before[i]) for i in scores)
        if groups and before[epoch] == row[epoch] and (rises or apart):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [group[0] if len(group) == 1 else _mean_row(group) for group in groups]


def _mean_row(rows: list[list[str]]) -> list[str]:
    """Mean of the numbers in each column; the last cell of a column of words."""
    filled = [[cell for cell in column if not is_empty(cell)] for column in zip(*rows, strict=True)]
    return [
        str(np.mean([cell_value(cell) for cell in cells]))
        if len(cells) > 1 and all(map(is_number, cells))
        else (cells or [""])[-1]
        for cells in filled
    ]


def _oldest_first(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The rows, turned round where the epoch number falls from each row to the next."""
    named = next((i for i, name in enumerate(header) if name.lower() in _EPOCH_NAMES), None)
    epoch = None if named is None else _numbers([row[named] for row in rows])
    falls = epoch is not None and len(epoch) > 2 and bool((np.diff(epoch) < 0).all())
    return rows[::-1] if falls else rows


def _numbers(cells: Sequence[str]) -> np.ndarray | None:
    """Cells as numbers, NaN for those without; None if most of the filled ones are words."""
    filled = [cell for cell in cells if not is_empty(cell)]
    if sum(map(is_number, filled)) < 0.8 * len(filled):
        return None
    return np.array([cell_value(cell) for cell in cells], dtype=np.float64)


def _changes(columns: Sequence[Sequence[str]]) -> set[int]:
    """Rows at which a column of few words (the name of a run) takes another one."""
    return {
        row
        for column in columns
        if len(set(column)) <= max(2, len(column) // 3)
        for row in range(1, len(column))
        if column[row] != column[row - 1]
    }
