"""The wrapped training step: the user's own step, and what is written down after it."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.recording.gradients import GradientTap
from keras_debugger.recording.step.batch_sample import BatchSample
from keras_debugger.recording.step.losses import Losses, listening_to_loss, loss_of, penalty_of
from keras_debugger.recording.step.optimizers import learning_rate_of, optimizers_of
from keras_debugger.recording.step.replicas import belongs_to_step, in_first_replica
from keras_debugger.recording.step.ring import Rings, own_variable
from keras_debugger.recording.step.site import Also
from keras_debugger.recording.step.step_activations import (
    StepActivations,
    inputs_of,
    with_inputs,
)
from keras_debugger.recording.step.step_table import FIRST_STEPS

STEP = "step"  # key of the numbers that a step has whatever its optimizers are
STEP_VALUES = ("loss", "learning_rate", "batch_size", "penalty")
CAPACITY = 512  # rows that a ring holds; it is read before they are overwritten
RARELY = 10  # steps between those at which rows of a batch may be copied

Guarded = Callable[[Callable[[], Any]], Any]


class StepTap:
    """Everything that is written inside the training step of one model.

    Args:
        every: each `every`-th step is recorded in full.
        guard: runs a function of ours; an error in it never reaches the training.
        sample: takes the first rows of the run, None if the data are known.
        bad_batch: takes the first batch with a non-finite value, None if it is not wanted.
        before_update: called with the model before its first update, when its variables exist.
        activations: whether the layers are looked at inside the step.
    """

    def __init__(
        self,
        *,
        every: int,
        guard: Guarded,
        sample: BatchSample | None,
        bad_batch: BatchSample | None,
        before_update: Callable[[], None],
        activations: bool,
    ) -> None:
        self.counter = own_variable((), tf.int64)
        self._every = every
        self._limits = own_variable((CAPACITY,), tf.float32)
        self.expect(0)
        self.rings = Rings(capacity=CAPACITY)
        self.gradients = GradientTap(
            counter=self.counter,
            limits=self._limits,
            is_full=every == 1,
            rings=self.rings,
            guard=guard,
            before_update=before_update,
        )
        self.activations = StepActivations(self.rings, every=every) if activations else None
        self.sample = sample
        self.bad_batch = bad_batch
        self._guard = guard

    def expect(self, step: int) -> None:
        """Choose those of the coming steps, as many as a ring holds, that are recorded in full.

        Where all are, only those at which rows of the batch may be copied are chosen.
        """
        steps = np.arange(step, step + CAPACITY)
        every = RARELY if self._every == 1 else self._every
        chosen = (steps < FIRST_STEPS) | (steps % every == 0)
        limits = np.empty(CAPACITY, np.float32)
        limits[steps % CAPACITY] = np.where(chosen, -np.inf, np.finfo(np.float32).max)
        self._limits.assign(limits)

    def wrap(self, model: Any, train_step: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A training step that does what the given one does, and is watched."""
        compiled = bool(getattr(model, "jit_compile", False))

        def watched_step(data: Any) -> Any:
            if not in_first_replica():
                return train_step(data)
            losses = Losses()
            also = self._guard(lambda: self._also(model, data, compiled=compiled))
            with self.gradients.listening(model, also), listening_to_loss(model, losses):
                logs = train_step(data)
            self._guard(lambda: self._finish(model, data, logs, losses, compiled=compiled))
            return logs

        return watched_step

    def _also(self, model: Any, data: Any, *, compiled: bool) -> Also | None:
        """What is done besides at steps that are recorded in full."""
        rows = [] if self.sample is None or compiled else self.sample.leaves_of(data)
        inputs: list[Any] = []
        if self.activations is not None and self.activations.can_take(model, data):
            inputs = inputs_of(data)
        count = len(rows)

        def work(row: Any, tensors: Sequence[Any]) -> None:
            if self.sample is not None and count:
                self.sample.copy(tensors[:count])
            if self.activations is not None and inputs:
                self.activations.take(model, row, with_inputs(data, tensors[count:]))

        return Also([*rows, *inputs], work) if rows or inputs else None

    def _finish(self, model: Any, data: Any, logs: Any, losses: Losses, *, compiled: bool) -> None:
        with tf.name_scope("keras_debugger"):
            row = self.gradients.row(
                next(leaf for leaf in tf.nest.flatten(data) if leaf is not None)
            )
            loss = loss_of(model, logs, losses, row)
            rate = self.gradients.learning_rate(row)
            if rate is None:
                rate = learning_rate_of(next(iter(optimizers_of(model)), None))
            numbers = {
                STEP: [loss, rate, _rows_of(data), penalty_of(losses, row)],
                **self.gradients.parts,
            }
            self.rings.write(row, numbers)
            if self.bad_batch is not None:
                is_bad = tf.logical_or(
                    tf.logical_not(tf.math.is_finite(loss)), self.gradients.is_bad(row)
                )
                self.bad_batch.offer(data, compiled=compiled, when=is_bad)
            if self.sample is not None and not (self.gradients.has_done_also and not compiled):
                self.sample.offer(data, compiled=compiled)
            with tf.control_dependencies(_tensors(logs, row)):  # a step that fails is not counted
                self.counter.assign_add(1)


def watch_test_step(
    test_step: Callable[[Any], Any], *, sample: BatchSample, compiled: bool, guard: Guarded
) -> Callable[[Any], Any]:
    """An evaluation step that also copies its rows."""

    def watched_step(data: Any) -> Any:
        logs = test_step(data)
        if in_first_replica():
            guard(lambda: sample.offer(data, compiled=compiled))
        return logs

    return watched_step


def _tensors(logs: Any, row: Any) -> list[Any]:
    leaves = tf.nest.flatten(logs)
    return [leaf for leaf in leaves if tf.is_tensor(leaf) and belongs_to_step(leaf, row)]


def _rows_of(data: Any) -> Any:
    """Rows in a batch over all replicas, a float32 scalar."""
    x = keras.utils.unpack_x_y_sample_weight(data)[0] if isinstance(data, tuple | list) else data
    leaf = _first_leaf(x)
    rows = leaf.nrows() if isinstance(leaf, tf.RaggedTensor) else tf.shape(leaf)[0]
    return tf.cast(rows * tf.distribute.get_strategy().num_replicas_in_sync, tf.float32)


def _first_leaf(data: Any) -> Any:
    return next(leaf for leaf in tf.nest.flatten(data) if leaf is not None)
