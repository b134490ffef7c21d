"""Trainings that the comparisons of proof.py are drawn from, kept in a JSON file."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from surroundings import limit_threads

limit_threads(1)

import keras  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine  # noqa: E402
from trainers import trainer_on  # noqa: E402

from keras_debugger.training.trainer import Trainer  # noqa: E402
from keras_debugger.types.edit import Edit, NormalizeInput, ScaleLearningRate  # noqa: E402
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan  # noqa: E402
from keras_debugger.types.record import TrainingRecord  # noqa: E402
from keras_debugger.types.trial import Score, Trial  # noqa: E402
from keras_debugger.types.vocabulary import FixKind  # noqa: E402


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """A small program: data, model, epochs, and edits that make it worse or better."""

    load: Callable[..., tuple[np.ndarray, np.ndarray]]
    widths: tuple[int, ...]
    learning_rate: float
    epochs: int
    faults: tuple[tuple[str, Edit], ...]
    standard: bool = True


def lr(factor: float) -> tuple[str, Edit]:
    return f"lr x{factor:g}", ScaleLearningRate(factor=factor)


SETUPS = {
    "wine": SetUp(
        load=load_wine,
        widths=(16,),
        learning_rate=3e-3,
        epochs=12,
        faults=(lr(0.1), lr(100.0)),
    ),
    "cancer, raw inputs": SetUp(
        load=load_breast_cancer,
        widths=(16, 8),
        learning_rate=1e-3,
        epochs=10,
        faults=(("normalised", NormalizeInput()),),
        standard=False,
    ),
    "digits": SetUp(
        load=load_digits,
        widths=(32,),
        learning_rate=2e-3,
        epochs=8,
        faults=(lr(0.1), lr(50.0)),
    ),
    "diabetes": SetUp(
        load=load_diabetes,
        widths=(16,),
        learning_rate=1e-2,
        epochs=15,
        faults=(lr(0.1),),
    ),
}


def trainer_of(setup: SetUp) -> Trainer:
    x, y = setup.load(return_X_y=True)
    if setup.standard:
        x = (x - x.mean(0)) / (x.std(0) + 1e-6)
    numbers = len(np.unique(y)) > 20
    y = ((y - y.mean()) / y.std()).astype("float32") if numbers else y
    units, activation = (1, None) if numbers else (len(np.unique(y)), "softmax")
    layers = [keras.layers.Dense(width, activation="relu") for width in setup.widths]
    head = keras.layers.Dense(units, activation=activation)
    model = keras.Sequential([keras.layers.Input(x.shape[1:]), *layers, head])
    loss = "mse" if numbers else "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(setup.learning_rate), loss)
    data = (x.astype("float32"), y)
    return trainer_on(model, data, epochs=setup.epochs, batch_size=32)


def plan_of(label: str, edits: Sequence[Edit]) -> Plan:
    fix = AppliedFix(
        name=label, kind=FixKind.LOWER_LEARNING_RATE, edits=tuple(edits), reason="", risk=""
    )
    return Plan(name=label, cause=None, fixes=(fix,), prior=0.5)


def train_pools(
    seeds: int, names: Sequence[str], *, file: Path | None, part: tuple[int, int] = (1, 1)
) -> dict[str, list[Trial]]:
    """Pools of trials by set-up and edit; what the file already holds is not trained again.

    Args:
        seeds: trainings a pool.
        names: set-ups.
        file: where the trials are kept; None keeps none.
        part: only every n-th pool from the i-th on is trained, as (i, n).
    """
    known = json.loads(file.read_text()) if file is not None and file.exists() else {}
    wanted = [
        (name, label, edits)
        for name in names
        for label, edits in (("as it is", ()), *((f, (e,)) for f, e in SETUPS[name].faults))
    ]
    for name, label, edits in wanted[part[0] - 1 :: part[1]]:
        rows = known.setdefault(f"{name}: {label}", [])
        if len(rows) >= seeds:
            continue
        trainer, started = trainer_of(SETUPS[name]), time.perf_counter()
        for seed in range(len(rows), seeds):
            plan = plan_of(label, edits)
            trial = trainer.train(plan, seed=seed, held_out=True, watched=False).trial
            rows.append([asdict(trial.selection), asdict(trial.held_out)])
        print(f"{name}: {label}: {time.perf_counter() - started:.0f} s", flush=True)
        if file is not None:
            latest = json.loads(file.read_text()) if file.exists() else {}
            file.write_text(json.dumps(latest | {f"{name}: {label}": rows}))
    pools = [f"{name}: {label}" for name, label, _ in wanted]
    return {pool: list(map(trial_of, known[pool][:seeds])) for pool in pools if pool in known}


def trial_of(scores: list[dict]) -> Trial:
    selection, held_out = (Score(**{**s, "row_errors": tuple(s["row_errors"])}) for s in scores)
    return Trial(
        plan=UNCHANGED,
        seed=0,
        epochs=1,
        record=TrainingRecord(),
        selection=selection,
        held_out=held_out,
    )
