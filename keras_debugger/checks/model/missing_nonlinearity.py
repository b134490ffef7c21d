"""MOD111: no hidden layer has a non-linearity."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.layer_order import is_linear_link, next_layers
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, ModelDescription, TrainingRecord
from keras_debugger.types.vocabulary import Activation, CauseKind, LayerKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class MissingNonlinearity(Check):
    """Hidden layers follow each other without a non-linearity: together they are one linear layer.

    Sees: kind and activation of the layers and what takes their output.
    Formula: dense and convolutional hidden layers whose output reaches the next weights through
        linear layers only. Fires if that holds for all of them; a note if for some.
    Source: arithmetic: a product of matrices is a matrix.
    Known problems: a narrow linear layer in front of a wide one factorises weights on purpose (a
        note). Max pooling and normalisation over the batch count as linear here.
    Fixes: change-hidden-activation.
    """

    code: ClassVar[str] = "MOD111"
    name: ClassVar[str] = "missing-nonlinearity"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        hidden = [layer for layer in record.model.hidden if layer.kind in _LINEAR_KINDS]
        linear = [layer for layer in hidden if _meets_weights_linearly(record.model, layer)]
        if not linear:
            return ()
        others = [layer for layer in record.model.hidden if layer.kind in _NON_LINEAR_KINDS]
        every = len(linear) == len(hidden) and not others
        place = linear[0].path
        severity = severity_by_outcome(record) if every else Severity.NOTE
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"{len(linear)} of {len(hidden)} hidden layers have no non-linearity "
                f"before the next weights, first {place}.",
                place=place,
                value=float(len(linear)),
                limit=0.0,
                confidence=0.9 if every else 0.3,
                causes=(CauseKind.MISSING_NONLINEARITY,) if every else (),
            ),
        )


_LINEAR_KINDS = frozenset({LayerKind.DENSE, LayerKind.CONV})
_NON_LINEAR_KINDS = frozenset(
    {LayerKind.RECURRENT, LayerKind.ATTENTION, LayerKind.OTHER, LayerKind.WRAPPER}
)


def _meets_weights_linearly(model: ModelDescription, layer: LayerDescription) -> bool:
    if layer.activation is not Activation.LINEAR:
        return False
    seen, waiting = {layer.path}, list(next_layers(model, layer))
    while waiting:
        other = waiting.pop()
        if other.path in seen:
            continue
        seen.add(other.path)
        if other.kind in _LINEAR_KINDS:
            return True
        if is_linear_link(other):
            waiting += next_layers(model, other)
    return False
