"""LOS111: training is good, validation is bad from the first epoch."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.curves.held_out_gap import MIN_EPOCHS, MIN_GAP, MIN_RATIO, early_gap
from keras_debugger.checks.curves.runs import Run, judge_runs
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class ValidationMismatch(Check):
    """Training is good and validation is bad from the first epoch on.

    Sees: training and validation loss and accuracy of each epoch.
    Formula: gap = training accuracy - validation accuracy (without accuracy, validation loss /
        training loss). Fires when its median over the first epochs and its level at the end are at
        least .2 (a ratio of 3), three of four epochs reach half of that, and the validation loss
        improves by less than half as much as the training loss, which improves by a fifth or more.
    Source: the ratio of the losses after one epoch alone has false alarms on 25 % of healthy runs
        (method study), so it must last to the end and validation must lag; measured by
        benchmarks/score_logs.py.
    Known problems: overfitting within the first epoch looks the same. Batch normalisation whose
        statistics lag is bad at first and mends later; this check then fires only if it does not.
    Fixes: batch-norm-momentum, shuffle; else one preprocessing and a stratified split.
    """

    code: ClassVar[str] = "LOS111"
    name: ClassVar[str] = "validation-mismatch"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EPOCHS, Need.VALIDATION})
    symptom: ClassVar[Symptom | None] = Symptom.VALIDATION_MISMATCH
    hint: ClassVar[str] = "give validation_data or validation_split to fit"

    min_epochs: int = MIN_EPOCHS

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_runs(record.epochs, self._judge)

    def _judge(self, run: Run) -> Finding | None:
        shortest = min(len(run.curve("loss")), len(run.curve("val_loss")))
        if shortest < self.min_epochs or run.epoch[0] > 0:
            raise TooShortError(f"log the first {self.min_epochs} epochs with validation")
        gap = early_gap(run)
        if gap is None:
            return None
        first, end = gap
        has_accuracy = bool(len(run.train_accuracy))
        what = "accuracy is lower by" if has_accuracy else "loss is larger by a factor of"
        return self.finding(
            severity=Severity.WARNING,
            summary=(
                f"The validation {what} {first:.3g} in the first epochs and by {end:.3g} at the "
                "end: validation is bad before the model can have learned rows by heart."
            ),
            place="val_loss",
            epoch=int(run.epoch[0]),
            value=first,
            limit=MIN_GAP if has_accuracy else MIN_RATIO,
            confidence=0.8,
        )
