"""The loss that the best constant answer would have, from the labels alone."""

import numpy as np

from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import CROSSENTROPIES, LabelForm, LossKind, Need

_SINGLE = ((), (1,))


def constant_loss(record: TrainingRecord) -> float | None:
    """Training loss of the best constant answer, None where it cannot be told.

    Cross-entropy: the entropy of the (weighted) class shares. Squared error: the variance of the
    labels. Absolute error: their mean distance from the median. Penalties of weights are not in it.
    """
    if not (record.has(Need.DATA) and record.has(Need.MODEL)):
        return None
    data, outputs = record.data, record.model.outputs
    if len(data.labels) != 1 or len(outputs) != 1 or data.weighted:
        return None
    labels, loss = data.labels[0], outputs[0].loss
    weights = record.fit.class_weight if record.has(Need.FIT) else None
    if loss in CROSSENTROPIES and labels.counts:
        value = _crossentropy(labels, dict(weights or {}))
    elif weights:
        return None
    elif loss is LossKind.MEAN_SQUARED_ERROR:
        value = _squared_error(labels)
    elif loss is LossKind.MEAN_ABSOLUTE_ERROR and labels.shape in _SINGLE:
        value = labels.mean_abs_deviation
    else:
        return None
    return value if np.isfinite(value) and value > 0 else None


def majority_share(record: TrainingRecord) -> float | None:
    """Share of the most frequent class among the training labels, None for numbers."""
    if not record.has(Need.DATA) or len(record.data.labels) != 1:
        return None
    counts = record.data.labels[0].counts
    return max(counts) / sum(counts) if counts and sum(counts) else None


def _crossentropy(labels: LabelProfile, weights: dict[int, float]) -> float:
    counts = np.array(labels.counts, dtype=np.float64)
    mass = counts * [weights.get(int(name), 1.0) for name in labels.classes]
    mass = mass[mass > 0]
    return float(-(mass * np.log(mass / mass.sum())).sum() / counts.sum())


def _squared_error(labels: LabelProfile) -> float:
    if labels.form is LabelForm.ONE_HOT and labels.counts:
        shares = np.array(labels.counts) / sum(labels.counts)
        return float((shares * (1 - shares)).mean())
    return labels.sd**2 if labels.shape in _SINGLE else float("nan")
