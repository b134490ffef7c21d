"""Trainer: one plan and one seed make one trial, the same every time and wherever it is made."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_debugger.training.callbacks import left_out
from keras_debugger.training.data import DataParts
from keras_debugger.training.executor import Executor, LocalExecutor
from keras_debugger.training.journal import Journal
from keras_debugger.training.parts_form import digest_of_parts
from keras_debugger.training.scoring import Metric
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.time_limit import TimeIsUp
from keras_debugger.training.trained import Trained
from keras_debugger.training.trial_run import Program
from keras_debugger.training.weights import write_weights
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import DataProfile
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Score

if TYPE_CHECKING:
    from keras_debugger.rewriting.blueprint import Blueprint


class Trainer:
    """Trains any plan on the same parts of the data, always on a model built anew.

    The same plan, seed and epochs give the same trial, bit by bit, in any process on the same
    machine. What the journal knows is not trained again. Python's and NumPy's random state is put
    back after each training; TensorFlow's is never used.

    Args:
        blueprint: builds the model of any plan.
        parts: training, selection and held-out data.
        metric: what is measured.
        setup: the user's program.
        initial_weights: weights that the user's run began with, by path of the variable; the
            blueprint keeps those that are no draw of an initializer.
        progress: told what goes on.
        callbacks: the user's callbacks; fresh copies are used where that is safe.
        model: the user's model, needed only to send the program to another process.
        build: the user's function that returns the compiled model, if there is one.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        parts: DataParts,
        metric: Metric,
        *,
        setup: TrainingSetup,
        initial_weights: Mapping[str, np.ndarray] | None = None,
        progress: Progress | None = None,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        model: Any = None,
        build: Callable[[], Any] | None = None,
    ) -> None:
        self.program = Program(
            blueprint=blueprint,
            parts=parts,
            metric=metric,
            setup=setup,
            initial_weights=initial_weights,
            callbacks=tuple(callbacks),
            model=model,
            build=build,
        )
        self.journal = Journal()
        self.executor: Executor = LocalExecutor(self.program)
        self.until: float | None = None  # on the clock of time.monotonic
        self._rows = ""  # digest of rows that are not the program's own
        self._left_out = left_out(callbacks)
        self._progress = progress

    @property
    def setup(self) -> TrainingSetup:
        """The user's program as a value."""
        return self.program.setup

    @property
    def parts(self) -> DataParts:
        """The data that it trains on and measures on."""
        return self.program.parts

    @property
    def metric(self) -> Metric:
        """What is measured."""
        return self.program.metric

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the trials, one sentence each."""
        return (*self._left_out, *self.executor.notes, *self.journal.notes)

    def train(
        self,
        plan: Plan,
        *,
        seed: int,
        epochs: int | None = None,
        held_out: bool = False,
        watched: bool = True,
    ) -> Trained:
        """Train one plan, or take the trial from the journal.

        Args:
            plan: what is changed.
            seed: seed of weights, data order and dropout.
            epochs: epochs to train, at least 1; those of the plan if None.
            held_out: whether the model meets the held-out part, as in the proof alone.
            watched: whether gradients are recorded; if not, the record holds the epoch logs only
                and the training starts faster. The weights are the same.

        Returns:
            The trial and its model. What fails becomes `Trial.failure`; Ctrl-C passes through.

        Raises:
            TimeIsUp: the time was up before the training began or before it ended.
        """
        task = self._task(plan, seed=seed, epochs=epochs, held_out=held_out, watched=watched)
        outcome = self.journal.find(task)
        if outcome is None:
            outcome = self._train(task)
        trial = outcome.trial
        if trial.failure or outcome.model is not None:
            return Trained(trial=trial, model=outcome.model)
        return Trained(trial=trial, make=lambda: self._model_of(task, outcome))

    def expect(
        self,
        plans: Sequence[Plan],
        *,
        seeds: Sequence[int],
        epochs: int | None = None,
        held_out: bool = False,
        watched: bool = True,
    ) -> None:
        """Tell which trainings will be asked for next, so that several processes can begin them.

        Args:
            plans: the plans, each with all seeds.
            seeds: the seeds, in the order in which they will be asked for.
            epochs: as in `train`.
            held_out: as in `train`.
            watched: as in `train`.
        """
        tasks = [
            self._task(plan, seed=seed, epochs=epochs, held_out=held_out, watched=watched)
            for seed in seeds
            for plan in plans
        ]
        if self.until is None or time.monotonic() < self.until:
            new = [task for task in tasks if self.journal.find(task) is None]
            self.executor.expect(new, until=self.until)

    def on(self, parts: DataParts, *, data: DataProfile | None = None) -> Trainer:
        """The same trainer, in this process, on other data: a few rows, other labels.

        Args:
            parts: the data.
            data: profile of their training part; None keeps that of the program.
        """
        setup = self.setup if data is None else replace(self.setup, data=data)
        other = copy.copy(self)
        other.program = replace(self.program, parts=parts, setup=setup)
        other.executor = LocalExecutor(other.program)
        other._rows = digest_of_parts(parts)
        return other

    def start(self, *, seed: int) -> Score | None:
        """The score of the unchanged program before its first step; None if it cannot answer."""
        task = self._task(UNCHANGED, seed=seed, epochs=1, held_out=False, watched=False)
        return self.program.score_at_start(task)

    def epochs_of(self, plan: Plan) -> int:
        """Epochs of a full training of a plan."""
        return self.setup.with_edits(*plan.edits).epochs

    def close(self) -> None:
        """End the processes and let go of the folder."""
        self.executor.close()
        self.journal.close()

    def _task(
        self, plan: Plan, *, seed: int, epochs: int | None, held_out: bool, watched: bool
    ) -> Task:
        return Task(
            plan=plan,
            seed=seed,
            epochs=epochs if epochs is not None else self.epochs_of(plan),
            held_out=held_out,
            watched=watched,
            rows=self._rows,
        )

    def _train(self, task: Task) -> Outcome:
        if self.until is not None and time.monotonic() > self.until:
            raise TimeIsUp
        if self._progress is not None:
            self._progress.trial(plan=task.plan.name, seed=task.seed, epochs=task.epochs)
        outcome = self.executor.run(task, listener=self._progress, until=self.until)
        if not outcome.is_whole:
            raise TimeIsUp(outcome.trial)
        self.journal.keep(task, outcome)
        if self._progress is not None:
            self._progress.end_trial(outcome.trial)
        return outcome

    def _model_of(self, task: Task, outcome: Outcome) -> Any:
        """The model of a trial that another process or an earlier run has made."""
        if outcome.weights is not None:
            model = self.program.build_for(task)
            if write_weights(model, outcome.weights):
                return model
        return self.program.run(task).model
