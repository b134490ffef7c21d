"""TrialRun: builds, trains and scores one task in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_debugger.recording.recorder import Recorder
from keras_debugger.training.batches import make_batches
from keras_debugger.training.callbacks import callbacks_of_trial
from keras_debugger.training.data import DataParts, Part, input_list
from keras_debugger.training.epoch_log import EpochListener, EpochLog
from keras_debugger.training.fit_edits import fit_part
from keras_debugger.training.random_state import seeded
from keras_debugger.training.retracing import without_retracing_warnings
from keras_debugger.training.scoring import Metric, constant_score, score_model
from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.time_limit import StopInTime
from keras_debugger.training.weights import read_weights
from keras_debugger.types.edit import SetBatchSize, Shuffle, SplitAnew
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.vocabulary import Ending

if TYPE_CHECKING:
    from keras_debugger.rewriting.blueprint import Blueprint

RECORD_EVERY = 10  # steps between full records of a trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What one training is called with."""

    setup: TrainingSetup
    part: Part
    selection: Part
    batch_size: int
    shuffle: bool
    callbacks: list[keras.callbacks.Callback]


@dataclass(frozen=True, kw_only=True)
class Program:
    """Everything that decides what a task gives; a worker holds a copy of it.

    Args:
        blueprint: builds the model of any plan.
        parts: training, selection and held-out data.
        metric: what is measured.
        setup: the user's program as a value.
        initial_weights: weights that the user's run began with, by path of the variable.
        callbacks: the user's callbacks; fresh copies are used where that is safe.
        model: the user's model, to be sent to workers; it is read, never changed. Models are built
            under the distribution strategy that it was built under.
        build: the user's function that returns the compiled model.
    """

    blueprint: Blueprint
    parts: DataParts
    metric: Metric
    setup: TrainingSetup
    initial_weights: Mapping[str, np.ndarray] | None = None
    callbacks: tuple[keras.callbacks.Callback, ...] = ()
    model: Any = field(default=None, repr=False)
    build: Callable[[], Any] | None = None

    def run(
        self, task: Task, *, listener: EpochListener | None = None, until: float | None = None
    ) -> Outcome:
        """Train and score a task.

        Args:
            task: what to train.
            listener: told of each epoch.
            until: end of the time, on the clock of `time.monotonic`; None if there is none.

        Returns:
            The outcome. What fails becomes `Trial.failure`; Ctrl-C passes through.
        """
        started = time.perf_counter()
        fit = self.fit_of(task)
        log = EpochLog(listener, epochs=task.epochs)
        recorder = (
            Recorder(every=RECORD_EVERY, keep_initial_weights=False) if task.watched else None
        )
        clock = None if until is None else StopInTime(until)
        watchers = [one for one in (log, recorder, clock) if one is not None]
        model, failure, selection, final = None, "", None, None
        with seeded(task.seed), without_retracing_warnings():
            try:
                model = self._train(fit, task, watchers)
                selection = score_model(model, fit.selection, self.metric)
                if task.held_out:
                    final = score_model(model, self.parts.held_out, self.metric)
            except Exception as error:  # whatever a plan breaks is a result, not an end
                model, failure = None, _in_one_line(error)
                final = self.constant_score() if task.held_out else None
        trial = Trial(
            plan=task.plan,
            seed=task.seed,
            epochs=len(log.logs),
            record=_record(recorder, log, failure),
            selection=selection,
            held_out=final,
            cost=self.cost(len(log.logs), fit.part.rows),
            seconds=time.perf_counter() - started,
            failure=failure,
        )
        cut = clock is not None and clock.is_up
        kept = model is not None and task.keeps_weights and not cut
        return Outcome(
            trial=trial,
            model=model,
            weights=read_weights(model) if kept else None,
            is_whole=not cut,
        )

    def build_for(self, task: Task) -> keras.Model:
        """The model of a task before its first step."""
        fit = self.fit_of(task)
        with seeded(task.seed):
            return self._build(fit, task, steps=-(-fit.part.rows // fit.batch_size))

    def score_at_start(self, task: Task) -> Score | None:
        """The score of a model before its first step; None if it cannot be built or asked."""
        with without_retracing_warnings():
            try:
                return score_model(self.build_for(task), self.parts.selection, self.metric)
            except Exception:  # it says so when it is trained
                return None

    def score_as_it_is(self, model: Any, *, seed: int) -> Score | None:
        """The score of a trained model of the user's; None if its weights fit no copy of it."""
        task = Task(plan=UNCHANGED, seed=seed, epochs=1)
        with without_retracing_warnings():
            try:
                copy = self.build_for(task)
                copy.set_weights(model.get_weights())
                return score_model(copy, self.parts.selection, self.metric)
            except Exception:  # the original is trained again then
                return None

    def fit_of(self, task: Task) -> Fit:
        """What the training of a task is called with."""
        setup = self.setup.with_edits(*task.plan.edits)
        sizes = [edit.rows for edit in setup.edits if isinstance(edit, SetBatchSize)]
        parts = self.parts_of(task.plan)
        return Fit(
            setup=setup,
            part=fit_part(parts.train, setup),
            selection=parts.selection,
            batch_size=(sizes or [setup.fit.batch_size or 32])[-1],
            shuffle=setup.fit.shuffle is not False or bool(setup.edits_of(Shuffle)),
            callbacks=callbacks_of_trial(self.callbacks, setup.edits),
        )

    def parts_of(self, plan: Plan) -> DataParts:
        """The parts of the data that a plan trains on and chooses with."""
        if any(isinstance(edit, SplitAnew) for edit in plan.edits):
            return self.parts.split_anew(seed=0)  # one choice, whatever the seed of the training
        return self.parts

    def constant_score(self) -> Score | None:
        """Held-out score of a training that gave no model; None if only a model can tell it."""
        if any(output.needs_own_loss for output in self.metric.outputs):
            return None
        return constant_score(self.parts.held_out, self.metric)

    def cost(self, epochs: int, rows: int) -> float:
        """Share of one training of the original that so many epochs of so many rows take."""
        whole = (self.setup.fit.epochs or 1) * self.parts.train.rows
        return epochs * rows / float(whole)

    def _train(
        self, fit: Fit, task: Task, watchers: Sequence[keras.callbacks.Callback]
    ) -> keras.Model:
        batches, steps = make_batches(
            fit.part, batch_size=fit.batch_size, shuffle=fit.shuffle, seed=task.seed
        )
        model = self._build(fit, task, steps=steps)
        model.fit(
            batches,
            epochs=task.epochs,
            steps_per_epoch=steps,
            shuffle=False,  # the batches come shuffled
            validation_data=self.parts.selection.as_fed,
            validation_batch_size=fit.batch_size,
            callbacks=[*watchers, *fit.callbacks],
            verbose=0,
        )
        return model

    def _build(self, fit: Fit, task: Task, *, steps: int) -> keras.Model:
        strategy = getattr(self.model, "distribute_strategy", None)
        with strategy.scope() if strategy is not None else nullcontext():
            return self.blueprint.build(
                fit.setup.edits,
                seed=task.seed,
                inputs=input_list(fit.part, [entry.name for entry in self.setup.model.inputs]),
                initial_weights=self.initial_weights,
                steps=steps * fit.setup.epochs,
            )


def failed_trial(program: Program, task: Task, failure: str, *, seconds: float) -> Trial:
    """The trial of a training that its process did not live to tell of."""
    return Trial(
        plan=task.plan,
        seed=task.seed,
        epochs=0,
        record=TrainingRecord(ending=Ending.FAILED, ending_detail=failure),
        selection=None,
        held_out=program.constant_score() if task.held_out else None,
        cost=program.cost(task.epochs, program.parts.train.rows),
        seconds=seconds,
        failure=failure,
    )


def _record(recorder: Recorder | None, log: EpochLog, failure: str) -> TrainingRecord:
    if recorder is not None:
        record = recorder.record
    else:
        record = TrainingRecord(epoch_logs=log.epoch_logs, ending=Ending.FINISHED)
    if not failure:
        return record
    return replace(record, ending=Ending.FAILED, ending_detail=failure)


def _in_one_line(error: Exception) -> str:
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0] if first else 'no message'}"[:300]
