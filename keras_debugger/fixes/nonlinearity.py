"""Where the nonlinearity of each hidden layer is written, and which initializer it wants."""

from collections.abc import Iterator

from keras_debugger.fixes.flow import hidden_layers, next_layers, passage
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind

SATURATING = frozenset(
    {
        Activation.SIGMOID,
        Activation.HARD_SIGMOID,
        Activation.TANH,
        Activation.SOFTSIGN,
        Activation.SOFTMAX,
    }
)
RELU_FAMILY = frozenset(
    {
        Activation.RELU,
        Activation.RELU6,
        Activation.LEAKY_RELU,
        Activation.PRELU,
        Activation.ELU,
        Activation.GELU,
        Activation.SILU,
        Activation.SOFTPLUS,
    }
)


def nonlinearities(
    model: ModelDescription,
) -> Iterator[tuple[LayerDescription, LayerDescription]]:
    """Each trained hidden dense or convolutional layer with the layer that holds its nonlinearity.

    That is the layer itself, or an Activation layer that follows it alone. A linear layer whose
    output is merged with another branch is a projection, and is left out.
    """
    for layer in hidden_layers(model, LayerKind.DENSE, LayerKind.CONV):
        if not layer.parameters:
            continue
        if layer.activation is not Activation.LINEAR:
            yield layer, layer
            continue
        path = passage(model, layer.path)
        separate = [one for one in path if one.kind is LayerKind.ACTIVATION]
        if separate:
            yield layer, separate[0]
        elif all(one.kind is not LayerKind.MERGE for one in next_layers(model, path[-1].path)):
            yield layer, layer


def fitting_initializer(activation: Activation) -> str:
    """The initializer that keeps the variance of signals through this activation.

    He et al. 2015, arXiv:1502.01852, for the ReLU family; Klambauer et al. 2017,
    arXiv:1706.02515, for SELU; Glorot and Bengio 2010, AISTATS, for the others.
    """
    if activation in RELU_FAMILY:
        return "he_normal"
    return "lecun_normal" if activation is Activation.SELU else "glorot_uniform"


def is_initializer(class_name: str, name: str) -> bool:
    """Whether a class name such as `HeNormal` and a name such as `he_normal` mean the same."""
    return class_name.replace("_", "").lower() == name.replace("_", "").lower()
