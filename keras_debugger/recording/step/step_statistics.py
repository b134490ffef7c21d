"""The numbers that a step gives for one application of an optimizer.

At every step: half the sum of squares of each gradient, and the factor by which all are too large.
At steps that are recorded in full, and wherever a gradient is not finite, also `FULL`. What can be
computed later, in Python, is not computed here.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

import tensorflow as tf

from keras_debugger.recording.step.blocks import Block, Groups, each_pair, joined
from keras_debugger.recording.step.branch import choose, handles_of, read
from keras_debugger.recording.step.norms import (
    l2_norms,
    largest_entries,
    merged,
    zero_shares,
)
from keras_debugger.recording.step.ring import Parts, Rings
from keras_debugger.recording.step.site import Also, Application, Site, plain

FULL = ("max_abs", "zero_share", "update_norm", "weight_norm")
NAN = float("nan")


def take_statistics(
    application: Application, rings: Rings, *, is_full: bool, compiled: bool, also: Also | None
) -> Parts:
    """What a step gives for one application, after the optimizer has acted.

    Args:
        application: what is recorded.
        rings: where a full set is written at steps that are chosen when they run.
        is_full: whether each step is recorded in full; the full set is then among the result.
        compiled: whether XLA compiles the step.
        also: what else is to be done at steps that are chosen when they run.
    """
    site = application.site
    variables = [plain(variable) for variable in site.variables]
    entries = [
        tf.zeros(variable.shape)
        if gradient is None
        else merged(gradient, tuple(variable.shape), compiled=compiled)
        for gradient, variable in zip(application.gradients, variables, strict=True)
    ]
    blocks = _blocks(site.groups, entries)
    halves = joined([block.half_squares(block.tensor) for block in blocks])
    total = tf.reduce_sum(halves)
    full = _FullSet(application, variables, also, compiled=compiled)
    parts: dict[Any, Sequence[Any]] = {(site, "base"): [halves, application.scale]}
    chosen = partial(_at_chosen_steps, application, total, compiled=compiled)
    if is_full:
        parts[site, "full"] = [
            *full.of_gradients(blocks),
            *full.of_weights(None, full.changes, variables),
        ]
        if also is not None:
            chosen(also.work, also.inputs)
    else:
        tensors = [application.limit, *(block.tensor for block in blocks), *full.inputs]
        chosen(partial(full.write, rings), tensors)
    return parts


def _at_chosen_steps(
    application: Application,
    total: Any,
    work: Callable[[Any, Sequence[Any]], Any],
    inputs: Sequence[Any],
    *,
    compiled: bool,
) -> None:
    def branch(row: Any, *inputs: Any) -> list[Any]:
        work(row, inputs)
        return [tf.constant(0.0)]

    choose(
        tf.less(total, application.limit),  # not so at a chosen step, nor if it is not finite
        branch,
        lambda *inputs: [tf.constant(0.0)],
        [application.row, *inputs],
        compiled=compiled,
        when=False,
    )


def weight_norms_before(site: Site, variables: Sequence[Any]) -> Any:
    """Norms of variables before an update, in the order of a full set."""
    return l2_norms(_blocks(site.groups, variables))


class _FullSet:
    """Takes the full set of one application.

    Args:
        application: what is recorded.
        variables: its TensorFlow variables.
        also: what else is to be done at chosen steps.
        compiled: whether XLA compiles the step.
    """

    def __init__(
        self,
        application: Application,
        variables: Sequence[Any],
        also: Also | None,
        *,
        compiled: bool,
    ) -> None:
        self._compiled = compiled
        self._site = application.site
        self._variables = variables
        self._also = also
        self._count = len(variables)
        self._application = application
        self._tells = application.old is None
        self._added = [False] * self._count
        self._known = True
        self._table_rows = [
            int(variables[group[0]].shape[0])
            if isinstance(application.gradients[group[0]], tf.IndexedSlices)
            else None
            for group in self._site.groups
        ]
        self.changes = self._moves(application) if application.old is None else application.old
        self.inputs = [
            *tf.nest.flatten(self.changes, expand_composites=True),
            *handles_of(variables),
            *(also.inputs if also else []),
        ]

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

    def write(self, rings: Rings, row: Any, inputs: Sequence[Any]) -> None:
        """Write the full set of a chosen step, and do what else is to be done there."""
        flat = tf.nest.flatten(self.changes, expand_composites=True)
        sizes = 1, len(self._site.groups), len(flat), self._count
        (limit,), tensors, flat, handles, others = _split(inputs, sizes)
        blocks = self._restored(tensors)
        changes = tf.nest.pack_sequence_as(self.changes, flat, expand_composites=True)
        values = [
            read(handle, variable)
            for handle, variable in zip(handles, self._variables, strict=True)
        ]
        numbers = [
            *self.of_gradients(blocks),
            *self.of_weights(limit, changes, values),
        ]
        rings.write(row, {(self._site, "full"): numbers})
        if self._also is not None:
            self._also.work(row, others)

    def _restored(self, tensors: Sequence[Any]) -> list[Block]:
        """Blocks from their tensors, in a branch."""
        return [
            Block.of(tensor, len(group))
            for tensor, group in zip(tensors, self._site.groups, strict=True)
        ]

    def of_gradients(self, blocks: Sequence[Block]) -> list[Any]:
        """Largest entries and shares of zeros."""
        return [largest_entries(blocks), zero_shares(blocks, self._table_rows)]

    def of_weights(
        self, limit: Any | None, changes: Sequence[Any], values: Sequence[Any]
    ) -> list[Any]:
        """Norms of the changes, then norms of the values before them.

        Args:
            limit: of the application; None where each step is recorded in full.
            changes: how far the optimizer moved the variables, or their values before.
            values: variables, or their values now.
        """
        unknown = tf.fill([self._count], NAN)
        groups, before = self._site.groups, self._application.weight_norms
        if not self._known:
            return [unknown, l2_norms(_blocks(groups, values)) if before is None else before]
        if self._tells and before is not None:
            entries = [
                merged(change, tuple(change.shape), compiled=self._compiled) for change in changes
            ]
            return [l2_norms(_blocks(groups, entries)), before]
        after = _blocks(groups, values)
        if self._tells:
            dense = [tf.convert_to_tensor(change) for change in changes]
            signed = [
                -amount if added else amount
                for amount, added in zip(dense, self._added, strict=True)
            ]
            moved = _blocks(groups, signed)
            return [l2_norms(moved), l2_norms(each_pair(tf.add, after, moved))]

        def compare() -> Any:
            old = _blocks(groups, changes)
            return tf.concat([l2_norms(each_pair(tf.subtract, after, old)), l2_norms(old)], axis=0)

        if limit is None:
            return [compare()]
        only = lambda: tf.concat([unknown, l2_norms(after)], axis=0)  # noqa: E731
        return [tf.cond(limit < 0.0, compare, only)]


def _blocks(groups: Groups, tensors: Sequence[Any]) -> list[Block]:
    return [Block([tensors[column] for column in group]) for group in groups]


def _split(tensors: Sequence[Any], sizes: Sequence[int]) -> list[Sequence[Any]]:
    """Parts of the given sizes, and the rest."""
    ends = list(accumulate(sizes))
    return [tensors[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True)]
