"""What a Recorder does at each hook, and the record that comes of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_debugger.recording.data.data_evidence import DataEvidence
from keras_debugger.recording.live import Alarms
from keras_debugger.recording.model.probes import Probes
from keras_debugger.recording.model_description import describe_model
from keras_debugger.recording.run.ending import LEFT, AtExit, ending_of
from keras_debugger.recording.run.environment import versions
from keras_debugger.recording.run.epoch_table import EpochTable
from keras_debugger.recording.run.fit_call import NO_CALL, FitCall, find_fit
from keras_debugger.recording.run.notes import notes_of
from keras_debugger.recording.run.row_logs import gradient_log, largest_batch, step_logs
from keras_debugger.recording.run.saving import RunFolder
from keras_debugger.recording.step.batch_sample import Rows
from keras_debugger.recording.step.updates import build_optimizer
from keras_debugger.recording.step.watch import Watch
from keras_debugger.types.record import FitDescription, ModelDescription, TrainingRecord
from keras_debugger.types.vocabulary import Ending


class RunLog:
    """State of a recorder; the arguments are those of Recorder.

    Args:
        every: each `every`-th step is recorded in full.
        keep_bad_batch: whether to keep the first batch with a non-finite value.
        keep_initial_weights: whether to keep the weights before the first step.
        probe_data: the data, None to sample them.
        alarms: `warn`, `stop` or None.
        directory: folder to save in, None to save nothing.
        guard: runs a function of ours; an error in it never reaches the training.
    """

    def __init__(
        self,
        *,
        every: int,
        keep_bad_batch: bool,
        keep_initial_weights: bool,
        probe_data: Any,
        alarms: str | None,
        directory: Path | None,
        guard: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self._every = every
        self._keep_bad_batch = keep_bad_batch
        self._keep_initial_weights = keep_initial_weights
        self._probe_data = probe_data
        self._mode = alarms
        self._folder = None if directory is None else RunFolder(directory)
        self._guard = guard
        self._watch: Watch | None = None
        self._ending = Ending.UNKNOWN
        self._detail = ""
        self._error_note = ""
        self._seconds = float("nan")
        self._call: FitCall | None = None
        self._at_exit = AtExit(self)

    # hooks, in the order in which fit calls them

    def begin(self, model: Any, params: dict[str, Any]) -> None:
        """Training begins; a second fit of the same model goes on in the same record."""
        if self._watch is None or self._watch.model is not model:
            self._start(model)
        elif self._epochs:
            self._watch.read(epoch=self._epoch)
            self._epochs.restart()
        self._params = params
        self._run_id = params
        self._call = find_fit(model)
        self._at_exit.arm()
        self._ending, self._detail = Ending.RUNNING, ""
        self._seconds = float("nan")
        if model.built:
            self._current.copy_initial_weights()
            self._describe()
            if self._probe_data is not None:
                self._probes.before_training(self._current.initial_weights, self._model)

    def arm_for_loop(self) -> None:
        """Watch every call of the training function until `disarm`."""
        watch = self._current
        watch.model.make_train_function()
        watch.arm("train", run_id=self._run_id, stays=True)

    def epoch_begins(self, epoch: int) -> None:
        """An epoch begins."""
        self._epoch = epoch

    def step_begins(self) -> None:
        """A call of the training function is about to begin."""
        watch, was_finite = self._current, self._current.first_nonfinite is None
        if watch.begun == 0:
            build_optimizer(watch.model)
        judges = self._alarms.wants_step(watch.begun)
        if judges or self._alarms.wants_glance(watch.begun):
            watch.read(epoch=self._epoch)
            if judges or (was_finite and watch.first_nonfinite is not None):
                self._probes.before_training(watch.initial_weights, self._model)
                self._sound_alarms()
        watch.step_begins(epoch=self._epoch)
        watch.arm("train", run_id=self._run_id)

    def evaluation_step_begins(self) -> None:
        """A call of the evaluation function is about to begin."""
        if self._ending is Ending.RUNNING:
            self._validates = True
            self._current.arm("test", run_id=self._run_id)

    def epoch_ends(self, epoch: int, logs: dict[str, Any]) -> None:
        """An epoch ended with these logs."""
        watch = self._current
        watch.read(epoch=epoch)
        self._epochs.add(epoch, logs)
        self._data.epoch_ends(rows=self._current.rows, steps=self._current.done)
        self._describe()
        self._probes.before_training(self._current.initial_weights, self._model)
        epochs = self._params.get("epochs") or 1
        self._probes.epoch_ends(epoch=epoch, epochs=epochs, step=watch.done)
        if self._alarms.wants_epoch(len(self._epochs), logs):
            self._sound_alarms()
        self._save(at_once=False)

    def fit_ends(self) -> None:
        """Training ended without an exception."""
        stopped = bool(self._current.model.stop_training)
        last = self._epoch + 1 >= (self._params.get("epochs") or 0)
        if self._alarms.stopped_by:
            self.end(Ending.STOPPED_EARLY, f"stopped by the alarm {self._alarms.stopped_by}")
        elif stopped and not last:
            self.end(Ending.STOPPED_EARLY, f"stop_training was set in epoch {self._epoch}")
        else:
            self.end(Ending.FINISHED)

    def end(self, ending: Ending, detail: str = "", *, seconds: float | None = None) -> None:
        """Note how the run ended, and after how many seconds if that is not now."""
        self._current.read(epoch=self._epoch)
        self._data.epoch_ends(rows=self._current.rows, steps=self._current.done)
        self._describe()
        self._probes.before_training(self._current.initial_weights, self._model)
        if ending in (Ending.FINISHED, Ending.STOPPED_EARLY):
            self._probes.fit_ends(step=self._current.done)
        self._ending, self._detail = ending, detail
        self._seconds = self._current.seconds if seconds is None else seconds
        self._at_exit.disarm()
        self._save()

    def fail(self, error: BaseException) -> None:
        """An exception left the training step."""
        self._guard(lambda: self.end(*ending_of(error)))

    def settle(self) -> None:
        """Note that the run was left if it was, which no hook of Keras tells."""
        self._guard(self._settle)

    def _settle(self) -> None:
        running = self._ending is Ending.RUNNING
        if running and self._call is not None and self._call.is_left(self._current.model):
            error = self._call.error()
            self._current.read(epoch=self._epoch)
            steps = step_logs(self._current)
            self.end(
                *(LEFT if error is None else ending_of(error)),
                seconds=float("nan") if steps is None else float(steps.seconds[-1]),
            )

    def disarm(self) -> None:
        """Leave the model with its own functions."""
        if self._watch is not None:
            self._watch.disarm()

    def switch_off(self, error: Exception) -> None:
        """Stop recording because of an error of ours."""
        self._error_note = (
            f"recording stopped at an error of its own: {type(error).__name__}: {error}"
        )
        if self._ending is Ending.RUNNING:
            self._ending, self._detail = Ending.UNKNOWN, "recording stopped before the run did"
        self._at_exit.disarm()
        self.disarm()

    # what came of it

    @property
    def initial_weights(self) -> dict[str, np.ndarray] | None:
        """Weights before the first step."""
        keep = self._watch is not None and self._keep_initial_weights
        return self._current.initial_weights if keep else None

    @property
    def bad_batch(self) -> Rows | None:
        """The first batch with a non-finite value."""
        bad = None if self._watch is None else self._watch.bad_batch
        return None if bad is None else bad.rows()

    def record(self) -> TrainingRecord:
        """Everything seen so far."""
        if self._watch is None:
            return TrainingRecord(source="Recorder", notes=("nothing was trained yet",))
        watch = self._watch
        self.settle()
        self._guard(lambda: watch.read(epoch=self._epoch))
        running = self._ending is Ending.RUNNING
        return TrainingRecord(
            epoch_logs=self._epochs.logs(),
            step_logs=step_logs(watch),
            gradient_log=gradient_log(watch, every=self._every),
            activation_log=self._probes.activations,
            prediction_log=self._probes.predictions,
            model_description=self._model,
            data_profile=self._data.profile,
            validation_profile=self._data.validation_profile,
            shift=self._data.shift,
            fit_description=self._fit(),
            ending=self._ending,
            ending_detail="the end of the run was not seen" if running else self._detail,
            seconds=watch.seconds if running else self._seconds,
            versions=versions(),
            source="Recorder",
            notes=(
                *notes_of(watch, every=self._every),
                *(note for note in (self._probes.note, self._error_note) if note),
            ),
        )

    def full_record(self) -> TrainingRecord:
        """Everything seen so far, and what simple models reach on the same data."""
        if self._watch is not None:
            self._guard(self._data.try_simple_models)
        return self.record()

    # parts

    @property
    def _current(self) -> Watch:
        assert self._watch is not None
        return self._watch

    def _start(self, model: Any) -> None:
        self._watch = Watch(
            model,
            every=self._every,
            keep_bad_batch=self._keep_bad_batch,
            take_sample=self._probe_data is None,
            guard=self._guard,
            on_error=self.fail,
        )
        self._data = DataEvidence(
            self._probe_data, self._watch.sample, self._watch.validation_sample
        )
        self._alarms = Alarms(self._mode)
        self._epochs = EpochTable()
        self._epoch = 0
        self._validates = False
        self._model: ModelDescription | None = None
        self._probes = Probes(model, self._data)

    def _describe(self) -> None:
        """Describe the model; the optimizer stays as it was at the start."""
        model = self._current.model
        if self._model is None or (model.built and not self._model.parameters):
            first = self._model
            self._model = describe_model(model)
            if first is not None:
                self._model = replace(self._model, optimizer=first.optimizer)

    def _sound_alarms(self) -> None:
        if self._mode is not None:
            self._alarms.listen(self.record(), self._current.model)

    def _save(self, *, at_once: bool = True) -> None:
        if self._folder is not None:
            self._folder.save_history(self._epochs.logs())
            if at_once or self._folder.wants_record:
                self._folder.save_record(self.record(), self.bad_batch)

    def _fit(self) -> FitDescription:
        call = self._call or NO_CALL
        return FitDescription(
            epochs=self._params.get("epochs"),
            batch_size=largest_batch(self._current),
            steps_per_epoch=self._params.get("steps"),
            shuffle=call.shuffle,
            class_weight=call.class_weight or (self._data.class_weight() if self._epochs else None),
            callbacks=call.callbacks,
            has_validation=call.has_validation or self._validates or self._epochs.has_validation,
            validation_rows=self._data.validation_rows,
        )
