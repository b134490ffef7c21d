"""The loss that the best constant answer would have, from the labels alone."""

from collections.abc import Mapping

import numpy as np

from keras_debugger.types.record import LabelProfile, TrainingRecord
from keras_debugger.types.vocabulary import (
    CATEGORICAL_CROSSENTROPIES,
    LabelForm,
    LossKind,
)

_NAN = float("nan")


def constant_loss(record: TrainingRecord, *, held_out: bool = False) -> float:
    """Loss of the best constant answer to the one output; NaN where it cannot be told.

    Categorical cross-entropies: the entropy of the (weighted) class shares. Binary cross-entropy:
    that of each unit, mean over units. Squared error: the variance of the labels. Absolute error:
    their mean distance from the median. With several columns of numbers it is an upper bound, as
    the columns are taken together. Penalties of weights are not in it.

    Args:
        record: the run.
        held_out: the same for the validation loss: labels of the validation rows where they are
            known, and no class weights, which Keras applies to training rows only.
    """
    data = record.data_profile
    if held_out:
        data = record.validation_profile or data
    if data is None or record.model_description is None:
        return _NAN
    outputs = record.model.outputs
    if len(data.labels) != 1 or len(outputs) != 1:
        return _NAN
    weights = {} if held_out else _class_weights(record)
    if weights is None or (held_out and record.validation_profile is data and data.weighted):
        return _NAN
    value = _loss_of(data.labels[0], outputs[0].loss, weights)
    return value if np.isfinite(value) and value > 0.0 else _NAN


def majority_share(record: TrainingRecord) -> float | None:
    """Share of the most frequent class among the training labels, None for numbers."""
    if record.data_profile is None or len(record.data.labels) != 1:
        return None
    labels = record.data.labels[0]
    total = sum(labels.counts)
    if not total or labels.form is LabelForm.MULTI_HOT:
        return None
    return max(labels.counts) / total


def class_entropy(labels: LabelProfile) -> float:
    """Entropy of the classes in nat; NaN if the labels are no classes."""
    return _entropy(np.asarray(labels.counts, dtype=np.float64))


def _class_weights(record: TrainingRecord) -> Mapping[int, float] | None:
    """Weights of the classes, empty without any; None if rows have weights that are not known."""
    fit = record.fit_description
    weights = fit.class_weight if fit is not None else None
    if record.data.weighted and not weights:
        return None
    return weights or {}


def _loss_of(labels: LabelProfile, loss: LossKind, weights: Mapping[int, float]) -> float:
    if loss in CATEGORICAL_CROSSENTROPIES:
        return _categorical(labels, weights)
    if loss is LossKind.BINARY_CROSSENTROPY:
        return _binary(labels, weights)
    if weights:
        return _NAN
    if loss is LossKind.MEAN_SQUARED_ERROR:
        return _squared_error(labels)
    if loss is LossKind.MEAN_ABSOLUTE_ERROR:
        return labels.mean_abs_deviation
    return _NAN


def _categorical(labels: LabelProfile, weights: Mapping[int, float]) -> float:
    counts = np.asarray(labels.counts, dtype=np.float64)
    if not counts.sum() > 0 or labels.form is LabelForm.MULTI_HOT:
        return _NAN
    mass = counts * [weights.get(int(name), 1.0) for name in labels.classes]
    return float(_entropy(mass) * mass.sum() / counts.sum())


def _binary(labels: LabelProfile, weights: Mapping[int, float]) -> float:
    """Of one unit, or the mean over units that are judged one by one."""
    if labels.minimum != 0.0 or labels.maximum != 1.0:
        return _NAN
    counts = np.asarray(labels.counts, dtype=np.float64)
    if labels.form in (LabelForm.ONE_HOT, LabelForm.MULTI_HOT):
        rows = counts.sum() / (counts.size * labels.mean)
        shares = counts / rows
        return _NAN if weights else float(np.mean([_entropy(np.array([p, 1 - p])) for p in shares]))
    return _categorical(labels, weights) if counts.size == 2 else _NAN


def _squared_error(labels: LabelProfile) -> float:
    if labels.form is LabelForm.ONE_HOT and labels.counts:
        shares = np.array(labels.counts) / sum(labels.counts)
        return float((shares * (1 - shares)).mean())
    return labels.sd**2


def _entropy(mass: np.ndarray) -> float:
    """Entropy in nat of shares in proportion to these masses, NaN without any."""
    mass = mass[mass > 0]
    shares = mass / mass.sum() if mass.size else mass
    return float(-(shares * np.log(shares)).sum()) if mass.size else _NAN
