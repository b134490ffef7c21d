"""State of layers: read, paired variable by variable, and copied."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np


def read_state(layer: Any) -> tuple[np.ndarray, ...]:
    """Values of all variables of a layer, in their order, seed states included."""
    return tuple(np.array(variable.numpy()) for variable in layer.variables)


def is_seed(variable: Any) -> bool:
    """Whether a variable is the state of a random generator."""
    return str(variable.dtype).startswith("uint") and str(variable.path).endswith(
        "seed_generator_state"
    )


def pair_variables(source: Sequence[Any], target: Sequence[Any]) -> list[tuple[int, int]]:
    """Which variable of one layer becomes which of the other.

    Variables are matched by the longest common end of their paths among those of equal shape,
    because an edit can add variables (dropout adds a seed) and names before that differ.

    Args:
        source: variables of a layer.
        target: variables of the layer that was made from it.

    Returns:
        Positions (in source, in target) of each pair; unmatched variables are left out.
    """
    used: set[int] = set()
    pairs = []
    for position, variable in enumerate(target):
        end = str(variable.path).split("/")
        best, longest = None, 0
        for candidate, other in enumerate(source):
            if candidate in used or tuple(other.shape) != tuple(variable.shape):
                continue
            common = _common_end(str(other.path).split("/"), end)
            if common > longest:
                best, longest = candidate, common
        if best is not None:
            used.add(best)
            pairs.append((best, position))
    return pairs


def _common_end(one: list[str], two: list[str]) -> int:
    length = 0
    for first, second in zip(reversed(one), reversed(two), strict=False):
        if first != second:
            break
        length += 1
    return length


def write_state(
    layer: Any,
    source: Sequence[Any],
    values: Sequence[np.ndarray],
    *,
    with_seeds: bool,
) -> int:
    """Set the variables of a layer.

    Args:
        layer: the layer to set.
        source: variables of the layer that the values come from; only their paths and shapes count.
        values: their values.
        with_seeds: whether states of random generators are set too.

    Returns:
        How many weights of the layer were left as they are, because no value fits them.
    """
    target = list(layer.variables)
    pairs = pair_variables(source, target)
    for from_, to in pairs:
        if with_seeds or not is_seed(target[to]):
            target[to].assign(values[from_])
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()
    return sum(not is_seed(v) for v in target) - sum(not is_seed(target[to]) for _, to in pairs)


def copy_assets(layer: Any, copy: Any) -> None:
    """Copy what a preprocessing layer keeps outside of variables, such as a vocabulary."""
    if not isinstance(layer, _with_assets()):
        return
    source: Any = layer
    with tempfile.TemporaryDirectory() as folder:
        source.save_assets(folder)
        if any(Path(folder).iterdir()):
            copy.load_assets(folder)


def _with_assets() -> tuple[type, ...]:
    names = ("StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup")
    found = (getattr(keras.layers, name, None) for name in names)
    return tuple(kind for kind in found if isinstance(kind, type))


def copy_trainable(
    models: Iterable[tuple[str, Any, Any]], pairs: Iterable[tuple[str, Any, Any]]
) -> None:
    """Copy the trainable flags of models, layers and single variables.

    Args:
        models: (path, model, new model), outer ones first: a model hands its flag on.
        pairs: (path, layer, new layer).
    """
    for _, model, new in models:
        if new.trainable != model.trainable:
            new.trainable = model.trainable
    for _, layer, new in pairs:
        if not hasattr(layer, "trainable") or not hasattr(new, "trainable"):
            continue
        if new.trainable != layer.trainable:
            new.trainable = layer.trainable
        copy_inner_trainable(layer, new)


def copy_inner_trainable(layer: Any, new: Any) -> None:
    """Copy the trainable flags of the variables of a layer."""
    source, target = list(layer.variables), list(new.variables)
    for from_, to in pair_variables(source, target):
        if target[to].trainable != source[from_].trainable and not is_seed(target[to]):
            target[to].trainable = source[from_].trainable


def is_finite(values: Iterable[np.ndarray]) -> bool:
    """Whether all values are finite numbers."""
    return all(
        bool(np.isfinite(value).all()) for value in values if np.issubdtype(value.dtype, np.number)
    )


def unique_paths(variables: Iterable[Any]) -> list[str]:
    """Path of each variable; one that an earlier variable has too gets a number behind it."""
    seen: dict[str, int] = {}
    paths = []
    for variable in variables:
        path = str(variable.path)
        seen[path] = seen.get(path, 0) + 1
        paths.append(path if seen[path] == 1 else f"{path}#{seen[path]}")
    return paths
