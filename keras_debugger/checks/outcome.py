"""How well a run ended: a suspicious fact is a problem only where it costs something."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from keras_debugger.checks.constant_predictor import constant_loss
from keras_debugger.checks.tasks import is_regression
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import DataProfile, SimpleModel, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LossKind, Need, Severity, Symptom

GOOD = 0.9  # of the way from a constant guess to no error; at or above it nothing was lost
FAIR = 0.5  # below it no comparison with simple models makes a result good
POOR = 0.3  # below it the run reached next to nothing

_OF_HELD_OUT_ROWS = frozenset(
    {
        CauseKind.OVERCAPACITY,
        CauseKind.CLASS_IMBALANCE,
        CauseKind.UNREPRESENTATIVE_SPLIT,
        CauseKind.PREPROCESSING_MISMATCH,
        CauseKind.LABELS_CORRUPTED,
    }
)


def quality(record: TrainingRecord) -> float:
    """How far the final model came from the best constant guess (0) towards no error (1).

    The answers on the probe batch are asked first, as balanced accuracy; then a logged accuracy
    against the share of the largest class; then the loss, on held-out data if there are any,
    against the loss of the best constant predictor. Where none of these is known, such as with a
    loss of one's own on numbers, and simple models say how much noise there is: how well the
    answers on the probe batch agree with the labels.

    Returns:
        At most 1, negative if worse than a constant guess, NaN if the record does not tell.
        A model that answers NaN has 0.
    """
    for judge in (by_answers, _by_accuracy, _by_error, _by_agreement):
        value = judge(record)
        if not np.isnan(value):
            return value
    return float("nan")


def held_out_quality(record: TrainingRecord) -> float:
    """The same on validation data only: accuracy against chance, else the loss; NaN if unknown."""
    log = record.prediction_log
    if log is not None and log.from_validation:
        return quality(record)
    values = np.concatenate([_log(record, "val_accuracy"), _log(record, "val_acc")])
    counts = record.data_profile.labels[0].counts if record.data_profile else ()
    if values.size and len(counts) > 1 and is_regression(record) is False:
        chance = 1.0 / len(counts)
        return float((values[-1] - chance) / (1.0 - chance))
    return _error_quality(record, held_out=True)


def training_quality(record: TrainingRecord) -> float:
    """The same from the training loss alone: 1 - lowest loss / loss of a constant guess, or NaN."""
    losses = _log(record, "loss")
    constant = constant_loss(record)
    if losses.size == 0 or not constant > 0:
        return float("nan")
    return float(1.0 - losses.min() / constant)


def severity_by_outcome(
    record: TrainingRecord, *, unknown: Severity = Severity.WARNING, held_out: bool = False
) -> Severity:
    """Severity of a fact that is harmless in some programs.

    Args:
        record: the run.
        unknown: what to say if the record does not tell how well the run ended.
        held_out: whether a bad result on validation data counts too.

    Returns:
        NOTE if the run reached what there is to reach (GOOD, or FAIR and no less than the best
        simple model), ERROR if next to nothing, else WARNING.
    """
    reached = quality(record)
    if held_out:
        reached = float(np.fmin(reached, held_out_quality(record)))
    if np.isnan(reached):
        return unknown
    if reached >= min(GOOD, max(FAIR, attainable(record))):
        return Severity.NOTE
    return Severity.ERROR if reached < POOR else Severity.WARNING


def attainable(record: TrainingRecord) -> float:
    """How far the best simple model gets on rows it has not seen, as `quality`; 1 if not tried."""
    return max(
        ((model.score - model.chance) / max(1.0 - model.chance, 1e-9) for model in peers(record)),
        default=1.0,
    )


def peers(record: TrainingRecord) -> tuple[SimpleModel, ...]:
    """The simple models that the run can be compared with; none if they were not tried.

    None for labels of several numbers: a ridge regression copies the inputs that an autoencoder has
    to squeeze.
    """
    data = record.data_profile
    if data is None or (_asks_for_several_numbers(data) and is_regression(record) is not False):
        return ()
    return data.simple_models


def _asks_for_several_numbers(data: DataProfile) -> bool:
    return bool(data.labels) and data.labels[0].shape not in ((), (1,))


def best_peer(record: TrainingRecord) -> SimpleModel | None:
    """The best of the simple models that the run can be compared with, None if there is none."""
    return max(peers(record), key=lambda model: model.score, default=None)


def lead_of_simple_models(record: TrainingRecord) -> float:
    """By how much the best simple model is ahead, in balanced accuracy or R2; 0 if unknown."""
    reached, best = quality(record), best_peer(record)
    if best is None or np.isnan(reached):
        return 0.0
    return best.score - (best.chance + reached * (1.0 - best.chance))


def symptom_by_outcome(record: TrainingRecord, severity: Severity) -> Symptom | None:
    """What a fact that holds learning back makes of a run: it underfits, if that is known."""
    reached = float(np.fmin(quality(record), held_out_quality(record)))
    costs = severity > Severity.NOTE and reached < GOOD
    return Symptom.UNDERFITTING if costs else None


def with_symptom(findings: Iterable[Finding], record: TrainingRecord) -> tuple[Finding, ...]:
    """The findings; where none above a note says what can be seen, facts say that it underfits.

    Args:
        findings: what the checks found.
        record: the run.

    Returns:
        The same findings. If no problem has a symptom, those that name a cause in the program or
        its inputs get UNDERFITTING, provided that the run ended below GOOD.
    """
    given = tuple(findings)
    problems = [finding for finding in given if finding.severity > Severity.NOTE]
    can_tell = record.has(Need.MODEL) and record.has(Need.DATA)
    if not can_tell or any(finding.symptom is not None for finding in problems):
        return given
    return tuple(
        replace(finding, symptom=symptom_by_outcome(record, finding.severity))
        if _holds_back(finding)
        else finding
        for finding in given
    )


def _holds_back(finding: Finding) -> bool:
    """Whether a finding names causes that keep a model from learning, not from generalising."""
    return bool(finding.causes) and not set(finding.causes) & _OF_HELD_OUT_ROWS


def by_answers(record: TrainingRecord) -> float:
    """The same from the last answers to the probe batch, as balanced accuracy; NaN if unknown."""
    log = record.prediction_log
    if log is None or log.step.size == 0:
        return float("nan")
    if not log.finite[-1]:
        return 0.0
    if log.recall is None or is_regression(record):
        return float("nan")
    recall = log.recall[-1][np.isfinite(log.recall[-1])]
    if recall.size < 2:
        return float("nan")
    chance = 1.0 / recall.size
    return float((recall.mean() - chance) / (1.0 - chance))


def by_agreement(record: TrainingRecord) -> float:
    """Squared correlation of the last answers with the labels of the probe batch; NaN if unknown.

    A model that answers the same for every row has 0.
    """
    log = record.prediction_log
    if log is None or log.agreement is None or not log.step.size:
        return float("nan")
    return float(np.nan_to_num(log.agreement[-1]))


def _by_agreement(record: TrainingRecord) -> float:
    return by_agreement(record) if peers(record) else float("nan")


def _by_accuracy(record: TrainingRecord) -> float:
    if is_regression(record) is not False or record.data_profile is None:
        return float("nan")
    counts = record.data.labels[0].counts if record.data.labels else ()
    for name in ("val_accuracy", "val_acc", "accuracy", "acc"):
        values = _log(record, name)
        if values.size and len(counts) > 1:
            chance = max(counts) / sum(counts)
            return float((values[-1] - chance) / (1.0 - chance))
    return float("nan")


def _by_error(record: TrainingRecord) -> float:
    of_others = _error_quality(record, held_out=True)
    return _error_quality(record, held_out=False) if np.isnan(of_others) else of_others


def _error_quality(record: TrainingRecord, *, held_out: bool) -> float:
    losses = _log(record, "val_loss" if held_out else "loss")
    constant = constant_loss(record, held_out=held_out)
    if not losses.size or not constant > 0:
        return float("nan")
    part = losses[-1] / constant
    if record.model.outputs[0].loss is LossKind.MEAN_ABSOLUTE_ERROR:
        part = part**2  # on the scale of the squared error
    return float(1.0 - part)


def _log(record: TrainingRecord, name: str) -> np.ndarray:
    """Finite values of one log, shape (epochs with a value,)."""
    return np.empty(0) if record.epoch_logs is None else record.epoch_logs.finite(name)
