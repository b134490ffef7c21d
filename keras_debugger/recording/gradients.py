"""Statistics of gradients, weights and updates, taken inside the compiled training step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.branch import choose, handles_of, read
from keras_debugger.recording.norms import (
    l2_norm,
    l2_norms,
    largest_entry,
    merged,
    safe_norm,
    zero_share,
)
from keras_debugger.recording.patching import patched
from keras_debugger.recording.ring import Ring

FIRST_STEPS = 50  # steps at the start that are always recorded in full
_F = tf.float32
STATISTICS = ("norm", "finite", "max_abs", "zero_share", "update_norm", "weight_norm")


@dataclass(eq=False)
class Site:
    """One place where an optimizer is applied to a list of variables.

    Args:
        optimizer: the optimizer.
        variables: the variables, in the order in which they were given.
        ring: rows of `STATISTICS` by variables, flattened.
        clipped: rows of norms after clipping and accumulation, None if nothing can change them.
        without_gradient: columns that got no gradient.
        repeated: whether a step applies it more than once; the last time is recorded.
    """

    optimizer: Any
    variables: tuple[Any, ...]
    ring: Ring
    clipped: Ring | None
    without_gradient: frozenset[int] = frozenset()
    repeated: bool = False


@dataclass(eq=False)
class _Application:
    """What is known of one call of `apply` before the optimizer acts."""

    site: Site
    gradients: list[Any]
    scale: Any
    full: Any
    row: Any
    old_values: list[Any]
    received: dict[int, Any] = field(default_factory=dict)
    calls: int = 0


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
        self._current: _Application | None = None

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
    ) -> _Application | None:
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
            raw = [_plain(variable) for variable in variables]
            old = choose(
                full,
                lambda *handles: _values(handles, raw),
                lambda *handles: _nothing(raw, compiled=compiled),
                handles_of(raw),
                compiled=compiled,
            )
            return _Application(
                site=site,
                gradients=grads,
                scale=_loss_scale(optimizer),
                full=full,
                row=step % self._capacity,
                old_values=old,
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
        site = Site(optimizer, tuple(variables), ring, clipped, none)
        self.sites.append(site)
        return site

    def _after(self, application: _Application, *, compiled: bool) -> None:
        with tf.name_scope("keras_debugger"):
            site = application.site
            rows = _statistics(application, compiled=compiled)
            site.ring.write(application.row, rows)
            if site.clipped is not None and application.received:
                nan = tf.constant(float("nan"))
                norms = [
                    application.received.get(column, nan) for column in range(len(site.variables))
                ]
                site.clipped.write(application.row, tf.stack(norms))

    def _received(self, application: _Application, gradient: Any, variable: Any) -> None:
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        number, application.calls = application.calls // replicas, application.calls + 1
        column = _column(application.site, variable, number)
        if column is None or column in application.received or application.site.clipped is None:
            return
        with tf.name_scope("keras_debugger"):
            shape = tuple(application.site.variables[column].shape)
            norm = l2_norm(merged(gradient, shape, compiled=False))
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
    return tf.cast(tf.convert_to_tensor(_plain(optimizer.learning_rate)), tf.float32)


def _statistics(application: _Application, *, compiled: bool) -> Any:
    """Rows of `STATISTICS`, flattened."""
    variables = [_plain(variable) for variable in application.site.variables]
    gradients, count = application.gradients, len(application.site.variables)
    shapes = [tuple(variable.shape) for variable in variables]
    places = [i for i, gradient in enumerate(gradients) if gradient is not None]
    entries = [merged(gradients[i], shapes[i], compiled=compiled) for i in places]
    norms = l2_norms(entries)
    is_whole = tf.reduce_all(tf.math.is_finite(norms))

    def everything(full: Any, scale: Any, norms: Any, *rest: Any) -> list[Any]:
        entries, rest = rest[: len(places)], rest[len(places) :]
        old, handles = rest[:count], rest[count:]
        finite = _stack(tf.cast(tf.reduce_all(tf.math.is_finite(e)), _F) for e in entries)
        overflown = tf.reduce_any(tf.logical_and(finite > 0, tf.math.is_inf(norms)))
        exact = tf.cond(overflown, lambda: _stack(safe_norm(e) for e in entries), lambda: norms)
        zeros = _stack(
            zero_share(entry, gradients[i], shapes[i])
            for i, entry in zip(places, entries, strict=True)
        )
        largest = _stack(largest_entry(entry) for entry in entries)
        weight_rows = tf.cond(
            full,
            lambda: _weight_rows(_values(handles, variables), old),
            lambda: tf.stack(
                [tf.fill([count], float("nan")), l2_norms(_values(handles, variables))]
            ),
        )
        rows = [exact / scale, finite, largest / scale, zeros]
        spread = [_spread(row, places, count) for row in rows]
        return [tf.concat([*spread, tf.reshape(weight_rows, [-1])], axis=0)]

    def essentials(full: Any, scale: Any, norms: Any, *rest: Any) -> list[Any]:
        unknown = tf.fill([(len(STATISTICS) - 2) * count], float("nan"))
        rows = [norms / scale, tf.ones_like(norms)]
        return [tf.concat([*(_spread(row, places, count) for row in rows), unknown], axis=0)]

    return choose(
        tf.logical_or(application.full, tf.logical_not(is_whole)),
        everything,
        essentials,
        [
            application.full,
            application.scale,
            norms,
            *entries,
            *application.old_values,
            *handles_of(variables),
        ],
        compiled=compiled,
    )[0]


def _values(handles: Sequence[Any], variables: Sequence[Any]) -> list[Any]:
    """The present values of variables, given by their handles."""
    return [read(handle, variable) for handle, variable in zip(handles, variables, strict=True)]


def _nothing(variables: Sequence[Any], *, compiled: bool) -> list[Any]:
    """Stands in for values that are not needed; XLA wants them in their shape."""
    return [tf.zeros(variable.shape if compiled else [0], variable.dtype) for variable in variables]


def _weight_rows(new: Sequence[Any], old: Sequence[Any]) -> Any:
    """Norms of the changes and of the values before them, shape (2, variables)."""
    before = [tf.cast(value, _F) for value in old]
    changes = [tf.cast(now, _F) - value for now, value in zip(new, before, strict=True)]
    return tf.stack([l2_norms(changes), l2_norms(before)])


def _stack(values: Iterable[Any]) -> Any:
    return tf.stack(list(values))


def _spread(row: Any, places: list[int], count: int) -> Any:
    """Numbers of some variables as a row of all, shape (variables,); NaN for the others."""
    if len(places) == count:
        return row
    numbers = dict(zip(places, tf.unstack(row, len(places)), strict=True))
    return tf.stack([numbers.get(column, float("nan")) for column in range(count)])


def _loss_scale(optimizer: Any) -> Any:
    """The factor by which the optimizer's gradients are too large, a scalar."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        if not optimizer.built:
            return tf.constant(float(optimizer.initial_scale))
        return tf.cast(tf.identity(_plain(optimizer.dynamic_scale)), tf.float32)
    return tf.constant(float(getattr(optimizer, "loss_scale_factor", None) or 1.0))


def _changes_gradients(optimizer: Any) -> bool:
    """Whether the optimizer clips or accumulates what it is given."""
    names = ("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps")
    return any(getattr(optimizer, name, None) for name in names)


def _column(site: Site, variable: Any, number: int) -> int | None:
    """Column of a variable that `update_step` was called with, by identity, else by its turn."""
    for column, known in enumerate(site.variables):
        if known is variable or _plain(known) is variable:
            return column
    turns = [i for i in range(len(site.variables)) if i not in site.without_gradient]
    return turns[number] if number < len(turns) else None


def _plain(variable: Any) -> Any:
    """The TensorFlow variable behind a Keras variable."""
    return variable.value if isinstance(variable, keras.Variable) else variable


def _same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return len(first) == len(second) and all(
        one is other for one, other in zip(first, second, strict=True)
    )
