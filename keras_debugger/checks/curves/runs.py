"""Epoch logs as runs: one Run for each training that a log holds, judged apart."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from keras_debugger.checks.base import TooShortError
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import EpochLogs

_ACCURACY = re.compile(r"(?!.*top)(.*_)?acc(uracy)?", re.IGNORECASE)  # top 5 is another scale
_PERCENT = 1.5  # a share is at most 1; above this it is in percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training in a log.

    Args:
        number: its number in the log, from 1.
        of: number of runs in the log.
        epoch: epoch numbers from 0, shape (epochs,), int.
        values: log name to values, each shape (epochs,), NaN where there is none.
        missing: log name to the rows of this run at which the log holds no value.
    """

    number: int
    of: int
    epoch: np.ndarray
    values: Mapping[str, np.ndarray]
    missing: Mapping[str, frozenset[int]]

    @property
    def accuracy(self) -> str | None:
        """Name of the accuracy among the training metrics, None if there is none."""
        names = [name for name in self.values if not name.startswith("val_")]
        return next((name for name in names if _ACCURACY.fullmatch(name)), None)

    def curve(self, name: str) -> np.ndarray:
        """The finite values of a log in their order; empty if there are none."""
        values: np.ndarray = self.values.get(name, np.empty(0))
        return np.asarray(values[np.isfinite(values)])

    def long_curve(self, name: str, *, at_least: int) -> np.ndarray:
        """The same; raises TooShortError if there are fewer values than this."""
        values = self.curve(name)
        if len(values) < at_least:
            raise TooShortError(f"log at least {at_least} epochs")
        return values

    def epochs_of(self, name: str) -> np.ndarray:
        """Epoch numbers of the finite values of a log."""
        return np.asarray(self.epoch[np.isfinite(self.values[name])])

    def shares(self, name: str | None) -> np.ndarray:
        """The finite values of an accuracy as shares from 0 to 1, also if logged in percent.

        Those of epochs whose loss is not finite are left out: nothing is known of such a model.
        """
        values: np.ndarray = self.values.get(name or "", np.empty(0))
        known = np.isfinite(values)
        if len(values) and "loss" in self.values:
            known &= np.isfinite(self.values["loss"])
        values = values[known]
        return values / 100 if len(values) and values.max() > _PERCENT else values

    @property
    def train_accuracy(self) -> np.ndarray:
        """Training accuracy as shares; empty if it was not logged."""
        return self.shares(self.accuracy)

    @property
    def validation_accuracy(self) -> np.ndarray:
        """Validation accuracy as shares; empty if it was not logged."""
        return self.shares(None if self.accuracy is None else f"val_{self.accuracy}")


def split_runs(logs: EpochLogs) -> tuple[Run, ...]:
    """The runs of a log in their order."""
    bounds = [0, *logs.restarts, logs.count]
    parts = [slice(a, b) for a, b in itertools.pairwise(bounds) if b > a]
    return tuple(
        Run(
            number=number,
            of=len(parts),
            epoch=logs.epoch[rows],
            values={name: values[rows] for name, values in logs.values.items()},
            missing={
                name: frozenset(row - rows.start for row in lost if rows.start <= row < rows.stop)
                for name, lost in logs.missing.items()
            },
        )
        for number, rows in enumerate(parts, start=1)
    )


def judge_runs(logs: EpochLogs, judge: Callable[[Run], Finding | None]) -> tuple[Finding, ...]:
    """The finding of the last run that has one.

    Args:
        logs: epoch logs of one or more runs.
        judge: what it says of one run; raises TooShortError if it cannot say.

    Returns:
        At most one finding. With more than one run, its summary names the run.

    Raises:
        TooShortError: no run is long enough.
    """
    too_short: TooShortError | None = None
    judged = False
    for run in reversed(split_runs(logs)):
        try:
            finding = judge(run)
        except TooShortError as error:
            too_short = too_short or error
            continue
        judged = True
        if finding is not None:
            return (_in_run(finding, run),)
    if not judged:
        raise too_short or TooShortError("the log must hold at least one epoch")
    return ()


def _in_run(finding: Finding, run: Run) -> Finding:
    if run.of == 1:
        return finding
    return replace(finding, summary=f"In run {run.number} of {run.of}: {finding.summary}")
