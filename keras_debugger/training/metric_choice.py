"""Which metric speaks for a model: chosen from the labels and the loss, or by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.training.answers import Target
from keras_debugger.training.row_errors import Measure
from keras_debugger.types.record import (
    DataProfile,
    LabelProfile,
    ModelDescription,
    OutputDescription,
)
from keras_debugger.types.vocabulary import (
    CLASS_FORMS,
    CROSSENTROPIES,
    REGRESSION_LOSSES,
    LabelForm,
    LossKind,
)

# Accuracy hides a class that is rarer than this share of an even split, or a larger majority.
RARE_SHARE_OF_EVEN = 0.2
LARGE_MAJORITY = 0.8

NUMBER_LOSSES = REGRESSION_LOSSES | {LossKind.POISSON}
_NAMES = {measure.value: measure for measure in Measure} | {
    "acc": Measure.ACCURACY,
    "mae": Measure.MEAN_ABSOLUTE_ERROR,
    "mse": Measure.MEAN_SQUARED_ERROR,
}
_OF_CLASSES = frozenset({Measure.ACCURACY, Measure.BALANCED_ACCURACY, Measure.AUC})
_OF_NUMBERS = frozenset({Measure.R2, Measure.MEAN_ABSOLUTE_ERROR, Measure.MEAN_SQUARED_ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputMetric:
    """What is measured at one output.

    Args:
        name: name of the labels, empty for a single unnamed set.
        measure: what is measured.
        target: what the output is meant to answer.
        loss: loss of the original, for `Measure.LOSS`.
        loss_name: its name.
        low: smallest label that is judged; a row with a lower one is left out.
        high: largest label that is judged.
    """

    name: str
    measure: Measure
    target: Target
    loss: LossKind
    loss_name: str
    low: float = float("-inf")
    high: float = float("inf")

    @property
    def needs_own_loss(self) -> bool:
        """Whether only the model's own loss object can tell the error."""
        if self.measure is not Measure.LOSS or self.loss in NUMBER_LOSSES:
            return False
        return self.loss not in CROSSENTROPIES or self.target.form not in CLASS_FORMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What is compared between an original and a fixed model; the mean over the outputs.

    Args:
        name: name for people, such as `accuracy` or `mean_squared_error`.
        outputs: what is measured at each output.
    """

    name: str
    outputs: tuple[OutputMetric, ...]


def choose_metric(model: ModelDescription, data: DataProfile, metric: str = "auto") -> Metric:
    """Choose what is compared.

    Args:
        model: the original model.
        data: profile of the training data.
        metric: `auto`, or one of `accuracy`, `balanced_accuracy`, `auc`, `r2`,
            `mean_absolute_error` (`mae`), `mean_squared_error` (`mse`), `loss`. `auto` takes
            accuracy for classes (balanced if they are very unequal), R2 for numbers, and the
            compiled loss for labels of another kind.

    Returns:
        The metric.

    Raises:
        InvalidArgumentError: there is no such metric, or it does not fit the labels.
    """
    if not isinstance(metric, str) or (metric != "auto" and metric not in _NAMES):
        raise InvalidArgumentError(
            given=f"metric={metric!r}",
            expected=f"auto or one of {', '.join(sorted(_NAMES))}",
            do="leave metric out, or choose one of these",
        )
    if not data.labels:
        raise InvalidArgumentError(
            given="data without labels",
            expected="labels that a model can be compared on",
            do="give (x, y); for an autoencoder give (x, x)",
        )
    asked = _NAMES.get(metric)
    outputs = tuple(
        _output_metric(labels, _head(model, labels, position), model.metrics, asked)
        for position, labels in enumerate(data.labels)
    )
    if asked is not None and not any(output.measure is asked for output in outputs):
        raise InvalidArgumentError(
            given=f"metric={metric!r} for labels that are "
            + ", ".join(output.target.form.value for output in outputs),
            expected="accuracy, balanced_accuracy or auc for classes; r2, mae or mse for numbers",
            do="leave metric out to have it chosen from the labels",
        )
    names = tuple(dict.fromkeys(output.measure.value for output in outputs))
    return Metric(name=" and ".join(names), outputs=outputs)


def labels_of(y: Any, spec: OutputMetric, position: int) -> np.ndarray:
    """Labels of one output.

    Args:
        y: labels of all outputs: an array, or a list, tuple or dict of arrays.
        spec: the output.
        position: its position among the outputs.
    """
    if isinstance(y, Mapping):
        return np.asarray(y[spec.name] if spec.name in y else list(y.values())[position])
    return np.asarray(y[position] if isinstance(y, list | tuple) else y)


def _output_metric(
    labels: LabelProfile,
    head: OutputDescription | None,
    compiled: tuple[str, ...],
    asked: Measure | None,
) -> OutputMetric:
    numeric = _is_numeric(labels, head, compiled)
    fitting = {Measure.LOSS}
    if not numeric and (labels.form in CLASS_FORMS or labels.form is LabelForm.PER_STEP):
        fitting |= _OF_CLASSES
        if labels.form is LabelForm.PER_STEP:
            fitting -= {Measure.AUC}
    if numeric or labels.form in (LabelForm.INTEGER_CLASSES, LabelForm.BINARY):
        fitting |= _OF_NUMBERS
    return OutputMetric(
        name=labels.name,
        measure=asked if asked in fitting else _best_measure(labels, numeric, fitting),
        target=Target(form=labels.form, classes=labels.classes),
        loss=head.loss if head else LossKind.OTHER,
        loss_name=head.loss_name if head else "",
    )


def _best_measure(labels: LabelProfile, numeric: bool, fitting: set[Measure]) -> Measure:
    if numeric:
        return Measure.R2
    if Measure.ACCURACY in fitting:
        return Measure.BALANCED_ACCURACY if _is_unequal(labels) else Measure.ACCURACY
    return Measure.LOSS


def _is_numeric(
    labels: LabelProfile, head: OutputDescription | None, compiled: tuple[str, ...]
) -> bool:
    if labels.form is LabelForm.CONTINUOUS:
        return True
    if labels.form is LabelForm.PER_STEP:
        return not labels.integer_valued
    # Whole numbers under a loss for numbers, with one output unit and no accuracy asked for.
    return (
        labels.form is LabelForm.INTEGER_CLASSES
        and head is not None
        and head.units == 1
        and head.loss in NUMBER_LOSSES
        and not any("acc" in name for name in compiled)
    )


def _is_unequal(labels: LabelProfile) -> bool:
    if labels.form is LabelForm.MULTI_HOT:
        return not RARE_SHARE_OF_EVEN / 2 <= labels.mean <= 1.0 - RARE_SHARE_OF_EVEN / 2
    if len(labels.counts) < 2:
        return False
    total = sum(labels.counts)
    rare = min(labels.counts) * len(labels.counts) / total
    return rare < RARE_SHARE_OF_EVEN or max(labels.counts) / total > LARGE_MAJORITY


def _head(model: ModelDescription, labels: LabelProfile, position: int) -> OutputDescription | None:
    for output in model.outputs:
        if labels.name and output.name == labels.name:
            return output
    return model.outputs[position] if position < len(model.outputs) else None
