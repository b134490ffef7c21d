"""Norms of gradients after an optimizer has clipped, accumulated or unscaled them."""

from typing import Any

import tensorflow as tf

from keras_debugger.recording.step.blocks import Block
from keras_debugger.recording.step.norms import l2_norms, merged
from keras_debugger.recording.step.replicas import belongs_to_step
from keras_debugger.recording.step.ring import Parts, Rings
from keras_debugger.recording.step.site import Application, Site


def receive(
    application: Application, gradient: Any, variable: Any, *, rings: Rings, counter: Any
) -> None:
    """Take the norm of a gradient that `update_step` was given.

    Inside a branch of the step, as under loss scaling, it is written at once, for no tensor leaves
    the branch.

    Args:
        application: the application that it belongs to.
        gradient: the gradient.
        variable: its variable.
        rings: rows of the steps.
        counter: number of steps done.
    """
    site = application.site
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    number, application.calls = application.calls // replicas, application.calls + 1
    column = _column(site, variable, number)
    if column is None or column in application.received or not site.has_clipped:
        return
    with tf.name_scope("keras_debugger"):
        shape = tuple(site.variables[column].shape)
        norm = l2_norms([Block([merged(gradient, shape, compiled=False)])])[0]
        if belongs_to_step(norm, application.row):
            application.received[column] = norm
        else:
            row = counter.read_value() % rings.capacity
            key, width = (site, "clipped"), len(site.variables)
            rings.write_entry(row, key, width=width, column=column, value=norm)


def received_by(application: Application) -> Parts:
    """The norms that are still to be written, none if there are none."""
    if not application.received:
        return {}
    site, unknown = application.site, tf.constant(float("nan"))
    columns = range(len(site.variables))
    return {(site, "clipped"): [application.received.get(i, unknown) for i in columns]}


def _column(site: Site, variable: Any, number: int) -> int | None:
    """Column of a variable that `update_step` was called with, by identity, else by its turn."""
    column = site.column(variable)
    if column is not None:
        return column
    turns = [i for i in range(len(site.variables)) if i not in site.without_gradient]
    return turns[number] if number < len(turns) else None
