"""The user's recorded run in place of a training of the original, where it can stand for one."""

from __future__ import annotations

from typing import Any

from keras_debugger.training.task import Outcome, Task
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import Ending

RECORDED = "as recorded"  # stands for the rows of the user's run, which the parts do not tell


def recorded_trial(
    trainer: Trainer, recorder: Any, model: Any, record: TrainingRecord, *, seed: int
) -> Trial | None:
    """The recorded run as a trial that cost nothing: its model is scored on the selection part.

    It only takes part in the search. Its rows are those of the training part and, unless the user
    gave test data, those held out, so it looks a little better than a training of the original.

    Args:
        trainer: knows the parts; its journal keeps the trial.
        recorder: what the user gave as the record.
        model: the user's model.
        record: what was recorded.
        seed: seed of the search.

    Returns:
        The trial; None unless the run is whole, its model is still as it left it, and the selection
        part is validation data of the user's own, which the model has not trained on.
    """
    epochs = trainer.setup.fit.epochs or 1
    task = Task(plan=UNCHANGED, seed=seed, epochs=epochs, rows=RECORDED)
    known = trainer.journal.find(task)
    if known is not None:
        return known.trial
    places = trainer.parts.places
    own = trainer.parts.selection_from_user and places is not None and places.selection is None
    if not own or not _is_as_recorded(recorder, model, record, epochs):
        return None
    score = trainer.program.score_as_it_is(model, seed=seed)
    if score is None:
        return None
    trial = Trial(
        plan=UNCHANGED,
        seed=seed,
        epochs=epochs,
        record=record,
        selection=score,
        cost=0.0,
        seconds=0.0,
    )
    trainer.journal.keep(task, Outcome(trial=trial))
    return trial


def _is_as_recorded(recorder: Any, model: Any, record: TrainingRecord, epochs: int) -> bool:
    """Whether a model has trained in the recorded run alone, and to its end."""
    own: Any = getattr(recorder, "model", None)
    if own is not model or record.ending is not Ending.FINISHED:
        return False
    if record.step_logs is None or not record.step_logs.step.size or record.epoch_logs is None:
        return False
    steps = int(record.step_logs.step[-1]) + 1
    return record.epoch_logs.count == epochs and int(model.optimizer.iterations) == steps
