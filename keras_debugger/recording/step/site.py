"""Where an optimizer is applied, and what is known of one application."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from keras_debugger.recording.step.blocks import Groups
from keras_debugger.recording.step.updates import Move


@dataclass(eq=False)
class Site:
    """One place where an optimizer is applied to a list of variables.

    Args:
        optimizer: the optimizer.
        variables: the variables, in the order in which they were given.
        groups: columns that are treated together; their order is that of the numbers in a full row.
        has_clipped: whether the optimizer clips or accumulates what it is given.
        without_gradient: columns that got no gradient.
        repeated: whether a step applies it more than once; the last time is recorded.
    """

    optimizer: Any
    variables: tuple[Any, ...]
    groups: Groups
    has_clipped: bool
    without_gradient: frozenset[int] = frozenset()
    repeated: bool = False

    @property
    def order(self) -> list[int]:
        """Column of each number in a full row."""
        return [column for group in self.groups for column in group]

    def column(self, variable: Any) -> int | None:
        """Which of the variables this is, by identity."""
        for column, known in enumerate(self.variables):
            if known is variable or plain(known) is variable:
                return column
        return None


@dataclass(eq=False)
class Application:
    """What is known of one application of an optimizer.

    Args:
        site: where it is.
        gradients: the gradients, one for each variable.
        scale: factor by which they are too large.
        row: row of the rings.
        limit: below this is the sum of half squares at steps that are not recorded in full; None
            where all are.
        old: the values before the update, empty tensors at other steps; None if the optimizer tells
            how far it moves the variables.
        weight_norms: norms of the variables before the update, in the order of a full row; None if
            they are taken afterwards.
        moves: how far it moved them, by column.
        received: norms that `update_step` was given, by column.
        calls: number of its calls so far.
    """

    site: Site
    gradients: list[Any]
    scale: Any
    row: Any
    limit: Any | None
    old: list[Any] | None
    weight_norms: Any | None
    moves: dict[int, Move] = field(default_factory=dict)
    received: dict[int, Any] = field(default_factory=dict)
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Also:
    """Something else that is to be done at steps that are recorded in full.

    Args:
        inputs: tensors that the work takes.
        work: takes the row of the rings and the inputs; uses no other tensor but variables.
    """

    inputs: Sequence[Any]
    work: Callable[[Any, Sequence[Any]], Any]


def plain(variable: Any) -> Any:
    """The TensorFlow variable behind a Keras variable."""
    return variable.value if isinstance(variable, keras.Variable) else variable
