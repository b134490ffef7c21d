"""Use tanh inside recurrent layers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import role
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetActivation
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import Activation, FixKind, LayerKind

BOUNDED = (
    Activation.TANH,
    Activation.SIGMOID,
    Activation.HARD_SIGMOID,
    Activation.SOFTSIGN,
    Activation.SOFTMAX,
    Activation.RELU6,
    Activation.OTHER,
)


@dataclass(frozen=True, kw_only=True)
class BoundedRecurrentActivation(StructuralFix):
    """Give recurrent layers tanh, so that their state stays between -1 and 1.

    When: loss or gradients explode in a recurrent network whose activation has no upper limit.
    Refused when: the model cannot be rebuilt, or each recurrent layer is bounded or frozen.
    Risk: a state that counts beyond 1 is no longer possible.
    Source: Hochreiter and Schmidhuber 1997, Neural Computation 9; Pascanu et al. 2013,
        arXiv:1211.5063, on why unbounded recurrences explode.
    """

    name: ClassVar[str] = "bounded-recurrent-activation"
    kind: ClassVar[FixKind] = FixKind.CHANGE_HIDDEN_ACTIVATION
    reason: ClassVar[str] = "A bounded state cannot grow from step to step of the sequence."
    risk: ClassVar[str] = "A state beyond 1 is no longer possible."

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        edits = tuple(
            SetActivation(layer=layer.path, activation=Activation.TANH)
            for layer in model.layers
            if role(layer) is LayerKind.RECURRENT
            and layer.trainable
            and layer.activation not in BOUNDED
        )
        if not edits:
            raise self.refuse(
                given="a model without an unbounded recurrent layer",
                expected="a trained recurrent layer with relu or another unbounded activation",
                do="clip gradients or lower the learning rate instead",
            )
        return edits
