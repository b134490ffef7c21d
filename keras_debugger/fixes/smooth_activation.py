"""Use ELU or GELU in the hidden layers."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.nonlinearity import SATURATING
from keras_debugger.fixes.relu_activation import ReluActivation
from keras_debugger.types.vocabulary import Activation


@dataclass(frozen=True, kw_only=True)
class EluActivation(ReluActivation):
    """Give hidden layers that die, saturate or are linear ELU and He's initial weights.

    When: ReLU units die, or means of activations far from zero slow training in a network
        without normalisation.
    Refused when: as for ReLU; here layers with ReLU count as layers to change.
    Risk: an exponential for each negative value makes it slower than ReLU.
    Source: Clevert et al. 2016, arXiv:1511.07289, who initialise it as He et al. 2015,
        arXiv:1502.01852.
    """

    name: ClassVar[str] = "elu-activation"
    reason: ClassVar[str] = "ELU keeps a gradient below zero and means near zero."
    risk: ClassVar[str] = "It is slower than ReLU."

    activation: ClassVar[Activation] = Activation.ELU
    replaces: ClassVar[frozenset[Activation]] = SATURATING | {
        Activation.LINEAR,
        Activation.RELU,
        Activation.RELU6,
    }


@dataclass(frozen=True, kw_only=True)
class GeluActivation(EluActivation):
    """Give hidden layers that die, saturate or are linear GELU and He's initial weights.

    When: as for ELU; usual between the dense layers of a transformer.
    Refused when: as for ELU.
    Risk: slower than ReLU.
    Source: Hendrycks and Gimpel 2016, arXiv:1606.08415. It passes about the half of its input on
        as ReLU does, so He's scale fits (He et al. 2015, arXiv:1502.01852).
    """

    name: ClassVar[str] = "gelu-activation"
    reason: ClassVar[str] = "GELU is smooth and keeps a gradient just below zero."

    activation: ClassVar[Activation] = Activation.GELU
