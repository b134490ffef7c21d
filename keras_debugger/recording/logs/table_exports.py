"""Tables that TensorBoard and Weights & Biases export, as tables with one column a score."""

import re
from pathlib import Path

from keras_debugger.recording.logs.log_columns import looks_like_scores

_SCALARS = ["wall time", "step", "value"]
_SPREAD = re.compile(r".*__(MIN|MAX)")  # of runs that were drawn together


def is_scalar_export(header: list[str]) -> bool:
    """Whether a header is that of one scalar of TensorBoard, or of several with their tags."""
    names = [name.lower() for name in header]
    return names == _SCALARS or {"tag", "step", "value"} <= set(names)


def plain_table(table: list[list[str]], source: str) -> list[list[str]]:
    """The table that an export stands for; any other table as it is.

    Args:
        table: header and rows.
        source: path of the file, which names the scalar: `run-validation-tag-epoch_loss.csv`.
    """
    header = [name.lower() for name in table[0]]
    if header == _SCALARS:
        rows = [row[1:3] for row in table[1:]]
        return [["epoch", scalar_name(source)], *rows]
    if is_scalar_export(header):
        return _wide(header, table[1:])
    kept = [i for i, name in enumerate(table[0]) if not _SPREAD.fullmatch(name)]
    runs = {name.rpartition(" - ")[0] for name in table[0] if " - " in name}
    if len(runs) == 1:
        table = [[name.rpartition(" - ")[2] for name in table[0]], *table[1:]]
    return [[row[i] for i in kept if i < len(row)] for row in table]


def scalar_name(source: str) -> str:
    """Name of an exported scalar from that of its file; `loss` if that tells nothing."""
    run, _, tag = Path(source).stem.rpartition("tag-")
    name = re.sub(r"^epoch_| ?\(\d+\)$", "", tag)
    held_out = re.search(r"val|eval|test", run or tag) is not None
    name = re.sub(r"^val(idation)?_|^evaluation_", "", name)
    return ("val_" if held_out else "") + (name if looks_like_scores([name]) else "loss")


def _wide(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """One column for each tag (and run), one row for each step."""
    place = {name: header.index(name) for name in ("tag", "step", "value")}
    run = header.index("run") if "run" in header else None
    tags: dict[str, None] = {}
    steps: dict[str, dict[str, str]] = {}
    for row in (row for row in rows if len(row) == len(header)):
        prefix = "val_" if run is not None and "val" in row[run] else ""
        tag = prefix + re.sub(r"^epoch_", "", row[place["tag"]])
        tags[tag] = None
        steps.setdefault(row[place["step"]], {})[tag] = row[place["value"]]
    return [
        ["epoch", *tags],
        *([step, *(at.get(t, "") for t in tags)] for step, at in steps.items()),
    ]
