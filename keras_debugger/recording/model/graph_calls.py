"""A functional model run through with stand-ins in place of its layers: every call in its graph."""

import inspect
from collections.abc import Callable
from typing import Any

import keras

Call = tuple[Any, list[Any], list[Any], bool | None]


def run_through(model: Any) -> tuple[list[Call], list[Any], list[Any]]:
    """(operation, tensors taken, tensors made, training) of each call; the inputs; the outputs."""
    calls: list[Call] = []

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        flat = keras.tree.flatten((args, kwargs))
        tensors = [item for item in flat if isinstance(item, keras.KerasTensor)]
        stand_in = _StandIn(
            lambda: operation.compute_output_spec(*args, **kwargs), name=f"call_{len(calls)}"
        )
        result = stand_in(*tensors)
        made = list(keras.tree.flatten(result))
        calls.append((operation, tensors, made, _fixed_training(operation, kwargs)))
        return result

    view = keras.Model(model.inputs, model.outputs, name="view")
    seen = keras.models.clone_model(view, clone_function=lambda layer: layer, call_function=call)
    return calls, list(seen.inputs), list(seen.outputs)


class _StandIn(keras.layers.Layer):  # type: ignore[misc]
    """A layer without weights that answers with the specification it is told."""

    def __init__(self, specification: Callable[[], Any], name: str) -> None:
        super().__init__(name=name)
        self.specification = specification

    def compute_output_spec(self, *tensors: Any) -> Any:
        """What the layer that it stands for would give."""
        return self.specification()

    def call(self, *tensors: Any) -> Any:
        """Never called with values."""
        raise NotImplementedError


def _fixed_training(operation: Any, given: dict[str, Any]) -> bool | None:
    """The `training` of a call, None if it is what the layer takes by default.

    Keras writes the default of the layer into each call, so the two cannot be told apart.
    """
    fixed = given.get("training")
    if fixed is None:
        return None
    usual = inspect.signature(operation.call).parameters.get("training")
    return None if usual is not None and usual.default is fixed else bool(fixed)
