"""Start from scaled random weights and zero biases."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import passage, role
from keras_debugger.fixes.nonlinearity import fitting_initializer, is_initializer
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetInitializer
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import Activation, FixKind, LayerKind

SCALED = ("he_normal", "he_uniform", "glorot_normal", "glorot_uniform", "lecun_normal",
          "lecun_uniform", "orthogonal", "variance_scaling")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChangeInitializer(StructuralFix):
    """Draw initial kernels at the scale that each layer's activation wants, and start biases at 0.

    Layers whose initializer is not scaled to their width, or whose bias does not start at zero,
    are changed; if there is none, all layers whose initializer does not fit their activation.

    When: signals are zero, equal or far from one before the first step, or units are dead then.
    Refused when: the model cannot be rebuilt, or each trained dense and convolutional layer has
        a fitting initializer already. Frozen and recurrent layers are left alone.
    Risk: initial values that were chosen on purpose are lost.
    Source: Glorot and Bengio 2010, AISTATS; He et al. 2015, arXiv:1502.01852; Klambauer et al.
        2017, arXiv:1706.02515.
    """

    name: ClassVar[str] = "change-initializer"
    kind: ClassVar[FixKind] = FixKind.CHANGE_INITIALIZER
    reason: ClassVar[str] = "Signals and gradients keep their size from layer to layer."
    risk: ClassVar[str] = "Initial values that were chosen on purpose are lost."

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        layers = [
            layer
            for layer in model.layers
            if role(layer) in (LayerKind.DENSE, LayerKind.CONV)
            and layer.parameters
            and layer.trainable
        ]
        suspect = [layer for layer in layers if _is_suspect(layer)]
        edits = tuple(
            SetInitializer(layer=layer.path, initializer=wanted)
            for layer in suspect or layers
            for wanted in (fitting_initializer(_activation(model, layer)),)
            if suspect or not is_initializer(layer.kernel_initializer, wanted)
        )
        if not edits:
            raise self.refuse(
                given="a model whose layers all have a fitting initializer",
                expected="a trained dense or convolutional layer that starts at another scale",
                do="look at the scale of the inputs and at the learning rate instead",
            )
        return edits


def _is_suspect(layer: LayerDescription) -> bool:
    scaled = any(is_initializer(layer.kernel_initializer, name) for name in SCALED)
    at_zero = not layer.bias_initializer or is_initializer(layer.bias_initializer, "zeros")
    return not (scaled and at_zero)


def _activation(model: ModelDescription, layer: LayerDescription) -> Activation:
    following = (one.activation for one in passage(model, layer.path))
    return next((one for one in following if one is not Activation.LINEAR), Activation.LINEAR)
