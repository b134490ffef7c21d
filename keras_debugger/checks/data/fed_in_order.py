"""What it costs a run that its rows came in order."""

import numpy as np

from keras_debugger.checks.constant_predictor import constant_loss
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom

LARGEST_SWING = 0.05  # of the loss of a constant guess
FEWEST_STEPS = 8  # in the last epoch


def cost_of_order(record: TrainingRecord) -> tuple[Severity, Symptom | None]:
    """How bad rows in order are for a run, and as what it shows.

    The model forgets one class while it sees the next: the loss of the steps is high for a while
    at each change. That is a warning also where the run ends well.
    """
    severity = severity_by_outcome(record)
    if swing(record) > LARGEST_SWING:
        return max(severity, Severity.WARNING), Symptom.LOSS_OSCILLATES
    return severity, symptom_by_outcome(record, severity)


def swing(record: TrainingRecord) -> float:
    """How much the loss of neighbouring steps rises and falls together in the last epoch.

    The root of the covariance of each step's loss with that of the next, divided by the loss of a
    constant guess: about 0 for rows in random order, whatever the noise of single batches.

    Returns:
        0 or more; NaN if too few steps were recorded or the loss of a constant guess is unknown.
    """
    constant = constant_loss(record)
    if not (record.has(Need.STEPS) and constant > 0):
        return float("nan")
    steps = record.steps
    losses = steps.loss[steps.epoch == steps.epoch[-1]] if steps.epoch.size else steps.loss
    losses = losses[np.isfinite(losses)]
    if losses.size < FEWEST_STEPS:
        return float("nan")
    apart = losses - losses.mean()
    return float(np.sqrt(max(np.mean(apart[1:] * apart[:-1]), 0.0)) / constant)
