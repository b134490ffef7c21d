"""LOS108: the training loss is still falling steadily when the run ends."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import (
    end_level,
    fall_rate_at_end,
    improvement,
    trend,
)
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class UnfinishedTraining(Check):
    """The training loss is still falling steadily when the run ends.

    Sees: the losses and the accuracy of each epoch.
    Formula: rate = fall an epoch over the last fifth / mean fall an epoch of the whole run; 1 is a
        straight line. Fires when rate >= `min_rate`, Kendall's tau of the last ten epochs is at
        most `max_tau`, the loss has fallen by less than `max_improvement`, and the validation loss
        falls too.
    Source: ours. Kendall's tau below -.5 with a short path of the weights saw all low learning
        rates at no false alarm (method study); on curves alone the rate stands for the path.
        Healthy real logs end at a rate of at most .3; measured by benchmarks/score_logs.py.
    Known problems: a long flat start followed by a fall looks unfinished also when the fall is
        nearly over. Whether more epochs or a higher rate is the cure, the curve does not tell.
    Fixes: train-longer, raise-learning-rate, schedule-learning-rate.
    """

    code: ClassVar[str] = "LOS108"
    name: ClassVar[str] = "unfinished-training"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.SLOW_CONVERGENCE

    min_epochs: int = 5
    min_rate: float = 0.5  # of the mean fall
    max_tau: float = -0.7
    max_improvement: float = 0.85  # of the first loss
    good_accuracy: float = 0.97

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        loss, validation = run.curve("loss"), run.curve("val_loss")
        if len(loss) < self.min_epochs:
            raise TooShortError(f"log at least {self.min_epochs} epochs")
        rate = fall_rate_at_end(loss)
        if not rate >= self.min_rate or trend(loss[-10:])[0] > self.max_tau:
            return None
        if len(validation) >= self.min_epochs and trend(validation[-10:])[0] > -0.3:
            return None
        accuracy = run.train_accuracy
        done = len(accuracy) and end_level(accuracy) >= self.good_accuracy
        if improvement(loss) > self.max_improvement or done:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The training loss still falls at {rate:.0%} of its mean pace when the run ends "
                f"after {len(loss)} epochs ({loss[0]:.4g} to {loss[-1]:.4g})."
            ),
            place="loss",
            epoch=int(run.epoch[-1]),
            value=rate,
            limit=self.min_rate,
            confidence=0.85 if rate > 0.6 and len(loss) >= 10 else 0.7,
        )
