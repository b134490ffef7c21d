"""One Keras layer -> LayerDescription."""

from typing import Any

import keras
import numpy as np

from keras_debugger.recording.model.activation_kinds import activation_of, recurrent_activation_of
from keras_debugger.recording.model.configuration import configured
from keras_debugger.recording.model.layer_kinds import inner_layer, resolve_kind
from keras_debugger.types.record import LayerDescription
from keras_debugger.types.vocabulary import LayerKind


def describe_layer(
    layer: Any,
    path: str,
    *,
    feeds: tuple[str, ...] = (),
    is_output: bool = False,
    output_shape: tuple[int | None, ...] | None = None,
    training_argument: bool | None = None,
) -> LayerDescription:
    """Describe one layer; of a wrapper, the settings of the layer inside.

    Args:
        layer: a Keras layer or nested model.
        path: its path.
        feeds: paths of the layers that take its output.
        is_output: whether one of the model's outputs is its output.
        output_shape: shape of its first output; asked of the layer if None.
        training_argument: the `training` that its calls fix, None if none does.

    Returns:
        The description.
    """
    inside = inner_layer(layer)
    kind = resolve_kind(layer)
    l1, l2 = _penalty(inside)
    momentum = None
    if isinstance(inside, keras.layers.BatchNormalization):
        momentum = float(inside.momentum)
    return LayerDescription(
        name=str(layer.name),
        path=path,
        kind=kind,
        class_name=type(layer).__name__,
        activation=activation_of(layer),
        units=_units(inside),
        parameters=count_weights(layer.weights),
        trainable=bool(layer.trainable),
        trainable_parameters=count_weights(layer.trainable_weights),
        output_shape=output_shape or _shape(layer),
        recurrent_activation=recurrent_activation_of(layer),
        dropout=_dropout(inside),
        l1=l1,
        l2=l2,
        regularizers=_regularizers(inside),
        noise=float(inside.stddev) if isinstance(inside, keras.layers.GaussianNoise) else 0.0,
        kept_by_constraint=_kept(inside),
        kernel_initializer=_initializer(inside, *_KERNEL_INITIALIZERS),
        bias_initializer=_initializer(inside, "bias_initializer"),
        momentum=momentum,
        is_output=is_output,
        feeds=feeds,
        looks_untrained=None if layer.trainable else _looks_untrained(inside),
        scale=_scale(inside),
        axis=_axis(inside),
        training_argument=training_argument,
    )


def _scale(layer: Any) -> float:
    if not isinstance(layer, keras.layers.Rescaling):
        return 1.0
    return float(np.abs(np.asarray(layer.scale, np.float64)).max())


def _axis(layer: Any) -> int | None:
    axis = layer.axis if isinstance(layer, keras.layers.Softmax) else None
    return axis if isinstance(axis, int) else None


def _looks_untrained(layer: Any) -> bool | None:
    """Whether a frozen layer is as its initializers left it; None if that cannot be told.

    An initializer of Keras gives the same values each time that it is called, so weights can be
    compared with them. Of a copied or loaded layer it gives others: then biases tell, which are all
    equal until training moves them apart; and without biases whether the weights are spread as the
    initializer's are, by a Kolmogorov-Smirnov test.
    """
    fresh = _fresh_weights(layer)
    if fresh is not None and (fresh[0] == fresh[1]).all():
        return True
    bias = getattr(layer, "bias", None)
    if isinstance(bias, keras.Variable):
        values = np.asarray(keras.ops.convert_to_numpy(bias))
        return None if values.size < 2 else bool((values == values.flat[0]).all())
    if fresh is None:
        return None
    # imported late: SciPy takes a while to load, and few models have such layers
    from scipy.stats import ks_2samp

    return bool(ks_2samp(fresh[0].ravel(), fresh[1].ravel()).pvalue > _ALIKE)


def _fresh_weights(layer: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The largest weights of a layer, and what their initializer gives for them."""
    for part in ("kernel", "embeddings"):
        weights = getattr(layer, part, None)
        initializer = getattr(layer, f"{part}_initializer", None)
        if (
            isinstance(weights, keras.Variable)
            and isinstance(initializer, _RANDOM)
            and isinstance(initializer.seed, int)  # a generator would go on by a number
            and 0 < np.prod(weights.shape) <= _MOST_COMPARED
        ):
            first = initializer(tuple(weights.shape), dtype=weights.dtype)
            to_numpy = keras.ops.convert_to_numpy
            return np.asarray(to_numpy(weights)), np.asarray(to_numpy(first))
    return None


_ALIKE = 0.01  # share of untrained layers that are taken for trained ones
_RANDOM = (
    keras.initializers.RandomUniform,
    keras.initializers.RandomNormal,
    keras.initializers.TruncatedNormal,
    keras.initializers.VarianceScaling,
)
_MOST_COMPARED = 4_000_000
_PARTS = (
    *("kernel", "depthwise", "pointwise", "embeddings", "recurrent", "bias", "gamma", "beta"),
    "activity",
)
_KERNEL_INITIALIZERS = ("kernel_initializer", "depthwise_initializer", "embeddings_initializer")


def _units(layer: Any) -> int | None:
    for name in ("units", "filters", "output_dim"):
        value = getattr(layer, name, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    units = getattr(getattr(layer, "cell", None), "units", None)
    return units if isinstance(units, int) else None


def count_weights(variables: Any) -> int:
    """Number of weights in some variables."""
    total = 0
    for variable in variables:
        size = 1
        for length in variable.shape:
            size *= int(length)
        total += size
    return total


def _shape(layer: Any) -> tuple[int | None, ...] | None:
    try:
        outputs = keras.tree.flatten(layer.output)
    except (AttributeError, ValueError):
        return None
    return tuple(outputs[0].shape) if outputs else None


def _dropout(layer: Any) -> float:
    kind = resolve_kind(layer)
    if kind is LayerKind.DROPOUT:
        return float(getattr(layer, "rate", 0.0) or 0.0)
    rates = [getattr(layer, name, None) for name in ("dropout", "recurrent_dropout")]
    if kind is LayerKind.ATTENTION:
        rates.append(configured(layer).get("dropout"))
    numbers = [float(rate) for rate in rates if isinstance(rate, int | float)]
    return max(numbers, default=0.0)


def _regularizers(layer: Any) -> tuple[str, ...]:
    """Names of the settings that penalise or bound weights or answers, and are not None."""
    holders = [one for one in (layer, getattr(layer, "cell", None)) if one is not None]
    names = [f"{part}_{kind}" for kind in ("regularizer", "constraint") for part in _PARTS]
    return tuple(
        name for name in names if any(getattr(one, name, None) is not None for one in holders)
    )


def _kept(layer: Any) -> float | None:
    """Smallest share of the norm of a weight matrix that its constraint leaves; None without."""
    shares = []
    for variable in layer.weights:
        if variable.constraint is None or len(variable.shape) < 2:
            continue
        norm = np.linalg.norm(keras.ops.convert_to_numpy(variable))
        if norm > 0:
            bounded = keras.ops.convert_to_numpy(variable.constraint(variable.value))
            shares.append(float(np.linalg.norm(bounded) / norm))
    return min(shares, default=None)


def _penalty(layer: Any) -> tuple[float, float]:
    """Factors of the L1 and L2 penalty of a layer's kernel."""
    for name in ("kernel_regularizer", "depthwise_regularizer", "embeddings_regularizer"):
        regularizer = getattr(layer, name, None)
        if regularizer is not None:
            break
    else:
        return 0.0, 0.0
    if not isinstance(
        regularizer, keras.regularizers.L1 | keras.regularizers.L2 | keras.regularizers.L1L2
    ):
        return 0.0, 0.0
    l1, l2 = getattr(regularizer, "l1", 0.0), getattr(regularizer, "l2", 0.0)
    return float(l1 or 0.0), float(l2 or 0.0)


def _initializer(layer: Any, *names: str) -> str:
    for name in names:
        initializer = getattr(layer, name, None)
        if initializer is not None:
            return type(initializer).__name__
    return ""
