"""LOS105: the training loss, or validation, goes up and down without settling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import smooth
from keras_debugger.checks.tasks import validation_rows
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class OscillatingLoss(Check):
    """The training loss, or validation, goes up and down without settling.

    Sees: the training loss and the validation accuracy of each epoch.
    Formula: climb = sum of all rises from one epoch to the next; progress = first - lowest loss.
        Fires when climb >= `min_climb` x progress, climb >= `min_share` of the first loss, the
        second half of the run climbs at least a third of it, and the median change from epoch to
        epoch in that half is `min_swing` x progress (noise alone climbs without end). Fires too
        when the smoothed loss gives back `min_rebound` x progress at once, and `min_rebound_share`
        of the first loss. Fires too when the validation accuracy changes by `min_accuracy_swing`
        from epoch to epoch (median of the second half of the run), over a range of
        `min_accuracy_range`, unless `few_rows` validation rows or fewer make that chance.
    Source: total variation against net change saw .70 of high learning rates at no false alarm on
        30 healthy runs (method study); measured on real logs by benchmarks/score_logs.py, where the
        noisiest healthy one climbs .97 of its progress and gives back .13, and the validation
        accuracy of none swings by more than .05, over more than .08.
    Known problems: very small data sets or batches climb by their noise alone. A cyclic learning
        rate makes the loss go up and down on purpose.
    Fixes: lower-learning-rate, decay-learning-rate, larger-batches.
    """

    code: ClassVar[str] = "LOS105"
    name: ClassVar[str] = "oscillating-loss"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_OSCILLATES

    min_epochs: int = 8
    min_climb: float = 1.2  # of the progress
    min_share: float = 0.2  # of the first loss
    min_swing: float = 0.12  # of the progress
    min_rebound: float = 0.3  # of the progress
    min_rebound_share: float = 0.15  # of the first loss
    min_accuracy_swing: float = 0.1
    min_accuracy_range: float = 0.2
    few_rows: int = 50

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        few = (validation_rows(record) or np.inf) <= self.few_rows
        return judge_runs(
            record.epochs,
            lambda run: self._judge(run) or (None if few else self._held_out(run)),
        )

    def _judge(self, run: Run) -> Finding | None:
        loss = run.long_curve("loss", at_least=self.min_epochs)
        rises = np.maximum(np.diff(loss), 0.0)
        progress, first = float(loss[0] - loss.min()), abs(float(loss[0]))
        climb, late = float(rises.sum()), float(rises[len(rises) // 2 :].sum())
        level = smooth(loss)
        rebound = float((level - np.minimum.accumulate(level)).max())
        swing = float(np.median(np.abs(np.diff(loss[len(loss) // 2 :]))))
        climbs = climb >= max(self.min_climb * progress, self.min_share * first)
        if climbs and climb > 0 and late >= climb / 3 and swing >= self.min_swing * progress:
            text = f"climbs {climb:.4g} in all over {int((rises > 0).sum())} epochs"
            value, limit = climb, self.min_climb
        elif rebound > max(self.min_rebound * progress, self.min_rebound_share * first):
            text, value, limit = f"rises again by {rebound:.4g}", rebound, self.min_rebound
        else:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=f"The training loss {text}, against a progress of {progress:.4g} in the run.",
            place="loss",
            epoch=int(run.epochs_of("loss")[int(rises.argmax()) + 1]),
            value=value / progress if progress > 0 else float("inf"),
            limit=limit,
            confidence=0.8,
        )

    def _held_out(self, run: Run) -> Finding | None:
        accuracy = run.validation_accuracy
        late = accuracy[len(accuracy) // 2 :]
        if len(accuracy) < self.min_epochs or np.ptp(late) < self.min_accuracy_range:
            return None
        swing = float(np.median(np.abs(np.diff(late))))
        if swing < self.min_accuracy_swing:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The validation accuracy jumps by {swing:.2g} from epoch to epoch, between "
                f"{late.min():.3g} and {late.max():.3g} in the second half of the run."
            ),
            place=f"val_{run.accuracy}",
            epoch=int(run.epoch[-1]),
            value=swing,
            limit=self.min_accuracy_swing,
            confidence=0.7,
        )
