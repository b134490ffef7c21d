"""LOS111: training is good, validation is bad from the first epoch."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, improvement
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ValidationMismatch(Check):
    """Training is good and validation is bad from the first epoch on.

    Sees: training and validation loss and accuracy of each epoch.
    Formula: the training loss improves by `min_improvement` or more, the validation loss by less
        than half of that share; and in the first epoch and at the end, and in nine of ten epochs,
        the validation accuracy is `min_gap` below the training accuracy (without accuracy, the
        validation loss is `min_ratio` x the training loss).
    Source: the ratio of the losses after one epoch alone has false alarms on 25 % of healthy runs
        (method study), so it must last to the end and validation must not improve.
    Known problems: overfitting within the first epoch looks the same. Batch normalisation whose
        statistics lag is bad at first and mends later; this check then fires only if it does not.
    Fixes: stratify-split, align-preprocessing, change-batch-norm-momentum.
    """

    code: ClassVar[str] = "LOS111"
    name: ClassVar[str] = "validation-mismatch"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS, Need.VALIDATION})
    symptom: ClassVar[Symptom | None] = Symptom.VALIDATION_MISMATCH
    hint: ClassVar[str] = "give validation_data or validation_split to fit"

    min_epochs: int = 3
    min_improvement: float = 0.2  # of the first loss
    min_gap: float = 0.2  # of accuracy
    min_ratio: float = 3.0  # of losses

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        train, validation = run.curve("loss"), run.curve("val_loss")
        if min(len(train), len(validation)) < self.min_epochs or run.epoch[0] > 0:
            raise TooShortError(f"log the first {self.min_epochs} epochs with validation")
        gain = improvement(train)
        if gain < self.min_improvement or improvement(validation) > gain / 2:
            return None
        scores, held_out = run.train_accuracy, run.validation_accuracy
        if len(scores) and len(scores) == len(held_out):
            apart, limit, what = scores - held_out, self.min_gap, "accuracy"
            ends = f"{end_level(scores):.3g} in training, {end_level(held_out):.3g} in validation"
        elif len(train) == len(validation) and (train > 0).all():
            apart, limit, what = validation / train, self.min_ratio, "loss"
            ends = f"{end_level(train):.3g} in training, {end_level(validation):.3g} in validation"
        else:
            return None
        bad = apart >= limit
        if not (bad[0] and np.mean(bad) >= 0.9 and end_level(apart) >= limit):
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=f"From the first epoch on validation is far off: {what} ends at {ends}.",
            place="val_loss",
            epoch=int(run.epoch[0]),
            value=end_level(apart),
            limit=limit,
            confidence=0.8,
        )
