"""The rooms in order: diagnose() walks the first three, autofix() all of them.

your model.fit ──> recording ──> checks ──> causes ──> fixes ──> training ──> proof ──> report
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_debugger.backend import require_tensorflow
from keras_debugger.causes.proposing import next_experiments
from keras_debugger.causes.ranking import rank_causes
from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.runner import run_checks
from keras_debugger.errors import InvalidArgumentError
from keras_debugger.recording.storage import read_source
from keras_debugger.report.diagnosis_view import DiagnosisView, view
from keras_debugger.training.run_notice import read_notice
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import TrainingRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_debugger.report.result import AutofixResult
    from keras_debugger.stages.repair import Repair


def diagnose(
    source: Any,
    *,
    model: Any = None,
    data: Any = None,
    experiments: bool = False,
    budget: float = 1.0,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    build: Callable[[], Any] | None = None,
    seed: int = 0,
    verbose: int = 0,
) -> DiagnosisView:
    """Say what is wrong with a training run, and why.

    Args:
        source: a `Recorder`, a Keras `History`, a dict of lists, or a path: to a saved record or
            the folder of one, a CSVLogger file, a history JSON, or a text file with pasted Keras
            progress lines. The more was recorded, the more can be judged; a `Recorder` is best.
        model: the compiled model of the run; needed for experiments only.
        data: its training data, as `autofix` takes them; needed for experiments only.
        experiments: whether to tell causes apart by short trainings where the record leaves them
            open; a healthy run is left alone. Without, `next_experiments` says which would decide.
        budget: cost of the experiments at most, in trainings of the original; above 0.
        epochs: as in `fit`; taken from the record if None.
        batch_size: as in `fit`; taken from the record if None.
        validation_data: as in `fit`.
        validation_split: as in `fit`, 0 to 1.
        shuffle: as in `fit`.
        class_weight: as in `fit`.
        build: function without arguments that returns the compiled model.
        seed: seed of the experiments, 0 to 2**31 - 1.
        verbose: 0 is silent, 1 shows progress, 2 shows every epoch on a line.

    Returns:
        Findings, causes ranked, and what could not be judged and how to make it judgeable.
        `print` it, `show()` it, or `save("diagnostic_report.html")` it.

    Raises:
        UnreadableFileError: the file holds no training history.
        InvalidArgumentError: the source is none of the above, experiments are asked for without
            model and data, or an argument of theirs cannot be used.
        UnsupportedModelError: experiments are asked for, the model cannot be rebuilt and `build`
            was not given.
        MissingBackendError: experiments are asked for, and TensorFlow is missing or Keras runs on
            another backend.

    Example:
        >>> from keras_debugger import diagnose
        >>> diagnosis = diagnose({"loss": [2.3, float("nan"), float("nan")]})
        >>> diagnosis.problems[0].symptom.name
        'LOSS_NAN'
    """
    record = read_source(source)
    if not experiments:
        return judge(record)
    if model is None or data is None:
        raise InvalidArgumentError(
            given="experiments=True without " + ("model" if model is None else "data"),
            expected="the compiled model and the training data, since experiments train",
            do="call diagnose(recorder, model=model, data=(x, y), experiments=True)",
        )
    require_tensorflow()
    from keras_debugger.report.terminal import make_progress
    from keras_debugger.stages.experimenting import diagnose_by_experiment

    with closing(make_progress(verbose)) as progress:
        return diagnose_by_experiment(
            record,
            model,
            data,
            judge=judge,
            budget=budget,
            seed=seed,
            progress=progress,
            initial_weights=getattr(source, "initial_weights", None),
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            class_weight=class_weight,
            validation_data=validation_data,
            validation_split=validation_split,
            build=build,
        )


def judge(record: TrainingRecord) -> DiagnosisView:
    """Findings and ranked causes of a record, without any experiment."""
    results = run_checks(record, ALL_CHECKS)
    causes = rank_causes(results.findings, record)
    return view(
        Diagnosis(
            record=record,
            findings=results.findings,
            causes=causes,
            skipped=results.skipped,
            crashed=results.crashed,
            checked=results.checked,
            next_experiments=next_experiments(causes, record),
            unknown=max(0.0, 1.0 - sum(cause.confidence for cause in causes)) if causes else 0.0,
        )
    )


def autofix(
    model: Any,
    data: Any,
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    test_data: Any = None,
    groups: Any = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    callbacks: Sequence[Any] = (),
    record: Any = None,
    metric: str = "auto",
    min_improvement: float = 0.10,
    budget: float = 3.0,
    seeds: int = 5,
    seed: int = 0,
    directory: str | Path | None = None,
    build: Callable[[], Any] | None = None,
    max_seconds: float | None = None,
    executor: str = "auto",
    workers: int | None = None,
    resources: Mapping[str, float] | None = None,
    verbose: int = 1,
) -> AutofixResult:
    """Find out why a model does not learn, repair it, and prove the gain on held-out data.

    The model, its optimizer, the data and the state of every random generator are left as they
    are. Fixes are chosen on the selection part of the data; the chosen one and the original are
    then trained again on the same fresh seeds and meet the held-out part once.

    Args:
        model: a compiled Keras model. A subclassed model needs `build`.
        data: `(x, y)`, `(x, y, sample_weight)`, `{"x": ..., "y": ...}`, a finite and batched
            `tf.data.Dataset`, or a `keras.utils.PyDataset`.
        epochs: as in `fit`; taken from `record` if None, else 20.
        batch_size: as in `fit`; taken from `record` or the dataset if None, else 32.
        validation_data: as in `fit`; it becomes the selection part.
        validation_split: as in `fit`, 0 to 1; the last rows become the selection part.
        test_data: `(x, y)` that judges at the end; a fifth of the data is set apart if None, or
            all rows that do not choose judge in turn if there are fewer than 125.
        groups: one value for each row of `data`, such as the patient that it is of; rows of one
            group are never in two parts.
        shuffle: as in `fit`; False keeps the order, and the last rows are held out.
        class_weight: as in `fit`.
        callbacks: as in `fit`; those that can be used again are used, the others are named.
        record: the `Recorder` of the run that went wrong; its fit arguments are taken over and the
            original is not trained again only to be looked at, nor for the search where you give
            validation data and the model is still as that run left it.
        metric: `accuracy`, `balanced_accuracy`, `auc`, `r2`, `mae`, `mse` or `loss`; `auto` takes
            accuracy for classes (balanced if they are very unequal), R2 for numbers, and the
            compiled loss for labels of another kind.
        min_improvement: relative reduction of the error that counts, 0 to below 1.
        budget: cost of the search, in trainings of the original, above 0; the proof comes on top
            and is told before it starts.
        seeds: seeds of the proof, at least 2; three are tried first, all only when three do not
            decide.
        seed: seed of the split and of the search, 0 to 2**31 - 1.
        directory: where the files go; none are written if None. A run that was ended in any way
            continues there when the same call is made again: nothing is trained twice. With a
            proved fix, data up to 16 MB are kept there for reproduce.py, and nowhere else.
        build: function without arguments that returns the compiled model.
        max_seconds: time of the whole run in seconds, above 0, passed by about an epoch at most;
            the result is what was known by then. None sets no end.
        executor: where trials are made: `local`, in this process; `processes`, in processes of
            their own, where one that hangs, crashes or runs out of memory is marked and the others
            go on; `ray`, on a Ray cluster; `auto`, in processes where two minutes or more of
            training are ahead and there is no GPU, else in this process.
        workers: processes at the same time, at least 1; chosen from the processors if None.
        resources: `num_cpus` and `num_gpus` of each trial on Ray; fractions share one.
        verbose: 0 is silent, 1 shows progress, 2 shows every epoch on a line.

    Returns:
        The verdict, the model to use (`result.model`), before and after, and recommendations.

    Raises:
        InvalidModelError: `model` is not a compiled Keras model.
        InvalidDataError: `data` cannot be trained on.
        UnsupportedModelError: the model cannot be rebuilt and `build` was not given; `diagnose`
            still names the fixes that need no rebuilding.
        InvalidArgumentError: another argument cannot be used.
        UnreadableFileError: `record` is a file without a training history, or the journal in
            `directory` is damaged.
        FolderInUseError: another run is working in `directory`.
        Interrupted: Ctrl-C, a KeyboardInterrupt whose `result` is what was known by then.
        MissingBackendError: TensorFlow is missing, or Keras runs on another backend.

    Example:
        >>> from keras_debugger import autofix
        >>> from keras_debugger.demo import wine, wine_classifier
        >>> model, data = wine_classifier(), wine()  # raw inputs, shape (178, 13)
        >>> result = autofix(model, data, epochs=20, budget=1.0, directory="report", verbose=0)
        >>> result.verdict.value, result.plan.name
        ('verified', 'normalize-inputs')
        >>> result.model.predict(data[0], verbose=0).shape
        (178, 3)
    """
    require_tensorflow()
    from keras_debugger.report.terminal import make_progress
    from keras_debugger.stages.repair import Repair

    with Repair(
        min_improvement=min_improvement,
        budget=budget,
        seeds=seeds,
        seed=seed,
        directory=directory,
        progress=make_progress(verbose),
        max_seconds=max_seconds,
        executor=executor,
        workers=workers,
        resources=resources,
    ) as repair:
        repair.prepare(
            model,
            data,
            record=record,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            class_weight=class_weight,
            validation_data=validation_data,
            validation_split=validation_split,
            test_data=test_data,
            groups=groups,
            callbacks=callbacks,
            metric=metric,
            build=build,
        )
        _repair(repair)
    return repair.finished


def resume(
    directory: str | Path,
    *,
    max_seconds: float | None = None,
    executor: str = "auto",
    workers: int | None = None,
    resources: Mapping[str, float] | None = None,
    verbose: int = 1,
) -> AutofixResult:
    """Continue a run of `autofix` from its directory alone, and end as it would have ended.

    What has been trained is taken from the journal. The directory holds the model, the data (up to
    256 MiB) and the arguments; a run with code of the user's own or with larger data is continued
    by the script that began it, with the same call.

    Args:
        directory: the directory that was given to `autofix`.
        max_seconds: time of the rest of the run in seconds, above 0; None sets no end.
        executor: as in `autofix`.
        workers: as in `autofix`.
        resources: as in `autofix`.
        verbose: as in `autofix`.

    Returns:
        The result, as of `autofix`; where no fix is proved, `result.model` is a copy of the user's.

    Raises:
        UnreadableFileError: the directory holds no run, or one that only its script can continue.
        InvalidArgumentError: another argument cannot be used.
        FolderInUseError: another run is working in it.
        Interrupted: Ctrl-C, a KeyboardInterrupt whose `result` is what was known by then.
        MissingBackendError: TensorFlow is missing, or Keras runs on another backend.

    Example:
        >>> from keras_debugger import resume
        >>> result = resume("report", verbose=0)  # the directory of the example of `autofix`
        >>> result.verdict.value
        'verified'
    """
    read_notice(Path(directory))  # refuses at once; TensorFlow takes seconds to load
    require_tensorflow()
    from keras_debugger.report.terminal import make_progress
    from keras_debugger.stages.repair import Repair
    from keras_debugger.training.run_folder import read_run

    run = read_run(Path(directory))
    with Repair(
        **run.arguments,
        directory=directory,
        progress=make_progress(verbose),
        max_seconds=max_seconds,
        executor=executor,
        workers=workers,
        resources=resources,
    ) as repair:
        repair.continue_from(run)
        _repair(repair)
    return repair.finished


def _repair(repair: Repair) -> None:
    """The stages; a run that is cut concludes with what is known."""
    repair.diagnose(judge)
    repair.plan()
    repair.search()
    repair.prove()
    repair.diagnose_again(judge)
    repair.draw_learning_curve()
    repair.conclude()
