"""Errors of one output row by row, of a model's answers and of the best constant answer."""

from typing import Any

import keras
import numpy as np

from keras_debugger.training import row_errors
from keras_debugger.training.answers import (
    answered_classes,
    numbers,
    probabilities,
    true_classes,
)
from keras_debugger.training.metric_choice import NUMBER_LOSSES, OutputMetric
from keras_debugger.training.row_errors import Measure
from keras_debugger.types.record import OutputDescription
from keras_debugger.types.vocabulary import CLASS_FORMS, CROSSENTROPIES, LabelForm

LARGEST_RATIO = 10.0


def error_rows(
    spec: OutputMetric,
    answers: np.ndarray,
    labels: np.ndarray,
    head: OutputDescription,
    own_loss: Any = None,
) -> np.ndarray:
    """Error of each row.

    Args:
        spec: what is measured.
        answers: raw outputs of the model, rows first, finite.
        labels: labels as they were given, rows first.
        head: head of the model that answered.
        own_loss: the model's own Keras loss, for a loss that is not known by kind.

    Returns:
        Shape (rows,), the mean is the error; shape (1,) for an own loss that gives only a mean.
    """
    measure, target = spec.measure, spec.target
    if measure in (Measure.ACCURACY, Measure.BALANCED_ACCURACY):
        truth = true_classes(labels, target)
        chosen = answered_classes(answers, head, target)
        return row_errors.wrong_classes(truth, chosen, _weights(spec, truth))
    if measure is Measure.AUC:
        truth = true_classes(labels, target)
        return row_errors.misranked(*_ranking(spec, answers, truth, head))
    if measure is Measure.LOSS and spec.loss in CROSSENTROPIES and target.form in CLASS_FORMS:
        truth = true_classes(labels, target)
        return row_errors.log_loss(truth, probabilities(answers, head, target))
    if spec.needs_own_loss:
        return _own_rows(own_loss, answers, labels)
    answered, truth = numbers(answers, labels, head, target)
    return _number_rows(spec, truth, answered)


def constant_rows(
    spec: OutputMetric,
    labels: np.ndarray,
    answers: np.ndarray | None = None,
    own_loss: Any = None,
) -> np.ndarray:
    """Error of each row for the best answer that is the same for all rows.

    That is the largest class, the class shares, the mean or the median, by the measure. For an own
    loss it is the mean of the labels, or of the answers where labels have another shape.

    Args:
        spec: what is measured.
        labels: labels as they were given, rows first.
        answers: raw outputs of a model, needed for an own loss.
        own_loss: the model's own Keras loss, for a loss that is not known by kind.

    Returns:
        Shape (rows,).
    """
    measure, target = spec.measure, spec.target
    if measure is Measure.AUC:
        return np.full(len(labels), 0.5)
    if measure in (Measure.ACCURACY, Measure.BALANCED_ACCURACY):
        truth = true_classes(labels, target)
        weights = _weights(spec, truth)
        largest = _largest(truth, by_column=target.form is LabelForm.MULTI_HOT)
        return row_errors.wrong_classes(truth, largest, weights)
    if measure is Measure.LOSS and spec.loss in CROSSENTROPIES and target.form in CLASS_FORMS:
        truth = true_classes(labels, target)
        return row_errors.log_loss(truth, _shares(truth))
    if spec.needs_own_loss and answers is not None:
        like = labels if labels.shape == answers.shape else answers
        guess = np.broadcast_to(np.nanmean(like, axis=0), answers.shape)
        return _own_rows(own_loss, np.nan_to_num(guess), labels)
    truth = labels.reshape(len(labels), -1).astype(float)
    guesses = (
        _number_rows(spec, truth, np.broadcast_to(guess, truth.shape))
        for guess in (truth.mean(axis=0), np.median(truth, axis=0))
    )
    return min(guesses, key=lambda rows: float(rows.mean()))


def loss_ratio(
    spec: OutputMetric, answers: np.ndarray, labels: np.ndarray, head: OutputDescription
) -> float:
    """Smooth loss of the answers over that of the best constant answer, for ranking short runs.

    Args:
        spec: what is measured.
        answers: raw outputs of the model, finite.
        labels: labels as they were given.
        head: head of the model that answered.

    Returns:
        Log loss for classes, squared error for numbers, at most 10; NaN for other labels.
    """
    if spec.target.form in CLASS_FORMS and spec.measure is not Measure.R2:
        truth = true_classes(labels, spec.target)
        loss = row_errors.log_loss(truth, probabilities(answers, head, spec.target)).mean()
        constant = row_errors.log_loss(truth, _shares(truth)).mean()
    elif spec.target.form is LabelForm.CONTINUOUS or spec.measure is Measure.R2:
        answered, truth = numbers(answers, labels, head, spec.target)
        loss = row_errors.squared(truth, answered, relative=True).mean()
        constant = np.float64(1.0)
    else:
        return float("nan")
    return float(min(loss / constant, LARGEST_RATIO)) if constant > 0.0 else float("nan")


def _number_rows(spec: OutputMetric, truth: np.ndarray, answers: np.ndarray) -> np.ndarray:
    if spec.measure is Measure.MEAN_ABSOLUTE_ERROR:
        return np.asarray(np.abs(truth - answers).mean(axis=1))
    if spec.measure is Measure.LOSS and spec.loss in NUMBER_LOSSES:
        rows = keras.losses.get(spec.loss.value)(truth, answers)
        return np.asarray(keras.ops.convert_to_numpy(rows), dtype=float)
    return row_errors.squared(truth, answers, relative=spec.measure is Measure.R2)


def _own_rows(own_loss: Any, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if labels.ndim == answers.ndim - 1 and answers.shape[-1] == 1:
        labels = labels[..., None]
    if not np.issubdtype(labels.dtype, np.integer):
        labels = labels.astype("float32")
    compute = own_loss.call if isinstance(own_loss, keras.losses.Loss) else own_loss
    values = keras.ops.convert_to_numpy(
        compute(keras.ops.convert_to_tensor(labels), keras.ops.cast(answers, "float32"))
    )
    values = np.asarray(values, dtype=float)
    if values.ndim == 0 or len(values) != len(labels):
        return np.asarray(values.reshape(-1).mean(keepdims=True))
    return np.asarray(values.reshape(len(values), -1).mean(axis=1))


def _weights(spec: OutputMetric, truth: np.ndarray) -> np.ndarray:
    if spec.measure is Measure.ACCURACY:
        return np.ones(truth.shape)
    by_column = spec.target.form is LabelForm.MULTI_HOT
    return row_errors.class_balance(truth, by_column=by_column)


def _ranking(
    spec: OutputMetric, answers: np.ndarray, truth: np.ndarray, head: OutputDescription
) -> tuple[np.ndarray, np.ndarray]:
    if truth.ndim == 2:
        return truth == 1, answers.reshape(truth.shape)
    if answers.size == len(answers):
        return (truth == 1)[:, None], answers.reshape(-1, 1)
    scores = probabilities(answers, head, spec.target)
    members = truth[:, None] == np.arange(scores.shape[1])
    return (members[:, 1:], scores[:, 1:]) if scores.shape[1] == 2 else (members, scores)


def _largest(truth: np.ndarray, *, by_column: bool) -> np.ndarray:
    columns = truth.reshape(len(truth), -1) if by_column else truth.reshape(-1, 1)
    best = []
    for column in columns.T:
        values, counts = np.unique(column, return_counts=True)
        best.append(values[counts.argmax()])
    return np.asarray(best) if by_column else np.asarray(best[0])


def _shares(truth: np.ndarray) -> np.ndarray:
    if truth.ndim == 2:
        return np.broadcast_to(truth.mean(axis=0), truth.shape)
    counts = np.bincount(np.clip(truth, 0, None), minlength=2)
    return np.broadcast_to(counts / len(truth), (len(truth), len(counts)))
