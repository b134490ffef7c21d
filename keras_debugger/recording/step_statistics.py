"""The rows that a step writes for one application of an optimizer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.blocks import Block, Groups
from keras_debugger.recording.branch import choose, handles_of, read
from keras_debugger.recording.norms import (
    are_finite,
    l2_norms,
    largest_entries,
    merged,
    safe_norms,
    zero_shares,
)
from keras_debugger.recording.ring import Ring

STATISTICS = ("norm", "finite", "max_abs", "zero_share", "update_norm", "weight_norm")


@dataclass(eq=False)
class Site:
    """One place where an optimizer is applied to a list of variables.

    Args:
        optimizer: the optimizer.
        variables: the variables, in the order in which they were given.
        groups: columns that are treated together; their order is that of the numbers in a row.
        ring: rows of `STATISTICS` by variables, flattened.
        clipped: rows of norms after clipping and accumulation, None if nothing can change them.
        without_gradient: columns that got no gradient.
        repeated: whether a step applies it more than once; the last time is recorded.
    """

    optimizer: Any
    variables: tuple[Any, ...]
    groups: Groups
    ring: Ring
    clipped: Ring | None
    without_gradient: frozenset[int] = frozenset()
    repeated: bool = False

    @property
    def order(self) -> list[int]:
        """Column of each number in a row."""
        return [column for group in self.groups for column in group]


@dataclass(eq=False)
class Application:
    """What is known of one application before the optimizer acts.

    Args:
        site: where it is.
        gradients: the gradients, one for each variable.
        scale: factor by which they are too large.
        full: whether the full set is recorded at this step.
        row: row of the ring.
        old: blocks of the values before the update, empty tensors at other steps.
        received: norms that `update_step` was given, by column.
        calls: number of its calls so far.
    """

    site: Site
    gradients: list[Any]
    scale: Any
    full: Any
    row: Any
    old: list[Any]
    received: dict[int, Any] = field(default_factory=dict)
    calls: int = 0


def plain(variable: Any) -> Any:
    """The TensorFlow variable behind a Keras variable."""
    return variable.value if isinstance(variable, keras.Variable) else variable


def old_values(site: Site, full: Any, *, compiled: bool) -> list[Any]:
    """The values before an update, block by block; empty tensors unless `full`."""
    variables = [plain(variable) for variable in site.variables]

    def copies(*handles: Any) -> list[Any]:
        return [block.tensor for block in _values(site.groups, handles, variables)]

    def nothing(*handles: Any) -> list[Any]:
        if not compiled:
            return [tf.zeros([0]) for _ in site.groups]
        shapes = [variables[group[0]].shape for group in site.groups]
        return [  # XLA wants them in their shape
            tf.zeros(shape if len(group) == 1 else (len(group), shape.num_elements()))
            for group, shape in zip(site.groups, shapes, strict=True)
        ]

    return choose(full, copies, nothing, handles_of(variables), compiled=compiled)


def statistics(application: Application, *, compiled: bool) -> Any:
    """Rows of `STATISTICS`, flattened, shape (statistics * variables,)."""
    site = application.site
    variables = [plain(variable) for variable in site.variables]
    gradients = [
        tf.zeros(variable.shape) if gradient is None else gradient
        for gradient, variable in zip(application.gradients, variables, strict=True)
    ]
    tiers = _Tiers(site.groups, gradients, variables, compiled=compiled)
    is_whole = tf.reduce_all(tf.math.is_finite(tiers.norms))
    inputs = [application.full, application.scale, tiers.norms, *tiers.tensors]
    return choose(
        tf.logical_or(application.full, tf.logical_not(is_whole)),
        tiers.everything,
        tiers.essentials,
        [*inputs, *application.old, *handles_of(variables)],
        compiled=compiled,
    )[0]


class _Tiers:
    """What is taken of gradients and weights at a step in full, and at the others.

    Args:
        groups: columns that are treated together.
        gradients: the gradients, by column.
        variables: the variables, by column.
        compiled: whether XLA compiles the step.
    """

    def __init__(
        self,
        groups: Groups,
        gradients: Sequence[Any],
        variables: Sequence[Any],
        *,
        compiled: bool,
    ) -> None:
        self._groups, self._variables = groups, variables
        self._count = sum(len(group) for group in groups)
        firsts = [group[0] for group in groups]
        self._table_rows = [
            int(variables[i].shape[0]) if isinstance(gradients[i], tf.IndexedSlices) else None
            for i in firsts
        ]
        blocks = [
            Block([merged(gradients[i], tuple(variables[i].shape), compiled=compiled)])
            if len(group) == 1
            else Block([tf.convert_to_tensor(gradients[column]) for column in group])
            for i, group in zip(firsts, groups, strict=True)
        ]
        self.tensors = [block.tensor for block in blocks]
        self.norms = l2_norms(blocks)

    def everything(self, full: Any, scale: Any, norms: Any, *rest: Any) -> list[Any]:
        """The full set; of the weights only the norms after the step unless `full`."""
        number = len(self._groups)
        entries, old = self._blocks(rest[:number]), self._blocks(rest[number : 2 * number])
        new = _values(self._groups, rest[2 * number :], self._variables)
        finite = are_finite(entries)
        overflown = tf.reduce_any(tf.logical_and(finite > 0, tf.math.is_inf(norms)))
        exact = tf.cond(overflown, lambda: safe_norms(entries), lambda: norms)
        unknown = tf.fill([self._count], float("nan"))
        weights = tf.cond(
            full,
            lambda: _weight_rows(new, old),
            lambda: tf.concat([unknown, l2_norms(new)], axis=0),
        )
        shares = zero_shares(entries, self._table_rows)
        largest = largest_entries(entries) / scale
        return [tf.concat([exact / scale, finite, largest, shares, weights], axis=0)]

    def essentials(self, full: Any, scale: Any, norms: Any, *rest: Any) -> list[Any]:
        """Norms, of gradients that are known to be finite."""
        unknown = tf.fill([(len(STATISTICS) - 2) * self._count], float("nan"))
        return [tf.concat([norms / scale, tf.ones_like(norms), unknown], axis=0)]

    def _blocks(self, tensors: Sequence[Any]) -> list[Block]:
        return [
            Block.of(tensor, len(group))
            for tensor, group in zip(tensors, self._groups, strict=True)
        ]


def _values(groups: Groups, handles: Sequence[Any], variables: Sequence[Any]) -> list[Block]:
    """The present values of the variables block by block, given by their handles."""
    return [
        Block([read(handles[column], variables[column]) for column in group]) for group in groups
    ]


def _weight_rows(new: Sequence[Block], old: Sequence[Block]) -> Any:
    """Norms of the changes, then norms of the values before them, shape (2 * variables,)."""
    changes = [
        Block.of(now.tensor - before.tensor, now.count)
        for now, before in zip(new, old, strict=True)
    ]
    return tf.concat([l2_norms(changes), l2_norms(old)], axis=0)
