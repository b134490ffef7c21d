"""The call of `fit` that is going on, as the stack of its thread shows it.

Keras tells a callback neither what `fit` was given nor that it was left by an exception of another
callback. Both can be read from the call itself: its arguments by the names of its signature, and
whether it is still there. Nothing of the call is kept alive.
"""

import inspect
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import keras
import numpy as np

_KERAS = str(Path(keras.__file__).parent)
_OF_KERAS = (keras.callbacks.History, keras.callbacks.ProgbarLogger)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitCall:
    """What is known of one call of `fit`.

    Args:
        thread: identifier of the thread it runs in.
        caller: code and line that called it, None if it was called by Keras alone.
        shuffle: whether Keras shuffles the rows; None where the data have an order of their own.
        class_weight: weight of each class, None if not given.
        callbacks: class names of the user's callbacks.
        has_validation: whether validation data were given.
    """

    thread: int
    caller: tuple[CodeType, int] | None = None
    shuffle: bool | None = None
    class_weight: Mapping[int, float] | None = None
    callbacks: tuple[str, ...] = ()
    has_validation: bool = False

    def is_left(self, model: Any) -> bool:
        """Whether the call is over; asked from another thread, whether its thread is."""
        if self.thread == threading.get_ident():
            return next(_frames_of_fit(model), None) is None
        return all(thread.ident != self.thread for thread in threading.enumerate())

    def error(self) -> BaseException | None:
        """The exception that left the call, if nothing caught it and Python has shown it."""
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
        if error is None or self.caller is None:
            return None
        passed = traceback.walk_tb(error.__traceback__)
        is_ours = any((frame.f_code, line) == self.caller for frame, line in passed)
        return error if is_ours else None


NO_CALL = FitCall(thread=-1)


def find_fit(model: Any) -> FitCall | None:
    """The call of `model.fit` on the stack of this thread, None if there is none.

    Args:
        model: the model.
    """
    frames = list(_frames_of_fit(model))
    if not frames:
        return None
    given = frames[0].f_locals  # of several, the innermost is that of Keras
    callbacks = given.get("callbacks")
    callbacks = getattr(callbacks, "callbacks", callbacks)
    weights = given.get("class_weight")
    return FitCall(
        thread=threading.get_ident(),
        caller=_caller_of(frames[-1]),
        shuffle=_shuffles(given.get("x"), given.get("shuffle")),
        class_weight=_numbers(weights) if isinstance(weights, Mapping) else None,
        callbacks=_names_of(keras.tree.flatten(callbacks)) if callbacks is not None else (),
        has_validation=given.get("validation_data") is not None,
    )


def _frames_of_fit(model: Any) -> Iterator[FrameType]:
    frame = inspect.currentframe()
    while frame is not None:
        names = frame.f_code.co_varnames
        if frame.f_code.co_name == "fit" and names and frame.f_locals.get(names[0]) is model:
            yield frame
        frame = frame.f_back


def _caller_of(frame: FrameType) -> tuple[CodeType, int] | None:
    caller = frame.f_back
    while caller is not None and caller.f_code.co_filename.startswith(_KERAS):
        caller = caller.f_back
    return None if caller is None else (caller.f_code, caller.f_lineno)


def _shuffles(x: Any, shuffle: Any) -> bool | None:
    """Whether rows are shuffled; a dataset or a generator has its own order, which is not seen."""
    leaves = [leaf for leaf in keras.tree.flatten(x) if leaf is not None]
    are_arrays = bool(leaves) and all(
        hasattr(leaf, "shape") and hasattr(leaf, "dtype" if hasattr(leaf, "dtype") else "dtypes")
        for leaf in leaves
    )
    return bool(shuffle) if are_arrays and shuffle is not None else None


def _numbers(weights: Mapping[Any, Any]) -> dict[int, float]:
    return {int(label): float(np.asarray(weight)) for label, weight in weights.items()}


def _names_of(callbacks: list[Any]) -> tuple[str, ...]:
    return tuple(
        type(callback).__name__
        for callback in callbacks
        if callback is not None
        and not isinstance(callback, _OF_KERAS)
        and not type(callback).__module__.startswith("keras_debugger.")
    )
