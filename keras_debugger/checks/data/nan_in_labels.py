"""DAT103: labels hold NaN or infinite values."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import GOOD, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class NanInLabels(Check):
    """Training labels hold NaN or infinite values.

    Sees: the number of label values that are not finite.
    Formula: fires at one.
    Source: arithmetic: one such label makes the loss of its batch and every weight NaN.
    Known problems: a loss of its own that masks missing labels can live with them; where the run
        ends well this is a note.
    Fixes: clean-data, drop-broken-rows.
    """

    code: ClassVar[str] = "DAT103"
    name: ClassVar[str] = "nan-in-labels"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        for labels in record.data.labels:
            if labels.nonfinite:
                lives = quality(record) >= GOOD
                finding = self.finding(
                    severity=Severity.NOTE if lives else Severity.ERROR,
                    summary=f"{labels.nonfinite} training labels are NaN or infinite.",
                    place=labels.name,
                    value=float(labels.nonfinite),
                    limit=0.0,
                    confidence=0.97,
                    causes=(CauseKind.NAN_IN_DATA,),
                )
                return (finding,)
        return ()
