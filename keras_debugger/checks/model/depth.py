"""MOD119: a deep chain of layers without normalisation or skips."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Activation, LayerKind, Need, Severity

_WEIGHTS = frozenset({LayerKind.DENSE, LayerKind.CONV})


@dataclass(frozen=True, kw_only=True)
class DeepWithoutNormalisation(Check):
    """A deep chain of layers without normalisation and without skip connections.

    Sees: the kinds of all layers.
    Formula: dense and convolutional layers. Fires above `max_depth` if no layer normalises or
        merges and no activation normalises itself (SELU).
    Source: Ioffe and Szegedy 2015, arXiv:1502.03167; He et al. 2016, arXiv:1512.03385. The depth is
        a rule of thumb.
    Known problems: with good initial weights such chains can learn: always a note.
    Fixes: add-batch-norm, residual connections.
    """

    code: ClassVar[str] = "MOD119"
    name: ClassVar[str] = "deep-without-normalisation"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    max_depth: int = 10  # layers with weights

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        layers = record.model.layers
        depth = sum(layer.kind in _WEIGHTS for layer in layers)
        eased = any(
            layer.kind in (LayerKind.NORMALIZATION, LayerKind.MERGE, LayerKind.ATTENTION)
            or layer.activation is Activation.SELU
            for layer in layers
        )
        if depth <= self.max_depth or eased:
            return ()
        return (
            self.finding(
                severity=Severity.NOTE,
                summary=f"{depth} layers with weights follow each other without normalisation or "
                "skip connections.",
                value=float(depth),
                limit=float(self.max_depth),
                confidence=0.4,
            ),
        )
