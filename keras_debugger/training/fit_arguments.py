"""Arguments of fit as a user gives them, checked before anything is trained."""

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import keras

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.types.record import FitDescription


def describe_fit(
    *,
    epochs: int | None,
    batch_size: int | None,
    shuffle: bool,
    class_weight: Mapping[int, float] | None,
    recorded: FitDescription | None,
) -> FitDescription:
    """Arguments of fit: those that were given, then those of the recorded run.

    Raises:
        InvalidArgumentError: one of them cannot be used.
    """
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value is not None and not is_whole(value, least=1):
            raise InvalidArgumentError(
                given=f"{name}={value!r}",
                expected=f"{name} to be a whole number of at least 1",
                do=f"give autofix the {name} that you would give to model.fit",
            )
    if class_weight is not None:
        _check_class_weight(class_weight)
    recorded = recorded or FitDescription()
    weights = class_weight if class_weight is not None else recorded.class_weight
    return FitDescription(
        epochs=epochs if epochs is not None else recorded.epochs,
        batch_size=batch_size if batch_size is not None else recorded.batch_size,
        shuffle=shuffle and recorded.shuffle is not False,
        class_weight=None if weights is None else MappingProxyType(dict(weights)),
    )


def read_callbacks(given: Any) -> tuple[keras.callbacks.Callback, ...]:
    """The user's callbacks, given as `fit` takes them: several, a single one or None.

    Raises:
        InvalidArgumentError: something else is among them.
    """
    callbacks = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    callbacks = [one for one in callbacks if one is not None]
    for one in callbacks:
        if not isinstance(one, keras.callbacks.Callback):
            raise InvalidArgumentError(
                given=f"callbacks={given!r}"[:200],
                expected="instances of keras.callbacks.Callback",
                do="give autofix the callbacks that you would give to model.fit, such as "
                "[keras.callbacks.EarlyStopping()]",
            )
    return tuple(callbacks)


def is_whole(value: Any, *, least: int) -> bool:
    """Whether this is a whole number, of Python or NumPy, and no smaller than the least one."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def _check_class_weight(given: Any) -> None:
    is_mapping = isinstance(given, Mapping) and all(
        is_whole(key, least=0) and isinstance(weight, Real) and float(weight) >= 0.0
        for key, weight in given.items()
    )
    if not is_mapping:
        raise InvalidArgumentError(
            given=f"class_weight={given!r}"[:200],
            expected="a dict from the number of each class to its weight, as in fit",
            do="give for instance class_weight={0: 1.0, 1: 5.0}; autofix also tries to balance the "
            "classes by itself",
        )
