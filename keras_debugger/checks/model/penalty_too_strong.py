"""MOD114: a weight penalty is strong enough to swamp the loss."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, VariableRole

_PENALISED = frozenset({VariableRole.KERNEL, VariableRole.EMBEDDINGS})


@dataclass(frozen=True, kw_only=True)
class PenaltyTooStrong(Check):
    """A weight penalty is strong enough to swamp the loss of the data.

    Sees: factors of the L1 and L2 penalties of each layer, norms of the kernels and the loss of the
        first step, and how the run ended.
    Formula: fires for an L2 factor above `max_l2` or an L1 factor above `max_l1`; or if the
        sum of L2 factor x squared norm of the kernels is above `max_share` of the first loss.
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
        """What the penalties are of the first loss, where norms and losses were recorded."""
        if not (record.has(Need.GRADIENTS) and record.has(Need.STEPS)):
            return ()
        log, losses = record.gradients, record.steps.loss
        if not log.step.size or log.step[0] != 0 or not losses.size or not losses[0] > 0:
            return ()
        factors = {layer.name: layer.l2 for layer in record.model.layers}
        parts = {
            variable.path: factors.get(variable.layer, 0.0) * float(norm) ** 2
            for variable, norm in zip(log.variables, log.weight_norm[0], strict=True)
            if variable.role in _PENALISED
        }
        share = sum(parts.values()) / float(losses[0])
        if not share > self.max_share:
            return ()
        words = f"Weight penalties make up {share:.0%} of the loss of the first step."
        place = max(parts, key=lambda path: parts[path])
        return self._found(record, words, place=place, value=share, limit=self.max_share)

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
