"""A diagnosis that makes experiments: short trainings tell apart what the record leaves open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from keras_debugger.causes.experiments import Laboratory
from keras_debugger.causes.interventions import START
from keras_debugger.causes.investigation import Investigation, investigate
from keras_debugger.fixes.planning import plan_fixes
from keras_debugger.report.diagnosis_view import DiagnosisView
from keras_debugger.stages.run_arguments import check_budget, check_seed
from keras_debugger.training.budget import Budget
from keras_debugger.training.fit_arguments import describe_fit
from keras_debugger.training.preparation import Preparation, prepare
from keras_debugger.types.progress import Progress
from keras_debugger.types.record import TrainingRecord

Judge = Callable[[TrainingRecord], DiagnosisView]


def diagnose_by_experiment(
    record: TrainingRecord,
    model: Any,
    data: Any,
    *,
    judge: Judge,
    budget: float,
    seed: int,
    progress: Progress,
    initial_weights: Mapping[str, Any] | None,
    **arguments: Any,
) -> DiagnosisView:
    """Judge a run, and make experiments where its cause is open.

    Args:
        record: the run.
        model: the user's compiled model.
        data: its training data.
        judge: makes a diagnosis of a record.
        budget: trainings of the original to spend at most.
        seed: seed of the split and of all trainings.
        progress: told what goes on.
        initial_weights: weights that the run began with.
        arguments: those of fit, `validation_data`, `validation_split` and `build`.

    Returns:
        The diagnosis with what the experiments made of it; a healthy run is left alone.
    """
    check_budget(budget, do="use budget=1, or leave experiments out")
    check_seed(seed)
    names = ("epochs", "batch_size", "shuffle", "class_weight")
    fit = describe_fit(
        **{name: arguments.pop(name) for name in names}, recorded=record.fit_description
    )
    preparation = prepare(
        model,
        data,
        fit=fit,
        initial_weights=initial_weights,
        seed=seed,
        progress=progress,
        **arguments,
    )
    diagnosis = judge(preparation.complete(record))
    if not diagnosis.problems:
        return diagnosis
    progress.begin(stage="telling causes apart", trainings=budget)
    laboratory = Laboratory(budget=Budget(trainer=preparation.trainer, limit=budget, seed=seed))
    return with_experiments(diagnosis, _investigated(diagnosis, laboratory, preparation, record))


def with_experiments(diagnosis: DiagnosisView, found: Investigation) -> DiagnosisView:
    """The diagnosis with what experiments made of its causes."""
    return replace(
        diagnosis,
        causes=found.causes,
        experiments=diagnosis.experiments + found.experiments,
        next_experiments=(),
        unknown=found.unknown,
    )


def _investigated(
    diagnosis: DiagnosisView,
    laboratory: Laboratory,
    preparation: Preparation,
    record: TrainingRecord,
) -> Investigation:
    return investigate(
        laboratory,
        diagnosis.causes,
        plan_fixes(diagnosis.causes, preparation.setup),
        first=(START,) if record.activation_log is None else (),
    )
