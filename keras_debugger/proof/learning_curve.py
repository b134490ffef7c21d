"""Would more rows help? The fixed program trained on half and on a quarter of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from keras_debugger.training.part import Part, take
from keras_debugger.training.splitting import class_codes, set_apart
from keras_debugger.types.learning_curve import LearningCurve
from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    from keras_debugger.training.trainer import Trainer

SHARES = (0.5, 0.25)
FEWEST_ROWS = 20  # a subset of fewer says nothing


def learning_curve(
    trainer: Trainer, whole: Trial, others: Sequence[Trial], *, left: float
) -> tuple[LearningCurve | None, tuple[Trial, ...]]:
    """Train a plan on subsets of the training part, for as many steps as on all of it.

    Args:
        trainer: trains it.
        whole: the training of the plan on all rows.
        others: trainings of the same plan on other seeds, which tell how much of a difference is
            chance.
        left: trainings of the original that may be spent.

    Returns:
        The curve, None if nothing is left or the rows are too few, and the trials.
    """
    errors, trials = [_error(whole)], []
    rows = [trainer.parts.train.rows]
    for share in SHARES:
        part = _subset(trainer.parts.train, share, seed=whole.seed)
        cost = max(1, round(whole.epochs / share)) * part.rows * _cost_of_row(trainer)
        if part.rows < FEWEST_ROWS or cost > left:
            break
        smaller = trainer.on(replace(trainer.parts, train=part))
        epochs = max(1, round(whole.epochs / share))
        trial = smaller.train(whole.plan, seed=whole.seed, epochs=epochs, watched=False).trial
        left -= cost
        trials.append(replace(trial, cost=cost))
        errors.append(_error(trial))
        rows.append(part.rows)
    if not trials or not np.isfinite(errors).all():
        return None, tuple(trials)
    repeated = [error for error in map(_error, others) if np.isfinite(error)]
    curve = LearningCurve(
        rows=tuple(reversed(rows)),
        errors=tuple(reversed(errors)),
        noise=float(np.std(repeated, ddof=1)) if len(repeated) > 1 else float("nan"),
        cost=sum(trial.cost for trial in trials),
    )
    return curve, tuple(trials)


def _cost_of_row(trainer: Trainer) -> float:
    """Cost of one row in one epoch."""
    return 1.0 / ((trainer.setup.fit.epochs or 1) * trainer.parts.train.rows)


def _subset(part: Part, share: float, *, seed: int) -> Part:
    codes = class_codes(part.y)
    choice = set_apart(codes, part.rows, share, in_order=False, seed=seed)
    return take(part, choice.apart)


def _error(trial: Trial) -> float:
    known = trial.selection is not None and trial.selection.finite
    return trial.selection.error if trial.selection is not None and known else float("nan")
