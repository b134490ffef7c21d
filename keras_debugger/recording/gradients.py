"""Statistics of gradients, weights and updates, taken inside the compiled training step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import tensorflow as tf

from keras_debugger.recording.step.blocks import group_columns
from keras_debugger.recording.step.clipping import receive, received_by
from keras_debugger.recording.step.optimizers import (
    changes_gradients,
    learning_rate_of,
    loss_scale_of,
    optimizers_of,
)
from keras_debugger.recording.step.patching import patched
from keras_debugger.recording.step.replicas import (
    belongs_to_step,
    in_first_replica,
    present_graph,
)
from keras_debugger.recording.step.ring import Parts, Rings
from keras_debugger.recording.step.site import Also, Application, Site, plain
from keras_debugger.recording.step.step_statistics import (
    FULL,
    take_statistics,
    weight_norms_before,
)
from keras_debugger.recording.step.updates import Move, copies_before, tells_moves


class GradientTap:
    """Hooks every optimizer of a model while a step is traced, and takes numbers of its gradients.

    Args:
        counter: variable that holds the number of finished steps, int64.
        limits: variable that says for each row of a ring below which sum of half squares the
            full set is left out.
        is_full: whether each step is recorded in full.
        rings: rows of the steps.
        guard: runs a function of ours; an error in it never reaches the training.
        before_update: called before an optimizer acts, while the step is traced.
    """

    def __init__(
        self,
        *,
        counter: Any,
        limits: Any,
        is_full: bool,
        rings: Rings,
        guard: Callable[[Callable[[], Any]], Any],
        before_update: Callable[[], None],
    ) -> None:
        self.sites: list[Site] = []
        self._before_update = before_update
        self._counter = counter
        self._limits = limits
        self._is_full = is_full
        self._rings = rings
        self._guard = guard
        self._current: Application | None = None
        self._begin_trace(None)

    def _begin_trace(self, also: Also | None) -> None:
        self._rate: Any = None
        self._row: Any = None
        self._also = also
        self._applied: list[Site] = []
        self._graph = present_graph()
        self.parts: dict[Any, Sequence[Any]] = {}  # numbers of this step, still to be written

    @contextmanager
    def listening(self, model: Any, also: Also | None = None) -> Iterator[None]:
        """Patch the optimizers of a model for the time of one trace.

        Args:
            model: the model.
            also: done with the first update at steps that are recorded in full.
        """
        self._begin_trace(also)
        compiled = bool(getattr(model, "jit_compile", False))
        with ExitStack() as patches:
            for optimizer in optimizers_of(model):
                inner = getattr(optimizer, "inner_optimizer", optimizer)
                patches.enter_context(
                    patched(optimizer, "apply", self._apply(model, optimizer, compiled=compiled))
                )
                if changes_gradients(inner):
                    patches.enter_context(patched(inner, "update_step", self._update_step(inner)))
                for name in ("assign_sub", "assign_add"):
                    patches.enter_context(patched(optimizer, name, self._assign(optimizer, name)))
            yield

    @property
    def has_done_also(self) -> bool:
        """Whether an update of this trace took over what was to be done besides."""
        return self._also is None

    def row(self, near: Any) -> Any:
        """Row of the rings for the present step.

        Args:
            near: a tensor of the graph in which it is used.
        """
        if self._row is None or not belongs_to_step(self._row, near):
            self._row = self._counter.read_value() % self._rings.capacity
        return self._row

    def learning_rate(self, row: Any) -> Any:
        """Learning rate before the first update of this step; None if it cannot be used here."""
        return self._rate if self._rate is not None and belongs_to_step(self._rate, row) else None

    def is_bad(self, row: Any) -> Any:
        """Whether a gradient of the present step holds NaN or infinity, a boolean tensor."""
        bad = []
        for site in self.sites:
            base, full = self._numbers(row, (site, "base")), self._numbers(row, (site, "full"))
            if base is None:
                continue
            finite = tf.math.is_finite(base[:-1])
            if full is not None:  # an infinite sum of squares of numbers that are all finite
                largest = tf.reshape(full, (len(FULL), -1))[FULL.index("max_abs")]
                finite |= ~tf.math.is_nan(base[:-1]) & tf.math.is_finite(largest)
            bad.append(~tf.reduce_all(finite))
        return tf.reduce_any(bad)

    def _numbers(self, row: Any, key: Any) -> Any | None:
        if key not in self.parts:
            return self._rings.peek(row, key)
        return tf.concat([tf.reshape(part, [-1]) for part in self.parts[key]], axis=0)

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
                self._guard(
                    lambda: receive(
                        application, gradient, variable, rings=self._rings, counter=self._counter
                    )
                )
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
        tells = tells_moves(optimizer, variables)
        with tf.name_scope("keras_debugger"):
            if self._rate is None:
                self._rate = learning_rate_of(optimizer)
            row = self.row(first.values if isinstance(first, tf.IndexedSlices) else first)
            limit = self._limits.sparse_read(row)
            tensors = [plain(variable) for variable in variables]
            wanted = None if self._is_full else limit < 0.0
            looks = tells and self._is_full
            return Application(
                site=site,
                gradients=grads,
                scale=loss_scale_of(optimizer),
                row=row,
                limit=limit,
                old=None if tells else copies_before(tensors, wanted, compiled=compiled),
                weight_norms=weight_norms_before(site, tensors) if looks else None,
            )

    def _site(self, optimizer: Any, variables: list[Any], grads: list[Any]) -> Site:
        none = frozenset(i for i, gradient in enumerate(grads) if gradient is None)
        for site in self.sites:
            if site.optimizer is optimizer and _same(site.variables, variables):
                site.without_gradient &= none
                return site
        site = Site(
            optimizer=optimizer,
            variables=tuple(variables),
            groups=group_columns([plain(variable) for variable in variables], grads),
            has_clipped=changes_gradients(getattr(optimizer, "inner_optimizer", optimizer)),
            without_gradient=none,
        )
        self.sites.append(site)
        return site

    def _after(self, application: Application, *, compiled: bool) -> None:
        with tf.name_scope("keras_debugger"):
            also = self._also
            if also is not None and belongs_to_step(application.row, also.inputs[0]):
                self._also = None
            else:
                also = None
            parts = take_statistics(
                application, self._rings, is_full=self._is_full, compiled=compiled, also=also
            )
            self._note(application, {**parts, **received_by(application)})

    def _note(self, application: Application, parts: Parts) -> None:
        """Leave numbers to be written with the others of the step, if that can be done."""
        if present_graph() is self._graph:
            self.parts.update(parts)
        else:
            self._rings.write(application.row, parts)

    def _assign(self, optimizer: Any, name: str) -> Callable[..., Any]:
        original = getattr(optimizer, name)

        def assign(variable: Any, value: Any) -> Any:
            application = self._current
            if application is not None and application.old is None:
                column = application.site.column(variable)
                if column is not None:
                    move = Move(value, is_added=name == "assign_add")
                    application.moves[column] = move
            return original(variable, value)

        return assign


def _same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return len(first) == len(second) and all(
        one is other for one, other in zip(first, second, strict=True)
    )
