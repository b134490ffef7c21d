"""A trial and its model, which is made again when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from keras_debugger.types.trial import Trial

if TYPE_CHECKING:
    pass


class Trained:
    """A trial and its model.

    Args:
        trial: the trial.
        model: its model; None if it could not be trained, or if `make` makes it.
        make: makes the model when it is asked for.
    """

    def __init__(
        self, *, trial: Trial, model: Any = None, make: Callable[[], Any] | None = None
    ) -> None:
        self.trial = trial
        self._model = model
        self._make = make

    @property
    def model(self) -> Any:
        """The trained model, None if it could not be trained."""
        if self._model is None and self._make is not None:
            self._model = self._make()
        return self._model
