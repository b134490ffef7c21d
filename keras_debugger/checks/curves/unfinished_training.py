"""LOS108: the training loss is still falling steadily when the run ends."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.chance import reaches
from keras_debugger.checks.curves.pace import MIN_EPOCHS, MIN_RATE, steady_fall
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.outcome import lead_of_simple_models, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class UnfinishedTraining(Check):
    """The training loss is still falling steadily when the run ends.

    Sees: the losses and the accuracy of each epoch.
    Formula: pace = fall an epoch over the last fifth / mean fall an epoch of the whole run; 1 is a
        straight line. Fires at a pace of one half and more when Kendall's tau of the last ten
        epochs is at most -.7, the validation loss falls too, and the loss has not yet lost 85 % of
        its first value. A note if the run has come `max_quality` of the way, or its accuracy to
        `high_accuracy`: there is little left to gain, unless a simple model, cross-validated, is
        ahead by `min_lead` (half of what LOS109 asks of a run that has settled).
    Source: ours. Kendall's tau below -.5 with a short path of the weights saw all low learning
        rates at no false alarm (method study); on curves alone the rate stands for the path.
        Healthy real logs end at a rate of at most .3; measured by benchmarks/score_logs.py.
    Known problems: a long flat start followed by a fall looks unfinished also when the fall is
        nearly over. Whether more epochs or a higher rate is the cure, the curve does not tell.
    Fixes: train-longer, raise-learning-rate, smaller-batches.
    """

    code: ClassVar[str] = "LOS108"
    name: ClassVar[str] = "unfinished-training"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.SLOW_CONVERGENCE

    min_epochs: int = MIN_EPOCHS
    max_quality: float = 0.8  # share of the way from a constant guess to no error
    high_accuracy: float = 0.9  # where the level of a guess is not known
    min_lead: float = 0.075  # of balanced accuracy or R2

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        reached, lead = quality(record), lead_of_simple_models(record)
        return judge_runs(record.epochs, lambda run: self._judge(run, reached, lead=lead))

    def _judge(self, run: Run, reached: float, *, lead: float) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        pace = steady_fall(run)
        if pace is None:
            return None
        is_nearly_there = lead < self.min_lead and self._is_nearly_there(run, reached)
        return self.finding(
            severity=Severity.NOTE if is_nearly_there else Severity.WARNING,
            summary=(
                f"The training loss still falls at {pace:.0%} of its mean pace when the run ends "
                f"after {len(loss)} epochs ({loss[0]:.4g} to {loss[-1]:.4g})."
            ),
            place="loss",
            epoch=int(run.epoch[-1]),
            value=pace,
            limit=MIN_RATE,
            confidence=0.85 if pace > 0.6 and len(loss) >= 10 else 0.7,
        )

    def _is_nearly_there(self, run: Run, reached: float) -> bool:
        if np.isfinite(reached):
            return reached >= self.max_quality
        scores = run.validation_accuracy if len(run.validation_accuracy) else run.train_accuracy
        return reaches(scores, self.high_accuracy)
