"""Weaken or remove dropout and weight penalties."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import downstream
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, InsertDropout, SetDropout, SetL2
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class WeakenRegularization(StructuralFix):
    """Divide weight penalties by a hundred and dropout rates by four.

    Dropout after the last layer with weights is switched off: it removes answers, not units.

    When: the training loss itself stays high, and penalty or dropout are strong.
    Refused when: the model cannot be rebuilt; it has neither; the plan has just added some.
    Risk: the model overfits.
    Source: Srivastava et al. 2014, JMLR 15, section 7.3 (rates above 0.5 underfit); Krogh and
        Hertz 1992, NeurIPS 4.
    """

    name: ClassVar[str] = "weaken-regularization"
    kind: ClassVar[FixKind] = FixKind.REDUCE_REGULARIZATION
    reason: ClassVar[str] = "The model may again use the weights and units that it needs."
    risk: ClassVar[str] = "The model may overfit."

    penalty_share: float = 0.01  # of the penalty that is kept
    dropout_share: float = 0.25  # of the rate that is kept

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.edits_of(InsertDropout) or setup.edits_of(SetL2):
            raise self.refuse(
                given="a plan that changes dropout or weight penalties already",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        edits: list[Edit] = []
        for layer in model.layers:
            penalty = layer.l1 + layer.l2
            if penalty > 0:
                edits.append(SetL2(layer=layer.path, factor=penalty * self.penalty_share))
            if layer.dropout > 0 and "+" not in layer.path:
                share = 0.0 if _follows_a_head(model, layer) else self.dropout_share
                edits.append(SetDropout(layer=layer.path, rate=layer.dropout * share))
        if not edits:
            raise self.refuse(
                given="a model without dropout layers and weight penalties",
                expected="a model with some",
                do="look for another reason why it underfits",
            )
        return tuple(edits)


@dataclass(frozen=True, kw_only=True)
class RemoveRegularization(WeakenRegularization):
    """Remove weight penalties and switch dropout off.

    When: weakened penalties still hold the model down.
    Refused when: as for weakening.
    Risk: the model overfits.
    Source: Srivastava et al. 2014, JMLR 15; Krogh and Hertz 1992, NeurIPS 4.
    """

    name: ClassVar[str] = "remove-regularization"

    penalty_share: float = 0.0
    dropout_share: float = 0.0


def _follows_a_head(model: ModelDescription, layer: LayerDescription) -> bool:
    return layer.is_output or any(
        one.path == layer.path
        for output in model.outputs
        for one in downstream(model, output.layer)
    )
