"""LOS105: the training loss goes up and down without settling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class OscillatingLoss(Check):
    """The training loss goes up and down without settling.

    Sees: the training loss of each epoch.
    Formula: climb = sum of all rises from one epoch to the next. Fires when climb >= `min_climb` x
        the progress (first - lowest loss), climb >= `min_share` of the first loss, and the second
        half of the run climbs at least a third of it.
    Source: total variation against net change saw .70 of high learning rates at no false alarm on
        30 healthy runs (method study); measured on real logs by benchmarks/score_logs.py, where the
        noisiest healthy one climbs .97 of its progress.
    Known problems: very small data sets or batches climb by their noise alone. A cyclic learning
        rate makes the loss go up and down on purpose.
    Fixes: lower-learning-rate, schedule-learning-rate, larger-batches.
    """

    code: ClassVar[str] = "LOS105"
    name: ClassVar[str] = "oscillating-loss"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_OSCILLATES

    min_epochs: int = 8
    min_climb: float = 1.2  # of the progress
    min_share: float = 0.2  # of the first loss

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        loss = run.curve("loss")
        if len(loss) < self.min_epochs:
            raise TooShortError(f"log at least {self.min_epochs} epochs")
        rises = np.maximum(np.diff(loss), 0.0)
        climb, late = float(rises.sum()), float(rises[len(rises) // 2 :].sum())
        progress = float(loss[0] - loss.min())
        limit = max(self.min_climb * progress, self.min_share * abs(float(loss[0])))
        if climb < limit or late < climb / 3 or not climb:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The training loss climbs {climb:.4g} in all over {int((rises > 0).sum())} epochs,"
                f" against a progress of {progress:.4g}: it does not settle."
            ),
            place="loss",
            epoch=int(run.epochs_of("loss")[int(rises.argmax()) + 1]),
            value=climb / progress if progress else float("inf"),
            limit=self.min_climb,
            confidence=0.8,
        )
