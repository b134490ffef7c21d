"""Which last activation and loss fit a set of labels: pure decisions, no edits."""

import math
from dataclasses import dataclass

from keras_debugger.types.record import LabelProfile, OutputDescription
from keras_debugger.types.vocabulary import CROSSENTROPIES, Activation, LabelForm, LossKind

BCE = LossKind.BINARY_CROSSENTROPY
CCE = LossKind.CATEGORICAL_CROSSENTROPY
SCCE = LossKind.SPARSE_CATEGORICAL_CROSSENTROPY
ON_CLASSES = (*CROSSENTROPIES, LossKind.HINGE)
LOGARITHMS = (LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR, LossKind.POISSON)  # of the answers
ABOVE_ZERO = (*LOGARITHMS, LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR)
RANGES = {
    Activation.SIGMOID: (0.0, 1.0),
    Activation.HARD_SIGMOID: (0.0, 1.0),
    Activation.SOFTMAX: (0.0, 1.0),
    Activation.TANH: (-1.0, 1.0),
    Activation.SOFTSIGN: (-1.0, 1.0),
    Activation.RELU: (0.0, math.inf),
    Activation.RELU6: (0.0, 6.0),
    Activation.SOFTPLUS: (0.0, math.inf),
    Activation.EXPONENTIAL: (0.0, math.inf),
    Activation.ELU: (-1.0, math.inf),
    Activation.SELU: (-1.758, math.inf),
    Activation.GELU: (-0.17, math.inf),
    Activation.SILU: (-0.279, math.inf),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputForm:
    """An activation and a loss that belong together.

    Args:
        activation: last activation.
        loss: loss.
        from_logits: whether the loss takes logits.
        units: units of the last layer, None to keep them.
    """

    activation: Activation
    loss: LossKind
    from_logits: bool = False
    units: int | None = None


class UnclearError(Exception):
    """It cannot be told what would fit; the message says what stands in the way."""


def fitting_output(
    output: OutputDescription, labels: LabelProfile, *, metrics: tuple[str, ...] = ()
) -> OutputForm:
    """The activation and loss that fit the labels and change the least.

    The loss is changed alone where that is enough: logits under a crossentropy of probabilities
    get `from_logits`, not another activation.

    Args:
        output: the output and its loss.
        labels: its labels.
        metrics: compiled metrics; `accuracy` tells classes from numbers where both are possible.

    Raises:
        UnclearError: the labels or the activation do not say what would fit.
    """
    if output.activation is Activation.OTHER:
        raise UnclearError("a last activation that we do not know")
    if labels.nonfinite:
        raise UnclearError("labels with NaN or infinity")
    match labels.form:
        case LabelForm.CONTINUOUS:
            return _for_numbers(output, labels)
        case LabelForm.MULTI_HOT:
            return _for_many_labels(output)
        case LabelForm.ONE_HOT:
            return _for_one_hot(output, len(labels.classes) or labels.shape[-1])
        case LabelForm.BINARY | LabelForm.INTEGER_CLASSES:
            return _for_integer_classes(output, labels, metrics)
        case LabelForm.PER_STEP if labels.integer_valued and labels.minimum >= 0:
            return _for_steps(output, labels)
        case _:
            raise UnclearError(f"labels that are {labels.form.value}")


def _for_numbers(output: OutputDescription, labels: LabelProfile) -> OutputForm:
    low, high = labels.minimum, labels.maximum
    if output.loss is SCCE:
        raise UnclearError("labels that are no whole numbers under a sparse crossentropy")
    as_shares = low >= 0.0 and high <= 1.0
    if output.loss in (*CROSSENTROPIES, LossKind.KL_DIVERGENCE) and as_shares:
        return _for_shares(output)
    loss = output.loss
    by_zero = loss is LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR and low == 0
    below_zero = low < 0 and loss in ABOVE_ZERO
    if loss in (*ON_CLASSES, LossKind.KL_DIVERGENCE) or by_zero or below_zero:
        loss = LossKind.MEAN_SQUARED_ERROR
    least, most = RANGES.get(output.activation, (-math.inf, math.inf))
    if loss in LOGARITHMS and least < 0:
        return OutputForm(activation=Activation.SOFTPLUS, loss=loss)
    fits = least <= low and high <= most and output.activation is not Activation.SOFTMAX
    return OutputForm(activation=output.activation if fits else Activation.LINEAR, loss=loss)


def _for_shares(output: OutputDescription) -> OutputForm:
    """Targets between 0 and 1 under a crossentropy: pixels or shares of classes."""
    if output.loss is BCE or output.units == 1:
        return _probability_or_logit(output, Activation.SIGMOID, BCE)
    return _probability_or_logit(output, Activation.SOFTMAX, output.loss)


def _for_many_labels(output: OutputDescription) -> OutputForm:
    return _probability_or_logit(output, Activation.SIGMOID, BCE)


def _for_one_hot(output: OutputDescription, classes: int) -> OutputForm:
    if output.units is not None and output.units != classes:
        raise UnclearError(f"{output.units} units for {classes} one-hot classes")
    if output.loss is BCE and output.activation is Activation.SIGMOID:
        return _probability_or_logit(output, Activation.SIGMOID, BCE)
    if output.loss is LossKind.KL_DIVERGENCE and output.activation is Activation.SOFTMAX:
        return OutputForm(activation=Activation.SOFTMAX, loss=LossKind.KL_DIVERGENCE)
    return _probability_or_logit(output, Activation.SOFTMAX, CCE)


def _for_integer_classes(
    output: OutputDescription, labels: LabelProfile, metrics: tuple[str, ...]
) -> OutputForm:
    binary = labels.form is LabelForm.BINARY
    if binary and labels.minimum == -1 and labels.maximum == 1:
        return _for_signs(output)
    counted = any("acc" in metric for metric in metrics)
    if output.loss in LOGARITHMS and not counted and labels.minimum >= 0:
        return _for_numbers(output, labels)
    classes = int(labels.maximum) + 1
    sparse = classes > 10 * max(2, len(labels.classes))
    if not labels.integer_valued or labels.minimum < 0 or sparse:
        raise UnclearError("labels that are not 0, 1, 2, ...")
    if output.units is None or output.units == 1:
        return _for_one_unit(output, labels, classes, counted=counted)
    if output.units < classes:
        raise UnclearError(f"{output.units} units for {classes} classes")
    return _probability_or_logit(output, Activation.SOFTMAX, SCCE)


def _for_one_unit(
    output: OutputDescription, labels: LabelProfile, classes: int, *, counted: bool
) -> OutputForm:
    if labels.form is not LabelForm.BINARY:
        if output.loss not in ON_CLASSES and not counted:
            raise UnclearError("whole numbers that may be classes or amounts")
        return OutputForm(activation=Activation.SOFTMAX, loss=SCCE, units=classes)
    if labels.maximum != 1 or labels.minimum != 0:
        raise UnclearError(f"two classes called {labels.minimum:g} and {labels.maximum:g}")
    signed = output.activation in (Activation.TANH, Activation.LINEAR)
    if output.loss is LossKind.HINGE and signed:
        return OutputForm(activation=output.activation, loss=LossKind.HINGE)
    return _probability_or_logit(output, Activation.SIGMOID, BCE)


def _for_signs(output: OutputDescription) -> OutputForm:
    """Labels -1 and 1: hinge or squared error on a tanh or linear output."""
    loss = output.loss
    if loss in CROSSENTROPIES:
        loss = LossKind.HINGE
    keep = output.activation in (Activation.TANH, Activation.LINEAR)
    return OutputForm(activation=output.activation if keep else Activation.TANH, loss=loss)


def _for_steps(output: OutputDescription, labels: LabelProfile) -> OutputForm:
    units = output.units or 1
    if len(labels.shape) > 1 and len(labels.classes) == labels.shape[-1] == units > 2:
        return _for_one_hot(output, units)
    if units == 1 and labels.maximum <= 1:
        return _probability_or_logit(output, Activation.SIGMOID, BCE)
    apart = not labels.shape or labels.shape[-1] in (1, None) or labels.shape[-1] != units
    if apart and units > labels.maximum:
        return _probability_or_logit(output, Activation.SOFTMAX, SCCE)
    raise UnclearError("labels for each step that may be one-hot or several at once")


def _probability_or_logit(
    output: OutputDescription, probability: Activation, loss: LossKind
) -> OutputForm:
    """Let a crossentropy on a linear output take logits; else give the output the activation."""
    if output.activation is Activation.LINEAR and output.loss in CROSSENTROPIES:
        return OutputForm(activation=Activation.LINEAR, loss=loss, from_logits=True)
    return OutputForm(activation=probability, loss=loss)
