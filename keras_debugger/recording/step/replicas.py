"""Where code of ours is traced: in which replica, in which graph."""

from typing import Any

import tensorflow as tf


def in_first_replica() -> bool:
    """Whether this code is traced for the first replica (or there is only one)."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return True
    number = context.replica_id_in_sync_group
    return int(tf.get_static_value(number) if tf.is_tensor(number) else number) == 0


def belongs_to_step(tensor: Any, other: Any) -> bool:
    """Whether two tensors may be used together: they lie in one graph, or in none."""
    if tf.executing_eagerly() or not tf.is_tensor(tensor):
        return True
    return getattr(tensor, "graph", None) is other.graph


def present_graph() -> Any:
    """The graph that is being traced; None if code runs eagerly."""
    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
