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

from keras_debugger.recording.data.named_arrays import holds_values
from keras_debugger.types.record import SimpleModel
from keras_debugger.types.vocabulary import CLASS_FORMS, LabelForm

_MOST_ROWS = 600
_MOST_FEATURES = 200
_FEWEST_ROWS = 30
_FOLDS = 3
_PERMUTATIONS = 5
_MOST_CLASSES = 30
_TOKEN_BINS = 200


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
    if not holds_values(x) or not holds_values(y) or form in (LabelForm.PER_STEP, LabelForm.OTHER):
        return ()
    generator = np.random.default_rng(seed)
    rows = min(len(x), len(y))
    chosen = np.sort(generator.permutation(rows)[:_MOST_ROWS])
    classes = form in CLASS_FORMS
    target = _class_target(y[chosen], form) if classes else _number_target(y[chosen])
    table = _features(x[chosen], generator)
    usable = np.isfinite(target)
    if classes:
        usable &= _frequent(target)
    table, target = table[usable], target[usable]
    if len(target) < _FEWEST_ROWS or np.unique(target).size < 2 or table.shape[1] == 0:
        return ()
    if classes and np.unique(target).size > _MOST_CLASSES:
        return ()
    found = []
    for name, make in _models(classes=classes, seed=seed):
        found.append(_judge(name, make, table, target, classes=classes, generator=generator))
    return tuple(found)


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
    folds = (StratifiedKFold if classes else KFold)(_FOLDS, shuffle=True, random_state=seed)
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


def _class_target(y: np.ndarray, form: LabelForm) -> np.ndarray:
    labels = y.astype(np.float64)
    if form is LabelForm.ONE_HOT:
        return np.asarray(labels.argmax(axis=1).astype(np.float64))
    if form is LabelForm.MULTI_HOT:
        high = labels == labels.max()
        return np.asarray(high[:, np.abs(high.mean(axis=0) - 0.5).argmin()].astype(np.float64))
    return labels.reshape(len(labels))


def _number_target(y: np.ndarray) -> np.ndarray:
    """The first number of each row that varies; of several outputs the first."""
    columns = y.reshape(len(y), -1).astype(np.float64)
    column = columns[:, 0]
    for candidate in columns.T:
        if np.ptp(candidate[np.isfinite(candidate)], axis=0) > 0 if candidate.size else False:
            column = candidate
            break
    return column


def _frequent(target: np.ndarray) -> np.ndarray:
    """Rows whose class has enough rows for every fold."""
    values, codes, counts = np.unique(target, return_inverse=True, return_counts=True)
    enough = counts >= _FOLDS
    return np.asarray(enough[codes.reshape(-1)]) if values.size else np.zeros(0, dtype=bool)


def _features(x: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A finite table of at most _MOST_FEATURES columns that simple models can read.

    Values of images and sequences in a row, and for sequences also the mean, deviation, roughness
    and spectrum of each channel, for they may start anywhere; for tokens how often each occurs.
    """
    values = x.reshape(len(x), -1).astype(np.float64)
    with np.errstate(all="ignore"):
        middle = np.nanmedian(np.where(np.isfinite(values), values, np.nan), axis=0)
    values = np.where(np.isfinite(values), values, np.nan_to_num(middle))
    parts = [_some(values, generator)]
    if x.ndim == 3 and x.dtype.kind == "f":
        parts.append(_some(_shape_of(values.reshape(x.shape)), generator))
    if x.ndim == 2 and x.dtype.kind in "iu" and x.shape[1] > 1 and values.max() >= 20:
        tokens = values.astype(np.int64) % _TOKEN_BINS
        counts = [np.bincount(row, minlength=_TOKEN_BINS) for row in tokens]
        parts.append(np.array(counts, dtype=np.float64))
    table = np.concatenate(parts, axis=1)
    largest = np.abs(table).max(axis=0)
    table = table / np.where(largest > 1e30, largest, 1.0)
    return np.asarray(table[:, table.max(axis=0) > table.min(axis=0)])


def _some(table: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if table.shape[1] <= _MOST_FEATURES:
        return table
    return table[:, np.sort(generator.choice(table.shape[1], _MOST_FEATURES, replace=False))]


def _shape_of(sequences: np.ndarray) -> np.ndarray:
    """Mean, deviation, mean absolute step and spectrum of each channel; rows x (...)."""
    parts = [
        sequences.mean(axis=1),
        sequences.std(axis=1),
        np.abs(np.diff(sequences, axis=1)).mean(axis=1) if sequences.shape[1] > 1 else None,
        np.abs(np.fft.rfft(sequences, axis=1)).reshape(len(sequences), -1),
    ]
    return np.concatenate([part for part in parts if part is not None], axis=1)
