"""What a model's raw outputs mean: classes, probabilities or numbers.

Everything is read from the head of the trained model (activation, units, loss, logits or not), so
that an original and a fixed model with another head answer in the same terms.
"""

from dataclasses import dataclass

import numpy as np

from keras_debugger.types.record import OutputDescription
from keras_debugger.types.vocabulary import Activation, LabelForm, LossKind

# Labels that are classes; all but PER_STEP and MULTI_HOT have one class a row.
_PROBABILITIES = frozenset({Activation.SIGMOID, Activation.HARD_SIGMOID, Activation.SOFTMAX})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one output is meant to answer, read from the training labels.

    Args:
        form: what the labels look like.
        classes: distinct class values in order; empty for numbers and one-hot labels.
    """

    form: LabelForm
    classes: tuple[float, ...] = ()


def true_classes(labels: np.ndarray, target: Target) -> np.ndarray:
    """Position of each label among the classes.

    Args:
        labels: labels as they were given, rows first.
        target: what they mean.

    Returns:
        Integers, shape (rows,), (rows, steps, ...) or, for several labels a row, (rows, labels)
        of zeros and ones; -1 for a value that training never sees.
    """
    if target.form is LabelForm.MULTI_HOT:
        return (labels > 0.5).astype(int)
    if target.form is LabelForm.ONE_HOT or _is_one_hot_per_step(labels, target):
        return np.asarray(labels.argmax(axis=-1))
    values = labels.reshape(len(labels), -1).astype(float)
    if target.form is not LabelForm.PER_STEP:
        values = values[:, 0]
    return _positions(values, target.classes)


def answered_classes(raw: np.ndarray, output: OutputDescription, target: Target) -> np.ndarray:
    """The class that the model answers for each label, as a position among the classes.

    One column is cut at a threshold (two classes) or goes to the nearest class value (more).
    Of several columns the largest wins; its number is the class value, as in Keras, or the
    position of the class where the values do not fit the column numbers.

    Args:
        raw: outputs of the model, rows first, finite.
        output: head of the model.
        target: what it is meant to answer.

    Returns:
        As `true_classes`.
    """
    if target.form is LabelForm.MULTI_HOT:
        return (raw > (0.0 if _are_logits(output) else 0.5)).astype(int)
    if raw.ndim == 1 or raw.shape[-1] == 1:
        scalar = raw if raw.ndim == 1 else raw[..., 0]
        best = _cut(scalar, output, target)
    else:
        best = _class_of_column(raw.shape[-1], target)[raw.argmax(axis=-1)]
    if target.form is LabelForm.PER_STEP:
        return best.reshape(len(best), -1)
    return best if best.ndim == 1 else best.reshape(len(best), -1)[:, 0]


def probabilities(raw: np.ndarray, output: OutputDescription, target: Target) -> np.ndarray:
    """Probability of each class, or of each label where a row has several.

    Args:
        raw: outputs of the model, rows first, finite.
        output: head of the model.
        target: what it is meant to answer; one class or several labels a row.

    Returns:
        Shape (rows, classes), 0 to 1.
    """
    raw = raw.reshape(len(raw), -1).astype(float)
    if target.form is LabelForm.MULTI_HOT:
        return _sigmoid(raw) if _are_logits(output) else np.clip(raw, 0.0, 1.0)
    if raw.shape[1] == 1:
        second = _probability_of_second(raw[:, 0], output, target)
        return np.stack([1.0 - second, second], axis=1)
    if _are_logits(output):
        shares = np.exp(raw - raw.max(axis=1, keepdims=True))
    else:
        shares = np.clip(raw, 0.0, None)
    columns = _class_of_column(raw.shape[1], target)
    classes = int(max(columns.max() + 1, len(target.classes)))
    by_class = np.zeros((len(raw), classes))
    for column, position in enumerate(columns):
        if position >= 0:
            by_class[:, position] += shares[:, column]
    total = by_class.sum(axis=1, keepdims=True)
    shares = by_class / np.where(total > 0.0, total, 1.0)
    return np.asarray(np.where(total > 0.0, shares, 1.0 / classes))


def numbers(
    raw: np.ndarray, labels: np.ndarray, output: OutputDescription, target: Target
) -> tuple[np.ndarray, np.ndarray]:
    """Answers and labels as numbers of one shape.

    A head with one column a class answers the mean class value under its probabilities.

    Args:
        raw: outputs of the model, rows first, finite.
        labels: labels as they were given.
        output: head of the model.
        target: what it is meant to answer.

    Returns:
        Answers and labels, each shape (rows, values).
    """
    answers = raw.reshape(len(raw), -1).astype(float)
    truth = labels.reshape(len(labels), -1).astype(float)
    if truth.shape[1] == 1 and answers.shape[1] > 1 and target.classes:
        shares = probabilities(raw, output, target)[:, : len(target.classes)]
        answers = shares @ np.array(target.classes[: shares.shape[1]])[:, None]
    answers, truth = np.broadcast_arrays(answers, truth)
    return answers, truth


def _is_one_hot_per_step(labels: np.ndarray, target: Target) -> bool:
    if target.form is not LabelForm.PER_STEP or labels.ndim < 3 or labels.shape[-1] < 2:
        return False
    return bool(np.all(labels.sum(axis=-1) == 1.0) and np.isin(labels, (0.0, 1.0)).all())


def _positions(values: np.ndarray, classes: tuple[float, ...]) -> np.ndarray:
    if not classes:
        return np.asarray(np.rint(values)).astype(int)
    known = np.array(classes, dtype=float)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(np.where(known[place] == values, place, -1))


def _class_of_column(columns: int, target: Target) -> np.ndarray:
    values = np.array(target.classes, dtype=float)
    fits = bool(len(values) and np.isin(values, np.arange(columns)).all())
    if target.form is not LabelForm.ONE_HOT and fits:
        return _positions(np.arange(columns, dtype=float), target.classes)
    return np.arange(columns)


def _cut(scalar: np.ndarray, output: OutputDescription, target: Target) -> np.ndarray:
    if target.form is LabelForm.ONE_HOT or len(target.classes) == 2:
        return np.asarray(scalar > _threshold(output, target)).astype(int)
    if not target.classes:
        return np.asarray(np.rint(scalar)).astype(int)
    distance = np.abs(scalar[..., None] - np.array(target.classes, dtype=float))
    return np.asarray(distance.argmin(axis=-1))


def _threshold(output: OutputDescription, target: Target) -> float:
    if _are_logits(output) or output.loss is LossKind.HINGE:
        return 0.0
    if output.activation in _PROBABILITIES or len(target.classes) != 2:
        return 0.5
    return float(np.mean(target.classes))


def _probability_of_second(
    scalar: np.ndarray, output: OutputDescription, target: Target
) -> np.ndarray:
    if _are_logits(output):
        return _sigmoid(scalar)
    if output.loss is LossKind.HINGE:
        return np.asarray(np.clip((scalar + 1.0) / 2.0, 0.0, 1.0))
    low, high = 0.0, 1.0
    if output.activation not in _PROBABILITIES and len(target.classes) == 2:
        low, high = target.classes
    return np.asarray(np.clip((scalar - low) / (high - low), 0.0, 1.0))


def _are_logits(output: OutputDescription) -> bool:
    # A loss that takes logits does not make logits of what a sigmoid or a softmax answers.
    return bool(output.from_logits) and output.activation not in _PROBABILITIES


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0))))
