"""MOD116: dropout is applied to the answers themselves."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.layer_order import next_layers
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, ModelDescription, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need, Severity

_PASSED = frozenset({LayerKind.DROPOUT, LayerKind.ACTIVATION, LayerKind.RESHAPE})


@dataclass(frozen=True, kw_only=True)
class DropoutOnOutput(Check):
    """Dropout stands after the last weights, so answers themselves are set to zero.

    Sees: the layers between the last weights and each output.
    Formula: a dropout layer with a rate above 0 among them.
    Source: arithmetic: a dropped probability is 0, and the loss of the right class infinite; the
        remaining ones are scaled up and no probabilities any more.
    Known problems: none known.
    Fixes: reduce-regularization.
    """

    code: ClassVar[str] = "MOD116"
    name: ClassVar[str] = "dropout-on-output"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        by_path = {layer.path: layer for layer in record.model.layers}
        hit = {
            layer.path: layer
            for output in record.model.outputs
            if output.layer in by_path
            for layer in self._after(record.model, by_path[output.layer])
            if layer.kind is LayerKind.DROPOUT and layer.dropout > 0
        }
        return tuple(
            self.finding(
                severity=Severity.ERROR,
                summary=f"{layer.path} drops {layer.dropout:.0%} of the answers themselves.",
                place=layer.path,
                value=layer.dropout,
                limit=0.0,
                confidence=0.96,
                causes=(CauseKind.TOO_MUCH_REGULARIZATION,),
            )
            for layer in hit.values()
        )

    def _after(self, model: ModelDescription, head: LayerDescription) -> list[LayerDescription]:
        """Layers behind the last weights, as long as they only pass answers on."""
        found: list[LayerDescription] = []
        waiting = list(next_layers(model, head))
        while waiting:
            layer = waiting.pop()
            if layer.kind not in _PASSED or layer in found:
                continue
            found.append(layer)
            waiting += next_layers(model, layer)
        return found
