"""The weights as they were before the first step."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np


def unique_paths(variables: Iterable[Any]) -> list[str]:
    """Path of each variable; one that an earlier variable has too gets a number."""
    seen: dict[str, int] = {}
    paths = []
    for variable in variables:
        path = str(variable.path if hasattr(variable, "path") else variable.name)
        seen[path] = seen.get(path, 0) + 1
        paths.append(path if seen[path] == 1 else f"{path}#{seen[path]}")
    return paths


def copy_weights(model: Any) -> dict[str, np.ndarray]:
    """Values of all weights by path; also while a step is traced, when nothing has run yet."""
    weights = list(model.weights)

    def read() -> list[np.ndarray]:
        return [np.array(weight.numpy()) for weight in weights]

    with ThreadPoolExecutor(1) as thread:  # a thread of its own is never inside a graph
        values = thread.submit(read).result()
    return dict(zip(unique_paths(weights), values, strict=True))


def with_values(
    model: Any, variables: list[Any], values: dict[str, np.ndarray] | None
) -> list[Any]:
    """Values of some variables of a model: from a copy where it has them, else the present ones."""
    if values is None:
        return [variable.value for variable in variables]
    weights = list(model.weights)
    known = {id(w): path for w, path in zip(weights, unique_paths(weights), strict=True)}
    return [values.get(known.get(id(v), ""), v.value) for v in variables]
