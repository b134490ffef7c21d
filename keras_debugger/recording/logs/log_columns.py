"""From columns of a log, in whatever words, to EpochLogs in the words of Keras."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from keras_debugger.types.record import EpochLogs

_PARTS = {
    "": "train|training|tr",
    "val_": "val|valid|validation|dev|eval",
    "test_": "test|testing",
}
_FORMS = (  # `train_loss`, `loss/train`, `trainLoss`
    r"(?i:{part})[ _/.-]+(?P<name>\S.*)",
    r"(?P<name>.*\S)[ _/.-]+(?i:{part})",
    r"(?P<name>.*\S) ?\((?i:{part})\)",
    r"(?i:{part})(?P<name>[A-Z].*)",
)
_PATTERNS = [
    (re.compile(form.format(part=part)), prefix)
    for form in _FORMS
    for prefix, part in _PARTS.items()
]
_AROUND = re.compile(r"^epoch/|_epoch$| ?[\[(]?%[\])]?$", re.IGNORECASE)  # W&B, Lightning, units
_SINGULAR = {"losses": "loss", "accs": "acc", "accuracies": "accuracy"}
_PLURAL = re.compile(rf"({'|'.join(_SINGULAR)})$", re.IGNORECASE)
_MEAN_LOSS = ("avg_loss", "average_loss", "mean_loss", "epoch_loss", "total_loss")
_SCORES = re.compile(
    r"(?i:loss|accurac|perplexity|dice|jacc?ard|precision|recall|error|psnr|ssim|kappa)"
    r"|(?<![A-Za-z])(?i:accs?|auc|r?mse|mae|f1|m?iou|cost)(?![a-z])|(?<=[a-z])(?:Accs?|AUC|F1|IoU)"
)
_ACCURACY = re.compile(r"acc(uracy)?$", re.IGNORECASE)


def keras_name(name: str) -> str:
    """A column name as Keras would write it: `Training Loss` is `loss`, `acc_test` is `val_acc`."""
    prefix, plain = _part_and_name(_AROUND.sub("", name.strip()))
    plain = _PLURAL.sub(lambda found: _SINGULAR[found[0].lower()], plain)
    if " " in plain or plain.lower() in ("loss", "accuracy", "acc"):
        plain = re.sub(r"\s+", "_", plain.lower())
    return ("val_" if prefix else "") + plain


def _part_and_name(name: str) -> tuple[str, str]:
    """Prefix of the data that a column is about (`test_` for test data), and the rest."""
    for pattern, prefix in _PATTERNS:
        found = pattern.fullmatch(name)
        if found:
            return prefix, found["name"]
    return "", name


def looks_like_scores(names: Sequence[str]) -> bool:
    """Whether at least one of the names is that of a loss or a common metric."""
    return any(_SCORES.search(name) for name in names)


def epoch_logs(
    columns: Mapping[str, np.ndarray],
    *,
    epoch: np.ndarray,
    restarts: Sequence[int] = (),
    missing: Mapping[str, np.ndarray] | None = None,
) -> tuple[EpochLogs, tuple[str, ...]]:
    """Epoch logs under the names of Keras.

    Args:
        columns: name in the file to values, each shape (rows,), float.
        epoch: epoch numbers from 0, shape (rows,), int.
        restarts: rows at which a new run starts.
        missing: name in the file to a mask of rows without a value, shape (rows,), bool.

    Returns:
        The logs, and notes on what was renamed or left out. Columns without any value are left out.
    """
    notes: list[str] = []
    values: dict[str, np.ndarray] = {}
    holes: dict[str, tuple[int, ...]] = {}
    for name, column in columns.items():
        absent = np.zeros(len(epoch), bool) if missing is None else missing[name]
        if absent.all():
            notes.append(f"The column {name} holds no value.")
            continue
        told = _free_name(name, columns, values)
        if told == "loss" and missing is not None:
            absent = _without_end(absent, [mask for key, mask in missing.items() if key != name])
        if _part_and_name(name.strip())[0] == "test_" and told != name:
            notes.append(f"{name} is read as {told}.")
        values[told] = _frozen(np.asarray(column, np.float64))
        if absent.any():
            holes[told] = tuple(int(row) for row in np.flatnonzero(absent))
    _name_mean_loss(values, holes, notes)
    notes += [
        f"{name} is in percent."
        for name, column in values.items()
        if _ACCURACY.search(name) and is_percent(column)
    ]
    logs = EpochLogs(
        epoch=_frozen(np.asarray(epoch, np.int64)),
        values=values,
        restarts=tuple(restarts),
        missing=holes,
    )
    return logs, tuple(notes)


def _without_end(absent: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """Rows without a loss, less those at the end with other scores: NaN, as pandas writes it."""
    end = int(np.argmin(absent[::-1]))
    is_nan = end >= 2 and any(not mask[-end:].any() for mask in others)
    return absent & (np.arange(len(absent)) < len(absent) - end) if is_nan else absent


def is_percent(accuracy: np.ndarray) -> bool:
    """Whether accuracies are in percent: finite ones above 1.5, none above 100."""
    finite = accuracy[np.isfinite(accuracy)]
    return bool(len(finite)) and 1.5 < float(finite.max()) <= 100.0


def epoch_numbers(column: np.ndarray | None, rows: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """Epoch numbers from 0, counted where the column has none, and rows where they do not rise."""
    if column is None or len(column) != rows or not np.isfinite(column).all():
        return np.arange(rows), ()
    if rows > 1 and not np.ptp(column):  # a fit for each epoch
        return np.arange(rows), ()
    if (column % 1).any():  # parts of epochs
        return np.arange(rows), restarts_of(column)
    epoch = column.astype(np.int64)
    return epoch - min(int(epoch.min()), 1), restarts_of(epoch)


def restarts_of(epoch: np.ndarray) -> tuple[int, ...]:
    """Rows at which the epoch number does not rise."""
    return tuple(int(row) + 1 for row in np.flatnonzero(np.diff(epoch) <= 0))


def _free_name(name: str, columns: Mapping[str, np.ndarray], taken: Mapping[str, object]) -> str:
    """The Keras name of a column, or its own if another column has that name already."""
    told = keras_name(name)
    if told in taken or (told != name and told in columns):
        return name
    return told


def _name_mean_loss(
    values: dict[str, np.ndarray], holes: dict[str, tuple[int, ...]], notes: list[str]
) -> None:
    """Take a mean loss as the loss where no column has that name."""
    for prefix in ("", "val_"):
        if f"{prefix}loss" in values:
            continue
        for name in _MEAN_LOSS:
            if prefix + name in values:
                values[f"{prefix}loss"] = values.pop(prefix + name)
                if prefix + name in holes:
                    holes[f"{prefix}loss"] = holes.pop(prefix + name)
                notes.append(f"{prefix}{name} is read as {prefix}loss.")
                break


def _frozen(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.setflags(write=False)
    return array
