"""What the record says beside the findings: which causes the program allows, and suggests."""

import math
from collections.abc import Collection, Iterator

import numpy as np

from keras_debugger.types.record import (
    DataProfile,
    FitDescription,
    InputProfile,
    LabelProfile,
    LayerDescription,
    ModelDescription,
    OutputDescription,
    TrainingRecord,
)
from keras_debugger.types.vocabulary import (
    CROSSENTROPIES,
    Activation,
    CauseKind,
    LabelForm,
    LayerKind,
    LossKind,
    Need,
)

# A cause that the program hardly allows; not zero, since descriptions can be incomplete.
HARDLY = 0.03
SATURATING = (
    Activation.SIGMOID,
    Activation.HARD_SIGMOID,
    Activation.TANH,
    Activation.SOFTSIGN,
    Activation.SOFTMAX,
)
BOUNDED_RECURRENT = (*SATURATING, Activation.RELU6)
# A cause whose object stands out. Of the 100 healthy programs of benchmarks/programs at most 3 have
# any one of these; other people's have them more often, so the ratio is far below 100 / 3.
STANDS_OUT = 4.0
STRONG_DROPOUT = 0.5
STRONG_PENALTY = 0.01
DEEP = 3  # saturating layers
FEW_UPDATES = 100
# Inputs that need no scaling: pixels from 0 to 1, one-hot columns, standardised tables.
UNIT_SIZE, UNIT_SPREAD, UNEVEN = 15.0, 0.05, 100.0
# How far simple models get from a constant guess to no error, and what that says of the labels.
# Those that teach much can be rescaled or partly wrong, but are not random.
LITTLE, NOT_TAUGHT = 0.15, 8.0
MUCH, TAUGHT = 0.5, 0.2


def ratios_of_program(
    record: TrainingRecord, named: Collection[CauseKind] = ()
) -> dict[CauseKind, float]:
    """Likelihood ratios of the causes that the program itself speaks for or against.

    Args:
        record: the run.
        named: causes that a finding reads off: they are there, whatever else the program says.
    """
    ratios = dict.fromkeys(striking_causes(record), STANDS_OUT)
    ratios |= dict.fromkeys(unlikely_causes(record).difference(named), HARDLY)
    if record.data_profile is not None:
        reach = _reach(record.data_profile)
        if reach < LITTLE:
            ratios[CauseKind.LABELS_CORRUPTED] = NOT_TAUGHT
        elif reach > MUCH:
            told = (CauseKind.LABELS_CORRUPTED, CauseKind.INPUTS_CONSTANT)
            ratios |= dict.fromkeys(set(told).difference(named), TAUGHT)
    return ratios


def striking_causes(record: TrainingRecord) -> frozenset[CauseKind]:
    """Causes whose object stands out in the program, as far as the record tells.

    Most programs have a learning rate and inputs; few have strong dropout or a dozen updates.
    """
    found: set[CauseKind] = set()
    if record.model_description is not None:
        layers = record.model_description.layers
        if any(
            layer.dropout >= STRONG_DROPOUT or max(layer.l1, layer.l2) >= STRONG_PENALTY
            for layer in layers
        ):
            found.add(CauseKind.TOO_MUCH_REGULARIZATION)
        if len(_saturating(record.model_description)) >= DEEP:
            found.add(CauseKind.SATURATING_ACTIVATION)
        if any(output.has_other_loss for output in record.model_description.outputs):
            found.add(CauseKind.WRONG_LOSS)
    if record.fit_description is not None and record.fit_description.shuffle is False:
        found.add(CauseKind.NOT_SHUFFLED)
    logs = record.step_logs
    if logs is not None and logs.step.size and logs.step[-1] < FEW_UPDATES:
        found.add(CauseKind.TOO_FEW_UPDATES)
    return frozenset(found)


def unlikely_causes(record: TrainingRecord) -> frozenset[CauseKind]:
    """Causes whose object is not in the program, as far as the record tells.

    There is no unstable custom loss without a custom loss, no lag of batch normalisation without
    one, no missing clipping where gradients are clipped.
    """
    found: set[CauseKind] = set()
    if record.model_description is not None:
        found.update(_by_model(record.model_description))
        if record.has(Need.GRADIENTS) and record.gradients.without_gradient:
            found.discard(CauseKind.FROZEN_LAYERS)
    if record.data_profile is not None:
        found.update(_by_data(record.data_profile))
    found.update(_by_outputs(record))
    if record.fit_description is not None:
        found.update(_by_fit(record.fit_description))
    return frozenset(found)


def _by_model(model: ModelDescription) -> Iterator[CauseKind]:
    hidden = model.hidden
    if model.outputs and all(output.loss is not LossKind.OTHER for output in model.outputs):
        yield CauseKind.UNSTABLE_CUSTOM_LOSS
    recurrent = [
        layer
        for layer in model.layers
        if layer.kind in (LayerKind.RECURRENT, LayerKind.WRAPPER)
        and layer.activation not in BOUNDED_RECURRENT
    ]
    if not recurrent:
        yield CauseKind.UNBOUNDED_RECURRENT_ACTIVATION
    if not any(layer.momentum is not None for layer in model.layers):
        yield CauseKind.BATCH_NORM_STATISTICS_LAG
    if not _is_regularized(model):
        yield CauseKind.TOO_MUCH_REGULARIZATION
    if all(layer.trainable or not layer.parameters for layer in model.layers):
        yield CauseKind.FROZEN_LAYERS
    if not _saturating(model):
        yield CauseKind.SATURATING_ACTIVATION
    weighted = [layer for layer in hidden if layer.kind in (LayerKind.DENSE, LayerKind.CONV)]
    separate = any(
        layer.kind is LayerKind.ACTIVATION and layer.activation is not Activation.LINEAR
        for layer in model.layers
    )
    if separate or not any(layer.activation is Activation.LINEAR for layer in weighted):
        yield CauseKind.MISSING_NONLINEARITY
    optimizer = model.optimizer
    if optimizer is not None and (
        optimizer.clipnorm or optimizer.clipvalue or optimizer.global_clipnorm
    ):
        yield CauseKind.UNCLIPPED_GRADIENTS


def _is_regularized(model: ModelDescription) -> bool:
    """Whether anything holds weights or answers back: penalty, bound, decay or noise."""
    if model.optimizer is not None and model.optimizer.weight_decay:
        return True
    return any(
        layer.dropout or layer.noise or layer.l1 or layer.l2 or layer.regularizers
        for layer in model.layers
    )


def _reach(data: DataProfile) -> float:
    """How far the best simple model gets from a constant guess to no error; NaN if none was made.

    A comparison with NaN is false: what was not tried speaks neither for nor against.
    """
    return max(
        (
            (model.score - model.chance) / max(1.0 - model.chance, 1e-9)
            for model in data.simple_models
        ),
        default=math.nan,
    )


def _saturating(model: ModelDescription) -> list[LayerDescription]:
    """Hidden layers with an activation that saturates."""
    outputs = {output.layer for output in model.outputs}
    return [
        layer
        for layer in model.layers
        if layer.activation in SATURATING
        and not layer.is_output
        and layer.path not in outputs
        and layer.kind in (LayerKind.DENSE, LayerKind.CONV, LayerKind.ACTIVATION)
    ]


def _by_outputs(record: TrainingRecord) -> Iterator[CauseKind]:
    """Causes that are ruled out where each output ends as its labels ask for."""
    pairs = record.labelled_outputs
    if pairs and all(_is_usual(output, labels) for output, labels in pairs):
        yield CauseKind.WRONG_OUTPUT_ACTIVATION
        yield CauseKind.LOGITS_MISMATCH


def _is_usual(output: OutputDescription, labels: LabelProfile) -> bool:
    """Whether an output has the usual last activation for its labels, and a loss that knows it."""
    several = (output.units or 0) > 1
    usual = {
        LabelForm.INTEGER_CLASSES: (Activation.SOFTMAX, several),
        LabelForm.ONE_HOT: (Activation.SOFTMAX, several),
        LabelForm.BINARY: (Activation.SIGMOID, output.units == 1),
        LabelForm.MULTI_HOT: (Activation.SIGMOID, several),
        LabelForm.CONTINUOUS: (Activation.LINEAR, True),
    }
    activation, fits = usual.get(labels.form, (Activation.OTHER, False))
    knows = output.loss not in CROSSENTROPIES or output.from_logits is False
    return fits and output.activation is activation and knows and not output.inner


def _by_data(data: DataProfile) -> Iterator[CauseKind]:
    forms = {labels.form for labels in data.labels}
    if forms and LabelForm.CONTINUOUS not in forms and LabelForm.OTHER not in forms:
        yield CauseKind.TARGETS_NOT_SCALED
    if forms == {LabelForm.CONTINUOUS}:
        yield CauseKind.CLASS_IMBALANCE
    if data.complete and data.inputs:
        if all(_is_on_unit_scale(one) for one in data.inputs):
            yield CauseKind.INPUTS_NOT_NORMALIZED
        broken = any(one.nonfinite_rows for one in data.inputs)
        if not broken and not any(one.nonfinite for one in data.labels):
            yield CauseKind.NAN_IN_DATA


def _is_on_unit_scale(one: InputProfile) -> bool:
    """Whether the numbers of an input are small, and those that vary do so about alike."""
    varies = one.maximum > one.minimum
    if not varies.any():
        return False
    sd = one.sd[varies]
    size = max(float(np.abs(one.maximum).max()), float(np.abs(one.minimum).max()))
    spread = float(sd.max())
    return size <= UNIT_SIZE and spread >= UNIT_SPREAD and spread <= UNEVEN * float(sd.min())


def _by_fit(fit: FitDescription) -> Iterator[CauseKind]:
    if fit.shuffle:
        yield CauseKind.NOT_SHUFFLED
    if fit.has_validation is False:
        yield CauseKind.PREPROCESSING_MISMATCH
        yield CauseKind.UNREPRESENTATIVE_SPLIT
