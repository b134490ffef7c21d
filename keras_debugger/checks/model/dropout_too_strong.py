"""MOD115: dropout leaves too little of a layer."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class DropoutTooStrong(Check):
    """Dropout leaves too little of a layer to learn from.

    Sees: dropout rates, and how the run ended.
    Formula: fires for a rate above `max_rate`.
    Source: Srivastava et al. 2014, JMLR 15: .5 is best for most hidden layers; .6 is our limit.
    Known problems: very wide layers can bear more; where the run ends well this is a note.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "MOD115"
    name: ClassVar[str] = "dropout-too-strong"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_rate: float = 0.6  # share of units set to zero

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        hit = [layer for layer in record.model.layers if layer.dropout > self.max_rate]
        if not hit:
            return ()
        worst = max(hit, key=lambda layer: layer.dropout)
        severity = severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"{worst.path} drops {worst.dropout:.0%} of its units"
                + (f", and {len(hit) - 1} more layers nearly as many." if len(hit) > 1 else "."),
                place=worst.path,
                value=worst.dropout,
                limit=self.max_rate,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            ),
        )
