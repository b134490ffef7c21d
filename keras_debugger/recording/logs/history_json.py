"""A history as a mapping of lists: `history.history`, JSON in its usual forms, and our own."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.log_columns import epoch_logs, looks_like_scores, restarts_of
from keras_debugger.types.record import FitDescription, TrainingRecord

_WRAPPERS = ("history", "History", "metrics", "logs")
_EPOCH_NAMES = ("epoch", "epochs", "Epoch")
_HISTORY = re.compile(r"""['"][\w ]*loss['"]\s*:\s*\[""")


def parse_history(text: str) -> Any:
    """What a JSON text, lines of JSON objects or printed Python dicts hold; None if there is none.

    A history may stand inside other text, as where it was pasted after its name.
    """
    for read in (_parse, _parse_lines):
        try:
            return read(text)
        except ValueError:
            continue
    if not _HISTORY.search(text):
        return None
    try:
        return _parse(text[text.index("{") : text.rindex("}") + 1])
    except ValueError:
        return None


def _parse_lines(text: str) -> list[Any]:
    return [_parse(line) for line in text.splitlines() if line.strip()]


def _parse(text: str) -> Any:
    """JSON, or a Python dict of numbers as `print` shows it; ValueError for anything else."""
    try:
        return json.loads(text)
    except ValueError:
        if not text.strip().startswith("{"):
            raise
    plain = re.sub(r"(?:np\.|numpy\.)?float(?:16|32|64)\(([^()]*)\)", r"\1", text)
    plain = re.sub(r"\bnan\b", "NaN", re.sub(r"\binf\b", "Infinity", plain))
    plain = re.sub(r"\bNone\b", "null", plain.replace("'", '"'))
    return json.loads(re.sub(r",\s*([]}])", r"\1", plain))


def read_history(
    content: Any,
    *,
    source: str,
    epochs: Sequence[int] | None = None,
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
            epochs = [int(number) - (min(found) == 1) for number in found]
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
        rows = _merged(content)
        names = dict.fromkeys(name for row in rows for name in row)
        return _numeric({name: [row.get(name) for row in rows] for name in names})
    if not isinstance(content, Mapping):
        return {}
    for name in _WRAPPERS:
        inner = content.get(name)
        if isinstance(inner, Mapping | list) and _columns(inner):
            outer = {k: v for k, v in content.items() if k in _EPOCH_NAMES}
            return {**_numeric(outer), **_columns(inner)}
    found = _numeric(content)
    for part in ("train", "training", "val", "valid", "validation", "test"):
        if isinstance(content.get(part), Mapping):
            inner_columns = _columns(content[part])
            found |= {f"{part}_{name}": values for name, values in inner_columns.items()}
    if looks_like_scores(list(found)):
        return found
    if content and all(str(key).isdigit() for key in content):
        return _columns([content[key] for key in sorted(content, key=int)])
    inner = [columns for columns in map(_columns, content.values()) if columns]
    return inner[0] if len(inner) == 1 else found


def _merged(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows, with those of one epoch that hold different scores (training, validation) as one."""
    found: list[dict[str, Any]] = []
    for row in rows:
        epoch = row.get("epoch")
        before = found[-1] if found else {}
        if epoch is not None and epoch == before.get("epoch") and _new_scores(row, before):
            before.update(row)
        else:
            found.append(dict(row))
    return found


def _new_scores(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    return set(row) & set(before) <= {"epoch", "step"}


def _numeric(content: Mapping[Any, Any]) -> dict[str, list[Any]]:
    """The entries that are lists of numbers (or of no values)."""
    found = {}
    for name, values in content.items():
        if isinstance(values, Mapping) and all(str(key).isdigit() for key in values):
            values = [values[key] for key in sorted(values, key=int)]
        if isinstance(values, np.ndarray):
            values = values.tolist() if values.ndim == 1 else None
        if isinstance(values, list | tuple) and values and all(map(_is_number, values)):
            found[str(name)] = list(values)
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"[-+]?(nan|inf|infinity|\d+\.?\d*(e[-+]?\d+)?)", value.lower()))
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


def _epoch_numbers(epochs: Sequence[int] | None, rows: int) -> np.ndarray:
    """Epoch numbers from 0; counted where they are not given or do not fit."""
    if epochs is None or len(epochs) != rows:
        return np.arange(rows)
    return np.asarray(epochs, dtype=np.int64)
