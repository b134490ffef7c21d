"""What a model was compiled with: read once, kept without the model, and made anew."""

import warnings
from dataclasses import dataclass
from typing import Any

import keras

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.metric_reader import MetricReader
from keras_debugger.rewriting.metric_recipes import (
    live_metrics,
    loss_functions,
    make_metrics,
    serialised,
)
from keras_debugger.rewriting.optimizer_recipe import OptimizerRecipe, read_optimizer
from keras_debugger.types.record import ModelDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileState:
    """Arguments of `compile`; loss objects are shared, metrics and optimizer are recipes.

    Args:
        optimizer: the optimizer.
        loss: loss argument as given.
        loss_weights: loss weights as given.
        metrics: metrics as given, objects as recipes.
        weighted_metrics: weighted metrics as given, objects as recipes.
        run_eagerly: flag.
        steps_per_execution: flag.
        jit_compile: flag, resolved.
        notes: one sentence for each argument that could not be kept.
    """

    optimizer: OptimizerRecipe
    loss: Any = None
    loss_weights: Any = None
    metrics: Any = None
    weighted_metrics: Any = None
    run_eagerly: bool = False
    steps_per_execution: int = 1
    jit_compile: bool = False
    notes: tuple[str, ...] = ()

    def compile(self, model: Any) -> None:
        """Compile a model with a new optimizer and new metrics."""
        model.compile(
            optimizer=self.optimizer.make(),
            loss=self.loss,
            loss_weights=self.loss_weights,
            metrics=make_metrics(self.metrics),
            weighted_metrics=make_metrics(self.weighted_metrics),
            run_eagerly=self.run_eagerly,
            steps_per_execution=self.steps_per_execution,
            jit_compile=self.jit_compile,
        )
        if model.built:
            model.optimizer.build(model.trainable_variables)


def read_compile_state(
    model: Any, description: ModelDescription, *, fresh: bool = False
) -> CompileState:
    """Read what a model was compiled with.

    Args:
        model: a compiled model.
        description: its description, which tells the learning rate at the start of the run (the
            optimizer may have another one by now).
        fresh: whether to read it as if it had not seen a batch and had made no metric yet.

    Returns:
        The arguments of compile. Metrics that cannot be made anew are left out and noted.

    Raises:
        UnsupportedModelError: the optimizer or its schedule cannot be made anew, or the weights
            of several losses cannot be read.
    """
    if not getattr(model, "compiled", False) or model.optimizer is None:
        raise UnsupportedModelError(
            given=f"the model {model.name!r}, which is not compiled",
            expected="a compiled model",
            do="call model.compile first",
        )
    optimizer = read_optimizer(model.optimizer, description)
    loss = _unwrapped(model.loss)
    outputs = max(len(description.outputs), 1)
    live = () if fresh else live_metrics(model)
    reader = MetricReader(outputs, live, loss_functions(loss))
    given = _given(model, reader)
    return CompileState(
        optimizer=optimizer,
        loss=loss,
        loss_weights=keras.saving.deserialize_keras_object(given.get("loss_weights")),
        metrics=reader.read(given.get("metrics")),
        weighted_metrics=reader.read(given.get("weighted_metrics")),
        run_eagerly=bool(model.run_eagerly),
        steps_per_execution=int(model.steps_per_execution or 1),
        jit_compile=bool(model.jit_compile),
        notes=tuple(reader.notes),
    )


def _given(model: Any, reader: MetricReader) -> dict[str, Any]:
    """Arguments of compile in their serialised form, the only public one.

    A single object without a get_config makes Keras refuse them all; then the metrics that the
    model has made stand in, if there is only one output that they can belong to.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a lambda is warned of
            return dict(model.get_compile_config() or {})
    except (TypeError, ValueError, AttributeError, RuntimeError) as error:
        if reader.outputs > 1:
            raise _cannot_read(model, error) from error
        reason = " ".join(str(error).split(". ", maxsplit=1)[0].split())
    reader.notes.append(
        "Metrics that the model has not made yet, sample weights of metrics and loss_weights are "
        f"left out where the model is compiled anew, because Keras cannot tell them ({reason}): "
        "give that object a get_config and decorate its class with "
        "keras.saving.register_keras_serializable."
    )
    return {"metrics": [one for one in map(serialised, reader.live) if one is not None]}


def _unwrapped(given: Any) -> Any:
    """Plain lists and dicts in place of the ones that a model tracks, which hold on to it."""
    if isinstance(given, dict):
        return {key: _unwrapped(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_unwrapped(value) for value in given]
    return given


def _cannot_read(model: Any, reason: object) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=f"the model {model.name!r} with several outputs, of which Keras cannot tell the loss "
        f"weights and metrics: {reason}",
        expected="losses and metrics that can be serialised",
        do="give that object a get_config and decorate its class with "
        "keras.saving.register_keras_serializable, or pass build=, a function that returns the "
        "compiled model",
    )
