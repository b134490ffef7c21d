"""Use ReLU or LeakyReLU in the hidden layers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.nonlinearity import (
    SATURATING,
    fitting_initializer,
    is_initializer,
    nonlinearities,
)
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetActivation, SetInitializer
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import Activation, FixKind


@dataclass(frozen=True, kw_only=True)
class ReluActivation(StructuralFix):
    """Give hidden layers that saturate, or have no activation, ReLU and He's initial weights.

    When: gradients vanish towards the input, units saturate, or hidden layers are linear.
    Refused when: the model cannot be rebuilt, or no trained hidden dense or convolutional layer
        saturates or is linear. Gates of recurrent layers, attention, heads, projections into a
        sum, activations that we do not know and SELU networks are left alone.
    Risk: units can die at a high learning rate; a range that the activation kept, such as 0 to 1,
        is lost.
    Source: Glorot et al. 2011, AISTATS; He et al. 2015, arXiv:1502.01852.
    """

    name: ClassVar[str] = "relu-activation"
    kind: ClassVar[FixKind] = FixKind.CHANGE_HIDDEN_ACTIVATION
    reason: ClassVar[str] = "ReLU passes gradients on at full size where it is active."
    risk: ClassVar[str] = "Units can die at a high learning rate."

    activation: ClassVar[Activation] = Activation.RELU
    replaces: ClassVar[frozenset[Activation]] = SATURATING | {Activation.LINEAR}

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        edits: list[Edit] = []
        initializer = fitting_initializer(self.activation)
        for layer, place in nonlinearities(model):
            if place.activation not in self.replaces:
                continue
            edits.append(SetActivation(layer=place.path, activation=self.activation))
            if not is_initializer(layer.kernel_initializer, initializer):
                edits.append(SetInitializer(layer=layer.path, initializer=initializer))
        if not edits:
            raise self.refuse(
                given="a model without a hidden activation that this would better",
                expected="a trained hidden dense or convolutional layer with "
                + ", ".join(sorted(one.value for one in self.replaces)),
                do="look at the initial weights and the learning rate instead",
            )
        return tuple(edits)


@dataclass(frozen=True, kw_only=True)
class LeakyReluActivation(ReluActivation):
    """Give hidden layers that die, saturate or are linear LeakyReLU and He's initial weights.

    When: most ReLU units of a layer are zero for every row.
    Refused when: as for ReLU; here layers with ReLU count as layers to change.
    Risk: slightly slower than ReLU; cures dead units, not the step that killed them.
    Source: Maas et al. 2013, ICML; Lu et al. 2019, arXiv:1903.06733 (dying ReLU).
    """

    name: ClassVar[str] = "leaky-relu-activation"
    reason: ClassVar[str] = "A leaky unit keeps a gradient below zero and can come back."
    risk: ClassVar[str] = "It cures dead units, not a step that is too large."

    activation: ClassVar[Activation] = Activation.LEAKY_RELU
    replaces: ClassVar[frozenset[Activation]] = SATURATING | {
        Activation.LINEAR,
        Activation.RELU,
        Activation.RELU6,
    }
