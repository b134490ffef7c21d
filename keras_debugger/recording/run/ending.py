"""How a run ended when no hook of Keras tells it."""

import atexit
import weakref
from typing import Protocol

from keras_debugger.types.vocabulary import Ending

LEFT = (
    Ending.UNFINISHED,
    "fit was left before its end: another callback raised, or the run was interrupted",
)


def ending_of(error: BaseException) -> tuple[Ending, str]:
    """The ending that an exception makes, and the exception in one line."""
    if isinstance(error, KeyboardInterrupt):
        return Ending.INTERRUPTED, "Ctrl-C"
    lines = str(error).strip().splitlines()
    return Ending.FAILED, f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


class Settles(Protocol):
    """Something that may still have to note how it ended."""

    def settle(self) -> None:
        """Note it."""


class AtExit:
    """Lets a run note its end when Python exits, as long as the run is still wanted.

    Args:
        run: the run; it is not kept alive.
    """

    def __init__(self, run: Settles) -> None:
        self._run = weakref.ref(run)

    def arm(self) -> None:
        """The run has begun."""
        atexit.unregister(self._settle)
        atexit.register(self._settle)

    def disarm(self) -> None:
        """The end of the run was seen."""
        atexit.unregister(self._settle)

    def _settle(self) -> None:
        run = self._run()
        if run is not None:
            run.settle()
