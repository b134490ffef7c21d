"""The optimizer that a model was compiled with, as plain values."""

from typing import Any

import keras

from keras_debugger.types.record import OptimizerDescription

_UNREADABLE = (NotImplementedError, TypeError, ValueError, AttributeError, KeyError)


def describe_optimizer(optimizer: Any) -> OptimizerDescription | None:
    """Describe an optimizer; of one that scales the loss, the optimizer inside counts.

    Args:
        optimizer: a Keras optimizer, or None.

    Returns:
        The description; None without an optimizer.
    """
    if optimizer is None:
        return None
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    schedule, rate = _learning_rate(optimizer)
    return OptimizerDescription(
        name=type(optimizer).__name__.lower(),
        learning_rate=rate,
        schedule=schedule,
        momentum=_number(optimizer, "momentum") or 0.0,
        clipnorm=_number(optimizer, "clipnorm"),
        clipvalue=_number(optimizer, "clipvalue"),
        global_clipnorm=_number(optimizer, "global_clipnorm"),
        weight_decay=_number(optimizer, "weight_decay"),
    )


def _learning_rate(optimizer: Any) -> tuple[str, float]:
    """Class name of the schedule, empty for a constant rate, and the rate at step 0."""
    current = getattr(optimizer, "learning_rate", None)
    if current is None:
        return "", float("nan")
    rate = float(keras.ops.convert_to_numpy(current))
    if isinstance(current, keras.Variable):
        return "", rate
    try:
        config = optimizer.get_config()["learning_rate"]
        name = str(config["class_name"])
        schedule = keras.optimizers.schedules.deserialize(config)
        return name, float(keras.ops.convert_to_numpy(schedule(0)))
    except _UNREADABLE:
        return "custom schedule", rate


def _number(optimizer: Any, attribute: str) -> float | None:
    value = getattr(optimizer, attribute, None)
    if value is None or isinstance(value, bool):
        return None
    return float(value)
