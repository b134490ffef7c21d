"""Weaken or remove dropout, penalties, constraints and weight decay."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import downstream
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, InsertDropout, SetDropout, SetL2, SetWeightDecay
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class WeakenRegularization(StructuralFix):
    """Divide weight penalties by a hundred, and the rates of dropout and noise by four.

    Dropout after the last layer with weights is switched off: it removes answers, not units. A
    layer with a constraint or a penalty of another kind than L1 and L2 of its kernel loses all of
    them. Weight decay of the optimizer is switched off where it is above 0.05.

    When: the training loss itself stays high, and penalty, dropout, bound or decay are strong.
    Refused when: the model cannot be rebuilt; it has none of these; the plan has just added some.
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
    usual_decay: float = 0.05  # weight decay that is kept

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if any(setup.edits_of(kind) for kind in (InsertDropout, SetL2, SetWeightDecay)):
            raise self.refuse(
                given="a plan that changes dropout, penalties or weight decay already",
                expected="a plan that does not",
                do="try the two in different plans",
            )
        edits: list[Edit] = []
        for layer in model.layers:
            penalty = layer.l1 + layer.l2
            has_other = bool(set(layer.regularizers) - {"kernel_regularizer"})
            if penalty > 0 or layer.regularizers:
                share = 0.0 if has_other else self.penalty_share
                edits.append(SetL2(layer=layer.path, factor=penalty * share))
            rate = layer.dropout or layer.noise
            if rate > 0 and "+" not in layer.path:
                share = 0.0 if _follows_a_head(model, layer) else self.dropout_share
                edits.append(SetDropout(layer=layer.path, rate=rate * share))
        decay = model.optimizer.weight_decay if model.optimizer is not None else None
        if decay is not None and decay > self.usual_decay:
            edits.append(SetWeightDecay(factor=0.0))
        if not edits:
            raise self.refuse(
                given="a model without dropout, penalties, constraints and strong weight decay",
                expected="a model with some",
                do="look for another reason why it underfits",
            )
        return tuple(edits)


@dataclass(frozen=True, kw_only=True)
class RemoveRegularization(WeakenRegularization):
    """Remove penalties and constraints, and switch dropout, noise and weight decay off.

    When: weakened penalties still hold the model down.
    Refused when: as for weakening.
    Risk: the model overfits.
    Source: Srivastava et al. 2014, JMLR 15; Krogh and Hertz 1992, NeurIPS 4.
    """

    name: ClassVar[str] = "remove-regularization"

    penalty_share: float = 0.0
    dropout_share: float = 0.0
    usual_decay: float = 0.0


def _follows_a_head(model: ModelDescription, layer: LayerDescription) -> bool:
    return layer.is_output or any(
        one.path == layer.path
        for output in model.outputs
        for one in downstream(model, output.layer)
    )
