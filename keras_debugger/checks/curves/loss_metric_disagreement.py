"""LOS112: the training loss is near its minimum, the accuracy is not."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.chance import at_chance_level, skill
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, improvement, smooth, trend
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class LossMetricDisagreement(Check):
    """The training loss goes where it should, the accuracy does not follow.

    Sees: training loss and accuracy of each epoch.
    Formula: fires when the loss falls by `min_improvement` or more and steadily, while the accuracy
        wins less than `max_gain` of what it lacked in the first epoch and ends below
        `good_accuracy`; also when the loss is exactly zero and the accuracy is below that.
    Source: ours; measured by benchmarks/score_logs.py. In healthy real logs the accuracy wins at
        least a tenth of what it lacks when the loss halves.
        A loss and an accuracy that both end at the level of a guess are left to LOS106.
    Known problems: accuracy on a regression says nothing and is told here too: the training may be
        sound, the metric is not. A loss that is mostly a weight penalty falls without any gain.
        Under a loss of one's own that loss is the likeliest cause, such as one whose sign is wrong.
    Fixes: fit-output, standard-loss.
    """

    code: ClassVar[str] = "LOS112"
    name: ClassVar[str] = "loss-metric-disagreement"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS})
    symptom: ClassVar[Symptom | None] = Symptom.LOSS_METRIC_DISAGREE

    min_epochs: int = 4
    min_improvement: float = 0.4  # of the first loss
    max_gain: float = 0.05  # of what the accuracy lacks
    good_accuracy: float = 0.9

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        model = record.model_description
        is_own = model is not None and any(one.has_other_loss for one in model.outputs[:1])
        causes = (CauseKind.WRONG_LOSS,) if is_own else ()
        return judge_runs(record.epochs, lambda run: self._judge(run, causes))

    def _judge(self, run: Run, causes: tuple[CauseKind, ...]) -> Finding | None:
        loss, accuracy = run.curve("loss"), run.train_accuracy
        if not len(accuracy):
            raise TooShortError('log an accuracy: compile(metrics=["accuracy"])')
        if min(len(loss), len(accuracy)) < self.min_epochs:
            raise TooShortError(f"log at least {self.min_epochs} epochs")
        if end_level(accuracy) >= self.good_accuracy:
            return None
        gain = skill(float(smooth(accuracy).max()), float(accuracy[0]))
        if not loss.any():
            return self._found(
                run,
                f"The training loss is exactly zero, the accuracy only {end_level(accuracy):.3g}.",
                gain,
                severity=Severity.ERROR,
                causes=causes,
            )
        if improvement(loss) < self.min_improvement or gain >= self.max_gain:
            return None
        if trend(loss)[0] > -0.5 or at_chance_level(loss, accuracy):
            return None
        return self._found(
            run,
            f"The training loss falls from {loss[0]:.4g} to {end_level(loss):.4g}, the accuracy "
            f"goes from {accuracy[0]:.3g} to {end_level(accuracy):.3g}.",
            gain,
            severity=Severity.WARNING,
            causes=causes,
        )

    def _found(
        self,
        run: Run,
        summary: str,
        gain: float,
        *,
        severity: Severity,
        causes: tuple[CauseKind, ...],
    ) -> Finding:
        return self.finding(
            severity=severity,
            summary=summary,
            place=run.accuracy or "",
            epoch=int(run.epoch[-1]),
            value=gain,
            limit=self.max_gain,
            confidence=0.85,
            causes=causes,
        )
