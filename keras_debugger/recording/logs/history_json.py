"""A history as a mapping of lists: `history.history`, JSON in its usual forms, and our own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.log_columns import (
    epoch_logs,
    epoch_numbers,
    looks_like_scores,
    restarts_of,
)
from keras_debugger.types.record import FitDescription, TrainingRecord

_WRAPPERS = ("history", "History", "metrics", "logs")
_EPOCH_NAMES = ("epoch", "epochs", "Epoch")
_NUMBER = re.compile(r"[-+]?(\.?nan|\.?inf|infinity|\d+\.?\d*(e[-+]?\d+)?)", re.IGNORECASE)
_EPOCH_KEY = re.compile(r"(?:epoch[ _-]?)?(\d+)", re.IGNORECASE)
_MESSAGES = ("log", "message", "msg", "text", "textPayload", "stdout", "body")
_PARTS = ("train", "training", "val", "valid", "validation", "test")


def holds_scores(content: Any) -> bool:
    """Whether a content is a history, as `read_history` takes it."""
    return looks_like_scores(list(_columns(content)))


def messages(content: Any) -> str:
    """Text of the lines that a container or a cloud service wrote as JSON, empty if there is none.

    Args:
        content: a list with one mapping a line, or the only mapping.
    """
    content = [content] if isinstance(content, Mapping) else content
    if not isinstance(content, list) or not all(isinstance(row, Mapping) for row in content):
        return ""
    found = (row.get(name) for row in map(_flat, content) for name in _MESSAGES)
    return "\n".join(text.rstrip("\n") for text in found if isinstance(text, str))


def read_history(
    content: Any,
    *,
    source: str,
    epochs: Sequence[int] | np.ndarray | None = None,
    fit_description: FitDescription | None = None,
) -> TrainingRecord:
    """Read a history.

    Args:
        content: name to list of values, such a mapping under `history`, name to {epoch: value},
            `train` and `val` each with such a mapping, a list with one mapping an epoch, or epoch
            number to such a mapping; also where they are the only such thing in a larger mapping.
        source: where it comes from, for people to read.
        epochs: epoch numbers from 0; found in the content or counted if not given.
        fit_description: arguments of fit, if known.

    Returns:
        The record. A list that is shorter than the others is taken as validation at each k-th
        epoch if its length fits, else as the first epochs.

    Raises:
        UnreadableFileError: the content holds no list of losses or metrics.
    """
    columns = _columns(content)
    for name in _EPOCH_NAMES:
        found = columns.pop(name, None)
        if epochs is None and found is not None and None not in found:
            epochs = epoch_numbers(np.array(found, np.float64), len(found))[0]
    columns = {name: values for name, values in columns.items() if len(values)}
    if not looks_like_scores(list(columns)):
        raise UnreadableFileError(
            given=f"{source} without a list of losses or metrics",
            expected='the history of a training, such as {"loss": [...], "val_loss": [...]}',
            do="pass history.history, where history is what model.fit returned",
        )
    rows = max(len(values) for values in columns.values())
    arrays, missing, notes = _aligned(columns, rows)
    epoch = _epoch_numbers(epochs, rows)
    logs, renamed = epoch_logs(arrays, epoch=epoch, restarts=restarts_of(epoch), missing=missing)
    return TrainingRecord(
        epoch_logs=logs,
        fit_description=fit_description,
        source=source,
        notes=(*notes, *renamed),
    )


def _columns(content: Any) -> dict[str, list[Any]]:
    """Name to list of values, from any of the forms; empty if it is none of them."""
    if isinstance(content, Sequence) and not isinstance(content, str):
        if not content or not all(isinstance(row, Mapping) for row in content):
            return {}
        return _joined(content) or _by_name(_merged(content))
    if not isinstance(content, Mapping):
        return {}
    for name in _WRAPPERS:
        inner = content.get(name)
        if isinstance(inner, Mapping | list) and _columns(inner):
            outer = {k: v for k, v in content.items() if k in _EPOCH_NAMES}
            return {**_numeric(outer), **_columns(inner)}
    found = _numeric(content)
    for name, parts in content.items():
        if isinstance(parts, Mapping) and name not in _PARTS:
            told = _numeric({part: parts[part] for part in _PARTS if part in parts})
            found |= {f"{part}_{name}": values for part, values in told.items()}
    for part in _PARTS:
        if isinstance(content.get(part), Mapping):
            inner_columns = _columns(content[part])
            found |= {f"{part}_{name}": values for name, values in inner_columns.items()}
    if looks_like_scores(list(found)):
        return found
    if content and all(_EPOCH_KEY.fullmatch(str(key)) for key in content):
        by_epoch = {int(re.sub(r"\D", "", str(key))): content[key] for key in content}
        return _columns([by_epoch[epoch] for epoch in sorted(by_epoch)])
    return _joined(list(content.values())) or found


def _by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return _numeric({name: [row.get(name) for row in rows] for name in names})


def _joined(contents: Sequence[Any]) -> dict[str, list[Any]]:
    """The histories among some contents, one after the other; epochs start again in each."""
    histories = [columns for columns in map(_columns, contents) if looks_like_scores(list(columns))]
    if len(histories) < 2:
        return histories[0] if histories else {}
    rows = [
        {"epoch": row} | {name: told[row] for name, told in columns.items() if row < len(told)}
        for columns in histories
        for row in range(max(map(len, columns.values())))
    ]
    return _by_name(rows)


def _merged(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows, with those of one epoch that hold different scores (training, validation) as one."""
    found: list[dict[str, Any]] = []
    for row in map(_flat, rows):
        epoch = row.get("epoch")
        before = found[-1] if found else {}
        if epoch is not None and epoch == before.get("epoch") and _new_scores(row, before):
            before.update(row)
        else:
            found.append(row)
    return found


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without inner mappings; those of training and validation give names their part."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            prefix = f"{name}_" if name in _PARTS else ""
            found |= {prefix + inner: told for inner, told in _flat(value).items()}
        else:
            found[name] = value
    return found


def _new_scores(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return set(row) & set(before) <= {"epoch", "step"}


def _numeric(content: Mapping[Any, Any]) -> dict[str, list[Any]]:
    """The entries that are lists of numbers (or of no values)."""
    found = {}
    for name, values in content.items():
        if isinstance(values, Mapping) and "values" in values:  # Sacred, Aim
            values = values["values"]
        elif isinstance(values, Mapping) and all(str(key).isdigit() for key in values):
            values = [values[key] for key in sorted(values, key=int)]
        if isinstance(values, np.ndarray):
            values = values.tolist() if values.ndim == 1 else None
        if isinstance(values, list | tuple) and values and all(map(_is_number, values)):
            found[str(name)] = list(values)
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return value is None or (np.ndim(value) == 0 and isinstance(value, int | float | np.number))


def _aligned(
    columns: Mapping[str, list[Any]], rows: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[str]]:
    """Columns of equal length, masks of what is missing, and notes."""
    arrays: dict[str, np.ndarray] = {}
    missing: dict[str, np.ndarray] = {}
    notes: list[str] = []
    for name, values in columns.items():
        every = max(1, rows // len(values))
        if rows // every != len(values):
            every = 1
        places = np.arange(len(values)) * every + every - 1
        arrays[name] = np.full(rows, np.nan)
        missing[name] = np.ones(rows, bool)
        arrays[name][places] = [np.nan if v is None else float(v) for v in values]
        missing[name][places] = [v is None for v in values]
        if len(values) < rows:
            kind = f"one in {every} epochs" if every > 1 else "the first epochs"
            notes.append(f"{name} has {len(values)} of {rows} values, read as {kind}.")
    return arrays, missing, notes


def _epoch_numbers(epochs: Sequence[int] | np.ndarray | None, rows: int) -> np.ndarray:
    """Epoch numbers from 0; counted where they are not given or do not fit."""
    if epochs is None or len(epochs) != rows:
        return np.arange(rows)
    return np.asarray(epochs, dtype=np.int64)
