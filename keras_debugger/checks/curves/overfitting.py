"""LOS110: the training loss keeps falling while the validation loss rises."""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.held_out_gap import early_gap
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.checks.curves.statistics import end_level, smooth, trend
from keras_debugger.checks.tasks import validation_rows
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class Overfitting(Check):
    """The training loss keeps falling while the validation loss rises.

    Sees: training and validation loss and accuracy of each epoch.
    Formula: the best epoch is that of the lowest smoothed validation loss. rise = end level / best
        level - 1, cost = (end - best level) / first loss, gap = (validation - training loss at the
        end) / first loss, where the first loss is the larger of training and validation. Fires when
        rise >= `min_rise`, gap >= `min_gap`, the training loss still falls after the best epoch and
        the validation loss does not fall; half of `min_rise` is enough for a steady rise (Kendall's
        tau over `steady_tau`, p < .001). A cost below `min_cost` is a note. Fires too when the
        training accuracy is high and the validation accuracy is `min_accuracy_gap` below, and that
        gap has grown in the run. It is a note where `rows` validation rows could show the same by
        chance: the accuracy is less than two standard errors below that of training and below its
        own best (without accuracies, rise < sqrt(2 / rows)). Where validation is far off from the
        first epochs on, the finding is a consequence of that (LOS111).
    Source: rise alone has false alarms on 13 % of healthy runs, gap alone on 10 % (method study);
        both together with the cost are measured by benchmarks/score_logs.py.
    Known problems: with few validation rows the best epoch is chance. A validation loss can rise by
        overconfidence while the accuracy still grows; the summary tells both.
    Fixes: early-stopping, add-dropout, add-l2.
    """

    code: ClassVar[str] = "LOS110"
    name: ClassVar[str] = "overfitting"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS, Need.VALIDATION})
    symptom: ClassVar[Symptom | None] = Symptom.OVERFITTING
    hint: ClassVar[str] = "give validation_data or validation_split to fit"

    min_epochs: int = 4
    min_rise: float = 0.1  # of the best validation loss
    min_gap: float = 0.15  # of the first loss
    min_cost: float = 0.05  # of the first loss
    min_accuracy_gap: float = 0.25
    high_accuracy: float = 0.8
    clear_rise: float = 0.5  # of the best validation loss
    steady_tau: float = 0.7

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        rows = validation_rows(record)
        return judge_runs(record.epochs, lambda run: self._judge(run, rows))

    def _judge(self, run: Run, rows: int | None) -> Finding | None:
        by_accuracy = self._by_accuracy(run)
        paired = np.isfinite(run.values.get("loss", np.nan)) & np.isfinite(
            run.values.get("val_loss", np.nan)
        )
        if np.ndim(paired) == 0 or paired.sum() < self.min_epochs:
            if by_accuracy is None:
                raise TooShortError(f"log at least {self.min_epochs} epochs with validation")
            return by_accuracy
        found = self._by_loss(run, np.flatnonzero(paired)) or by_accuracy
        if found is not None and found is not by_accuracy and self._is_chance(run, rows, found):
            found = by_accuracy or replace(found, severity=Severity.NOTE, confidence=0.5)
        if found is not None and early_gap(run) is not None:
            return replace(found, consequence_of="LOS111", confidence=0.6)
        return found

    def _by_loss(self, run: Run, rows: np.ndarray) -> Finding | None:
        train, validation = run.values["loss"][rows], run.values["val_loss"][rows]
        level = smooth(validation)
        best = int(level.argmin())
        low, end = float(level[best]), end_level(validation)
        scale = max(abs(float(train[0])), abs(float(validation[0])))
        if best >= len(rows) - 2 or low <= 0 or end <= low:
            return None
        rise, cost = end / low - 1, (end - low) / scale
        gap = (end - end_level(train)) / scale
        falls = end_level(train) < 0.97 * float(smooth(train)[best])
        tau, p_value = trend(validation[best:])
        rises = rise >= self.clear_rise or tau > 0.1
        steady = tau >= self.steady_tau and p_value < 0.001
        if (
            rise < self.min_rise * (0.5 if steady else 1.0)
            or gap < self.min_gap
            or not (falls and rises)
        ):
            return None
        epoch = int(run.epoch[rows[best]])
        return self.finding(
            severity=Severity.NOTE if cost < self.min_cost else Severity.WARNING,
            summary=(
                f"The validation loss is lowest in epoch {epoch + 1} ({low:.4g}) and ends at "
                f"{end:.4g}, while the training loss falls to {end_level(train):.4g}; "
                f"stopping there would have saved {end - low:.2g} of loss"
                f"{self._accuracy_then(run, rows[best])}."
            ),
            place="val_loss",
            epoch=epoch,
            value=rise,
            limit=self.min_rise,
            confidence=self._confidence(rise, gap, len(rows)),
        )

    def _is_chance(self, run: Run, rows: int | None, found: Finding) -> bool:
        """Whether so few validation rows could show the same by chance."""
        if not rows:
            return False
        train, validation = run.train_accuracy, run.validation_accuracy
        if not (len(train) and len(validation)):
            return found.value < math.sqrt(2 / rows)
        level = end_level(validation)
        error = math.sqrt(max(level * (1 - level), 1 / rows) / rows)
        gap, lost = end_level(train) - level, float(smooth(validation).max()) - level
        return max(gap, lost) <= 2 * error

    def _confidence(self, rise: float, gap: float, epochs: int) -> float:
        clear = rise >= 2 * self.min_rise and gap >= 2 * self.min_gap
        return 0.95 if clear and epochs >= 8 else 0.8

    def _accuracy_then(self, run: Run, row: int) -> str:
        scores = run.validation_accuracy
        if len(scores) != len(run.epoch):
            return ""
        return f" (validation accuracy {scores[row]:.3g} there, {end_level(scores):.3g} at the end)"

    def _by_accuracy(self, run: Run) -> Finding | None:
        train, validation = run.train_accuracy, run.validation_accuracy
        if not (len(train) and len(validation)) or run.epoch[-1] < self.min_epochs - 1:
            return None
        gap, first = end_level(train) - end_level(validation), train[0] - validation[0]
        grown = len(train) == 1 or first < 0.5 * gap
        if gap < self.min_accuracy_gap or end_level(train) < self.high_accuracy or not grown:
            return None
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The training accuracy ends at {end_level(train):.3g}, the validation accuracy at "
                f"{end_level(validation):.3g}."
            ),
            place=f"val_{run.accuracy}",
            epoch=int(run.epoch[-1]),
            value=float(gap),
            limit=self.min_accuracy_gap,
            confidence=0.85 if len(train) >= self.min_epochs else 0.7,
        )
