"""What a Recorder is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_debugger.errors import InvalidArgumentError

ALARMS = (None, "warn", "stop")
ACTIVATIONS = ("epochs", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Arguments of a Recorder, checked.

    Args:
        directory: folder to save in, None to save nothing.
        probe_data: the data, None to sample them.
        every: each `every`-th step is recorded in full.
        keep_bad_batch: whether to keep the first batch with a non-finite value.
        alarms: `warn`, `stop` or None.
        activations: `epochs` or `steps`.
        keep_initial_weights: whether to keep the weights before the first step.
    """

    directory: Path | None
    probe_data: Any
    every: int
    keep_bad_batch: bool
    alarms: str | None
    activations: str
    keep_initial_weights: bool

    def __post_init__(self) -> None:
        if not isinstance(self.every, int) or isinstance(self.every, bool) or self.every < 1:
            raise InvalidArgumentError(
                given=f"every={self.every!r}",
                expected="a whole number of at least 1",
                do="use every=1 to record each step in full, every=10 for the default",
            )
        if self.alarms not in ALARMS:
            raise InvalidArgumentError(
                given=f"alarms={self.alarms!r}",
                expected="None, 'warn' or 'stop'",
                do="choose one of them",
            )
        if self.activations not in ACTIVATIONS:
            raise InvalidArgumentError(
                given=f"activations={self.activations!r}",
                expected="'epochs' or 'steps'",
                do="choose 'steps' to look at layers inside the steps too",
            )
        data = self.probe_data
        if data is not None and (not isinstance(data, tuple | list) or len(data) not in (2, 4)):
            raise InvalidArgumentError(
                given=f"probe_data of type {type(data).__name__}",
                expected="(x, y) or (x, y, x_validation, y_validation)",
                do="give the arrays that fit is given",
            )
