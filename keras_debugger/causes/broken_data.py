"""Where data are broken: which columns, which rows, which classes."""

from collections.abc import Iterator, Sequence

import numpy as np

from keras_debugger.types.cause import Cause
from keras_debugger.types.record import DataProfile, InputProfile, Shift, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind

MOST_NAMED = 5  # columns or classes that are named one by one
OF_DATA = frozenset(
    {
        CauseKind.INPUTS_CONSTANT,
        CauseKind.NAN_IN_DATA,
        CauseKind.LABELS_CORRUPTED,
        CauseKind.UNREPRESENTATIVE_SPLIT,
        CauseKind.PREPROCESSING_MISMATCH,
    }
)
FAR = 0.3  # Kolmogorov-Smirnov distance from which a column is told to differ


def where_to_look(kind: CauseKind, record: TrainingRecord) -> tuple[str, ...]:
    """Columns, rows and classes that a cause in the data is about, one sentence each.

    Args:
        kind: the cause.
        record: the run; without a profile of its data nothing can be said.
    """
    data, shift = record.data_profile, record.shift
    if data is not None and kind is CauseKind.INPUTS_CONSTANT:
        return tuple(_constant(data))
    if data is not None and kind is CauseKind.NAN_IN_DATA:
        return tuple(_nonfinite(data))
    if data is not None and kind is CauseKind.LABELS_CORRUPTED:
        return tuple(_labels(data))
    if shift is not None and kind is CauseKind.UNREPRESENTATIVE_SPLIT:
        return tuple(_classes(shift))
    if shift is not None and kind is CauseKind.PREPROCESSING_MISMATCH:
        return tuple(_shifted(shift, data))
    return ()


def refusal(cause: Cause, record: TrainingRecord) -> str:
    """Why no change of the model is offered, and what to look at instead."""
    words = [f"No change of the model can mend this: {cause.kind.value}."]
    words += cause.evidence[:1]
    words += [text for text in where_to_look(cause.kind, record) if text not in words]
    return " ".join(words)


def _constant(data: DataProfile) -> Iterator[str]:
    for one in data.inputs:
        flat = np.flatnonzero(one.minimum == one.maximum)
        if len(flat):
            which = "All columns" if len(flat) == len(one.minimum) else _columns(one, flat)
            yield f"{which}{_of(one.name)} hold one value in every row."


def _nonfinite(data: DataProfile) -> Iterator[str]:
    for one in data.inputs:
        if one.nonfinite_rows:
            which = _columns(one, np.flatnonzero(one.nonfinite))
            yield (
                f"{which}{_of(one.name)} hold NaN or infinite values, in {one.nonfinite_rows} of "
                f"{data.sampled} rows."
            )
    for labels in data.labels:
        if labels.nonfinite:
            yield f"{labels.nonfinite} labels{_of(labels.name)} are NaN or infinite."


def _labels(data: DataProfile) -> Iterator[str]:
    for labels in data.labels:
        if labels.classes:
            counts = sorted(zip(labels.counts, labels.classes, strict=False), reverse=True)
            listed = ", ".join(
                f"{value:g} ({int(rows)} rows)" for rows, value in counts[:MOST_NAMED]
            )
            more = " and others" if len(counts) > MOST_NAMED else ""
            yield f"Compare rows of each class{_of(labels.name)} with their labels: {listed}{more}."
        else:
            yield (
                f"The labels{_of(labels.name)} run from {labels.minimum:g} to {labels.maximum:g}: "
                "compare some rows with their labels, and with those of the rows beside them."
            )


def _classes(shift: Shift) -> Iterator[str]:
    if shift.missing_classes:
        yield f"Training never sees {_values(shift.missing_classes)}, which validation holds."
    if shift.absent_classes:
        yield f"Validation never sees {_values(shift.absent_classes)}, which training holds."


def _shifted(shift: Shift, data: DataProfile | None) -> Iterator[str]:
    far = np.flatnonzero(shift.feature_distance >= FAR)
    far = far[np.argsort(-shift.feature_distance[far])]
    if len(far):
        names = data.inputs[0] if data is not None and data.inputs else None
        yield (
            f"{_columns(names, far)} differ between training and validation rows: deviations by a "
            f"factor of up to {shift.scale_ratio:.3g}, means by up to {shift.offset:.3g} of them."
        )


def _columns(one: InputProfile | None, columns: Sequence[int] | np.ndarray) -> str:
    names = one.names if one is not None else ()
    shown = [repr(names[i]) if i < len(names) else str(i) for i in columns[:MOST_NAMED]]
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    return f"{'Column' if len(columns) == 1 else 'Columns'} {', '.join(shown)}{more}"


def _values(classes: Sequence[float]) -> str:
    shown = ", ".join(f"{value:g}" for value in classes[:MOST_NAMED])
    more = f" and {len(classes) - MOST_NAMED} more" if len(classes) > MOST_NAMED else ""
    return f"{'class' if len(classes) == 1 else 'classes'} {shown}{more}"


def _of(name: str) -> str:
    return f" of {name!r}" if name else ""
