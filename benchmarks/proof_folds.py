"""How often the cross-validation of few rows believes a no-op, and how often it sees a real gain.

The same code proves as in autofix (`prove_by_folds`); what is trained are small models of
scikit-learn, so that hundreds of whole proofs take minutes: a randomised tree, and a network of 12
units that is trained for a few epochs only. A no-op is the same model on other seeds, a real gain
is a forest of some trees, or more epochs. Each comparison draws other rows of a data set.

    python benchmarks/proof_folds.py [--comparisons N] [--first N] [--kinds A;B]
        [--rows 40,80,120] [--json FILE]
"""

import argparse
import copy
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from surroundings import in_words, surroundings

from keras_debugger.proof.cross_validation import prove_by_folds
from keras_debugger.training.data import split_data
from keras_debugger.training.metric_choice import Metric
from keras_debugger.training.trained import Trained
from keras_debugger.types.plan import AppliedFix, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.vocabulary import Decision, FixKind

DATA = {"wine": load_wine, "cancer": load_breast_cancer, "digits": load_digits}
Make = Callable[[int], Any]  # seed -> model of scikit-learn


def trees(count: int) -> Make:
    return lambda seed: ExtraTreesClassifier(count, random_state=seed, max_features=2)


def network(epochs: int, rate: float) -> Make:
    return lambda seed: MLPClassifier(
        (12,), max_iter=epochs, learning_rate_init=rate, batch_size=16, random_state=seed
    )


# The model as it is, and with the change.
KINDS: dict[str, tuple[Make, Make]] = {
    "no-op, tree": (trees(1), trees(1)),
    "no-op, network": (network(15, 1e-2), network(15, 1e-2)),
    "no-op, short": (network(4, 3e-3), network(4, 3e-3)),
    "4 trees": (trees(1), trees(4)),
    "30 trees": (trees(1), trees(30)),
    "2 x epochs": (network(4, 3e-3), network(8, 3e-3)),
    "5 x epochs": (network(4, 3e-3), network(20, 3e-3)),
}
WORDS = (Decision.VERIFIED, Decision.IMPROVED, Decision.WORSE)


class SmallTrainer:
    """Trains small models where autofix trains networks."""

    metric = Metric(name="accuracy", outputs=())

    def __init__(self, parts: Any, kind: str) -> None:
        self.parts = parts
        self._kind = kind

    def on(self, parts: Any) -> "SmallTrainer":
        """The same on other rows."""
        other = copy.copy(self)
        other.parts = parts
        return other

    def train(self, plan: Plan, *, seed: int, held_out: bool = False) -> Trained:
        """One training; each plan has seeds of its own, so that a no-op is no copy."""
        changed = bool(plan.fixes)
        model = KINDS[self._kind][changed](2 * seed + changed)
        model.fit(self.parts.train.x, self.parts.train.y)
        trial = Trial(
            plan=plan,
            seed=seed,
            epochs=1,
            record=TrainingRecord(),
            selection=None,
            held_out=self._score(model) if held_out else None,
        )
        return Trained(trial=trial)

    def _score(self, model: Any) -> Score:
        y = self.parts.held_out.y
        rows = (model.predict(self.parts.held_out.x) != y).astype(float)
        error = float(rows.mean())
        return Score(
            metric="accuracy",
            value=1.0 - error,
            error=error,
            constant_error=float((y != np.bincount(self.parts.train.y).argmax()).mean()),
            row_errors=tuple(rows.tolist()),
        )


def compare(name: str, rows: int, kind: str, seed: int) -> tuple[Decision, int]:
    """The decision of a whole proof, and the folds that it took."""
    x, y = DATA[name](return_X_y=True)
    chosen = np.random.default_rng(seed).permutation(len(y))[:rows]
    x = StandardScaler().fit_transform(x[chosen])
    parts = split_data((x.astype("float32"), y[chosen]), seed=seed)
    fix = AppliedFix(name="a change", kind=FixKind.CHANGE_OPTIMIZER, edits=(), reason="", risk="")
    plan = Plan(name="a change", cause=None, fixes=(fix,), prior=0.5)
    proof = prove_by_folds(SmallTrainer(parts, kind), plan, first_seed=1000 * (seed + 1))
    return proof.verdict.decision, len(proof.after)


def count_decisions(kind: str, name: str, rows: int, seeds: range) -> dict[str, float]:
    """Decisions of each sort, folds and seconds of the proofs of one cell of the table."""
    started = time.perf_counter()
    found = [compare(name, rows, kind, seed) for seed in seeds]
    counts = {str(word): sum(decision is word for decision, _ in found) for word in WORDS}
    folds = float(np.mean([folds for _, folds in found]))
    return {**counts, "folds": folds, "seconds": time.perf_counter() - started}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=100, help="of each cell")
    parser.add_argument("--first", type=int, default=0, help="seed of the first comparison")
    parser.add_argument("--kinds", default=";".join(KINDS))
    parser.add_argument("--rows", default="40,80,120")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    seeds = range(asked.first, asked.first + asked.comparisons)
    made_with = surroundings("scipy", first_seed=asked.first, comparisons=len(seeds), threads=1)
    print(in_words(made_with))
    columns = (*map(str, WORDS), "folds", "seconds")
    print(f"{'':30}" + "".join(f"{column:>10}" for column in columns))
    table = {}
    rows = list(map(int, asked.rows.split(",")))
    for kind in asked.kinds.split(";"):
        for name in DATA:
            for count in rows:
                label = f"{kind}, {name}, {count} rows"
                table[label] = cell = count_decisions(kind, name, count, seeds)
                shares = "".join(f"{cell[str(word)] / len(seeds):>10.3f}" for word in WORDS)
                print(f"{label:30}{shares}{cell['folds']:>10.1f}{cell['seconds']:>10.1f}")
        total = len(seeds) * len(DATA) * len(rows)
        cells = [cell for label, cell in table.items() if label.startswith(f"{kind}, ")]
        for word in WORDS:
            hits = sum(int(cell[str(word)]) for cell in cells)
            low, high = stats.binomtest(hits, total).proportion_ci()
            text = f"{hits} of {total}, {hits / total:.2%} ({low:.2%} to {high:.2%})"
            print(f"{kind}: {word} {text}", flush=True)
    if asked.json:
        text = json.dumps({"made_with": made_with, "table": table}, indent=1)
        asked.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
