"""MOD114: a weight penalty is strong enough to swamp the loss."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class PenaltyTooStrong(Check):
    """A weight penalty is strong enough to swamp the loss of the data.

    Sees: factors of the L1 and L2 penalties of each layer, and how the run ended.
    Formula: fires for an L2 factor above `max_l2` or an L1 factor above `max_l1`.
    Source: ours: .03 separates over-regularised from healthy set-ups in our injected faults; usual
        factors are 1e-5 to 1e-2.
    Known problems: the right factor depends on the scale of the loss and the number of rows; where
        the run ends well this is a note.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "MOD114"
    name: ClassVar[str] = "penalty-too-strong"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_l2: float = 0.03  # unit of the loss per squared weight
    max_l1: float = 0.01  # unit of the loss per weight

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        layers = record.model.layers
        hit = [layer for layer in layers if layer.l2 > self.max_l2 or layer.l1 > self.max_l1]
        if not hit:
            return ()
        worst = max(hit, key=lambda layer: max(layer.l2 / self.max_l2, layer.l1 / self.max_l1))
        by_l2 = worst.l2 / self.max_l2 >= worst.l1 / self.max_l1
        kind, factor, limit = (
            ("L2", worst.l2, self.max_l2) if by_l2 else ("L1", worst.l1, self.max_l1)
        )
        severity = severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"{len(hit)} layers have a strong weight penalty, {worst.path} {kind} with "
                f"{factor:g}.",
                place=worst.path,
                value=factor,
                limit=limit,
                confidence=0.9,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            ),
        )
