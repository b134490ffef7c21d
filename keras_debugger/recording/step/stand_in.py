"""A compiled function that stands in for the model's own during one call."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_debugger.recording.step.patching import patched


class StandIn:
    """Called by Keras in place of `train_function`; takes itself off before it runs.

    Args:
        model: the model.
        attribute: `train_function` or `test_function`.
        below: the function it stands in for.
        step: the watched step that was compiled into `run`.
        run: the compiled function.
        run_id: which fit it belongs to (the `params` that all callbacks of a fit share).
    """

    def __init__(
        self, *, model: Any, attribute: str, below: Any, step: Callable[[Any], Any], run: Any
    ) -> None:
        self.model = model
        self.attribute = attribute
        self.below = below
        self.step = step
        self.run = run
        self.run_id: Any = None
        self.stays = False
        self.on_error: Callable[[BaseException], None] = lambda error: None

    @property
    def plain(self) -> Any:
        """The model's own function, below all stand-ins."""
        below = self.below
        while isinstance(below, StandIn):
            below = below.below
        return below

    def __call__(self, iterator: Any) -> Any:
        """Run the watched step once."""
        if not self.stays:
            self.model.__dict__[self.attribute] = self.plain
        try:
            return self.run(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException as error:
            self.on_error(error)
            raise


class StandIns:
    """Makes stand-ins, one for each function that a model has had, and puts them in place.

    A function is traced once however often it is watched. `compile` gives the model a new
    function, so a new optimizer is never trained through an old stand-in.

    Args:
        kind: `train` or `test`.
        wrap: makes the watched step from the model and its step.
        on_error: called with an exception that leaves a watched step.
    """

    def __init__(
        self,
        *,
        kind: str,
        wrap: Callable[[Any, Callable[[Any], Any]], Callable[[Any], Any]],
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._kind = kind
        self._wrap = wrap
        self._on_error = on_error
        self._made: list[StandIn] = []

    def arm(self, model: Any, *, run_id: Any, stays: bool = False) -> StandIn:
        """Let the next call of the model's function be watched."""
        attribute = f"{self._kind}_function"
        current = model.__dict__[attribute]
        if isinstance(current, StandIn) and (current.run_id is not run_id or current in self._made):
            current = current.plain
        stand_in = next((made for made in self._made if made.below is current), None)
        if stand_in is None:
            stand_in = self._make(model, attribute, current)
        stand_in.run_id = run_id
        stand_in.stays = stays
        model.__dict__[attribute] = stand_in
        return stand_in

    def _make(self, model: Any, attribute: str, current: Any) -> StandIn:
        name = f"{self._kind}_step"
        inner = current.step if isinstance(current, StandIn) else getattr(model, name)
        step = self._wrap(model, inner)
        try:
            with patched(model, name, step):
                getattr(model, f"make_{self._kind}_function")(force=True)
            run = model.__dict__[attribute]
        finally:
            model.__dict__[attribute] = current
        made = StandIn(model=model, attribute=attribute, below=current, step=step, run=run)
        made.on_error = self._on_error
        self._made.append(made)
        return made


def take_off(stand_in: StandIn) -> None:
    """Put the model's own function back, if it is this stand-in that is in place."""
    if stand_in.model.__dict__.get(stand_in.attribute) is stand_in:
        stand_in.model.__dict__[stand_in.attribute] = stand_in.below
