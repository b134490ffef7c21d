"""Keras model -> ModelDescription: every layer, loss and optimizer resolved once, here."""

import warnings
from collections.abc import Iterator
from typing import Any

import keras

from keras_debugger.recording.model.activation_kinds import resolve_activation
from keras_debugger.recording.model.call_trace import Trace, is_functional, trace_calls
from keras_debugger.recording.model.layer_description import count_weights, describe_layer
from keras_debugger.recording.model.layer_kinds import resolve_kind
from keras_debugger.recording.model.losses import losses_of, resolve_loss
from keras_debugger.recording.model.optimizers import describe_optimizer
from keras_debugger.recording.model.outputs import describe_outputs
from keras_debugger.types.record import InputDescription, LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import ModelKind

__all__ = [
    "describe_model",
    "losses_of",
    "resolve_activation",
    "resolve_kind",
    "resolve_loss",
    "walk_layers",
]
_OVERRIDES = ("train_step", "test_step", "compute_loss", "compute_metrics", "make_train_function")


def walk_layers(model: Any) -> Iterator[tuple[str, Any]]:
    """Every layer of a model with its path, those of nested models behind the nested model.

    Args:
        model: a Keras model, built or not.

    Yields:
        Path (names of the models it is nested in and its own, joined by `/`) and layer, in the
        order of `model.layers`. A layer that is met twice comes once, at its first place; two
        layers of one name (possible in subclassed models) get `#2`, `#3`, ... behind the path.
    """
    yield from _walk(model, "", set(), set())


def _walk(model: Any, prefix: str, seen: set[int], taken: set[str]) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        path = base = f"{prefix}{layer.name}"
        number = 1
        while path in taken:
            number += 1
            path = f"{base}#{number}"
        taken.add(path)
        yield path, layer
        if isinstance(layer, keras.Model):
            yield from _walk(layer, f"{path}/", seen, taken)


def describe_model(model: Any) -> ModelDescription:
    """Describe a model as plain values; nothing of it is changed.

    Args:
        model: a Keras model, built or not, compiled or not.

    Returns:
        The description. `feeds` of a layer lists leaf layers: a nested model is looked through, and
        its own entry feeds nothing. Of a subclassed model no edge is known, and its output is one
        unnamed entry that tells only the loss.
    """
    walked = tuple(walk_layers(model))
    paths = {id(layer): path for path, layer in walked}
    trace = trace_calls(model, paths)
    outputs = describe_outputs(model, trace)
    compiled = bool(getattr(model, "compiled", False))
    return ModelDescription(
        name=str(model.name),
        kind=_kind(model),
        layers=_layers(walked, trace),
        inputs=_inputs(model),
        outputs=outputs,
        parameters=count_weights(model.weights),
        trainable_parameters=count_weights(model.trainable_weights),
        optimizer=describe_optimizer(getattr(model, "optimizer", None)) if compiled else None,
        metrics=_metrics(model) if compiled else (),
        run_eagerly=bool(getattr(model, "run_eagerly", False)),
        jit_compile=bool(model.jit_compile) if compiled else False,
        steps_per_execution=int(getattr(model, "steps_per_execution", 1) or 1),
        own_train_step=any(
            getattr(type(model), name, None) is not getattr(keras.Model, name, None)
            for name in _OVERRIDES
        ),
    )


def _layers(
    walked: tuple[tuple[str, Any], ...], trace: Trace | None
) -> tuple[LayerDescription, ...]:
    feeds: dict[str, dict[str, None]] = {}
    shapes: dict[str, tuple[int | None, ...] | None] = {}
    ends: set[str] = set()
    training: dict[str, bool] = {}
    if trace is not None:
        listed = {path for path, _ in walked}
        consumers = _consumers(trace, listed)
        for call in trace.calls:
            shapes.setdefault(call.path, call.output_shape)
            if call.training is not None:
                training[call.path] = call.training
            for tensor in call.outputs:
                feeds.setdefault(call.path, {}).update(consumers.get(tensor, {}))
                if tensor in trace.outputs:
                    ends.add(call.path)
    return tuple(
        describe_layer(
            layer,
            path,
            feeds=tuple(feeds.get(path, ())),
            is_output=path in ends,
            output_shape=shapes.get(path),
            training_argument=training.get(path),
        )
        for path, layer in walked
    )


def _consumers(trace: Trace, listed: set[str]) -> dict[int, dict[str, None]]:
    """For each tensor the layers that take it; operations that are no layers are looked through."""
    consumers: dict[int, dict[str, None]] = {}
    for call in reversed(trace.calls):
        if call.path in listed:
            reached = {call.path: None}
        else:
            reached = {p: None for out in call.outputs for p in consumers.get(out, {})}
        for tensor in call.inputs:
            consumers[tensor] = {**reached, **consumers.get(tensor, {})}
    return consumers


def _kind(model: Any) -> ModelKind:
    if not is_functional(model):
        return ModelKind.SUBCLASSED
    return ModelKind.SEQUENTIAL if isinstance(model, keras.Sequential) else ModelKind.FUNCTIONAL


def _inputs(model: Any) -> tuple[InputDescription, ...]:
    try:
        tensors = list(model.inputs or ())
    except (AttributeError, ValueError):
        return ()
    return tuple(
        InputDescription(
            name=str(tensor.name), shape=tuple(tensor.shape[1:]), dtype=str(tensor.dtype)
        )
        for tensor in tensors
    )


def _metrics(model: Any) -> tuple[str, ...]:
    """Names of the compiled metrics, as `compile` was told or as Keras logs them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a lambda among the losses is warned of
            given = model.get_compile_config() or {}
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        given = {}
    names: dict[str, None] = {}
    for argument in ("metrics", "weighted_metrics"):
        _collect_names(given.get(argument), names)
    if not names:
        built = (getattr(metric, "metrics", ()) for metric in model.metrics)
        names = {str(metric.name): None for group in built for metric in group}
    return tuple(names)


def _collect_names(given: Any, names: dict[str, None]) -> None:
    """Gather the names in a serialised list or dict of metrics."""
    if isinstance(given, str):
        names[given] = None
    elif isinstance(given, list | tuple):
        for item in given:
            _collect_names(item, names)
    elif isinstance(given, dict) and "class_name" in given:
        config = given.get("config")
        name = config.get("name") if isinstance(config, dict) else config
        names[str(name or given["class_name"])] = None
    elif isinstance(given, dict):
        for item in given.values():
            _collect_names(item, names)
