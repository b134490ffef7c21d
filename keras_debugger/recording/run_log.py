"""What a Recorder does at each hook, and the record that comes of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_debugger.recording.batch_sample import Rows
from keras_debugger.recording.data_evidence import DataEvidence
from keras_debugger.recording.environment import versions
from keras_debugger.recording.live import Alarms
from keras_debugger.recording.logs import epoch_logs, gradient_log, step_logs
from keras_debugger.recording.model_description import describe_model
from keras_debugger.recording.notes import notes_of
from keras_debugger.recording.probes import Probes
from keras_debugger.recording.saving import save_run
from keras_debugger.recording.watch import Watch
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
        self._directory = directory
        self._guard = guard
        self._watch: Watch | None = None
        self._ending = Ending.UNKNOWN
        self._detail = ""
        self._error_note = ""

    # hooks, in the order in which fit calls them

    def begin(self, model: Any, params: dict[str, Any]) -> None:
        """Training begins; a second fit of the same model goes on in the same record."""
        if self._watch is None or self._watch.model is not model:
            self._start(model)
        elif self._epochs:
            self._watch.read(epoch=self._epoch)
            self._restarts.append(len(self._epochs))
        self._params = params
        self._run_id = params
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
        watch = self._current
        if self._alarms.wants_step(watch.begun):
            watch.read(epoch=self._epoch)
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
        self._note_epoch(epoch, logs)
        self._data.epoch_ends(rows=self._current.rows)
        self._describe()
        self._probes.before_training(self._current.initial_weights, self._model)
        epochs = self._params.get("epochs") or 1
        self._probes.epoch_ends(epoch=epoch, epochs=epochs, step=watch.done)
        self._sound_alarms()
        self._save()

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

    def end(self, ending: Ending, detail: str = "") -> None:
        """Note how the run ended."""
        self._current.read(epoch=self._epoch)
        self._data.epoch_ends(rows=self._current.rows)
        self._describe()
        self._probes.before_training(self._current.initial_weights, self._model)
        if ending in (Ending.FINISHED, Ending.STOPPED_EARLY):
            self._probes.fit_ends(step=self._current.done)
        self._ending, self._detail = ending, detail
        self._seconds = self._current.seconds
        self._save()

    def fail(self, error: BaseException) -> None:
        """An exception left the training step."""
        interrupted = isinstance(error, KeyboardInterrupt)
        line = str(error).strip().splitlines()
        detail = f"{type(error).__name__}: {line[0]}" if line else type(error).__name__
        self._guard(
            lambda: self.end(
                Ending.INTERRUPTED if interrupted else Ending.FAILED,
                "Ctrl-C" if interrupted else detail,
            )
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
        self._guard(lambda: watch.read(epoch=self._epoch))
        running = self._ending is Ending.RUNNING
        return TrainingRecord(
            epoch_logs=epoch_logs(self._epochs, self._values, self._restarts),
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
        self._epochs: list[int] = []
        self._values: dict[str, list[float]] = {}
        self._restarts: list[int] = []
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

    def _note_epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        rows = len(self._epochs)
        self._epochs.append(epoch)
        for name in logs:
            self._values.setdefault(name, [float("nan")] * rows)
        for name, column in self._values.items():
            column.append(float(logs.get(name, float("nan"))))

    def _sound_alarms(self) -> None:
        if self._mode is not None:
            self._alarms.listen(self.record(), self._current.model)

    def _save(self) -> None:
        if self._directory is not None:
            save_run(self.record(), self._directory, self.bad_batch)

    def _fit(self) -> FitDescription:
        steps = step_logs(self._current)
        rows = None if steps is None or not len(steps.batch_size) else int(steps.batch_size.max())
        return FitDescription(
            epochs=self._params.get("epochs"),
            batch_size=rows,
            steps_per_epoch=self._params.get("steps"),
            class_weight=self._data.class_weight() if self._epochs else None,
            has_validation=self._validates or any(n.startswith("val_") for n in self._values),
            validation_rows=self._data.validation_rows,
        )
