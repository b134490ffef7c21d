"""What an activation can reach, and which task a record is about."""

from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import (
    CLASS_FORMS,
    CROSSENTROPIES,
    REGRESSION_LOSSES,
    Activation,
    LabelForm,
    LossKind,
    Need,
)

BOUNDS = {
    Activation.SIGMOID: (0.0, 1.0),
    Activation.HARD_SIGMOID: (0.0, 1.0),
    Activation.SOFTMAX: (0.0, 1.0),
    Activation.TANH: (-1.0, 1.0),
    Activation.SOFTSIGN: (-1.0, 1.0),
    Activation.RELU: (0.0, float("inf")),
    Activation.RELU6: (0.0, 6.0),
    Activation.SOFTPLUS: (0.0, float("inf")),
    Activation.EXPONENTIAL: (0.0, float("inf")),
}


def is_regression(record: TrainingRecord) -> bool | None:
    """Whether the first output predicts numbers; None if the record does not tell."""
    loss = None
    if record.model_description is not None and record.model.outputs:
        loss = record.model.outputs[0].loss
    form = None
    if record.data_profile is not None and record.data.labels:
        form = record.data.labels[0].form
    if loss in CROSSENTROPIES or form in CLASS_FORMS - {LabelForm.INTEGER_CLASSES}:
        return False
    if form is LabelForm.CONTINUOUS:
        return True
    if loss in REGRESSION_LOSSES or loss is LossKind.POISSON:
        return not _counts_right_answers(record)
    return None if form is None else form is not LabelForm.INTEGER_CLASSES


def validation_rows(record: TrainingRecord) -> int | None:
    """Number of validation rows, None if it is not known."""
    rows = record.fit.validation_rows if record.has(Need.FIT) else None
    if rows is None and record.has(Need.VALIDATION_DATA):
        rows = record.validation_data.rows
    return rows


def _counts_right_answers(record: TrainingRecord) -> bool:
    return any("accuracy" in name or name == "acc" for name in record.model.metrics)
