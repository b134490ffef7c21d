"""What labels look like: classes, one-hot rows, numbers, and how they are ordered."""

from typing import Any

import numpy as np

from keras_debugger.recording.data.input_profile import column_statistics
from keras_debugger.recording.data.label_classes import Classes, are_whole, find_classes
from keras_debugger.recording.data.named_arrays import NamedArray, holds_values
from keras_debugger.types.record import LabelProfile
from keras_debugger.types.vocabulary import LabelForm

_MOST_VALUES = 2_000_000
_BLOCKS = 1000


def describe_labels(item: NamedArray) -> LabelProfile:
    """Describe the labels of one output.

    Args:
        item: the labels, in the order in which they are fed; shape (rows,), (rows, 1),
            (rows, classes) or with further axes.

    Returns:
        The description. At most 2,000,000 values are looked at, in blocks spread over all
        rows.
    """
    array = item.array
    identity: dict[str, Any] = {
        "name": item.name,
        "shape": tuple(array.shape[1:]),
        "dtype": array.dtype.name,
    }
    if not holds_values(array) or array.size == 0:
        nothing: dict[str, Any] = dict.fromkeys(
            ("minimum", "maximum", "mean", "sd", "median", "mean_abs_deviation"), float("nan")
        )
        return LabelProfile(
            **identity,
            **nothing,
            form=LabelForm.OTHER,
            nonfinite=0,
            integer_valued=False,
            outlier_share=0.0,
        )
    labels = _spread(array).astype(np.float64)
    finite = np.isfinite(labels)
    values = labels[finite]
    found = find_classes(labels, array.dtype)
    numbers = column_statistics(values[:, np.newaxis])
    median = float(numbers["median"][0])
    with np.errstate(over="ignore"):
        deviation = float(np.abs(values - median).mean()) if values.size else float("nan")
    return LabelProfile(
        **identity,
        form=found.form,
        minimum=float(values.min()) if values.size else float("nan"),
        maximum=float(values.max()) if values.size else float("nan"),
        mean=float(numbers["mean"][0]),
        sd=float(numbers["sd"][0]),
        median=median,
        mean_abs_deviation=deviation,
        nonfinite=int((~finite).sum()),
        integer_valued=are_whole(values),
        outlier_share=float(np.nan_to_num(numbers["outlier_share"][0])),
        classes=tuple(found.values.tolist()),
        counts=tuple(int(count) for count in found.counts),
        order=_order(labels, found),
        zero_share=_zero_share(values),
    )


def _zero_share(values: np.ndarray) -> float:
    sizes = np.abs(values)
    return float((sizes <= 1e-3 * sizes.mean()).mean()) if sizes.size else 0.0


def _order(labels: np.ndarray, found: Classes) -> float:
    """How alike neighbouring rows' labels are, 0 (shuffled) to 1 (sorted)."""
    if len(labels) < 3:
        return 0.0
    if found.codes is not None:
        equal = float((found.codes[1:] == found.codes[:-1]).mean())
        chance = float(np.square(found.counts / found.counts.sum()).sum())
        return max(0.0, (equal - chance) / (1.0 - chance)) if chance < 1.0 else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        column = labels.reshape(len(labels), -1).mean(axis=1)
    column = column[np.isfinite(column)]
    if column.size < 3 or not np.ptp(column) > 0.0:
        return 0.0
    with np.errstate(all="ignore"):
        centred = column / np.abs(column).max()
        centred = centred - centred.mean()
        alike = float((centred[1:] * centred[:-1]).mean() / np.square(centred).mean())
    return min(max(alike, 0.0), 1.0) if np.isfinite(alike) else 0.0


def _spread(array: np.ndarray) -> np.ndarray:
    """All rows, or blocks of neighbours spread over all of them that hold _MOST_VALUES values."""
    row_size = max(array.size // max(len(array), 1), 1)
    limit = max(_BLOCKS, _MOST_VALUES // row_size)
    if len(array) <= limit:
        return array
    length = limit // _BLOCKS
    starts = np.linspace(0, len(array) - length, _BLOCKS).astype(np.int64)
    return np.concatenate([array[start : start + length] for start in starts])
