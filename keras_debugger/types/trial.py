"""Trial: a set-up that was trained, its record and its scores."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from keras_debugger.types.plan import Plan
from keras_debugger.types.record import TrainingRecord

LOSS_WEIGHT = 0.1  # of the loss ratio beside the error, where the error alone has many ties
WORST = 3.0  # rank scores are compared up to here; a failed trial has it
STUCK = 0.97  # share of a constant guess's error from which nothing was learnt yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good a model is on one part of the data; lower is better.

    Args:
        metric: the metric in the user's words, such as `accuracy`, `mean_squared_error`.
        value: the metric itself, in its own unit and direction.
        error: the metric as an error, 0 is perfect: 1 - accuracy, 1 - R2, the loss.
        constant_error: the same for the best constant predictor.
        row_errors: error of each row, shape (rows,), as a tuple; empty if it is not a mean of rows.
        finite: False if the model answered NaN or infinity; its error is then the constant one.
        loss_ratio: loss of the answers over that of the best constant answer, smooth where the
            error only counts (log loss for classes, squared error for numbers), at most 10; NaN if
            the labels have no such loss.
    """

    metric: str
    value: float
    error: float
    constant_error: float
    row_errors: tuple[float, ...] = ()
    finite: bool = True
    loss_ratio: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One training.

    Args:
        plan: what was changed.
        seed: seed of weights, data order and dropout.
        epochs: epochs trained.
        record: what was seen.
        selection: score on the selection part.
        held_out: score on the held-out part; None if the trial was only a choice.
        cost: share of one full training of the original that it took.
        seconds: time it took.
        failure: why it could not be trained, empty if it was.
    """

    plan: Plan
    seed: int
    epochs: int
    record: TrainingRecord
    selection: Score | None
    held_out: Score | None = None
    cost: float = 1.0
    seconds: float = float("nan")
    failure: str = ""

    @property
    def rank_score(self) -> float:
        """What short trials are ranked by, lower is better.

        The error on the selection part over that of a constant predictor, plus a tenth of the loss
        ratio; a trial that failed or answers NaN has the worst score.
        """
        score = self.selection
        if score is None or not score.finite:
            return WORST
        loss = 0.0 if math.isnan(score.loss_ratio) else LOSS_WEIGHT * score.loss_ratio
        return min(score.error / max(score.constant_error, 1e-12) + loss, WORST)

    @property
    def is_stuck(self) -> bool:
        """Whether its answers are no better than a constant guess."""
        score = self.selection
        return score is None or not score.finite or score.error >= STUCK * score.constant_error


def rank_scores(trials: Iterable[Trial]) -> list[float]:
    """Rank scores of trials that are compared with each other, lower is better.

    Where none is better than a constant guess yet, the errors are all alike and the loss ratios
    alone tell which is on its way.
    """
    trials = list(trials)
    scores = [trial.rank_score for trial in trials]
    if not all(trial.is_stuck for trial in trials):
        return scores
    ratios = [
        math.nan if trial.selection is None else trial.selection.loss_ratio for trial in trials
    ]
    if all(math.isnan(ratio) for ratio in ratios):
        return scores
    top = max(ratio for ratio in ratios if not math.isnan(ratio))
    failed = [trial.selection is None or not trial.selection.finite for trial in trials]
    return [
        max(WORST, top) if lost or math.isnan(ratio) else ratio
        for ratio, lost in zip(ratios, failed, strict=True)
    ]
