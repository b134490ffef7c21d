"""Runs of few epochs that end unfinished: which plan trains longer, and at which rate."""

from collections.abc import Iterator, Sequence

import numpy as np

from keras_debugger.training.budget import Budget
from keras_debugger.types.edit import ScaleLearningRate, SetBatchSize, SetEpochs
from keras_debugger.types.plan import Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind

FEW_EPOCHS = 7  # of which a short trial is one, too short to tell plans from each other
FEWEST_EPOCHS = 2  # of which one costs too much to compare rates by
UNFINISHED = (CauseKind.TOO_FEW_UPDATES, CauseKind.LEARNING_RATE_TOO_LOW)


def longer_plan(budget: Budget, plans: Sequence[Plan], original: Trial) -> Plan | None:
    """The plan that deserves the first full training of a short run that ended unfinished.

    What a longer training gains shows in no short trial, so the record decides: where its likeliest
    cause is that too little was learnt in too few epochs, a plan that trains longer comes first. Of
    those the one with the highest rate is taken that falls faster in its first epoch than the
    original did; in a run of one or two epochs, where that look would cost half of the budget, the
    one that leaves the rate as it is.

    Args:
        budget: makes the trials of one epoch.
        plans: candidates, likeliest first.
        original: the full training of the original.

    Returns:
        The plan; None if the run is not of this kind.
    """
    if budget.full > FEW_EPOCHS or not plans or plans[0].cause not in UNFINISHED:
        return None
    least = _first_loss(original)
    for plan in sorted(_longer(plans), key=_rate, reverse=True):
        if _rate(plan) <= 1.0:  # its first epoch is that of the original
            return plan
        if budget.full > FEWEST_EPOCHS and budget.affordable(1.0 + 2.0 * budget.epoch):
            trial = budget.train(plan, 1, short=True)
            if _first_loss(trial) < least:
                return plan
    return None


def _longer(plans: Sequence[Plan]) -> Iterator[Plan]:
    for plan in plans:
        kinds = {type(edit) for edit in plan.edits}
        longer = SetEpochs in kinds and SetBatchSize not in kinds
        if longer and plan.cause is CauseKind.TOO_FEW_UPDATES:
            yield plan


def _rate(plan: Plan) -> float:
    factors = [edit.factor for edit in plan.edits if isinstance(edit, ScaleLearningRate)]
    return float(np.prod(factors))


def _first_loss(trial: Trial) -> float:
    """Validation loss after the first epoch; infinite if it is not known or not finite."""
    logs = trial.record.epoch_logs
    curve = None if logs is None else logs.values.get("val_loss")
    if curve is None or not len(curve) or not np.isfinite(curve[0]):
        return float("inf")
    return float(curve[0])
