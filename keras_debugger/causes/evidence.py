"""What the record says beside the findings: which causes the program hardly allows."""

from collections.abc import Iterator

from keras_debugger.types.record import (
    DataProfile,
    FitDescription,
    ModelDescription,
    TrainingRecord,
)
from keras_debugger.types.vocabulary import Activation, CauseKind, LabelForm, LayerKind, LossKind

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


def unlikely_causes(record: TrainingRecord) -> frozenset[CauseKind]:
    """Causes whose object is not in the program, as far as the record tells.

    There is no unstable custom loss without a custom loss, no lag of batch normalisation without
    one, no missing clipping where gradients are clipped.
    """
    found: set[CauseKind] = set()
    if record.model_description is not None:
        found.update(_by_model(record.model_description))
    if record.data_profile is not None:
        found.update(_by_data(record.data_profile))
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
    if not any(layer.dropout > 0 or layer.l1 > 0 or layer.l2 > 0 for layer in model.layers):
        yield CauseKind.TOO_MUCH_REGULARIZATION
    if all(layer.trainable or not layer.parameters for layer in model.layers):
        yield CauseKind.FROZEN_LAYERS
    saturating = [
        layer
        for layer in model.layers
        if layer.activation in SATURATING
        and not layer.is_output
        and layer.path not in {output.layer for output in model.outputs}
        and layer.kind in (LayerKind.DENSE, LayerKind.CONV, LayerKind.ACTIVATION)
    ]
    if not saturating:
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


def _by_data(data: DataProfile) -> Iterator[CauseKind]:
    forms = {labels.form for labels in data.labels}
    if forms and LabelForm.CONTINUOUS not in forms and LabelForm.OTHER not in forms:
        yield CauseKind.TARGETS_NOT_SCALED
    if forms == {LabelForm.CONTINUOUS}:
        yield CauseKind.CLASS_IMBALANCE
    if data.complete and data.inputs:
        broken = any(one.nonfinite_rows for one in data.inputs)
        if not broken and not any(one.nonfinite for one in data.labels):
            yield CauseKind.NAN_IN_DATA


def _by_fit(fit: FitDescription) -> Iterator[CauseKind]:
    if fit.shuffle:
        yield CauseKind.NOT_SHUFFLED
    if fit.has_validation is False:
        yield CauseKind.PREPROCESSING_MISMATCH
        yield CauseKind.UNREPRESENTATIVE_SPLIT
