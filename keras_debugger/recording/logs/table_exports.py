"""Tables and JSON that TensorBoard, MLflow, Weights & Biases, Comet, R and pandas export.

Each becomes a table with one column a score and one row an epoch.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_debugger.recording.logs.log_columns import looks_like_scores

_SCALARS = ["wall time", "step", "value"]
_ROLES = {  # of the columns of a table with one row a value, in the words of each tool
    "name": ("tag", "key", "metric", "metricname", "metric_name", "variable"),
    "value": ("value", "metricvalue", "metric_value"),
    "step": ("epoch", "step"),
}
_PARTS = ("run", "data")  # columns that tell training and validation apart
_TIME = re.compile(r"\d{10,}(\.\d+)?")  # since 1970, in seconds or less
_SPREAD = re.compile(r".*__(MIN|MAX)")  # of runs that were drawn together


def is_scalar_export(header: list[str]) -> bool:
    """Whether a header is that of one scalar of TensorBoard, or of a table with one row a value."""
    names = [name.lower().strip("\"' ") for name in header]
    return names[:3] == _SCALARS or all(set(words) & set(names) for words in _ROLES.values())


def plain_table(table: list[list[str]], source: str) -> list[list[str]]:
    """The table that an export stands for; any other table as it is.

    Args:
        table: header and rows.
        source: path of the file, which names the scalar: `run-validation-tag-epoch_loss.csv`.
    """
    header = [name.lower() for name in table[0]]
    if header[:3] == _SCALARS:  # and perhaps the smoothed value
        rows = [row[1:3] for row in table[1:]]
        return [["epoch", scalar_name(source)], *rows]
    if is_scalar_export(header):
        return _wide(header, table[1:])
    kept = [i for i, name in enumerate(table[0]) if not _SPREAD.fullmatch(name)]
    runs = {name.rpartition(" - ")[0] for name in table[0] if " - " in name}
    if len(runs) == 1:
        table = [[name.rpartition(" - ")[2] for name in table[0]], *table[1:]]
    return [[row[i] for i in kept if i < len(row)] for row in table]


def bare_triples(lines: list[str]) -> list[list[str]] | None:
    """A scalar whose file has no header: time, value and step of MLflow; None for other lines."""
    rows = (re.split(r"[,\s]+", line.strip()) for line in lines)
    table = [_SCALARS]
    for row in rows:
        if not (len(row) == 3 and _TIME.fullmatch(row[0]) and row[2].isdigit()):
            return None
        table.append([row[0], row[2], row[1]])
    return table


def table_of(content: Any) -> list[list[str]] | None:
    """The table that a JSON export stands for, None for any other content.

    Args:
        content: triples of time, step and value (TensorBoard); a mapping for each value (MLflow,
            Comet), also as the one list of a mapping; `columns` and `data` (pandas).
    """
    if isinstance(content, Mapping) and {"columns", "data"} <= set(content):
        return [_cells(row) for row in (content["columns"], *content["data"])]
    if isinstance(content, Mapping):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if len(lists) == 1 else None
    if not isinstance(content, list) or not content:
        return None
    if all(isinstance(row, list) and len(row) == 3 for row in content):
        return [_SCALARS, *map(_cells, content)]
    if not all(isinstance(row, Mapping) for row in content):
        return None
    header = list(content[0])
    if not is_scalar_export(header):
        return None
    return [header, *(_cells([row.get(name) for name in header]) for row in content)]


def _cells(row: list[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in row]


def scalar_name(source: str) -> str:
    """Name of an exported scalar from that of its file; `loss` if that tells nothing."""
    run, _, tag = Path(source).stem.rpartition("tag-")
    name = re.sub(r"^epoch_| ?\(\d+\)$", "", tag)
    held_out = re.search(r"val|eval|test", run or tag) is not None
    name = re.sub(r"^val(idation)?_|^evaluation_", "", name)
    return ("val_" if held_out else "") + (name if looks_like_scores([name]) else "loss")


def _wide(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """One column for each score (of each part of the data), one row for each step."""
    name, value, step = (
        header.index(next(word for word in words if word in header)) for words in _ROLES.values()
    )
    part = next((header.index(word) for word in _PARTS if word in header), None)
    scores: dict[str, None] = {}
    steps: dict[str, dict[str, str]] = {}
    for row in (row for row in rows if len(row) == len(header)):
        prefix = "val_" if part is not None and "val" in row[part] else ""
        score = prefix + re.sub(r"^epoch_", "", row[name])
        scores[score] = None
        steps.setdefault(row[step], {})[score] = row[value]
    return [
        ["epoch", *scores],
        *([at, *(told.get(score, "") for score in scores)] for at, told in steps.items()),
    ]
