"""Statistics of gradients, weights and updates, taken inside the compiled training step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.blocks import Block, group_columns
from keras_debugger.recording.norms import l2_norms, merged
from keras_debugger.recording.patching import patched
from keras_debugger.recording.ring import Ring
from keras_debugger.recording.step_statistics import (
    STATISTICS,
    Application,
    Site,
    old_values,
    plain,
    statistics,
)

FIRST_STEPS = 50  # steps at the start that are always recorded in full


class GradientTap:
    """Hooks every optimizer of a model while a step is traced, and writes one row a step.

    Args:
        counter: variable that holds the number of finished steps, int64.
        every: each `every`-th step is recorded in full.
        capacity: rows that a ring holds.
        guard: runs a function of ours; an error in it never reaches the training.
        before_update: called before an optimizer acts, while the step is traced.
    """

    def __init__(
        self,
        *,
        counter: Any,
        every: int,
        capacity: int,
        guard: Callable[[Callable[[], Any]], Any],
        before_update: Callable[[], None],
    ) -> None:
        self.sites: list[Site] = []
        self._before_update = before_update
        self._rate: Any = None
        self._applied: list[Site] = []
        self._counter = counter
        self._every = every
        self._capacity = capacity
        self._guard = guard
        self._current: Application | None = None

    @contextmanager
    def listening(self, model: Any) -> Iterator[None]:
        """Patch the optimizers of a model for the time of one trace."""
        self._rate = None
        self._applied.clear()
        compiled = bool(getattr(model, "jit_compile", False))
        with ExitStack() as patches:
            for optimizer in optimizers_of(model):
                inner = getattr(optimizer, "inner_optimizer", optimizer)
                patches.enter_context(
                    patched(optimizer, "apply", self._apply(model, optimizer, compiled=compiled))
                )
                if _changes_gradients(inner):
                    patches.enter_context(patched(inner, "update_step", self._update_step(inner)))
            yield

    def learning_rate(self, row: Any) -> Any:
        """Learning rate before the first update of this step; None if it cannot be used here."""
        return self._rate if self._rate is not None and belongs_to_step(self._rate, row) else None

    def is_bad(self, row: Any) -> Any:
        """Whether a gradient of the present step holds NaN or infinity, a boolean tensor."""
        place = STATISTICS.index("finite")
        flags = [tf.reshape(site.ring.peek(row), (len(STATISTICS), -1)) for site in self.sites]
        return tf.reduce_any([tf.reduce_any(rows[place] == 0) for rows in flags])

    def _apply(self, model: Any, optimizer: Any, *, compiled: bool) -> Callable[..., Any]:
        original = optimizer.apply

        def apply(grads: Any, trainable_variables: Any = None) -> Any:
            if not in_first_replica():
                return original(grads, trainable_variables)
            grads = list(grads)
            variables = None if trainable_variables is None else list(trainable_variables)
            known = list(model.trainable_variables) if variables is None else variables
            before = self._guard(lambda: self._before(optimizer, grads, known, compiled=compiled))
            self._current = before
            try:
                result = original(grads, variables)
            finally:
                self._current = None
            if before is not None:
                self._guard(lambda: self._after(before, compiled=compiled))
            return result

        return apply

    def _update_step(self, optimizer: Any) -> Callable[..., Any]:
        original = optimizer.update_step

        def update_step(gradient: Any, variable: Any, *rest: Any, **named: Any) -> Any:
            application = self._current
            if application is not None:
                self._guard(lambda: self._received(application, gradient, variable))
            return original(gradient, variable, *rest, **named)

        return update_step

    def _before(
        self, optimizer: Any, grads: list[Any], variables: list[Any], *, compiled: bool
    ) -> Application | None:
        if len(grads) != len(variables):
            return None
        self._before_update()
        site = self._site(optimizer, variables, grads)
        site.repeated |= any(site is other for other in self._applied)
        self._applied.append(site)
        with tf.name_scope("keras_debugger"):
            if self._rate is None:
                self._rate = learning_rate_of(optimizer)
            step = self._counter.read_value()
            full = tf.logical_or(step < FIRST_STEPS, step % self._every == 0)
            return Application(
                site=site,
                gradients=grads,
                scale=_loss_scale(optimizer),
                full=full,
                row=step % self._capacity,
                old=old_values(site, full, compiled=compiled),
            )

    def _site(self, optimizer: Any, variables: list[Any], grads: list[Any]) -> Site:
        none = frozenset(i for i, gradient in enumerate(grads) if gradient is None)
        for site in self.sites:
            if site.optimizer is optimizer and _same(site.variables, variables):
                site.without_gradient &= none
                return site
        count = len(variables)
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        clipped = Ring(capacity=self._capacity, width=count) if _changes_gradients(inner) else None
        ring = Ring(capacity=self._capacity, width=len(STATISTICS) * count)
        groups = group_columns([plain(variable) for variable in variables], grads)
        site = Site(optimizer, tuple(variables), groups, ring, clipped, none)
        self.sites.append(site)
        return site

    def _after(self, application: Application, *, compiled: bool) -> None:
        with tf.name_scope("keras_debugger"):
            site = application.site
            rows = statistics(application, compiled=compiled)
            site.ring.write(application.row, rows)
            if site.clipped is not None and application.received:
                nan = tf.constant(float("nan"))
                norms = [
                    application.received.get(column, nan) for column in range(len(site.variables))
                ]
                site.clipped.write(application.row, tf.stack(norms))

    def _received(self, application: Application, gradient: Any, variable: Any) -> None:
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        number, application.calls = application.calls // replicas, application.calls + 1
        column = _column(application.site, variable, number)
        if column is None or column in application.received or application.site.clipped is None:
            return
        with tf.name_scope("keras_debugger"):
            shape = tuple(application.site.variables[column].shape)
            norm = l2_norms([Block([merged(gradient, shape, compiled=False)])])[0]
            if belongs_to_step(norm, application.row):
                application.received[column] = norm
            else:
                row = self._counter.read_value() % self._capacity
                application.site.clipped.write_entry(row, column, norm)


def optimizers_of(model: Any) -> list[Any]:
    """Every optimizer that a model holds in an attribute, each once, the compiled one first."""
    candidates = [getattr(model, "optimizer", None)]
    for value in vars(model).values():
        candidates.extend(value if isinstance(value, list | tuple) else (value,))
        if isinstance(value, dict):
            candidates.extend(value.values())
    found: list[Any] = []
    for candidate in candidates:
        is_optimizer = isinstance(candidate, keras.optimizers.Optimizer)
        if is_optimizer and not any(candidate is other for other in found):
            found.append(candidate)
    return found


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


def learning_rate_of(optimizer: Any) -> Any:
    """Learning rate in force now, a float32 scalar; NaN without an optimizer."""
    if optimizer is None:
        return tf.constant(float("nan"))
    return tf.cast(tf.convert_to_tensor(plain(optimizer.learning_rate)), tf.float32)


def _loss_scale(optimizer: Any) -> Any:
    """The factor by which the optimizer's gradients are too large, a scalar."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        if not optimizer.built:
            return tf.constant(float(optimizer.initial_scale))
        return tf.cast(tf.identity(plain(optimizer.dynamic_scale)), tf.float32)
    return tf.constant(float(getattr(optimizer, "loss_scale_factor", None) or 1.0))


def _changes_gradients(optimizer: Any) -> bool:
    """Whether the optimizer clips or accumulates what it is given."""
    names = ("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps")
    return any(getattr(optimizer, name, None) for name in names)


def _column(site: Site, variable: Any, number: int) -> int | None:
    """Column of a variable that `update_step` was called with, by identity, else by its turn."""
    for column, known in enumerate(site.variables):
        if known is variable or plain(known) is variable:
            return column
    turns = [i for i in range(len(site.variables)) if i not in site.without_gradient]
    return turns[number] if number < len(turns) else None


def _same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return len(first) == len(second) and all(
        one is other for one, other in zip(first, second, strict=True)
    )
