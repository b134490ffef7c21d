"""How good answers are, and how good they can be: scikit-learn on the same rows.

A program is healthy if its score on the test part goes at least 80 % of the way from the constant
answer to the best of scikit-learn's usual models on the same rows, and if its validation loss does
not end far above its lowest value (see `is_healthy`).
"""

from functools import cache

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.metrics import accuracy_score, balanced_accuracy_score, r2_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from programs.data import CLASS_GOALS, Data, Goal, load

SHARE = 0.8  # of the way from the constant answer to the reference
# Validation loss at the end above its lowest value, in shares of the loss of the first epoch (whose
# sign does not matter: that of counts may be below zero).
MAX_RISE = 0.15


def score(data: Data, answers: np.ndarray, *, threshold: float = 0.5) -> float:
    """Score of a model's answers on the test part; higher is better, NaN answers are the worst.

    Args:
        data: the task.
        answers: what the model answers, shape as its output.
        threshold: from which the answer of a single unit means yes; 0 for logits.

    Returns:
        Accuracy (balanced where the task says so), mean accuracy over labels, or R2 not below -1.
    """
    y = data.test.y
    if not np.isfinite(answers).all():
        return -1.0 if data.goal in (Goal.NUMBER, Goal.COUNT, Goal.INPUTS) else 0.0
    if data.goal is Goal.LABELS:
        return float(((answers > threshold) == (y > 0.5)).mean())
    if data.goal not in CLASS_GOALS:
        return max(-1.0, r2_score(y.reshape(len(y), -1), answers.reshape(len(y), -1)))
    if data.goal is Goal.TWO_CLASSES:
        said = answers.reshape(len(y)) > threshold
    else:
        said = answers.argmax(axis=-1)
    measure = balanced_accuracy_score if data.balanced else accuracy_score
    return float(measure(y.reshape(-1), said.reshape(-1)))


def constant_score(data: Data) -> float:
    """Score of the best constant answer."""
    y = data.test.y
    if data.goal is Goal.LABELS:
        return float(np.maximum(y.mean(axis=0), 1 - y.mean(axis=0)).mean())
    if data.goal not in CLASS_GOALS:
        return 0.0
    shares = np.bincount(y.reshape(-1)) / y.size
    return 1.0 / len(shares) if data.balanced else float(shares.max())


@cache
def reference_score(task: str, seed: int, rows: tuple[int, int] | None, width: int) -> float:
    """The best score of scikit-learn's usual models on the rows of a program.

    Args:
        task: key of data.TASKS.
        seed: of the rows.
        rows: as in a program.
        width: narrowest hidden layer, for programs that answer their own inputs.
    """
    data = load(task, seed, rows)
    return max(_score_of(model, data) for model in _models(data, width))


def _models(data: Data, width: int) -> list[object]:
    if data.goal is Goal.INPUTS:
        return [PCA(width)]
    if data.goal is Goal.COUNT:
        return [PoissonRegressor(), RandomForestRegressor(100, random_state=0, min_samples_leaf=5)]
    if data.goal is Goal.NUMBER:
        trees = RandomForestRegressor(100, random_state=0)
        return [Ridge(), trees, make_pipeline(StandardScaler(), KNeighborsRegressor())]
    if data.goal is Goal.LABELS:
        return [MultiOutputClassifier(LogisticRegression())]
    weight = "balanced" if data.balanced else None
    linear = make_pipeline(
        StandardScaler(with_mean=False), LogisticRegression(max_iter=300, class_weight=weight)
    )
    return [
        linear,
        RandomForestClassifier(100, random_state=0, class_weight=weight),
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
    ]


def _score_of(model, data: Data) -> float:
    x, held_out = features(data, data.train.x), features(data, data.test.x)
    if data.goal is Goal.INPUTS:
        answers = model.fit(x).inverse_transform(model.transform(held_out))
    elif data.goal is Goal.LABELS:
        answers = model.fit(x, data.train.y).predict(held_out)
    elif data.goal in CLASS_GOALS:
        answers = model.fit(x, data.train.y.reshape(-1)).predict(held_out).astype(int)
        if data.goal is not Goal.TWO_CLASSES:
            answers = np.eye(data.classes)[answers].reshape(*data.test.y.shape, data.classes)
    else:
        answers = model.fit(x, data.train.y.reshape(-1)).predict(held_out)
    return score(data, np.asarray(answers, "float64"))


def features(data: Data, x: np.ndarray) -> np.ndarray:
    """Inputs as a person would give them to scikit-learn: words counted, waves as a spectrum."""
    if data.goal is Goal.STEPS:
        before = np.concatenate([np.zeros((len(x), 1), int), x[:, :-1]], axis=1)
        words = np.eye(data.tokens)
        return np.concatenate([words[x], words[before]], axis=-1).reshape(x.size, -1)
    if data.tokens:
        return np.stack([np.bincount(row, minlength=data.tokens) for row in x])
    flat = x.reshape(len(x), -1)
    if x.ndim == 3:
        return np.concatenate([flat, np.abs(np.fft.rfft(flat, axis=1))], axis=1)
    return flat


def is_healthy(*, reached: float, constant: float, reference: float, val_loss: list[float]) -> bool:
    """Whether a person would leave the run alone.

    Args:
        reached: score of the run on the test part.
        constant: that of the constant answer.
        reference: that of scikit-learn.
        val_loss: validation loss of each epoch, empty if there was none.
    """
    if reached - constant < SHARE * (reference - constant):
        return False
    if not val_loss:
        return True
    return val_loss[-1] - min(val_loss) <= MAX_RISE * abs(val_loss[0])
