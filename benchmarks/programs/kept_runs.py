"""Runs kept in a folder, to be judged again after a check has changed, without any training."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from keras_debugger.recording.storage import load_record, save_record
from programs.program import Program


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run is beside its record; fields as in training.Run."""

    reached: float
    constant: float
    reference: float
    healthy: bool
    seconds: float


def run_of(program: Program, seed: int, folder: Path | None, *, simple_models: bool = False):
    """A run of a program: from the folder, or trained, and then kept there.

    Args:
        program: what to train.
        seed: of rows, start and order.
        folder: of kept runs; None trains and keeps nothing.
        simple_models: whether a run that is trained now also holds what simple models reach.

    Returns:
        A training.Run.
    """
    from programs.training import Run, train

    if folder is None:
        return train(program, seed, simple_models=simple_models)
    place = folder / f"{program.name}@{seed}"
    record, outcome = place.with_name(f"{place.name}.npz"), place.with_name(f"{place.name}.json")
    if outcome.exists():
        known = Outcome(**json.loads(outcome.read_text(encoding="utf-8")))
        return Run(program=program, seed=seed, record=load_record(record), **asdict(known))
    run = train(program, seed, simple_models=simple_models)
    folder.mkdir(parents=True, exist_ok=True)
    save_record(run.record, record)
    known = Outcome(**{name: getattr(run, name) for name in Outcome.__dataclass_fields__})
    outcome.write_text(json.dumps(asdict(known)), encoding="utf-8")
    return run
