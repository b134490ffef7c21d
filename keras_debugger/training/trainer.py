"""Trainer: one plan and one seed make one trial, the same every time."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from keras_debugger.recording.recorder import Recorder
from keras_debugger.training.batches import make_batches
from keras_debugger.training.callbacks import EpochLog, callbacks_of_trial, left_out
from keras_debugger.training.data import DataParts, Part, input_list
from keras_debugger.training.fit_edits import fit_part
from keras_debugger.training.random_state import seeded
from keras_debugger.training.retracing import without_retracing_warnings
from keras_debugger.training.scoring import Metric, constant_score, score_model
from keras_debugger.types.edit import SetBatchSize, Shuffle
from keras_debugger.types.plan import UNCHANGED, Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.vocabulary import Ending

if TYPE_CHECKING:
    from keras_debugger.rewriting.blueprint import Blueprint

RECORD_EVERY = 10  # steps between full records of a trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trial and its model; None if it could not be trained."""

    trial: Trial
    model: keras.Model | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """What one training is called with."""

    setup: TrainingSetup
    part: Part
    epochs: int
    batch_size: int
    shuffle: bool
    callbacks: list[keras.callbacks.Callback]


class Trainer:
    """Trains any plan on the same parts of the data, always on a model built anew.

    The same plan, seed and epochs give the same trial, bit by bit, in any process on the same
    machine. Python's and NumPy's random state is put back after each training; TensorFlow's is
    never used.

    Args:
        blueprint: builds the model of any plan.
        parts: training, selection and held-out data.
        metric: what is measured.
        setup: the user's program.
        initial_weights: weights that the user's run began with, by path of the variable; the
            blueprint keeps those that are no draw of an initializer.
        progress: told what goes on.
        callbacks: the user's callbacks; fresh copies are used where that is safe.
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
    ) -> None:
        self.setup = setup
        self.parts = parts
        self.metric = metric
        self.notes: tuple[str, ...] = left_out(callbacks)
        self._blueprint = blueprint
        self._initial_weights = initial_weights
        self._progress = progress
        self._callbacks = tuple(callbacks)

    def train(
        self,
        plan: Plan,
        *,
        seed: int,
        epochs: int | None = None,
        held_out: bool = False,
        watched: bool = True,
    ) -> Trained:
        """Train one plan.

        Args:
            plan: what is changed.
            seed: seed of weights, data order and dropout.
            epochs: epochs to train, at least 1; those of the plan if None.
            held_out: whether the model meets the held-out part, as in the proof alone.
            watched: whether gradients are recorded; if not, the record holds the epoch logs only
                and the training starts faster. The weights are the same.

        Returns:
            The trial and its model. What fails becomes `Trial.failure`; Ctrl-C passes through.
        """
        started = time.perf_counter()
        fit = self._prepare(plan, epochs)
        if self._progress is not None:
            self._progress.trial(plan=plan.name, seed=seed, epochs=fit.epochs)
        log = EpochLog(self._progress, epochs=fit.epochs)
        recorder = Recorder(every=RECORD_EVERY, keep_initial_weights=False) if watched else None
        model, failure, selection, final = None, "", None, None
        with seeded(seed), without_retracing_warnings():
            try:
                model = self._fit(fit, [log, *([recorder] if recorder else [])], seed=seed)
                selection = score_model(model, self.parts.selection, self.metric)
                if held_out:
                    final = score_model(model, self.parts.held_out, self.metric)
            except Exception as error:  # whatever a plan breaks is a result, not an end
                model, failure = None, _in_one_line(error)
                final = self._constant_score() if held_out else None
        trial = Trial(
            plan=plan,
            seed=seed,
            epochs=len(log.logs),
            record=_record(recorder, log, failure),
            selection=selection,
            held_out=final,
            cost=self._cost(len(log.logs), fit.part.rows),
            seconds=time.perf_counter() - started,
            failure=failure,
        )
        if self._progress is not None:
            self._progress.end_trial(trial)
        return Trained(trial=trial, model=model)

    def on(self, parts: DataParts) -> Trainer:
        """The same trainer on other data, such as a few rows or other labels."""
        other = copy.copy(self)
        other.parts = parts
        return other

    def start(self, *, seed: int) -> Score | None:
        """The score of the unchanged program before its first step; None if it cannot answer."""
        with seeded(seed), without_retracing_warnings():
            try:
                model = self._build(self._prepare(UNCHANGED, None), seed=seed, steps=1)
                return score_model(model, self.parts.selection, self.metric)
            except Exception:  # what cannot be built or asked says so when it is trained
                return None

    def epochs_of(self, plan: Plan) -> int:
        """Epochs of a full training of a plan."""
        return self.setup.with_edits(*plan.edits).epochs

    def _prepare(self, plan: Plan, epochs: int | None) -> _Fit:
        setup = self.setup.with_edits(*plan.edits)
        sizes = [edit.rows for edit in setup.edits if isinstance(edit, SetBatchSize)]
        return _Fit(
            setup=setup,
            part=fit_part(self.parts.train, setup),
            epochs=epochs if epochs is not None else setup.epochs,
            batch_size=(sizes or [setup.fit.batch_size or 32])[-1],
            shuffle=setup.fit.shuffle is not False or bool(setup.edits_of(Shuffle)),
            callbacks=callbacks_of_trial(self._callbacks, setup.edits),
        )

    def _fit(
        self, fit: _Fit, watchers: list[keras.callbacks.Callback], *, seed: int
    ) -> keras.Model:
        batches, steps = make_batches(
            fit.part, batch_size=fit.batch_size, shuffle=fit.shuffle, seed=seed
        )
        model = self._build(fit, seed=seed, steps=steps * fit.setup.epochs)
        model.fit(
            batches,
            epochs=fit.epochs,
            steps_per_epoch=steps,
            shuffle=False,  # the batches come shuffled
            validation_data=_as_tuple(self.parts.selection),
            validation_batch_size=fit.batch_size,
            callbacks=[*watchers, *fit.callbacks],
            verbose=0,
        )
        return model

    def _build(self, fit: _Fit, *, seed: int, steps: int) -> keras.Model:
        return self._blueprint.build(
            fit.setup.edits,
            seed=seed,
            inputs=input_list(fit.part, [entry.name for entry in self.setup.model.inputs]),
            initial_weights=self._initial_weights,
            steps=steps,
        )

    def _constant_score(self) -> Score | None:
        if any(output.needs_own_loss for output in self.metric.outputs):
            return None
        return constant_score(self.parts.held_out, self.metric)

    def _cost(self, epochs: int, rows: int) -> float:
        whole = (self.setup.fit.epochs or 1) * self.parts.train.rows
        return epochs * rows / float(whole)


def _as_tuple(part: Part) -> tuple[Any, ...]:
    if part.sample_weight is None:
        return part.x, part.y
    return part.x, part.y, part.sample_weight


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
