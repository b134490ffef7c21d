"""The layers that a plan puts into a model: made once, under names of their own."""

from collections.abc import Callable, Iterable
from typing import Any

import keras

from keras_debugger.rewriting.layer_plan import Insertion


class Inserter:
    """Makes new layers for one rebuilt model.

    Args:
        names: names that the model has already.
        seed_draws: seeds the draws of a new layer by its place and what it is.
    """

    def __init__(self, names: Iterable[str], seed_draws: Callable[[object, str], None]) -> None:
        self.inserted: list[str] = []  # names of the layers that were put in
        self._names = set(names)
        self._seed_draws = seed_draws
        self._behind: dict[str, list[Any]] = {}

    def behind(
        self, path: str, name: str, insertions: list[Insertion], *, place: object
    ) -> list[Any]:
        """The layers behind a place, made once: a shared layer shares them too.

        Args:
            path: path of the layer that they come behind.
            name: its name.
            insertions: what to make, in order.
            place: what their draws depend on.
        """
        if path not in self._behind:
            made = []
            for insertion in insertions:
                self._seed_draws(place, insertion.kind)
                new_name = (
                    name
                    if insertion.takes_name
                    else self.unique_name(f"{name}_kd_{insertion.kind}")
                )
                made.append(insertion.make(new_name))
                if not insertion.is_operation:
                    self.inserted.append(new_name)
            self._behind[path] = made
        return self._behind[path]

    def sum_behind(self, layer: Any) -> Any:
        """A layer that adds the output of an earlier layer to that of a layer."""
        name = self.unique_name(f"{layer.name}_kd_add")
        self.inserted.append(name)
        return keras.layers.Add(name=name, dtype=getattr(layer, "dtype_policy", None))

    def unique_name(self, wanted: str) -> str:
        """A name that no layer has, as near to the wanted one as can be."""
        name, number = wanted, 1
        while name in self._names:
            number += 1
            name = f"{wanted}_{number}"
        self._names.add(name)
        return name
