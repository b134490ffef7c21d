"""How often the cross-validation of few rows believes a no-op, and how often it sees a real gain.

The same code proves as in autofix (`prove_by_folds`); what is trained is a randomised decision tree
of scikit-learn, so that hundreds of whole proofs take a minute. A no-op is the same tree on other
seeds, a real gain is a forest of some trees. Each comparison draws other rows of a data set.

    python benchmarks/proof_folds.py [--comparisons N] [--rows 40,80,120] [--json FILE]
"""

import argparse
import copy
import json
import os
import time
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import ExtraTreesClassifier

from keras_debugger.proof.cross_validation import prove_by_folds
from keras_debugger.training.data import split_data
from keras_debugger.training.trainer import Trained
from keras_debugger.types.plan import UNCHANGED, AppliedFix, Plan
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.trial import Score, Trial
from keras_debugger.types.vocabulary import Decision, FixKind

DATA = {"wine": load_wine, "cancer": load_breast_cancer, "digits": load_digits}
TREES = {"no-op": 1, "4 trees": 4, "30 trees": 30}


class TreeTrainer:
    """Trains trees where autofix trains networks: more of them for a changed plan."""

    def __init__(self, parts, trees: int) -> None:
        self.parts = parts
        self._trees = trees

    def on(self, parts) -> "TreeTrainer":
        """The same on other rows."""
        other = copy.copy(self)
        other.parts = parts
        return other

    def train(self, plan: Plan, *, seed: int, held_out: bool = False) -> Trained:
        """One training; each plan has seeds of its own, so that a no-op is no copy."""
        changed = bool(plan.fixes)
        tree = ExtraTreesClassifier(
            self._trees if changed else 1, random_state=2 * seed + changed, max_features=2
        )
        tree.fit(self.parts.train.x, self.parts.train.y)
        trial = Trial(
            plan=plan,
            seed=seed,
            epochs=1,
            record=TrainingRecord(),
            selection=None,
            held_out=self._score(tree) if held_out else None,
        )
        return Trained(trial=trial)

    def _score(self, tree) -> Score:
        y = self.parts.held_out.y
        rows = (tree.predict(self.parts.held_out.x) != y).astype(float)
        error = float(rows.mean())
        return Score(
            metric="accuracy",
            value=1.0 - error,
            error=error,
            constant_error=float((y != np.bincount(self.parts.train.y).argmax()).mean()),
            row_errors=tuple(rows.tolist()),
        )


def compare(name: str, rows: int, trees: int, seed: int) -> Decision:
    x, y = DATA[name](return_X_y=True)
    chosen = np.random.default_rng(seed).permutation(len(y))[:rows]
    parts = split_data((x[chosen].astype("float32"), y[chosen]), seed=seed)
    fix = AppliedFix(name="more trees", kind=FixKind.CHANGE_OPTIMIZER, edits=(), reason="", risk="")
    plan = Plan(name="more trees", cause=None, fixes=(fix,), prior=0.5)
    trainer = TreeTrainer(parts, trees)
    proof = prove_by_folds(trainer, plan, lambda fold, at: (plan, ()), first_seed=1000 * (seed + 1))
    assert UNCHANGED not in {trial.plan for trial in proof.after}
    return proof.verdict.decision


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=100, help="of each kind")
    parser.add_argument("--rows", default="40,80,120")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    about = {name: version(name) for name in ("keras", "numpy", "scipy", "scikit-learn")}
    about |= {"first seed": 0, "cores": os.cpu_count(), "comparisons": asked.comparisons}
    print(about)
    print(f"{'':28}{'verified':>10}{'improved':>10}{'worse':>8}{'seconds':>9}")
    table, false = {}, np.zeros(3, dtype=int)
    for kind, trees in TREES.items():
        for name in DATA:
            for rows in map(int, asked.rows.split(",")):
                started = time.perf_counter()
                found = [compare(name, rows, trees, seed) for seed in range(asked.comparisons)]
                words = (Decision.VERIFIED, Decision.IMPROVED, Decision.WORSE)
                hits = np.array([sum(d is word for d in found) for word in words])
                false += hits if kind == "no-op" else 0
                seconds = time.perf_counter() - started
                label = f"{kind}, {name}, {rows} rows"
                table[label] = dict(
                    zip(("verified", "improved", "worse"), hits.tolist(), strict=True)
                )
                cells = "".join(f"{hit / len(found):>9.3f} " for hit in hits)
                print(f"{label:28}{cells}{seconds:>7.1f}", flush=True)
    count = asked.comparisons * len(DATA) * len(asked.rows.split(","))
    for word, hits in zip(("verified", "improved", "worse"), false.tolist(), strict=True):
        low, high = stats.binomtest(hits, count).proportion_ci()
        print(f"no-op called {word}: {hits / count:.2%} of {count} ({low:.2%} to {high:.2%})")
    if asked.json:
        text = json.dumps({"about": about, "table": table, "no-ops": count}, indent=1)
        asked.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
