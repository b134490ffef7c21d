"""One model under record: the parts that watch it, and the record that comes of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from keras_debugger.recording.data.data_evidence import DataEvidence
from keras_debugger.recording.live import Alarms
from keras_debugger.recording.model.probes import Probes
from keras_debugger.recording.model_description import describe_model
from keras_debugger.recording.run.environment import global_seed, versions
from keras_debugger.recording.run.epoch_table import EpochTable
from keras_debugger.recording.run.fit_call import NO_CALL, FitCall
from keras_debugger.recording.run.notes import notes_of
from keras_debugger.recording.run.options import Options
from keras_debugger.recording.run.row_logs import gradient_log, largest_batch, step_logs
from keras_debugger.recording.run.saving import SavedRows
from keras_debugger.recording.step.watch import Watch
from keras_debugger.types.record import FitDescription, ModelDescription, TrainingRecord
from keras_debugger.types.vocabulary import Ending


class ModelRun:
    """Everything that is kept of one model, over any number of fits.

    Args:
        model: the model.
        options: arguments of the recorder.
        guard: runs a function of ours; an error in it never reaches the training.
        on_error: called with an exception that leaves a training step.
    """

    def __init__(
        self,
        model: Any,
        options: Options,
        *,
        guard: Callable[[Callable[[], Any]], Any],
        on_error: Callable[[BaseException], None],
    ) -> None:
        self.watch = Watch(
            model,
            every=options.every,
            keep_bad_batch=options.keep_bad_batch,
            take_sample=options.probe_data is None,
            activations=options.activations == "steps",
            guard=guard,
            on_error=on_error,
        )
        self.data = DataEvidence(
            options.probe_data, self.watch.sample, self.watch.validation_sample
        )
        self.alarms = Alarms(options.alarms)
        self.epochs = EpochTable()
        self.probes = Probes(model, self.data)
        self.epoch = 0
        self.validates = False
        self.params: dict[str, Any] = {}
        self.call: FitCall | None = None
        self._options = options
        self._seed = global_seed()
        self._description: ModelDescription | None = None

    def describe(self) -> None:
        """Describe the model; the optimizer stays as it was at the start."""
        model, first = self.watch.model, self._description
        if first is None or (model.built and not first.parameters):
            self._description = describe_model(model)
            if first is not None:
                self._description = replace(self._description, optimizer=first.optimizer)

    def probe_beginning(self) -> None:
        """Probe the model with its first weights, once."""
        self.probes.before_training(self.watch.initial_weights, self._description)

    def rows_end(self, *, epoch: int) -> None:
        """Read what the steps wrote so far, and look at the data and the model if that is new."""
        self.watch.read(epoch=epoch)
        self.data.epoch_ends(rows=self.watch.rows, steps=self.watch.done)
        self.describe()
        self.probe_beginning()

    def rows(self) -> SavedRows:
        """What the rows of the record are like now."""
        watch, every = self.watch, self._options.every
        return SavedRows(
            strides=(watch.steps.stride, watch.gradients.stride),
            columns=sum(len(site.variables) for site in watch.sites),
            since=watch.done // every * every,
        )

    def record(self, *, ending: Ending, detail: str, since: int = 0) -> TrainingRecord:
        """Everything seen so far.

        Args:
            ending: how the run ended.
            detail: more on that.
            since: first step of the rows.
        """
        watch, options = self.watch, self._options
        in_steps = watch.activations
        return TrainingRecord(
            epoch_logs=self.epochs.logs(),
            step_logs=step_logs(watch, since=since),
            gradient_log=gradient_log(watch, every=options.every, since=since),
            activation_log=self.probes.activations,
            step_activation_log=None if in_steps is None else in_steps.log(),
            prediction_log=self.probes.predictions,
            model_description=self._description,
            data_profile=self.data.profile,
            validation_profile=self.data.validation_profile,
            shift=self.data.shift,
            fit_description=self._fit(),
            ending=ending,
            ending_detail=detail,
            seed=self._seed,
            versions=versions(),
            source="Recorder",
            notes=(*notes_of(watch, every=options.every), *self.probes.notes),
        )

    def _fit(self) -> FitDescription:
        call = self.call or NO_CALL
        weights = call.class_weight or (self.data.class_weight() if self.epochs else None)
        return FitDescription(
            epochs=self.params.get("epochs"),
            batch_size=largest_batch(self.watch),
            steps_per_epoch=self.params.get("steps"),
            shuffle=call.shuffle,
            class_weight=weights,
            callbacks=call.callbacks,
            has_validation=call.has_validation or self.validates or self.epochs.has_validation,
            validation_rows=self.data.validation_rows,
        )
