"""Statistics of gradients, weights and updates, taken inside the compiled training step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import tensorflow as tf

from keras_debugger.recording.step.blocks import Block, group_columns
from keras_debugger.recording.step.norms import l2_norms, merged
from keras_debugger.recording.step.patching import patched
from keras_debugger.recording.step.ring import Ring
from keras_debugger.recording.step.step_statistics import (
    FULL,
    Also,
    Application,
    Site,
    plain,
    write_rows,
)
from keras_debugger.recording.step.updates import Move, copies_before, tells_moves

FIRST_STEPS = 50  # steps at the start that are always recorded in full


class GradientTap:
    """Hooks every optimizer of a model while a step is traced, and writes one row a step.

    Args:
        counter: variable that holds the number of finished steps, int64.
        wanted: variable that says for each row of a ring whether it is recorded in full, boolean.
        capacity: rows that a ring holds.
        guard: runs a function of ours; an error in it never reaches the training.
        before_update: called before an optimizer acts, while the step is traced.
    """

    def __init__(
        self,
        *,
        counter: Any,
        wanted: Any,
        capacity: int,
        guard: Callable[[Callable[[], Any]], Any],
        before_update: Callable[[], None],
    ) -> None:
        self.sites: list[Site] = []
        self._before_update = before_update
        self._rate: Any = None
        self._row: Any = None
        self._also: Also | None = None
        self._applied: list[Site] = []
        self._counter = counter
        self._wanted = wanted
        self._capacity = capacity
        self._guard = guard
        self._current: Application | None = None

    @contextmanager
    def listening(self, model: Any, also: Also | None = None) -> Iterator[None]:
        """Patch the optimizers of a model for the time of one trace.

        Args:
            model: the model.
            also: done with the first update at steps that are recorded in full.
        """
        self._rate = self._row = None
        self._also = also
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
                for name in ("assign_sub", "assign_add"):
                    patches.enter_context(patched(optimizer, name, self._assign(optimizer, name)))
            yield

    @property
    def has_done_also(self) -> bool:
        """Whether an update of this trace took over what was to be done besides."""
        return self._also is None

    def row(self, near: Any) -> Any:
        """Row of the ring for the present step.

        Args:
            near: a tensor of the graph in which it is used.
        """
        if self._row is None or not belongs_to_step(self._row, near):
            self._row = self._counter.read_value() % self._capacity
        return self._row

    def learning_rate(self, row: Any) -> Any:
        """Learning rate before the first update of this step; None if it cannot be used here."""
        return self._rate if self._rate is not None and belongs_to_step(self._rate, row) else None

    def is_bad(self, row: Any) -> Any:
        """Whether a gradient of the present step holds NaN or infinity, a boolean tensor."""
        bad = []
        for site in self.sites:
            exact = tf.reshape(site.full.peek(row), (len(FULL), -1))[0]
            squares = tf.gather(site.ring.peek(row), site.order)
            norms = tf.where(tf.math.is_nan(exact), squares, exact)
            bad.append(tf.reduce_any(~tf.math.is_finite(norms)))
        return tf.reduce_any(bad)

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
        first = next((gradient for gradient in grads if gradient is not None), None)
        if len(grads) != len(variables) or first is None:
            return None
        self._before_update()
        site = self._site(optimizer, variables, grads)
        site.repeated |= any(site is other for other in self._applied)
        self._applied.append(site)
        tells = tells_moves(optimizer, variables, grads)
        with tf.name_scope("keras_debugger"):
            if self._rate is None:
                self._rate = learning_rate_of(optimizer)
            row = self.row(first.values if isinstance(first, tf.IndexedSlices) else first)
            wanted = self._wanted.sparse_read(row)
            tensors = [plain(variable) for variable in variables]
            return Application(
                site=site,
                gradients=grads,
                scale=_loss_scale(optimizer),
                wanted=wanted,
                row=row,
                old=None if tells else copies_before(tensors, wanted, compiled=compiled),
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
        groups = group_columns([plain(variable) for variable in variables], grads)
        site = Site(
            optimizer=optimizer,
            variables=tuple(variables),
            groups=groups,
            ring=Ring(capacity=self._capacity, width=count + 1),
            full=Ring(capacity=self._capacity, width=len(FULL) * count),
            clipped=clipped,
            without_gradient=none,
        )
        self.sites.append(site)
        return site

    def _after(self, application: Application, *, compiled: bool) -> None:
        with tf.name_scope("keras_debugger"):
            site = application.site
            also = self._also
            if also is not None and belongs_to_step(application.row, also.inputs[0]):
                self._also = None
            else:
                also = None
            write_rows(application, compiled=compiled, also=also)
            if site.clipped is not None and application.received:
                nan = tf.constant(float("nan"))
                norms = [
                    application.received.get(column, nan) for column in range(len(site.variables))
                ]
                site.clipped.write(application.row, tf.stack(norms))

    def _assign(self, optimizer: Any, name: str) -> Callable[..., Any]:
        original = getattr(optimizer, name)

        def assign(variable: Any, value: Any) -> Any:
            application = self._current
            if application is not None and application.old is None:
                column = _place(application.site.variables, variable)
                if column is not None:
                    move = Move(value, is_added=name == "assign_add")
                    application.moves[column] = move
            return original(variable, value)

        return assign

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
    column = _place(site.variables, variable)
    if column is not None:
        return column
    turns = [i for i in range(len(site.variables)) if i not in site.without_gradient]
    return turns[number] if number < len(turns) else None


def _place(variables: Sequence[Any], variable: Any) -> int | None:
    """Which of some variables this is, by identity."""
    for column, known in enumerate(variables):
        if known is variable or plain(known) is variable:
            return column
    return None


def _same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return len(first) == len(second) and all(
        one is other for one, other in zip(first, second, strict=True)
    )
