"""Names of layers as their places, so that a program keeps its trials when Keras numbers it anew.

Keras counts the layers that a process has made: a cell that is run twice gives `dense`, `dense_2`.
A name decides nothing of a training.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_debugger.types.record import ModelDescription

# Fields that hold names or paths of layers and variables, or lists of them.
_FIELDS = frozenset({"name", "path", "layer", "layers", "feeds", "source"})
_BORDERS = re.compile("([/#])")  # between names in a path, and before the number of a double


@dataclass(frozen=True, slots=True)
class LayerNames:
    """Replaces the names of a model's layers, inputs and outputs in JSON values.

    Args:
        places: name to place.
    """

    places: Mapping[str, str]

    @classmethod
    def of(cls, model: ModelDescription) -> LayerNames:
        """The names of a model, in the order of its description."""
        paths = [
            model.name,
            *(entry.name for entry in model.inputs),
            *(layer.path for layer in model.layers),
            *(output.name for output in model.outputs),
        ]
        names = dict.fromkeys(
            part for path in paths for part in _BORDERS.split(path) if part not in ("/", "#", "")
        )
        return cls({name: f"layer {place}" for place, name in enumerate(names)})

    def place_of(self, path: str) -> str:
        """A path with places in place of names."""
        return _replaced_in(path, self.places)

    def as_places(self, plain: Any) -> Any:
        """A JSON value with places in place of names, in the fields that hold them."""
        return _replaced(plain, self.places)

    def as_names(self, plain: Any) -> Any:
        """A JSON value with names in place of places."""
        return _replaced(plain, {place: name for name, place in self.places.items()})


def _replaced(plain: Any, words: Mapping[str, str]) -> Any:
    if isinstance(plain, list | tuple):
        return [_replaced(item, words) for item in plain]
    if not isinstance(plain, dict):
        return plain
    return {
        key: _named(item, words) if key in _FIELDS else _replaced(item, words)
        for key, item in plain.items()
    }


def _named(item: Any, words: Mapping[str, str]) -> Any:
    if isinstance(item, str):
        return _replaced_in(item, words)
    if isinstance(item, list) and all(isinstance(one, str) for one in item):
        return [_replaced_in(one, words) for one in item]
    return _replaced(item, words)


def _replaced_in(path: str, words: Mapping[str, str]) -> str:
    return "".join(words.get(part, part) for part in _BORDERS.split(path))
