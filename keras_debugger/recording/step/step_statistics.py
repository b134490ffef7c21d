"""The rows that a step writes for one application of an optimizer.

At every step: half the sum of squares of each gradient, and the factor by which all are too large.
At steps that are recorded in full, and wherever a gradient is not finite, a second row with `FULL`.
What can be computed later, in Python, is not computed here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.step.blocks import Block, Groups, each_pair
from keras_debugger.recording.step.branch import choose, handles_of, read
from keras_debugger.recording.step.norms import (
    half_square,
    l2_norms,
    largest_entries,
    merged,
    wide_norms,
    zero_shares,
)
from keras_debugger.recording.step.ring import Ring
from keras_debugger.recording.step.updates import Move

FULL = ("norm", "max_abs", "zero_share", "update_norm", "weight_norm")


@dataclass(eq=False)
class Site:
    """One place where an optimizer is applied to a list of variables.

    Args:
        optimizer: the optimizer.
        variables: the variables, in the order in which they were given.
        groups: columns that are treated together; their order is that of the numbers in a full row.
        ring: rows of half sums of squares by variables, then the factor; width variables + 1.
        full: rows of `FULL` by variables, flattened; NaN at steps that are not recorded in full.
        clipped: rows of norms after clipping and accumulation, None if nothing can change them.
        without_gradient: columns that got no gradient.
        repeated: whether a step applies it more than once; the last time is recorded.
    """

    optimizer: Any
    variables: tuple[Any, ...]
    groups: Groups
    ring: Ring
    full: Ring
    clipped: Ring | None
    without_gradient: frozenset[int] = frozenset()
    repeated: bool = False

    @property
    def order(self) -> list[int]:
        """Column of each number in a full row."""
        return [column for group in self.groups for column in group]


@dataclass(eq=False)
class Application:
    """What is known of one application of an optimizer.

    Args:
        site: where it is.
        gradients: the gradients, one for each variable.
        scale: factor by which they are too large.
        wanted: whether the full set is recorded at this step.
        row: row of the ring.
        old: the values before the update, empty tensors at other steps; None if the optimizer tells
            how far it moves the variables.
        moves: how far it moved them, by column.
        received: norms that `update_step` was given, by column.
        calls: number of its calls so far.
    """

    site: Site
    gradients: list[Any]
    scale: Any
    wanted: Any
    row: Any
    old: list[Any] | None
    moves: dict[int, Move] = field(default_factory=dict)
    received: dict[int, Any] = field(default_factory=dict)
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Also:
    """Something else that is to be done at steps that are recorded in full."""

    inputs: Sequence[Any]
    work: Callable[[Sequence[Any]], Any]


def plain(variable: Any) -> Any:
    """The TensorFlow variable behind a Keras variable."""
    return variable.value if isinstance(variable, keras.Variable) else variable


def write_rows(application: Application, *, compiled: bool, also: Also | None = None) -> None:
    """Write the rows of one application, after the optimizer has acted."""
    site = application.site
    variables = [plain(variable) for variable in site.variables]
    entries = [
        tf.zeros(variable.shape)
        if gradient is None
        else merged(gradient, tuple(variable.shape), compiled=compiled)
        for gradient, variable in zip(application.gradients, variables, strict=True)
    ]
    base = tf.stack([*(half_square(tensor) for tensor in entries), application.scale])
    site.ring.write(application.row, base)
    whole = tf.math.is_finite(tf.reduce_sum(base))
    full = _FullRow(application, variables, also)
    choose(
        tf.logical_or(application.wanted, tf.logical_not(whole)),
        full.write,
        lambda *inputs: [tf.constant(0.0)],
        [application.row, application.wanted, base, *entries, *full.inputs],
        compiled=compiled,
    )


class _FullRow:
    """Takes the full set at a step that is recorded in full.

    Args:
        application: what is recorded.
        variables: its TensorFlow variables.
        also: what else is to be done there.
    """

    def __init__(
        self, application: Application, variables: Sequence[Any], also: Also | None
    ) -> None:
        self._site = application.site
        self._variables = variables
        self._also = also
        self._count = len(variables)
        self._tells = application.old is None
        self._added = [False] * self._count
        self._known = True
        self._table_rows = [
            int(variables[group[0]].shape[0])
            if isinstance(application.gradients[group[0]], tf.IndexedSlices)
            else None
            for group in self._site.groups
        ]
        changes = self._moves(application) if application.old is None else application.old
        self.inputs = [*changes, *handles_of(variables), *(also.inputs if also else [])]

    def _moves(self, application: Application) -> list[Any]:
        """Amounts by column; a variable that has no gradient stays where it is."""
        moves = application.moves
        moving = set(range(self._count)) - {
            column for column, gradient in enumerate(application.gradients) if gradient is None
        }
        self._known = moving == set(moves)
        if not self._known:
            return [tf.zeros([0])] * self._count
        self._added = [column in moves and moves[column].is_added for column in range(self._count)]
        return [
            moves[column].amount if column in moves else tf.zeros(variable.shape)
            for column, variable in enumerate(self._variables)
        ]

    def write(self, row: Any, wanted: Any, base: Any, *rest: Any) -> list[Any]:
        """Write one full row."""
        count, groups = self._count, self._site.groups
        entries = _blocks(groups, rest[:count])
        changes, handles = rest[count : 2 * count], rest[2 * count : 3 * count]
        in_order = tf.gather(base[:count], self._site.order)
        norms = tf.cond(
            tf.math.is_finite(tf.reduce_sum(in_order)),
            lambda: tf.sqrt(2.0 * in_order),
            lambda: wide_norms(entries),
        )
        rows = [norms, largest_entries(entries), zero_shares(entries, self._table_rows)]
        rows += self._weight_rows(wanted, changes, handles)
        self._site.full.write(row, tf.concat(rows, axis=0))
        if self._also is not None:
            self._also.work(rest[3 * count :])
        return [tf.constant(0.0)]

    def _weight_rows(
        self, wanted: Any, changes: Sequence[Any], handles: Sequence[Any]
    ) -> list[Any]:
        """Norms of the changes, then norms of the values before them."""
        unknown = tf.fill([self._count], float("nan"))
        new = [read(h, variable) for h, variable in zip(handles, self._variables, strict=True)]
        after = _blocks(self._site.groups, new)
        if not self._known:
            return [unknown, l2_norms(after)]
        if self._tells:
            signed = [
                -amount if added else amount
                for amount, added in zip(changes, self._added, strict=True)
            ]
            moved = _blocks(self._site.groups, signed)
            return [l2_norms(moved), l2_norms(each_pair(tf.add, after, moved))]

        def compare() -> Any:
            before = _blocks(self._site.groups, changes)
            differences = each_pair(tf.subtract, after, before)
            return tf.concat([l2_norms(differences), l2_norms(before)], axis=0)

        both = tf.cond(wanted, compare, lambda: tf.concat([unknown, l2_norms(after)], axis=0))
        return [both]


def _blocks(groups: Groups, tensors: Sequence[Any]) -> list[Block]:
    return [Block([tensors[column] for column in group]) for group in groups]
