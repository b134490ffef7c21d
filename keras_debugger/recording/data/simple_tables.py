"""What simple models read: some rows, a class or number of each, and a finite table of features."""

import numpy as np

from keras_debugger.recording.data.named_arrays import holds_values
from keras_debugger.types.vocabulary import CLASS_FORMS, LabelForm

FOLDS = 3
_MOST_ROWS = 600
_MOST_FEATURES = 200
_FEWEST_ROWS = 30
_MOST_CLASSES = 30
_TOKEN_BINS = 200


def sampled_target(
    x: np.ndarray, y: np.ndarray, form: LabelForm, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that simple models look at, and the class or number of each; none if they cannot."""
    nothing = np.empty(0, dtype=np.int64), np.empty(0)
    if not holds_values(x) or not holds_values(y) or form in (LabelForm.PER_STEP, LabelForm.OTHER):
        return nothing
    rows = np.sort(generator.permutation(min(len(x), len(y)))[:_MOST_ROWS])
    classes = form in CLASS_FORMS
    target = _class_target(y[rows], form) if classes else _number_target(y[rows])
    usable = np.isfinite(target)
    if classes:
        usable &= _frequent(target)
    rows, target = rows[usable], target[usable]
    distinct = np.unique(target).size
    if len(target) < _FEWEST_ROWS or distinct < 2 or (classes and distinct > _MOST_CLASSES):
        return nothing
    return rows, target


def _class_target(y: np.ndarray, form: LabelForm) -> np.ndarray:
    labels = y.astype(np.float64)
    if form is LabelForm.ONE_HOT:
        return np.asarray(labels.argmax(axis=1).astype(np.float64))
    if form is LabelForm.MULTI_HOT:
        high = labels == labels.max()
        return np.asarray(high[:, np.abs(high.mean(axis=0) - 0.5).argmin()].astype(np.float64))
    return labels.reshape(len(labels))


def _number_target(y: np.ndarray) -> np.ndarray:
    """The first number of each row that varies; of several outputs the first."""
    columns = y.reshape(len(y), -1).astype(np.float64)
    column = columns[:, 0]
    for candidate in columns.T:
        if np.ptp(candidate[np.isfinite(candidate)], axis=0) > 0 if candidate.size else False:
            column = candidate
            break
    return column


def _frequent(target: np.ndarray) -> np.ndarray:
    """Rows whose class has enough rows for every fold."""
    values, codes, counts = np.unique(target, return_inverse=True, return_counts=True)
    enough = counts >= FOLDS
    return np.asarray(enough[codes.reshape(-1)]) if values.size else np.zeros(0, dtype=bool)


def simple_table(x: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A finite table of at most _MOST_FEATURES columns that simple models can read.

    Values of images and sequences in a row, and for sequences also the mean, deviation, roughness
    and spectrum of each channel, for they may start anywhere; for tokens how often each occurs.
    """
    values = x.reshape(len(x), -1).astype(np.float64)
    with np.errstate(all="ignore"):
        middle = np.nanmedian(np.where(np.isfinite(values), values, np.nan), axis=0)
    values = np.where(np.isfinite(values), values, np.nan_to_num(middle))
    parts = [_some(values, generator)]
    if x.ndim == 3 and x.dtype.kind == "f":
        parts.append(_some(_shape_of(values.reshape(x.shape)), generator))
    if x.ndim == 2 and x.dtype.kind in "iu" and x.shape[1] > 1 and values.max() >= 20:
        tokens = values.astype(np.int64) % _TOKEN_BINS
        counts = [np.bincount(row, minlength=_TOKEN_BINS) for row in tokens]
        parts.append(np.array(counts, dtype=np.float64))
    table = np.concatenate(parts, axis=1)
    largest = np.abs(table).max(axis=0)
    table = table / np.where(largest > 1e30, largest, 1.0)
    return np.asarray(table[:, table.max(axis=0) > table.min(axis=0)])


def _some(table: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if table.shape[1] <= _MOST_FEATURES:
        return table
    return table[:, np.sort(generator.choice(table.shape[1], _MOST_FEATURES, replace=False))]


def _shape_of(sequences: np.ndarray) -> np.ndarray:
    """Mean, deviation, mean absolute step and spectrum of each channel; rows x (...)."""
    parts = [
        sequences.mean(axis=1),
        sequences.std(axis=1),
        np.abs(np.diff(sequences, axis=1)).mean(axis=1) if sequences.shape[1] > 1 else None,
        np.abs(np.fft.rfft(sequences, axis=1)).reshape(len(sequences), -1),
    ]
    return np.concatenate([part for part in parts if part is not None], axis=1)
