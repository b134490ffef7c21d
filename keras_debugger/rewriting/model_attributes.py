"""What a model of the user's own class keeps in attributes, for its training step."""

from typing import Any

import keras
import numpy as np

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.model_form import kept_class, own_classes

_OF_KERAS = ("optimizer", "history", "stop_training", "stop_evaluating", "stop_predicting")
_PLAIN = (np.ndarray, np.generic, bool, int, float, complex, str, bytes, type(None))


def copy_attributes(model: Any, new: Any) -> None:
    """Give a rebuilt model the attributes that were set on the original after it was made.

    Args:
        model: the original.
        new: the rebuilt model.

    Raises:
        UnsupportedModelError: an attribute holds something with a state, such as a layer.
    """
    if not own_classes(kept_class(model)):
        return
    for name, value in vars(model).items():
        if name.startswith("_") or name in vars(new) or name in _OF_KERAS:
            continue
        if isinstance(value, keras.metrics.Metric):
            setattr(new, name, type(value).from_config(value.get_config()))
        elif _is_plain(value) or (callable(value) and not _has_state(value)):
            setattr(new, name, value)
        else:
            raise UnsupportedModelError(
                given=f"the model {model.name!r} ({type(model).__name__}) with the attribute "
                f"{name!r} ({type(value).__name__}), which its training step may use",
                expected="attributes that hold numbers, words, losses or metrics",
                do="pass build=, a function that returns the compiled model",
            )


def _has_state(value: Any) -> bool:
    return isinstance(value, keras.layers.Layer | keras.Variable | keras.optimizers.Optimizer)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(one) for one in value.values())
    if isinstance(value, list | tuple):
        return all(_is_plain(one) for one in value)
    return isinstance(value, _PLAIN)
