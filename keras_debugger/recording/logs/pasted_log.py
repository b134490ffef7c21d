"""Pasted Keras progress output: what `model.fit` prints, cut, coloured and repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.logs.log_columns import epoch_logs
from keras_debugger.recording.logs.own_lines import read_own_lines
from keras_debugger.recording.logs.progress_lines import (
    Header,
    Stopped,
    Values,
    read_line,
    split_lines,
)
from keras_debugger.types.record import FitDescription, TrainingRecord
from keras_debugger.types.vocabulary import Ending

_FOREIGN = "The lines are not those that Keras prints; names and values are read as they stand."


@dataclass(slots=True)
class _Epoch:
    """One epoch while its lines are read."""

    header: Header | None
    values: dict[str, float] = field(default_factory=dict)
    total: int | None = None
    finished: bool = False
    validated: bool = False

    def take(self, line: Values) -> None:
        self.values |= line.values
        self.total = line.total or self.total
        self.finished = self.finished or line.finished
        self.validated = self.validated or line.validated


def looks_like_progress(text: str) -> bool:
    """Whether a text holds at least one line of Keras progress with a loss."""
    return any(isinstance(part, Values) for line in split_lines(text) for part in read_line(line))


def read_pasted_text(text: str, *, source: str) -> TrainingRecord:
    """Read what `model.fit` printed (Keras 1 to 3, tqdm), or else a training loop of one's own.

    Colours, repeated bars, messages of other callbacks and lines of `evaluate` are left out. Lines
    without an `Epoch` line are one epoch each. An epoch that is cut keeps the values seen last.

    Args:
        text: what was pasted.
        source: where it comes from, for people to read.

    Returns:
        The record.

    Raises:
        UnreadableFileError: no line is Keras progress.
    """
    parts = [part for line in split_lines(text) for part in read_line(line)]
    foreign = not any(isinstance(part, Values) for part in parts)
    if foreign:
        parts = [*read_own_lines(text)]
    epochs = [epoch for epoch in _collect(parts) if epoch.values]
    if not epochs:
        raise UnreadableFileError(
            given=f"{source}, which is no log of a training",
            expected="a CSVLogger file, a history JSON, pasted Keras progress lines such as "
            "`loss: 0.31 - val_loss: 0.4`, or a saved record",
            do="save the history with keras.callbacks.CSVLogger, or train with a Recorder",
        )
    numbers = _numbers(epochs)
    names = list(dict.fromkeys(name for epoch in epochs for name in epoch.values))
    columns = {name: np.array([e.values.get(name, np.nan) for e in epochs]) for name in names}
    missing = {name: np.array([name not in e.values for e in epochs]) for name in names}
    logs, notes = epoch_logs(
        columns, epoch=numbers, restarts=_restarts(epochs, numbers), missing=missing
    )
    stops = [part.message for part in parts if isinstance(part, Stopped)]
    asked = next((e.header.total for e in reversed(epochs) if e.header and e.header.total), None)
    return TrainingRecord(
        epoch_logs=logs,
        fit_description=FitDescription(epochs=asked, steps_per_epoch=epochs[-1].total),
        ending=Ending.STOPPED_EARLY if stops else Ending.UNKNOWN,
        ending_detail=stops[-1] if stops else "",
        source=source,
        notes=(*notes, *([_FOREIGN] if foreign else []), *_cut_notes(epochs, numbers)),
    )


def _collect(parts: Sequence[Header | Values | Stopped]) -> list[_Epoch]:
    """Epochs in the order of their lines."""
    epochs: list[_Epoch] = []
    evaluations_start = any(isinstance(part, Header) for part in parts)
    for part in parts:
        if isinstance(part, Header):
            if not epochs or epochs[-1].values or epochs[-1].header != part:  # of another worker
                epochs.append(_Epoch(header=part))
        elif isinstance(part, Values):
            current = epochs[-1] if epochs else None
            if current is None or _begins_epoch(current, part):
                epochs.append(_Epoch(header=None))
            elif evaluations_start and _is_evaluation(current, part):
                continue
            epochs[-1].take(part)
    return epochs


def _begins_epoch(current: _Epoch, line: Values) -> bool:
    """Whether a line without an `Epoch` line is a new epoch."""
    if not current.finished or not line.finished:
        return current.finished and current.header is None
    if current.header is None:
        return current.validated or not line.validated
    new = repr(line.values) != repr(current.values)  # in which NaN is like NaN
    return current.validated and line.validated and new


def _is_evaluation(current: _Epoch, line: Values) -> bool:
    """Whether a line is the output of `evaluate` after the end of an epoch."""
    if not current.finished or line.validated:
        return False
    return current.validated or line.total != current.total


def _numbers(epochs: Sequence[_Epoch]) -> np.ndarray:
    """Epoch numbers from 0, those without an `Epoch` line counted from their neighbours."""
    told = [epoch.header.number if epoch.header else None for epoch in epochs]
    known = [number for number in told if number is not None]
    first = 0 if 0 in known else 1
    if len(known) > 1 and len(set(known)) == 1:
        return np.arange(len(epochs))
    wanted = [-1] * len(told)  # by the next number that is told
    ahead = None
    for row in reversed(range(len(told))):
        number = told[row]
        ahead = ahead if number is None else number - first - row
        wanted[row] = -1 if ahead is None else ahead + row
    numbers: list[int] = []
    for number, fitting in zip(told, wanted, strict=True):
        before = numbers[-1] if numbers else -1
        numbers.append(fitting if number is not None or fitting > before else before + 1)
    return np.array(numbers)


def _restarts(epochs: Sequence[_Epoch], numbers: np.ndarray) -> list[int]:
    """Rows at which the epoch number does not rise, or another number of epochs is asked for."""
    rows = []
    asked: int | None = None
    for row, epoch in enumerate(epochs):
        total = epoch.header.total if epoch.header else asked
        again = row > 0 and numbers[row] <= numbers[row - 1]
        other = row > 0 and None not in (total, asked) and total != asked
        rows += [row] if again or other else []
        asked = total
    return rows


def _cut_notes(epochs: Sequence[_Epoch], numbers: np.ndarray) -> list[str]:
    """Notes on epochs whose end is not in the text, and on gaps."""
    notes = [
        f"Epoch {number + 1} is cut: its values are those seen last."
        for epoch, number in zip(epochs, numbers, strict=True)
        if not epoch.finished
    ]
    gaps = int(np.count_nonzero(np.diff(numbers) > 1))
    if gaps:
        notes.append(f"The text leaves out epochs in {gaps} place(s).")
    return notes
