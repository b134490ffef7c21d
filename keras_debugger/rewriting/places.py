"""Where each layer stands in a model: what its draws depend on, in place of its name."""

from typing import Any

from keras_debugger.rewriting.model_form import walk_layers


class Places:
    """Numbers the layers of a model, nested ones included, in the order of `walk_layers`.

    Names that Keras gave by itself depend on what was made before in the same program; places do
    not, so that a model that is made again starts from the same draws.

    Args:
        model: the model whose layers are numbered; operations of its graph follow as they are met.
    """

    def __init__(self, model: Any) -> None:
        self._numbers = {id(model): 0}
        self._kept: list[Any] = [model]
        for _, layer in walk_layers(model):
            self.of(layer)

    def of(self, layer: Any) -> int:
        """The number of a layer; the model itself is 0."""
        if id(layer) not in self._numbers:
            self._kept.append(layer)  # or its id could be given to another one
            self._numbers[id(layer)] = len(self._numbers)
        return self._numbers[id(layer)]
