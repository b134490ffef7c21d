"""LOS115: the validation set is too small to judge by."""

import math
from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check, TooShortError
from keras_debugger.checks.tasks import validation_rows
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class SmallValidationSet(Check):
    """The validation set is too small to tell models apart.

    Sees: the number of validation rows.
    Formula: the 95 % interval of an accuracy of one half is +- 1.96 sqrt(.25 / rows). Fires when it
        is wider than `max_half_width`.
    Source: the binomial distribution.
    Known problems: rows that belong together (frames, patients) count as fewer than they are.
    Fixes: none by itself; a larger validation_split, or cross-validation.
    """

    code: ClassVar[str] = "LOS115"
    name: ClassVar[str] = "small-validation-set"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.VALIDATION})
    symptom: ClassVar[Symptom | None] = None
    hint: ClassVar[str] = "give validation_data or validation_split to fit"

    max_half_width: float = 0.1  # of accuracy

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        rows = validation_rows(record)
        if rows is None:
            raise TooShortError("record the run with keras_debugger.Recorder(): it counts the rows")
        half_width = 1.96 * math.sqrt(0.25 / max(rows, 1))
        if half_width <= self.max_half_width:
            return ()
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=(
                    f"With {rows} validation rows an accuracy is known to +- {half_width:.2f} only."
                ),
                value=half_width,
                limit=self.max_half_width,
                confidence=0.95,
            ),
        )
