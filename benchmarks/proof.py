"""How often the proof believes a change that changes nothing, and how often it sees a real gain.

Each set-up is trained on many seeds once. Comparisons are then drawn from these pools and handed
to `prove` as if they had just been trained: a no-op is the same program on other seeds, a true gain
is the same program with a share of its held-out errors taken away, or a real repair.

    python benchmarks/proof.py [--quick] [--draws N] [--json FILE]
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from keras_debugger.proof.compare import prove
from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trained, Trainer
from keras_debugger.types.edit import Edit, NormalizeInput, ScaleLearningRate
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import Decision, FixKind

FIRST_SEED = 1000
FIXED = Plan(name="changed", cause=None, fixes=(), prior=0.5)


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """A small program: data, model, epochs, and edits that make it worse."""

    load: Callable[..., tuple[np.ndarray, np.ndarray]]
    widths: tuple[int, ...]
    learning_rate: float
    epochs: int
    faults: tuple[tuple[str, Edit], ...]
    standard: bool = True


SETUPS = {
    "wine": SetUp(
        load=load_wine,
        widths=(16,),
        learning_rate=3e-3,
        epochs=12,
        faults=(
            ("lr x0.1", ScaleLearningRate(factor=0.1)),
            ("lr x100", ScaleLearningRate(factor=100.0)),
        ),
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
        faults=(
            ("lr x0.1", ScaleLearningRate(factor=0.1)),
            ("lr x50", ScaleLearningRate(factor=50.0)),
        ),
    ),
    "diabetes": SetUp(
        load=load_diabetes,
        widths=(16,),
        learning_rate=1e-2,
        epochs=15,
        faults=(("lr x0.1", ScaleLearningRate(factor=0.1)),),
    ),
}


class PoolTrainer:
    """Answers `train` with trials that were drawn from pools."""

    def __init__(self, before: Sequence[Trial], after: Sequence[Trial]) -> None:
        self._trials = {UNCHANGED.name: before, FIXED.name: after}

    def expect(self, plans: Sequence[Plan], **_: object) -> None:
        """Nothing: all is trained."""

    def train(self, plan: Plan, *, seed: int, held_out: bool) -> Trained:
        """The trial of a plan and a seed."""
        return Trained(trial=self._trials[plan.name][seed - FIRST_SEED], model=None)


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
    parts = split_data((x.astype("float32"), y), seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    values = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(epochs=setup.epochs, batch_size=32, shuffle=True),
        graph=blueprint.graph,
    )
    metric = choose_metric(description, profile)
    return Trainer(blueprint, parts, metric, setup=values)


def train_pools(seeds: int, names: Sequence[str]) -> dict[str, list[Trial]]:
    pools = {}
    for name in names:
        trainer = trainer_of(SETUPS[name])
        for label, edits in (("as it is", ()), *((f, (e,)) for f, e in SETUPS[name].faults)):
            fix = AppliedFix(
                name=label, kind=FixKind.LOWER_LEARNING_RATE, edits=edits, reason="", risk=""
            )
            plan = Plan(name=label, cause=None, fixes=(fix,), prior=0.5)
            pools[f"{name}: {label}"] = [
                trainer.train(plan, seed=seed, held_out=True, watched=False).trial
                for seed in range(seeds)
            ]
    return pools


def repaired(trial: Trial, share: float, generator: np.random.Generator) -> Trial:
    """The trial with a share of its held-out error taken away, spread over the rows at random."""
    score = trial.held_out
    rows = np.array(score.row_errors)
    keep = np.ones(len(rows))
    order = generator.permutation(len(rows))
    lost = np.cumsum(rows[order]) <= share * rows.sum()
    keep[order[lost]] = 0.0
    rows = rows * keep
    error = float(rows.mean())
    return replace(
        trial, held_out=replace(score, error=error, value=1.0 - error, row_errors=tuple(rows))
    )


def compare(before: Sequence[Trial], after: Sequence[Trial], seeds: int) -> Decision:
    proof = prove(PoolTrainer(before, after), FIXED, seeds=seeds, first_seed=FIRST_SEED)
    return proof.verdict.decision


def rates(decisions: Sequence[Decision]) -> dict[str, float]:
    verified = np.mean([decision is Decision.VERIFIED for decision in decisions])
    improved = np.mean([decision is Decision.IMPROVED for decision in decisions])
    return {"verified": float(verified), "accepted": float(verified + improved)}


def no_ops(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    table = {}
    for name, pool in pools.items():
        decisions, naive = {3: [], 5: []}, []
        for _ in range(draws):
            order = generator.permutation(len(pool))
            first, second = [[pool[i] for i in order[s : s + 5]] for s in (0, 5)]
            naive.append(second[0].selection.error < 0.9 * first[0].selection.error - 1e-12)
            for seeds, found in decisions.items():
                found.append(compare(first, second, seeds))
        errors = [trial.held_out.error for trial in pool]
        table[name] = {
            "error": float(np.mean(errors)),
            "sd": float(np.std(errors)),
            "one retraining > 10 %": float(np.mean(naive)),
            **{f"{seeds} seeds": rates(found) for seeds, found in decisions.items()},
        }
    return table


def power(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    table = {}
    for share in (0.2, 0.5):
        for name, pool in pools.items():
            decisions = {3: [], 5: []}
            for _ in range(draws):
                order = generator.permutation(len(pool))
                first = [pool[i] for i in order[:5]]
                rows = generator.integers(1 << 30)
                second = [
                    repaired(pool[i], share, np.random.default_rng(rows)) for i in order[5:10]
                ]
                for seeds, found in decisions.items():
                    found.append(compare(first, second, seeds))
            table[f"{name}, {share:.0%} of the error taken away"] = {
                f"{seeds} seeds": rates(found) for seeds, found in decisions.items()
            }
    return table


def repairs(pools: dict[str, list[Trial]], draws: int, generator: np.random.Generator) -> dict:
    """Real pairs of pools of one set-up: the worse one is the original."""
    table = {}
    for name in {pool.split(":")[0] for pool in pools}:
        own = {key: pool for key, pool in pools.items() if key.startswith(f"{name}:")}
        mean = {key: np.mean([t.held_out.error for t in pool]) for key, pool in own.items()}
        best = min(mean, key=mean.get)
        for key, pool in own.items():
            gain = 1.0 - mean[best] / mean[key]
            if key == best or gain < 0.05:
                continue
            decisions = {3: [], 5: []}
            for _ in range(draws):
                order = generator.permutation(len(pool))[:5]
                first, second = [pool[i] for i in order], [own[best][i] for i in order]
                for seeds, found in decisions.items():
                    found.append(compare(first, second, seeds))
            label = f"{key} -> {best.split(': ')[1]} (true gain {gain:.0%})"
            table[label] = {f"{seeds} seeds": rates(f) for seeds, f in decisions.items()}
    return table


def show(title: str, table: dict, columns: Sequence[str]) -> None:
    print(f"\n{title}\n{'':58}" + "".join(f"{column:>22}" for column in columns))
    for name, row in table.items():
        cells = []
        for column in columns:
            value = row.get(column)
            if isinstance(value, dict):
                cells.append(f"{value['verified']:.3f} / {value['accepted']:.3f}")
            else:
                cells.append(f"{value:.3f}")
        print(f"{name:58}" + "".join(f"{cell:>22}" for cell in cells))
    for column in columns[-2:]:
        mean = {
            k: np.mean([row[column][k] for row in table.values()]) for k in ("verified", "accepted")
        }
        print(f"{'mean, ' + column:58}{mean['verified']:.4f} / {mean['accepted']:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer seeds, set-ups and draws")
    parser.add_argument("--draws", type=int, default=200, help="no-op comparisons a pool")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    arguments = parser.parse_args()
    seeds, draws = (10, 40) if arguments.quick else (20, arguments.draws)
    names = ["wine"] if arguments.quick else list(SETUPS)
    pools = train_pools(seeds, names)
    print(f"{sum(map(len, pools.values()))} trainings in {len(pools)} pools", flush=True)
    generator = np.random.default_rng(0)
    false = no_ops(pools, draws, generator)
    true = power(pools, draws // 2, generator)
    real = repairs(pools, draws // 2, generator)
    print(
        f"{seeds} seeds a pool, {draws} no-op comparisons a pool, min_improvement 10 %, alpha 5 %"
    )
    print("Pairs are the shares called verified / called verified or improved.")
    both = ["3 seeds", "5 seeds"]
    show("No-op changes", false, ["error", "sd", "one retraining > 10 %", *both])
    show("Made gains", true, both)
    show("Real repairs", real, both)
    if arguments.json:
        text = json.dumps({"no-op": false, "made": true, "real": real}, indent=1)
        arguments.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
