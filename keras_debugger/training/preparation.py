"""From the user's model and data to a set-up that can be trained, before anything is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from keras_debugger.recording.data_profile import compare_data, profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import Blueprint, read_blueprint
from keras_debugger.training.data import DataParts, check_fit, check_model, split_data
from keras_debugger.training.fit_arguments import read_callbacks
from keras_debugger.training.part import joined
from keras_debugger.training.scoring import Metric, choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.training.trial_run import Program
from keras_debugger.training.wild_targets import limit_metric
from keras_debugger.types.plan import Plan
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import DataProfile, FitDescription, Shift, TrainingRecord
from keras_debugger.types.setup import TrainingSetup

DEFAULT_EPOCHS = 20
DEFAULT_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Everything that a run of autofix starts from.

    Args:
        trainer: trains any plan of the user's program.
        selection: profile of the selection part.
        shift: how the training and selection parts differ.
    """

    trainer: Trainer
    selection: DataProfile
    shift: Shift

    @property
    def setup(self) -> TrainingSetup:
        """The user's program as a value."""
        return self.trainer.setup

    @property
    def parts(self) -> DataParts:
        """Training, selection and held-out data."""
        return self.trainer.parts

    @property
    def blueprint(self) -> Blueprint:
        """Builds the model of any plan."""
        return self.trainer.program.blueprint

    @property
    def metric(self) -> Metric:
        """What is compared."""
        return self.trainer.metric

    def complete(self, record: TrainingRecord) -> TrainingRecord:
        """The record with the profiles of all the data, which are better than a sample of it."""
        return replace(
            record,
            data_profile=self.setup.data,
            validation_profile=self.selection,
            shift=self.shift,
            fit_description=_known(self.setup.fit, record.fit_description),
            model_description=record.model_description or self.setup.model,
        )

    def with_rows_of(self, plan: Plan) -> Preparation:
        """The same with the data that a plan trains on and chooses with."""
        parts = self.trainer.program.parts_of(plan)
        if parts is self.parts:
            return self
        train = parts.train
        data = profile_data(train.x, train.y, train.sample_weight, simple_models=True)
        return _prepared(self.trainer.on(parts, data=data), seed=0)


def prepare(
    model: Any,
    data: Any,
    *,
    fit: FitDescription,
    validation_data: Any = None,
    validation_split: float = 0.0,
    test_data: Any = None,
    groups: Any = None,
    callbacks: Any = (),
    metric: str = "auto",
    build: Callable[[], keras.Model] | None = None,
    initial_weights: Mapping[str, np.ndarray] | None = None,
    seed: int = 0,
    progress: Progress,
) -> Preparation:
    """Check the arguments, set data apart, and read the model.

    Args:
        model: the user's compiled model; it is read, never changed.
        data: training data in any form that `split_data` takes.
        fit: arguments of fit that are known.
        validation_data: the user's validation data; it becomes the selection part.
        validation_split: share that Keras would take from the end of the data, 0 to 1.
        test_data: held-out data; if None, a fifth of the data is set apart.
        groups: one value for each row of `data`; no group stands in two parts.
        callbacks: the user's callbacks, as `fit` takes them.
        metric: name of the metric to compare, or `auto`.
        build: function that returns the compiled model, for models that cannot be rebuilt.
        initial_weights: weights at the start of the recorded run, by variable path.
        seed: seed of the split.
        progress: told what is long.

    Returns:
        What autofix starts from.

    Raises:
        InvalidModelError: the model is not a compiled Keras model.
        InvalidDataError: the data cannot be trained on.
        UnsupportedModelError: the model cannot be rebuilt and there is no `build`.
        InvalidArgumentError: any other argument cannot be used.
    """
    check_model(model, build)
    callbacks = read_callbacks(callbacks)
    parts = split_data(
        data,
        validation_data=validation_data,
        validation_split=validation_split,
        test_data=test_data,
        groups=groups,
        batch_size=fit.batch_size,
        shuffle=fit.shuffle is not False,
        seed=seed,
    )
    for part in (parts.train, parts.selection, parts.held_out):
        check_fit(model, part)
    description = describe_model(model)
    train = parts.train
    profile = profile_data(train.x, train.y, train.sample_weight, simple_models=True, seed=seed)
    blueprint = read_blueprint(model, description, build=build)
    if blueprint.refused is not None and build is None:
        raise blueprint.refused
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=_complete(fit, parts, callbacks),
        graph=blueprint.graph,
        refusal=blueprint.refusal,
        can_split_anew=validation_split > 0.0 and fit.shuffle is not False and groups is None,
    )
    known = profile
    if setup.can_split_anew:  # classes that only selection rows show may be trained on later
        pool = joined(train, parts.selection)
        known = profile_data(pool.x, pool.y, pool.sample_weight, seed=seed)
    chosen = choose_metric(description, known, metric)
    if metric == "auto":
        chosen = limit_metric(chosen, train.y)
    trainer = Trainer(
        blueprint,
        parts,
        chosen,
        setup=setup,
        initial_weights=initial_weights,
        progress=progress,
        callbacks=callbacks,
        model=model,
        build=build,
    )
    return _prepared(trainer, seed)


def prepare_again(program: Program, *, seed: int, progress: Progress) -> Preparation:
    """What autofix starts from, from a program that a folder has kept.

    Args:
        program: the program.
        seed: seed of the run.
        progress: told what is long.
    """
    return _prepared(Trainer(**vars(program), progress=progress), seed)


def _prepared(trainer: Trainer, seed: int) -> Preparation:
    train, selection = trainer.parts.train, trainer.parts.selection
    return Preparation(
        trainer=trainer,
        selection=profile_data(selection.x, selection.y, selection.sample_weight, seed=seed),
        shift=replace(
            compare_data(train.x, train.y, selection.x, selection.y),
            held_out_duplicates=trainer.parts.repeated,
            held_out_rows=trainer.parts.held_out.rows,
        ),
    )


def _complete(
    fit: FitDescription, parts: DataParts, callbacks: Sequence[keras.callbacks.Callback]
) -> FitDescription:
    """The arguments of fit with defaults for those that nothing tells."""
    batch_size = fit.batch_size or parts.batch_size or DEFAULT_BATCH_SIZE
    return replace(
        fit,
        epochs=fit.epochs or DEFAULT_EPOCHS,
        batch_size=batch_size,
        steps_per_epoch=-(-parts.train.rows // batch_size),
        shuffle=fit.shuffle is not False,
        has_validation=True,
        validation_rows=parts.selection.rows,
        callbacks=tuple(type(callback).__name__ for callback in callbacks),
    )


def _known(ours: FitDescription, recorded: FitDescription | None) -> FitDescription:
    if recorded is None:
        return ours
    return replace(
        ours,
        epochs=recorded.epochs or ours.epochs,
        batch_size=recorded.batch_size or ours.batch_size,
        steps_per_epoch=recorded.steps_per_epoch or ours.steps_per_epoch,
    )
