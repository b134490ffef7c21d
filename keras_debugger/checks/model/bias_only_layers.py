"""MOD126: layers learn their biases only."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.weight_columns import described_variables
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need, Severity, VariableRole

_KINDS = frozenset({LayerKind.DENSE, LayerKind.CONV})


@dataclass(frozen=True, kw_only=True)
class BiasOnlyLayers(Check):
    """Dense or convolutional layers train their bias, while their kernel is fixed.

    Sees: which variables of each layer are trained.
    Formula: fires for a layer that trains a bias and no kernel though it has one.
    Source: definition of a layer: with a fixed kernel it is a shift of fixed features. A kernel
        that is trained and gets no gradient is told by GRD105, one that hardly moves by GRD115.
    Known problems: fine-tuning of biases alone is a method (Ben Zaken et al. 2022,
        arXiv:2106.10199), and adapters fix the kernel on purpose: where the run ends well, a note.
    Fixes: unfreeze.
    """

    code: ClassVar[str] = "MOD126"
    name: ClassVar[str] = "bias-only-layers"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.GRADIENTS})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        roles: dict[str, set[VariableRole]] = {}
        layers: dict[str, LayerDescription] = {}
        for variable, layer in described_variables(record):
            roles.setdefault(layer.path, set()).add(variable.role)
            layers[layer.path] = layer
        hit = [
            path
            for path, found in roles.items()
            if found == {VariableRole.BIAS}
            and layers[path].kind in _KINDS
            and layers[path].parameters > layers[path].trainable_parameters
        ]
        if not hit:
            return ()
        return (
            self.finding(
                severity=min(severity_by_outcome(record), Severity.WARNING),
                summary=f"{len(hit)} layers train their bias only, their kernel is fixed (first "
                f"{hit[0]}).",
                place=hit[0],
                value=float(len(hit)),
                limit=0.0,
                confidence=0.85,
                causes=(CauseKind.FROZEN_LAYERS,),
            ),
        )
