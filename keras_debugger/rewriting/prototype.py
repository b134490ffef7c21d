"""The blueprint's own copy of a model: same layers, same state, no variable in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.rewriting.engine import Rebuilt, rebuild
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.model_form import class_refusal, walk_layers
from keras_debugger.rewriting.randomness import untouched_random_state
from keras_debugger.rewriting.self_check import difference
from keras_debugger.rewriting.start_weights import KnownState
from keras_debugger.rewriting.trace import read_graph
from keras_debugger.rewriting.weights import (
    copy_assets,
    copy_trainable,
    read_state,
    unique_paths,
    write_state,
)
from keras_debugger.types.graph import ModelGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Prototype:
    """A copy of the user's model and what is known of its layers.

    Args:
        model: the copy, not compiled.
        graph: its calls.
        known: path of a layer to the state of the layer that it was copied from.
        operations: path of each operation of the graph that is no layer to a copy of it.
    """

    model: Any
    graph: ModelGraph
    known: Mapping[str, KnownState]
    operations: Mapping[str, Any]

    @property
    def layers(self) -> dict[str, Any]:
        """Path to layer or operation."""
        return {**self.operations, **dict(walk_layers(self.model))}


def copy_model(model: Any) -> Prototype:
    """Copy a model with its state, and check that the copy does the same.

    Args:
        model: a Functional or Sequential model, built or not; it is not changed.

    Returns:
        The copy.

    Raises:
        UnsupportedModelError: the model cannot be copied; the message names the layer and why.
    """
    reason = class_refusal(model)
    if reason:
        raise _refused(reason)
    with untouched_random_state():
        rebuilt = rebuild(model, RebuildPlan())
        transfer_state(rebuilt)
        reason = difference(model, rebuilt)
    if reason:
        raise _refused(reason)
    return _prototype(model, rebuilt)


def build_prototype(prototype: Prototype, inputs: list[np.ndarray]) -> Prototype:
    """A built copy of the copy of an unbuilt Sequential model.

    Args:
        prototype: the copy that is not built.
        inputs: raw training inputs, the first of which tells the shape.
    """
    with untouched_random_state():
        rebuilt = rebuild(prototype.model, RebuildPlan(), first_input=inputs[0])
        transfer_state(rebuilt)
    return _prototype(prototype.model, rebuilt)


def transfer_state(rebuilt: Rebuilt) -> None:
    """Give each layer of a rebuilt model the state of the layer that it was made from."""
    copy_trainable(rebuilt.models, rebuilt.pairs)
    for _, layer, new in rebuilt.pairs:
        if isinstance(layer, keras.layers.Layer):
            copy_assets(layer, new)
            write_state(new, layer.variables, read_state(layer), with_seeds=True)


def _prototype(model: Any, rebuilt: Rebuilt) -> Prototype:
    nested = {id(old): new for _, old, new in rebuilt.models[1:]}
    graph = read_graph(rebuilt.model, rebuilt.recorded, nested)
    paths = dict(zip(map(id, model.variables), unique_paths(model.variables), strict=True))
    known = {}
    operations = {}
    for path, layer, new in rebuilt.pairs:
        if not isinstance(layer, keras.layers.Layer):
            operations[path] = new
            continue
        known[path] = KnownState(
            present=read_state(layer),
            paths=tuple(paths.get(id(v), "") for v in layer.variables),
            frozen=bool(layer.weights) and not _trained(model, layer),
        )
    return Prototype(model=rebuilt.model, graph=graph, known=known, operations=operations)


def _trained(model: Any, layer: Any) -> bool:
    trained = {id(variable) for variable in model.trainable_variables}
    return any(id(variable) in trained for variable in layer.variables)


def _refused(reason: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        given=reason,
        expected="a Functional or Sequential model that can be rebuilt layer by layer",
        do="pass build=, a function that returns the compiled model; then the optimizer, the "
        "learning rate, losses and arguments of fit can still be changed",
    )
