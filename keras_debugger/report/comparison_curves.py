"""The curves of a comparison: losses, metrics, gradient norms and learning rates over epochs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keras_debugger.types.record import StepLogs, TrainingRecord
from keras_debugger.types.trial import Trial

_RATES = ("learning_rate", "lr")


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel: values over epochs, whose run it is, and how it is drawn."""

    x: np.ndarray
    y: np.ndarray
    after: bool
    validation: bool = False
    main: bool = True


def records_of(trials: Sequence[Trial]) -> tuple[TrainingRecord, ...]:
    """The records of the trainings that did not fail."""
    return tuple(trial.record for trial in trials if not trial.failure)


def logged_metric(records: Sequence[TrainingRecord], metric: str) -> str:
    """Name of the log to draw as the metric; empty if only losses were logged."""
    names = [n for r in records if r.epoch_logs is not None for n in r.epoch_logs.values]
    names = [n for n in names if not n.startswith("val_") and n not in ("loss", *_RATES)]
    names = [n for n in names if not n.endswith("_loss")]
    if metric in names:
        return metric
    alike = [n for n in names if metric and (n in metric or metric in n)]
    return next(iter(alike or names), "")


def curves_of_log(name: str, record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    """A log and its values on validation data, each if it was logged."""
    if record.epoch_logs is None:
        return []
    curves = []
    for key, validation in ((name, False), (f"val_{name}", True)):
        if (values := record.epoch_logs.values.get(key)) is not None:
            x = np.arange(1, len(values) + 1, dtype=np.float64)
            curves.append(Curve(x, np.asarray(values, np.float64), after, validation, main))
    return curves


def curves_of_norms(record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    """The gradient norm over all variables, NaN where it is not finite; none if not recorded."""
    log = record.gradient_log
    if log is None or not len(log.step):
        return []
    norms = np.where(log.finite.all(axis=1), log.global_norm, np.nan)
    return [Curve(epochs_of(log.step, record), norms, after, main=main)]


def curves_of_rates(record: TrainingRecord, after: bool, main: bool) -> list[Curve]:
    """The learning rate of the steps, of the epoch logs, or the constant one; none if unknown."""
    steps = record.step_logs
    if steps is not None and np.isfinite(steps.learning_rate).any():
        return [Curve(epochs_of(steps.step, record), steps.learning_rate, after, main=main)]
    values = {} if record.epoch_logs is None else record.epoch_logs.values
    for key in _RATES:
        if key in values:
            x = np.arange(1, len(values[key]) + 1, dtype=np.float64)
            return [Curve(x, np.asarray(values[key], np.float64), after, main=main)]
    optimizer = record.model_description.optimizer if record.model_description else None
    if optimizer is None or optimizer.schedule or record.epoch_logs is None:
        return []
    x = np.array([0.0, max(1.0, record.epoch_logs.count)])
    return [Curve(x, np.full(2, optimizer.learning_rate), after, main=main)]


def epochs_of(step: np.ndarray, record: TrainingRecord) -> np.ndarray:
    """Optimizer steps on the axis of epochs: 0 at the start, 1 at the end of the first epoch."""
    known = record.step_logs
    if known is not None and len(known.step):
        return np.asarray(np.interp(step, known.step, _positions(known)))
    epochs = record.epoch_logs.count if record.epoch_logs is not None else 0
    last = float(step[-1]) if len(step) else 0.0
    return np.asarray(step, np.float64) * (epochs / last if epochs and last else 1.0)


def _positions(steps: StepLogs) -> np.ndarray:
    epochs, first, amount = np.unique(steps.epoch, return_index=True, return_counts=True)
    row = np.searchsorted(epochs, steps.epoch)
    inside = np.arange(len(steps.step)) - first[row]
    return np.asarray(steps.epoch + (inside + 1.0) / amount[row])
