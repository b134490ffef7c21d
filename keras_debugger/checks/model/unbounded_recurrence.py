"""MOD120: a recurrent layer has an activation without bounds."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import GOOD, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, TrainingRecord
from keras_debugger.types.vocabulary import Activation, CauseKind, LayerKind, Need, Severity

_BOUNDED = frozenset(
    {
        Activation.TANH,
        Activation.SIGMOID,
        Activation.HARD_SIGMOID,
        Activation.SOFTSIGN,
        Activation.SOFTMAX,
        Activation.OTHER,
    }
)


@dataclass(frozen=True, kw_only=True)
class UnboundedRecurrence(Check):
    """A recurrent layer feeds itself with an activation that has no bounds.

    Sees: the activation of each recurrent layer, the lengths of gradients and how the run ended.
    Formula: fires for ReLU, linear and like activations inside a recurrent layer. A warning, unless
        gradients stay within `max_swing` of their median and the run reached something.
    Source: Pascanu et al. 2013, arXiv:1211.5063: a state that is multiplied at each step grows
        exponentially unless something bounds it.
    Known problems: Le et al. 2015, arXiv:1504.00941, train ReLU recurrence from identity weights;
        where the run ends well this is a note.
    Fixes: change-hidden-activation (tanh), clip-gradients.
    """

    code: ClassVar[str] = "MOD120"
    name: ClassVar[str] = "unbounded-recurrence"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_swing: float = 30.0  # largest / median gradient norm
    fair: float = 0.5  # share of the way from a constant guess to no error

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        hit = [
            layer
            for layer in record.model.layers
            if _is_recurrent(layer) and layer.activation not in _BOUNDED
        ]
        if not hit:
            return ()
        swing = self._swing(record)
        reached = quality(record)
        calm = reached >= GOOD or (reached >= self.fair and swing <= self.max_swing)
        return (
            self.finding(
                severity=Severity.NOTE if calm else Severity.WARNING,
                summary=f"{hit[0].path} feeds itself through {hit[0].activation.value}, which has "
                f"no bounds (largest gradient {swing:.3g} times the median).",
                place=hit[0].path,
                value=swing,
                limit=self.max_swing,
                confidence=0.5 if calm else 0.92,
                causes=(CauseKind.UNBOUNDED_RECURRENT_ACTIVATION,),
            ),
        )

    def _swing(self, record: TrainingRecord) -> float:
        if record.gradient_log is None:
            return float("nan")
        norms = record.gradients.global_norm
        norms = norms[norms > 0]
        return float(np.nanmax(norms) / np.nanmedian(norms)) if norms.size else float("nan")


def _is_recurrent(layer: LayerDescription) -> bool:
    """Whether a layer is recurrent, also inside a wrapper, which keeps the gates' activation."""
    return layer.kind is LayerKind.RECURRENT or layer.recurrent_activation is not None
