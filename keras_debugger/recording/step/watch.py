"""One model under watch: what is compiled into its steps, and the rows that came out so far."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keras_debugger.recording.step.batch_sample import BatchSample
from keras_debugger.recording.step.columns import by_variable, widths_of
from keras_debugger.recording.step.initial_weights import copy_weights
from keras_debugger.recording.step.site import Site
from keras_debugger.recording.step.stand_in import StandIn, StandIns, take_off
from keras_debugger.recording.step.step_activations import StepActivations
from keras_debugger.recording.step.step_table import StepTable
from keras_debugger.recording.step.train_step import (
    CAPACITY,
    STEP,
    STEP_VALUES,
    StepTap,
    watch_test_step,
)

STEP_ROWS = 50_000
GRADIENT_BYTES = 64 * 2**20
BAD_ROWS = 1024


class Watch:
    """Watches the training of one model, over any number of fits.

    Args:
        model: the model.
        every: each `every`-th step is recorded in full.
        keep_bad_batch: whether to keep the first batch with a non-finite value.
        take_sample: whether to copy rows of the batches, because the data are not known.
        activations: whether the layers are looked at inside the step.
        guard: runs a function of ours; an error in it never reaches the training.
        on_error: called with an exception that leaves a training step.
    """

    def __init__(
        self,
        model: Any,
        *,
        every: int,
        keep_bad_batch: bool,
        take_sample: bool,
        activations: bool,
        guard: Callable[[Callable[[], Any]], Any],
        on_error: Callable[[BaseException], None],
    ) -> None:
        self.model = model
        self.sample = BatchSample() if take_sample else None
        self.validation_sample = BatchSample(counts=True)
        self.bad_batch = BatchSample(rows=BAD_ROWS) if keep_bad_batch else None
        self.initial_weights: dict[str, np.ndarray] | None = None
        self.first_nonfinite: tuple[int, int] | None = None
        self.steps = StepTable(every=every, limit=STEP_ROWS)
        self.gradients = StepTable(every=every, limit=1)
        self.rows = 0  # rows in the batches of all steps that were read
        self.begun = 0  # steps that Python has seen begin
        self._read = 0
        self._begun: list[tuple[int, float]] = [(0, 0.0)]
        self._started = time.perf_counter()
        self._tap = StepTap(
            every=every,
            guard=guard,
            sample=self.sample,
            bad_batch=self.bad_batch,
            before_update=self.copy_initial_weights,
            activations=activations,
        )
        self._train = StandIns(kind="train", wrap=self._tap.wrap, on_error=on_error)
        self._test = StandIns(
            kind="test",
            wrap=lambda model, step: watch_test_step(
                step,
                sample=self.validation_sample,
                compiled=bool(model.jit_compile),
                guard=guard,
            ),
            on_error=lambda error: None,
        )
        self._in_place: list[StandIn] = []

    @property
    def sites(self) -> list[Site]:
        """Where optimizers are applied."""
        return self._tap.gradients.sites

    @property
    def activations(self) -> StepActivations | None:
        """Statistics of layers inside the steps, None if they are not wanted."""
        return self._tap.activations

    @property
    def seconds(self) -> float:
        """Time since the watch began."""
        return time.perf_counter() - self._started

    @property
    def done(self) -> int:
        """Number of steps done."""
        return int(self._tap.counter.numpy())

    def copy_initial_weights(self) -> None:
        """Copy the weights, unless they have been copied or training has gone on."""
        if self.initial_weights is None and self._read == 0:
            self.initial_weights = copy_weights(self.model)

    def arm(self, kind: str, *, run_id: Any, stays: bool = False) -> None:
        """Let the next training or evaluation step be watched."""
        stand_ins = self._train if kind == "train" else self._test
        if self.model.__dict__.get(f"{kind}_function") is not None:
            self._in_place.append(stand_ins.arm(self.model, run_id=run_id, stays=stays))
            del self._in_place[:-2]

    def disarm(self) -> None:
        """Leave the model with its own functions."""
        for stand_in in reversed(self._in_place):
            take_off(stand_in)
        self._in_place.clear()

    def step_begins(self, *, epoch: int) -> None:
        """Note the time, and read the rings before they are overwritten.

        Args:
            epoch: the present epoch.
        """
        if self.begun + self.model.steps_per_execution - self._read > CAPACITY:
            self.read(epoch=epoch)
        self._begun.append((self.begun, self.seconds))
        self.begun += self.model.steps_per_execution

    def read(self, *, epoch: int) -> None:
        """Read the rows of all steps done since the last call."""
        done = self.begun = self.done
        steps = np.arange(max(self._read, done - CAPACITY), done)
        if len(steps) == 0:
            return
        marks = np.array([*self._begun, (done, self.seconds)])
        seconds = np.interp(steps, marks[:, 0], marks[:, 1])
        numbers = self._tap.rings.read(steps)
        values = numbers.get(STEP, np.full((len(steps), len(STEP_VALUES)), np.nan))
        table = np.column_stack([np.full(len(steps), epoch), seconds, values])
        self.steps.append(steps, table)
        self.rows += int(np.nansum(values[:, STEP_VALUES.index("batch_size")]))
        self._read_gradients(steps, numbers)
        if self.activations is not None:
            self.activations.keep(steps, numbers)
        self._begun = [(done, self.seconds)]
        self._read = done
        self._tap.expect(done)

    def _read_gradients(self, steps: np.ndarray, numbers: Mapping[Any, np.ndarray]) -> None:
        parts = [
            numbers.get((site, name), np.full((len(steps), width), np.nan))
            for site in self.sites
            for name, width in widths_of(site).items()
        ]
        if not parts:
            return
        rows = np.concatenate(parts, axis=1)
        self.gradients.limit = max(200, GRADIENT_BYTES // (4 * max(rows.shape[1], 1)))
        self.gradients.append(steps, rows)
        self._look_for_nonfinite(steps, rows)

    def _look_for_nonfinite(self, steps: np.ndarray, rows: np.ndarray) -> None:
        if self.first_nonfinite is None:
            bad = np.argwhere(by_variable(rows, self.sites)["finite"] == 0)
            if len(bad):
                row, column = bad[0]
                self.first_nonfinite = (int(steps[row]), int(column))


STEP_COLUMNS = ("epoch", "seconds", *STEP_VALUES)
