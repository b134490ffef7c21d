"""The loss of the batch of a step, heard while the step is traced."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.step.patching import patched
from keras_debugger.recording.step.replicas import belongs_to_step, in_first_replica


@dataclass(eq=False)
class Losses:
    """Loss values that a step showed, the most trustworthy kind first, and penalties in them."""

    computed: list[Any] = field(default_factory=list)
    penalties: list[Any] = field(default_factory=list)
    tracked: list[Any] = field(default_factory=list)


@contextmanager
def listening_to_loss(model: Any, losses: Losses) -> Iterator[None]:
    """Note what `compute_loss` returns and what loss metrics are given during a step."""
    with ExitStack() as patches:
        original = model.compute_loss

        def compute_loss(*arguments: Any, **named: Any) -> Any:
            loss = original(*arguments, **named)
            if in_first_replica():
                losses.computed.append(loss)
                losses.penalties.append(_sum_of(model.losses))
            return loss

        patches.enter_context(patched(model, "compute_loss", compute_loss))
        for metric in model.metrics:
            if isinstance(metric, keras.metrics.Mean) and "loss" in metric.name:
                watched = _watch_metric(metric, losses)
                patches.enter_context(patched(metric, "update_state", watched))
        yield


def _watch_metric(metric: Any, losses: Losses) -> Callable[..., Any]:
    original = metric.update_state

    def update_state(values: Any, *rest: Any, **named: Any) -> Any:
        if in_first_replica():
            losses.tracked.append(values)
        return original(values, *rest, **named)

    return update_state


def _sum_of(penalties: list[Any]) -> Any:
    return tf.add_n([tf.reduce_sum(tf.cast(one, tf.float32)) for one in penalties or [0.0]])


def penalty_of(losses: Losses, row: Any) -> Any:
    """What layers and regularizers added to the loss of this batch; NaN if it is not known."""
    for penalty in losses.penalties:
        if belongs_to_step(penalty, row):
            return penalty
    return tf.constant(float("nan"))


def loss_of(model: Any, logs: Any, losses: Losses, row: Any) -> Any:
    """Loss of this batch alone, a float32 scalar; NaN if the step does not show it."""
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    for loss in losses.computed:
        if belongs_to_step(loss, row):
            return tf.cast(loss, tf.float32) * replicas
    returned = [logs["loss"]] if isinstance(logs, dict) and "loss" in logs else []
    for loss in (*losses.tracked, *returned):
        if belongs_to_step(loss, row):
            return tf.reduce_mean(tf.cast(loss, tf.float32))
    return tf.constant(float("nan"))
