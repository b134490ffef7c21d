"""MOD114: a penalty is strong enough to swamp the loss."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need


@dataclass(frozen=True, kw_only=True)
class PenaltyTooStrong(Check):
    """A penalty of weights or activations is strong enough to swamp the loss of the data.

    Sees: factors of the L1 and L2 penalties of each kernel, the loss of the first step and the part
        of it that is the sum of `model.losses` (penalties of any kind), and how the run ended.
    Formula: fires for an L2 factor above `max_l2` or an L1 factor above `max_l1`; or if
        penalties make up more than `max_share` of the first loss and a layer has a regularizer; or
        if they make up `min_share` of it and most of what the loss fell by (`max_paid`) is penalty,
        for then the model got rid of the penalty instead of learning.
    Source: ours: .03 separates over-regularised from healthy set-ups in our injected faults; usual
        factors are 1e-5 to 1e-2. Healthy runs begin with a share of at most .11.
    Known problems: the right factor depends on the scale of the loss and the number of rows; where
        the run ends well this is a note.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "MOD114"
    name: ClassVar[str] = "penalty-too-strong"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_l2: float = 0.03  # unit of the loss per squared weight
    max_l1: float = 0.01  # unit of the loss per weight
    max_share: float = 0.5  # of the loss of the first step
    min_share: float = 0.15  # of the loss of the first step
    max_paid: float = 0.5  # of the fall of the loss
    last: int = 10  # steps whose mean is the end

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        layers = record.model.layers
        hit = [layer for layer in layers if layer.l2 > self.max_l2 or layer.l1 > self.max_l1]
        if not hit:
            return self._by_share(record)
        worst = max(hit, key=lambda layer: max(layer.l2 / self.max_l2, layer.l1 / self.max_l1))
        by_l2 = worst.l2 / self.max_l2 >= worst.l1 / self.max_l1
        kind, factor, limit = (
            ("L2", worst.l2, self.max_l2) if by_l2 else ("L1", worst.l1, self.max_l1)
        )
        words = (
            f"{len(hit)} layers have a strong weight penalty, {worst.path} {kind} with {factor:g}."
        )
        return self._found(record, words, place=worst.path, value=factor, limit=limit)

    def _by_share(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """What all penalties are of the first loss, where both were recorded."""
        penalised = [
            layer.path
            for layer in record.model.layers
            if any(name.endswith("_regularizer") for name in layer.regularizers)
        ]
        steps = record.step_logs
        if not penalised or steps is None or steps.penalty is None or not steps.loss.size:
            return ()
        loss, penalty = float(steps.loss[0]), float(steps.penalty[0])
        if not 0.0 < penalty < loss:  # else the data have no loss of their own
            return ()
        share, place = penalty / loss, penalised[0]
        if share > self.max_share:
            words = f"Penalties make up {share:.0%} of the loss of the first step."
            return self._found(record, words, place=place, value=share, limit=self.max_share)
        paid = penalty - float(np.mean(steps.penalty[-self.last :]))
        fall = loss - float(np.mean(steps.loss[-self.last :]))
        if share < self.min_share or not paid > 0.5 * penalty or not paid > self.max_paid * fall:
            return ()
        words = f"The loss fell by {fall:.3g}, and its penalties by {paid:.3g} of that."
        value = paid / fall if fall > 0 else float("inf")
        return self._found(record, words, place=place, value=value, limit=self.max_paid)

    def _found(
        self, record: TrainingRecord, summary: str, *, place: str, value: float, limit: float
    ) -> tuple[Finding, ...]:
        severity = severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=summary,
                place=place,
                value=value,
                limit=limit,
                confidence=0.9,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            ),
        )
