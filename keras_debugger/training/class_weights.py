"""Class weights as sample weights: Keras refuses class weights for several outputs or steps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from keras_debugger.types.record import LabelProfile
from keras_debugger.types.vocabulary import LabelForm

_WEIGHTED = frozenset(
    {LabelForm.INTEGER_CLASSES, LabelForm.BINARY, LabelForm.ONE_HOT, LabelForm.PER_STEP}
)


def balanced_weights(y: Any, profiles: tuple[LabelProfile, ...], sample_weight: Any) -> Any:
    """Sample weights that make the classes of each output count alike.

    Args:
        y: training labels: an array, or a list, tuple or dict of arrays.
        profiles: one profile for each array of labels, in the order of `y`.
        sample_weight: the user's sample weights, None if there are none; they multiply.

    Returns:
        Weights in the structure of `y`, each shape (rows,) or that of labels for each step;
        n / (classes * count) by class, and ones for numbers.
    """

    def weigh(labels: np.ndarray, profile: LabelProfile) -> np.ndarray:
        if profile.form not in _WEIGHTED:
            return np.ones(len(labels), dtype="float32")
        values = _class_values(labels, profile)
        classes, position = np.unique(values, return_inverse=True)
        weights = compute_class_weight("balanced", classes=classes, y=values.ravel())
        return np.asarray(weights[position.reshape(values.shape)], dtype="float32")

    return _for_each_output(y, profiles, sample_weight, weigh)


def fixed_weights(
    y: Any,
    profiles: tuple[LabelProfile, ...],
    sample_weight: Any,
    class_weight: Mapping[int, float],
) -> Any:
    """Sample weights that do what Keras's `class_weight` does.

    Args:
        y: training labels.
        profiles: one profile for each array of labels.
        sample_weight: the user's sample weights, None if there are none; they multiply.
        class_weight: weight of each class; a class that is not named weighs 1.

    Returns:
        Weights in the structure of `y`.
    """

    def weigh(labels: np.ndarray, profile: LabelProfile) -> np.ndarray:
        values = _class_values(labels, profile)
        weights = np.ones(values.shape, dtype="float32")
        for value, weight in class_weight.items():
            weights[values == value] = weight
        return weights

    return _for_each_output(y, profiles, sample_weight, weigh)


def _for_each_output(
    y: Any, profiles: tuple[LabelProfile, ...], sample_weight: Any, weigh: Any
) -> Any:
    if isinstance(y, Mapping):
        by_name = {profile.name: profile for profile in profiles}
        return {
            name: _times(weigh(labels, by_name[name]), _own(sample_weight, name))
            for name, labels in y.items()
        }
    if isinstance(y, list | tuple):
        return [
            _times(weigh(labels, profile), _own(sample_weight, position))
            for position, (labels, profile) in enumerate(zip(y, profiles, strict=True))
        ]
    return _times(weigh(y, profiles[0]), sample_weight)


def _own(sample_weight: Any, key: Any) -> Any:
    return (
        sample_weight[key] if isinstance(sample_weight, list | tuple | Mapping) else sample_weight
    )


def _times(weight: np.ndarray, own: Any) -> np.ndarray:
    return weight if own is None else np.asarray(weight * _like(own, weight))


def _like(own: np.ndarray, weight: np.ndarray) -> np.ndarray:
    own = np.asarray(own, dtype="float32")
    if own.ndim < weight.ndim:
        return own.reshape(own.shape + (1,) * (weight.ndim - own.ndim))
    return own.reshape(weight.shape) if own.size == weight.size else own


def _class_values(labels: np.ndarray, profile: LabelProfile) -> np.ndarray:
    if profile.form is LabelForm.ONE_HOT:
        return np.asarray(labels.argmax(axis=-1))
    if profile.form is LabelForm.PER_STEP:
        one_hot = labels.ndim > 2 and labels.shape[-1] > 1 and profile.maximum <= 1.0
        if one_hot and np.all(labels.sum(axis=-1) == 1):
            return np.asarray(labels.argmax(axis=-1))
        return labels[..., 0] if labels.ndim > 2 and labels.shape[-1] == 1 else labels
    return labels.reshape(len(labels), -1)[:, 0]
