"""The feature that nearly gives the answer by itself, and what the others reach without it."""

import numpy as np

from keras_debugger.recording.data.simple_models import best_score
from keras_debugger.recording.data.simple_tables import sampled_target
from keras_debugger.types.record import StrongFeature
from keras_debugger.types.vocabulary import CLASS_FORMS, LabelForm

_MIN_SCORE = 0.97  # of the way from a constant guess to no error
_FEWEST_ROWS = 50
_FEWEST_OF_CLASS = 10
_MOST_FEATURES = 2000


def find_strong_feature(
    x: np.ndarray, y: np.ndarray, form: LabelForm, *, seed: int = 0
) -> StrongFeature | None:
    """Find the feature along which each row's nearest neighbour has the same answer.

    Args:
        x: a table, shape (rows, features).
        y: its labels.
        form: form of the labels.
        seed: seed of the choice of rows, of the order of equal values, and of the simple models.

    Returns:
        The strongest feature; None with fewer than 50 rows, 10 rows of a class or two features that
        vary, for images, sequences and several numbers a row, or if no feature comes near.
    """
    generator = np.random.default_rng(seed)
    rows, target = sampled_target(x, y, form, generator)
    classes = form in CLASS_FORMS
    fewest = len(target)
    if classes and fewest:
        fewest = int(np.unique(target, return_counts=True)[1].min())
    if len(target) < _FEWEST_ROWS or fewest < _FEWEST_OF_CLASS or x.ndim != 2:
        return None
    if x.shape[1] > _MOST_FEATURES or (not classes and y.size > len(y)):
        return None
    table = x[rows].astype(np.float64)
    finite = np.isfinite(table).all(axis=0)
    columns = np.flatnonzero(finite & (table.max(axis=0) > table.min(axis=0)))
    if columns.size < 2:
        return None
    table = table[:, columns]
    answers = target[_nearest(table, generator)]  # (rows, features)
    scores = (_recall if classes else _explained)(answers, target)
    best = int(scores.argmax())
    chance = 1.0 / np.unique(target).size if classes else 0.0
    if (scores[best] - chance) / (1.0 - chance) < _MIN_SCORE:
        return None
    others = best_score(np.delete(table, best, axis=1), target, classes=classes, seed=seed)
    return StrongFeature(
        feature=int(columns[best]),
        score=float(scores[best]),
        others=others,
        rows=len(target),
        fewest=fewest,
        is_answer=_same(table[:, best], target, classes=classes),
    )


def _nearest(table: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """For each row and feature the other row that is nearest along it, shape (rows, features)."""
    shuffled = generator.permutation(len(table))
    order = shuffled[np.argsort(table[shuffled], axis=0, kind="stable")]
    step = np.diff(np.take_along_axis(table, order, axis=0), axis=0)
    edge = np.full((1, table.shape[1]), np.inf)
    takes_next = np.concatenate([step, edge]) < np.concatenate([edge, step])
    places = np.arange(len(table))[:, np.newaxis] + np.where(takes_next, 1, -1)
    nearest = np.empty_like(order)
    np.put_along_axis(nearest, order, np.take_along_axis(order, places, axis=0), axis=0)
    return nearest


def _recall(answers: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Balanced accuracy of each feature."""
    right = answers == target[:, np.newaxis]
    return np.asarray(np.mean([right[target == one].mean(axis=0) for one in np.unique(target)], 0))


def _explained(answers: np.ndarray, target: np.ndarray) -> np.ndarray:
    """R2 of each feature."""
    errors = np.square(answers - target[:, np.newaxis]).mean(axis=0)
    return np.asarray(1.0 - errors / target.var())


def _same(feature: np.ndarray, target: np.ndarray, *, classes: bool) -> bool:
    """Whether a feature is the answer under another name."""
    if not classes:
        return bool(abs(np.corrcoef(feature, target)[0, 1]) > 1.0 - 1e-6)
    pairs = np.unique(np.stack([feature, target], axis=1), axis=0)
    return len(pairs) == np.unique(feature).size == np.unique(target).size
