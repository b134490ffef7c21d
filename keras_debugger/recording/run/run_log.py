"""What a Recorder does at each hook."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from keras_debugger.recording.run.ending import LEFT, AtExit, ending_of
from keras_debugger.recording.run.fit_call import find_fit
from keras_debugger.recording.run.model_run import ModelRun
from keras_debugger.recording.run.options import Options
from keras_debugger.recording.run.row_logs import step_logs
from keras_debugger.recording.run.saving import RunFolder
from keras_debugger.recording.step.batch_sample import Rows
from keras_debugger.recording.step.updates import build_optimizer
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Ending


class RunLog:
    """State of a recorder.

    Args:
        options: arguments of the recorder.
        guard: runs a function of ours; an error in it never reaches the training.
    """

    def __init__(self, options: Options, *, guard: Callable[[Callable[[], Any]], Any]) -> None:
        self._options = options
        self._folder = None if options.directory is None else RunFolder(options.directory)
        self._guard = guard
        self._run: ModelRun | None = None
        self._ending = Ending.UNKNOWN
        self._detail = ""
        self._error_note = ""
        self._seconds = float("nan")
        self._at_exit = AtExit(self)

    # hooks, in the order in which fit calls them

    def begin(self, model: Any, params: dict[str, Any]) -> None:
        """Training begins; a second fit of the same model goes on in the same record."""
        run = self._run
        if run is None or run.watch.model is not model:
            run = self._run = ModelRun(model, self._options, guard=self._guard, on_error=self.fail)
        elif run.epochs:
            run.watch.read(epoch=run.epoch)
            run.epochs.restart()
        run.params = params
        run.call = find_fit(model)
        self._at_exit.arm()
        self._ending, self._detail = Ending.RUNNING, ""
        self._seconds = float("nan")
        if model.built:
            run.watch.copy_initial_weights()
            run.describe()
            if self._options.probe_data is not None:
                run.probe_beginning()

    def arm_for_loop(self) -> None:
        """Watch every call of the training function until `disarm`."""
        watch = self._current.watch
        watch.model.make_train_function()
        watch.arm("train", run_id=self._current.params, stays=True)

    def epoch_begins(self, epoch: int) -> None:
        """An epoch begins."""
        self._current.epoch = epoch

    def step_begins(self) -> None:
        """A call of the training function is about to begin."""
        run = self._current
        watch = run.watch
        if watch.begun == 0:
            build_optimizer(watch.model)
        if self._options.alarms is not None:
            self._look(run)
        watch.step_begins(epoch=run.epoch)
        watch.arm("train", run_id=run.params)

    def _look(self, run: ModelRun) -> None:
        watch, was_finite = run.watch, run.watch.first_nonfinite is None
        judges = run.alarms.wants_step(watch.begun)
        if judges or run.alarms.wants_glance(watch.begun):
            watch.read(epoch=run.epoch)
            if judges or (was_finite and watch.first_nonfinite is not None):
                run.probe_beginning()
                self._sound_alarms(run)

    def evaluation_step_begins(self) -> None:
        """A call of the evaluation function is about to begin."""
        if self._ending is Ending.RUNNING:
            self._current.validates = True
            self._current.watch.arm("test", run_id=self._current.params)

    def epoch_ends(self, epoch: int, logs: dict[str, Any]) -> None:
        """An epoch ended with these logs."""
        run = self._current
        run.epochs.add(epoch, logs)
        run.rows_end(epoch=epoch)
        epochs = run.params.get("epochs") or 1
        run.probes.epoch_ends(epoch=epoch, epochs=epochs, step=run.watch.done)
        if run.alarms.wants_epoch(len(run.epochs), logs):
            self._sound_alarms(run)
        self._save(whole=False)

    def fit_ends(self) -> None:
        """Training ended without an exception."""
        run = self._current
        stopped = bool(run.watch.model.stop_training)
        last = run.epoch + 1 >= (run.params.get("epochs") or 0)
        if run.alarms.stopped_by:
            self.end(Ending.STOPPED_EARLY, f"stopped by the alarm {run.alarms.stopped_by}")
        elif stopped and not last:
            self.end(Ending.STOPPED_EARLY, f"stop_training was set in epoch {run.epoch}")
        else:
            self.end(Ending.FINISHED)

    def end(self, ending: Ending, detail: str = "", *, seconds: float | None = None) -> None:
        """Note how the run ended, and after how many seconds if that is not now."""
        run = self._current
        run.rows_end(epoch=run.epoch)
        if ending in (Ending.FINISHED, Ending.STOPPED_EARLY):
            run.probes.fit_ends(step=run.watch.done)
        self._ending, self._detail = ending, detail
        self._seconds = run.watch.seconds if seconds is None else seconds
        self._at_exit.disarm()
        self._save(whole=True)

    def fail(self, error: BaseException) -> None:
        """An exception left the training step."""
        self._guard(lambda: self.end(*ending_of(error)))

    def settle(self) -> None:
        """Note that the run was left if it was, which no hook of Keras tells."""
        self._guard(self._settle)

    def _settle(self) -> None:
        run, running = self._run, self._ending is Ending.RUNNING
        if running and run is not None and run.call and run.call.is_left(run.watch.model):
            error = run.call.error()
            run.watch.read(epoch=run.epoch)
            steps = step_logs(run.watch)
            self.end(
                *(LEFT if error is None else ending_of(error)),
                seconds=float("nan") if steps is None else float(steps.seconds[-1]),
            )

    def disarm(self) -> None:
        """Leave the model with its own functions."""
        if self._run is not None:
            self._run.watch.disarm()

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
        keep = self._run is not None and self._options.keep_initial_weights
        return self._current.watch.initial_weights if keep else None

    @property
    def bad_batch(self) -> Rows | None:
        """The first batch with a non-finite value."""
        bad = None if self._run is None else self._run.watch.bad_batch
        return None if bad is None else bad.rows()

    def record(self, *, since: int = 0) -> TrainingRecord:
        """Everything seen so far; rows of steps from a step on."""
        run = self._run
        if run is None:
            return TrainingRecord(source="Recorder", notes=("nothing was trained yet",))
        self.settle()
        self._guard(lambda: run.watch.read(epoch=run.epoch))
        running = self._ending is Ending.RUNNING
        record = run.record(
            ending=self._ending,
            detail="the end of the run was not seen" if running else self._detail,
            since=since,
        )
        error = (self._error_note,) if self._error_note else ()
        seconds = run.watch.seconds if running else self._seconds
        return replace(record, seconds=seconds, notes=(*record.notes, *error))

    def full_record(self) -> TrainingRecord:
        """Everything seen so far, and what simple models reach on the same data."""
        if self._run is not None:
            self._guard(self._run.data.try_simple_models)
        return self.record()

    @property
    def _current(self) -> ModelRun:
        assert self._run is not None
        return self._run

    def _sound_alarms(self, run: ModelRun) -> None:
        if self._options.alarms is not None:
            run.alarms.listen(self.record(), run.watch.model)

    def _save(self, *, whole: bool) -> None:
        if self._folder is not None:
            run = self._current
            self._folder.save_history(run.epochs.logs())
            self._folder.save_record(
                lambda since: self.record(since=since), run.rows(), whole=whole
            )
            self._folder.save_bad_batch(self.bad_batch)
