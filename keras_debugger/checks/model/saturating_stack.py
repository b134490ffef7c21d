"""MOD122: a deep stack of saturating hidden activations."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import POOR, quality, severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Activation, CauseKind, LayerKind, Need, Severity

_FLAT = frozenset({Activation.SIGMOID, Activation.HARD_SIGMOID})
_CENTRED = frozenset({Activation.TANH, Activation.SOFTSIGN})
_KINDS = frozenset({LayerKind.DENSE, LayerKind.CONV, LayerKind.ACTIVATION})


@dataclass(frozen=True, kw_only=True)
class SaturatingStack(Check):
    """A deep stack of hidden layers whose activations saturate, without normalisation.

    Sees: activations of the hidden layers, and how the run ended.
    Formula: number of sigmoid layers, and of tanh layers, in models that do not normalise. Fires
        above `max_sigmoid` or `max_tanh`; a warning only if the run reached next to nothing.
    Source: Glorot and Bengio 2010: the slope of a sigmoid is at most 1/4, so each layer shortens
        the gradient by four or more. The depths are ours.
    Known problems: with an adaptive optimizer and patience such stacks can learn: then a note.
    Fixes: change-hidden-activation, add-batch-norm.
    """

    code: ClassVar[str] = "MOD122"
    name: ClassVar[str] = "saturating-stack"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_sigmoid: int = 3  # layers
    max_tanh: int = 8  # layers

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        heads = {output.layer for output in record.model.outputs}
        hidden = [
            layer
            for layer in record.model.layers
            if layer.kind in _KINDS and layer.path not in heads and not layer.is_output
        ]
        if any(layer.kind is LayerKind.NORMALIZATION for layer in record.model.layers):
            return ()
        flat = [layer for layer in hidden if layer.activation in _FLAT]
        centred = [layer for layer in hidden if layer.activation in _CENTRED]
        if len(flat) > self.max_sigmoid:
            stack, limit = flat, self.max_sigmoid
        elif len(centred) > self.max_tanh:
            stack, limit = centred, self.max_tanh
        else:
            return ()
        harm = quality(record) < POOR
        return (
            self.finding(
                severity=severity_by_outcome(record) if harm else Severity.NOTE,
                summary=f"{len(stack)} hidden layers have {stack[0].activation.value} as their "
                "activation, and nothing normalises between them.",
                place=stack[0].path,
                value=float(len(stack)),
                limit=float(limit),
                confidence=0.9 if harm else 0.5,
                causes=(CauseKind.SATURATING_ACTIVATION,),
            ),
        )
