"""Do the labels depend on the inputs at all? What simple models reach, against permuted labels."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from keras_debugger.recording.data.simple_tables import FOLDS, sampled_target, simple_table
from keras_debugger.types.record import SimpleModel
from keras_debugger.types.vocabulary import CLASS_FORMS, LabelForm

_PERMUTATIONS = 5


def try_simple_models(
    x: np.ndarray, y: np.ndarray, form: LabelForm, *, seed: int = 0
) -> tuple[SimpleModel, ...]:
    """Cross-validate a linear model and a small forest on a part of the data.

    The scores are balanced accuracy or R2, mean over three folds; the control is the same model on
    labels permuted five times, its upper 95 % bound a prediction interval of Student's t.

    Args:
        x: one input, shape (rows, ...).
        y: its labels.
        form: form of the labels.
        seed: seed of the choice of rows, folds, permutations and the forest.

    Returns:
        One value for each model; empty if there are too few rows, too many classes, or labels or
        inputs that such models do not take.
    """
    generator = np.random.default_rng(seed)
    rows, target = sampled_target(x, y, form, generator)
    table = simple_table(x[rows], generator) if rows.size else np.empty((0, 0))
    if table.shape[1] == 0:
        return ()
    classes = form in CLASS_FORMS
    found = []
    for name, make in _models(classes=classes, seed=seed):
        found.append(_judge(name, make, table, target, classes=classes, generator=generator))
    return tuple(found)


def best_score(table: np.ndarray, target: np.ndarray, *, classes: bool, seed: int) -> float:
    """Balanced accuracy or R2 of the best simple model, cross-validated."""
    folds = _folds(classes=classes, seed=seed)
    models = _models(classes=classes, seed=seed)
    return max(_score(make, table, target, folds, classes=classes) for _, make in models)


def _judge(
    name: str,
    make: Callable[[], Any],
    table: np.ndarray,
    target: np.ndarray,
    *,
    classes: bool,
    generator: np.random.Generator,
) -> SimpleModel:
    seed = int(generator.integers(2**31))
    folds = _folds(classes=classes, seed=seed)
    score = _score(make, table, target, folds, classes=classes)
    control = np.array(
        [
            _score(make, table, generator.permutation(target), folds, classes=classes)
            for _ in range(_PERMUTATIONS)
        ]
    )
    width = stats.t.ppf(0.95, _PERMUTATIONS - 1) * np.sqrt(1.0 + 1.0 / _PERMUTATIONS)
    high = float(control.mean() + width * control.std(ddof=1))
    chance = 1.0 / np.unique(target).size if classes else 0.0
    return SimpleModel(name=name, score=score, chance=chance, chance_high=max(high, chance))


def _folds(*, classes: bool, seed: int) -> Any:
    return (StratifiedKFold if classes else KFold)(FOLDS, shuffle=True, random_state=seed)


def _score(
    make: Callable[[], Any], table: np.ndarray, target: np.ndarray, folds: Any, *, classes: bool
) -> float:
    scores = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of collinear features; a rough model is good enough
        for train, test in folds.split(table, target):
            answers = make().fit(table[train], target[train]).predict(table[test])
            judge = balanced_accuracy_score if classes else r2_score
            scores.append(judge(target[test], answers))
    return float(np.mean(scores))


def _models(*, classes: bool, seed: int) -> tuple[tuple[str, Callable[[], Any]], ...]:
    small = {"n_estimators": 20, "max_depth": 6, "random_state": seed}
    if classes:
        return (
            (
                "ridge classifier",
                lambda: make_pipeline(StandardScaler(), RidgeClassifier(class_weight="balanced")),
            ),
            ("random forest", lambda: RandomForestClassifier(class_weight="balanced", **small)),
        )
    return (
        ("ridge regression", lambda: make_pipeline(StandardScaler(), Ridge(10.0))),
        ("random forest", lambda: RandomForestRegressor(**small)),
    )
