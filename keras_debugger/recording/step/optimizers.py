"""The optimizers of a model, and what they do to gradients before they use them."""

from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.step.site import plain


def optimizers_of(model: Any) -> list[Any]:
    """Every optimizer that a model holds in an attribute, each once, the compiled one first."""
    candidates = [getattr(model, "optimizer", None)]
    for value in vars(model).values():
        candidates.extend(value if isinstance(value, list | tuple) else (value,))
        if isinstance(value, dict):
            candidates.extend(value.values())
    found: list[Any] = []
    for candidate in candidates:
        is_optimizer = isinstance(candidate, keras.optimizers.Optimizer)
        if is_optimizer and not any(candidate is other for other in found):
            found.append(candidate)
    return found


def learning_rate_of(optimizer: Any) -> Any:
    """Learning rate in force now, a float32 scalar; NaN without an optimizer."""
    if optimizer is None:
        return tf.constant(float("nan"))
    return tf.cast(tf.convert_to_tensor(plain(optimizer.learning_rate)), tf.float32)


def loss_scale_of(optimizer: Any) -> Any:
    """The factor by which the optimizer's gradients are too large, a scalar."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        if not optimizer.built:
            return tf.constant(float(optimizer.initial_scale))
        return tf.cast(tf.identity(plain(optimizer.dynamic_scale)), tf.float32)
    return tf.constant(float(getattr(optimizer, "loss_scale_factor", None) or 1.0))


def changes_gradients(optimizer: Any) -> bool:
    """Whether the optimizer clips or accumulates what it is given."""
    names = ("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps")
    return any(getattr(optimizer, name, None) for name in names)
