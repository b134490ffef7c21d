"""The rules of a plain debugging workflow: fixed cut-offs, and one fix for each issue.

They are what many tutorials give, and what the checks of this package are measured against.
"""

from collections.abc import Sequence

import numpy as np

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.types.edit import (
    ClipNorm,
    Edit,
    ScaleLearningRate,
    Schedule,
    SetSchedule,
)
from keras_debugger.types.plan import AppliedFix, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind

WINDOW = 5  # epochs
DEEP = 10  # layers

# Issue -> own edits, then fixes of this package by name, in the order of the workflow.
REMEDIES: dict[str, tuple[tuple[Edit, ...], tuple[str, ...]]] = {
    "nan loss": ((ClipNorm(limit=1.0), ScaleLearningRate(factor=0.1)), ()),
    "loss divergence": ((ScaleLearningRate(factor=0.1),), ()),
    "exploding gradients": ((ClipNorm(limit=1.0),), ()),
    "vanishing gradients": ((), ("relu-activation", "batch-norm")),
    "not normalised": ((), ("normalize-inputs",)),
    "class imbalance": ((), ("balance-classes",)),
    "overfitting": ((), ("add-dropout", "add-l2")),
    "too many parameters": ((), ("add-dropout", "add-l2")),
    "deep without batch norm": ((), ("batch-norm",)),
    "slow convergence": (
        (ScaleLearningRate(factor=5.0), SetSchedule(schedule=Schedule.ON_PLATEAU)),
        ("change-initializer",),
    ),
}


def issues_of(record: TrainingRecord) -> tuple[str, ...]:
    """The issues whose rule fires, in the order of `REMEDIES`.

    The record holds the profile of the training data.
    """
    fired = {*issues_of_curves(record), *issues_of_gradients(record), *issues_of_data(record)}
    return tuple(issue for issue in REMEDIES if issue in fired)


def issues_of_curves(record: TrainingRecord) -> set[str]:
    """Loss divergence, NaN, overfitting, slow convergence."""
    if record.epoch_logs is None:
        return set()
    loss = record.epoch_logs.values.get("loss", np.empty(0))
    validation = record.epoch_logs.values.get("val_loss", np.empty(0))
    fired: set[str] = set()
    if not np.isfinite(loss).all():
        fired.add("nan loss")
    if len(loss) > 2 * WINDOW:
        if loss[-WINDOW:].mean() > loss[-2 * WINDOW : -WINDOW].mean():
            fired.add("loss divergence")
        if len(validation) and validation[-WINDOW:].mean() - loss[-WINDOW:].mean() > 0.5:
            fired.add("overfitting")
    if len(loss) > 4 * WINDOW and abs(loss[-1] - loss[-2 * WINDOW]) < 0.01:
        fired.add("slow convergence")
    return fired


def issues_of_gradients(record: TrainingRecord) -> set[str]:
    """The mean of the norms of all variables, at the last recorded step; NaN at any step."""
    try:
        norms = record.gradients.norm
        finite = record.gradients.finite
    except Exception:  # a run without gradients
        return set()
    if not len(norms):
        return set()
    fired = set() if finite.all() else {"nan loss"}
    mean = float(np.nanmean(norms[-1])) if np.isfinite(norms[-1]).any() else float("nan")
    if mean < 1e-7:
        fired.add("vanishing gradients")
    if mean > 100:
        fired.add("exploding gradients")
    return fired


def issues_of_data(record: TrainingRecord) -> set[str]:
    """Class balance, normalisation, parameters for each row, depth."""
    fired: set[str] = set()
    data, model = record.data_profile, record.model_description
    if data is not None:
        for labels in data.labels:
            if labels.counts and max(labels.counts) / max(min(labels.counts), 1) > 10:
                fired.add("class imbalance")
        for one in data.inputs:
            if np.abs(one.mean).mean() > 1 or np.mean(one.sd) > 10:
                fired.add("not normalised")
    if model is not None:
        weighted = [layer for layer in model.layers if layer.parameters]
        if data is not None and sum(one.parameters for one in weighted) / data.rows > 10:
            fired.add("too many parameters")
        normalised = any(one.kind is LayerKind.NORMALIZATION for one in model.layers)
        if len(weighted) > DEEP and not normalised:
            fired.add("deep without batch norm")
    return fired


def plan_against(issue: str, setup: TrainingSetup) -> Plan | None:
    """The fix of the workflow for an issue; None if nothing of it can be applied."""
    edits, names = REMEDIES[issue]
    changed = setup.with_edits(*edits)
    applied: list[AppliedFix] = []
    if edits:
        kind = FixKind.LOWER_LEARNING_RATE
        applied.append(AppliedFix(name=issue, kind=kind, edits=edits, reason="", risk=""))
    return combine(applied, names, changed)


def combine(applied: Sequence[AppliedFix], names: Sequence[str], setup: TrainingSetup):
    """A plan of what was applied and of those of the named fixes that can be applied on top."""
    known = {fix.name: fix for fix in ALL_FIXES}
    done = list(applied)
    for name in dict.fromkeys(names):
        try:
            setup, more = known[name].apply(setup)
        except NotApplicableError:
            continue
        done.append(more)
    if not done:
        return None
    return Plan(name=" + ".join(one.name for one in done), cause=None, fixes=tuple(done), prior=0.0)
