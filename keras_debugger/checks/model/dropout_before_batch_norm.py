"""MOD117: dropout stands in front of a batch normalisation."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.layer_order import next_layers
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import LayerKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class DropoutBeforeBatchNorm(Check):
    """Dropout stands right in front of a batch normalisation.

    Sees: layers with dropout and the layers that take their output.
    Formula: a batch normalisation that takes a dropped output, with at most one layer between.
    Source: Li et al. 2018, arXiv:1801.05134: dropout changes the variance in training only, so the
        moving variance is wrong when the model is used.
    Known problems: the effect is small for small rates and wide layers: always a note.
    Fixes: put dropout after the last normalisation.
    """

    code: ClassVar[str] = "MOD117"
    name: ClassVar[str] = "dropout-before-batch-norm"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        model = record.model
        for layer in model.layers:
            if layer.kind is not LayerKind.DROPOUT or layer.dropout <= 0:
                continue
            following = next_layers(model, layer)
            second = [other for near in following for other in next_layers(model, near)]
            if any(other.momentum is not None for other in (*following, *second)):
                return (
                    self.finding(
                        severity=Severity.NOTE,
                        summary=f"{layer.path} ({layer.dropout:.0%}) stands in front of a batch "
                        "normalisation, whose moving variance is then wrong outside of training.",
                        place=layer.path,
                        value=layer.dropout,
                        limit=0.0,
                        confidence=0.6,
                    ),
                )
        return ()
