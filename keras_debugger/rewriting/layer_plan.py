"""What becomes of one layer when a model is rebuilt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A layer to put behind another one.

    Args:
        kind: what it is, in the end of its name: `<layer>_kd_<kind>`.
        make: makes the layer from its name.
        takes_name: whether it gets the name of the layer before it, which is renamed; so the
            names of the model's outputs stay.
        is_operation: whether it is an operation of the graph, not a layer: Keras names it, and a
            Sequential model cannot hold it.
    """

    kind: str
    make: Callable[[str], Any]
    takes_name: bool = False
    is_operation: bool = False


@dataclass(slots=True, kw_only=True)
class LayerPlan:
    """Changes to one layer, gathered edit by edit before the model is rebuilt.

    Args:
        settings: settings of its config to replace.
        replacement: makes another layer, without variables, in its place from its name.
        insertions: layers to put behind it, in order.
        skip_from: path of an earlier layer whose output is added to what comes out at last.
        fresh: whether its weights are drawn anew whatever they are now.
        trainable: whether its weights are to be trained, None for as before.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    replacement: Callable[[str], Any] | None = None
    insertions: list[Insertion] = field(default_factory=list)
    skip_from: str | None = None
    fresh: bool = False
    trainable: bool | None = None


@dataclass(slots=True, kw_only=True)
class RebuildPlan:
    """What becomes of each layer, and which layers come behind the inputs.

    Args:
        layers: path of a layer (of an operation, too) to its plan.
        inputs: position of an input to the layers behind it.
    """

    layers: dict[str, LayerPlan] = field(default_factory=dict)
    inputs: dict[int, list[Insertion]] = field(default_factory=dict)

    def of(self, path: str) -> LayerPlan:
        """The plan of a layer, an empty one at first."""
        return self.layers.setdefault(path, LayerPlan())

    def needs_calls(self, prefix: str) -> bool:
        """Whether a Sequential model must become a functional one.

        Args:
            prefix: path of the model with a `/` behind it, empty for the whole model.
        """
        operations = (one.is_operation for several in self.inputs.values() for one in several)
        return (not prefix and any(operations)) or any(
            own.skip_from is not None and path.rpartition("/")[0] == prefix.rstrip("/")
            for path, own in self.layers.items()
        )

    @property
    def fresh(self) -> frozenset[str]:
        """Paths of the layers whose weights are drawn anew."""
        return frozenset(path for path, own in self.layers.items() if own.fresh)
