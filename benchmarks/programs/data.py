"""Rows of a task in three parts, and the tasks: scikit-learn's bundled sets and generated ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from sklearn import datasets

from programs import generated


class Goal(StrEnum):
    """What a program answers."""

    CLASSES = "one of several classes"
    TWO_CLASSES = "one of two classes"
    LABELS = "several labels a row"
    NUMBER = "a number"
    COUNT = "a count"
    INPUTS = "its own inputs"
    STEPS = "a class for each step"


CLASS_GOALS = frozenset({Goal.CLASSES, Goal.TWO_CLASSES, Goal.STEPS})


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows with their answers.

    Args:
        x: inputs, float32 or int32 (tokens), rows first.
        y: answers, rows first.
    """

    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, index: np.ndarray) -> "Part":
        """These rows only."""
        return Part(x=self.x[index], y=self.y[index])


@dataclass(frozen=True, kw_only=True)
class Data:
    """The three parts of a task.

    Args:
        goal: what is answered.
        train: the rows that `fit` gets.
        validation: the rows of `validation_data`.
        test: rows that only the score sees.
        classes: number of classes or labels, 0 for numbers.
        tokens: size of the vocabulary, 0 if inputs are numbers.
        balanced: whether the score weighs classes alike.
    """

    goal: Goal
    train: Part
    validation: Part
    test: Part
    classes: int = 0
    tokens: int = 0
    balanced: bool = False

    def with_parts(self, change: Callable[[Part], Part]) -> "Data":
        """All three parts changed alike."""
        return replace(
            self,
            train=change(self.train),
            validation=change(self.validation),
            test=change(self.test),
        )


@dataclass(frozen=True, kw_only=True)
class Task:
    """Where rows come from.

    Args:
        make: seed -> inputs and answers of all rows.
        goal: what is answered.
        rows: rows of the training and of the validation part.
        scale: standardise inputs by the training part.
        tokens: size of the vocabulary, 0 if inputs are numbers.
        balanced: whether the score weighs classes alike.
    """

    make: Callable[[int], tuple[np.ndarray, np.ndarray]]
    goal: Goal
    rows: tuple[int, int]
    scale: bool = True
    tokens: int = 0
    balanced: bool = False


def load(name: str, seed: int, rows: tuple[int, int] | None = None) -> Data:
    """The rows of a task, split anew for each seed.

    Args:
        name: a key of TASKS.
        seed: of the generator and of the split.
        rows: rows of the training and of the validation part; those of the task if None.
    """
    task = TASKS[name]
    x, y = task.make(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    first, second = np.cumsum(rows or task.rows)
    parts = [order[:first], order[first:second], order[second:]]
    if task.scale:
        mean, deviation = x[parts[0]].mean(axis=0), x[parts[0]].std(axis=0)
        x = (x - mean) / np.where(deviation > 0, deviation, 1.0)
    if task.goal is Goal.NUMBER:
        y = (y - y[parts[0]].mean()) / y[parts[0]].std()
    y = y.astype("int32" if task.goal in CLASS_GOALS else "float32")
    x = x.astype("int32" if task.tokens else "float32")
    train, validation, test = (Part(x=x[index], y=y[index]) for index in parts)
    return Data(
        goal=task.goal,
        train=train,
        validation=validation,
        test=test,
        classes=_classes(task.goal, y),
        tokens=task.tokens,
        balanced=task.balanced,
    )


def _classes(goal: Goal, y: np.ndarray) -> int:
    if goal in CLASS_GOALS:
        return int(y.max()) + 1
    return y.shape[1] if goal is Goal.LABELS else 0


def _bundled(loader: Callable[..., tuple[np.ndarray, np.ndarray]]) -> Callable[[int], tuple]:
    return lambda seed: loader(return_X_y=True)


def _digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = datasets.load_digits(return_X_y=True)
    return x / 16.0, y


def _digit_images(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = _digits(seed)
    return x.reshape(-1, 8, 8, 1), y


def _even_digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = _digits(seed)
    return x, y % 2


def _own_digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, _ = _digits(seed)
    return x, x


def _groups(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return datasets.make_classification(
        2000, 20, n_informative=8, n_classes=4, class_sep=1.6, random_state=seed
    )


def _rare(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return datasets.make_classification(
        3000, 12, n_informative=6, weights=[0.9], class_sep=2.2, flip_y=0.0, random_state=seed
    )


def _noisy(seed: int) -> tuple[np.ndarray, np.ndarray]:
    return datasets.make_classification(
        3000, 20, n_informative=6, class_sep=1.2, flip_y=0.15, random_state=seed
    )


TASKS = {
    "digits": Task(make=_digits, goal=Goal.CLASSES, rows=(700, 200), scale=False),
    "digit-images": Task(make=_digit_images, goal=Goal.CLASSES, rows=(700, 200), scale=False),
    "even-digits": Task(make=_even_digits, goal=Goal.TWO_CLASSES, rows=(700, 200), scale=False),
    "own-digits": Task(make=_own_digits, goal=Goal.INPUTS, rows=(700, 200), scale=False),
    "wine": Task(make=_bundled(datasets.load_wine), goal=Goal.CLASSES, rows=(90, 30)),
    "iris": Task(make=_bundled(datasets.load_iris), goal=Goal.CLASSES, rows=(80, 25)),
    "cancer": Task(
        make=_bundled(datasets.load_breast_cancer), goal=Goal.TWO_CLASSES, rows=(300, 90)
    ),
    "diabetes": Task(make=_bundled(datasets.load_diabetes), goal=Goal.NUMBER, rows=(260, 70)),
    "friedman": Task(
        make=lambda seed: datasets.make_friedman1(1600, 10, noise=1.0, random_state=seed),
        goal=Goal.NUMBER,
        rows=(600, 200),
    ),
    "circuit": Task(
        make=lambda seed: datasets.make_friedman2(1600, noise=60.0, random_state=seed),
        goal=Goal.NUMBER,
        rows=(600, 200),
    ),
    "linear": Task(
        make=lambda seed: datasets.make_regression(1500, 12, noise=20.0, random_state=seed),
        goal=Goal.NUMBER,
        rows=(500, 200),
    ),
    "moons": Task(
        make=lambda seed: datasets.make_moons(1500, noise=0.2, random_state=seed),
        goal=Goal.TWO_CLASSES,
        rows=(500, 200),
    ),
    "circles": Task(
        make=lambda seed: datasets.make_circles(1500, noise=0.1, factor=0.5, random_state=seed),
        goal=Goal.TWO_CLASSES,
        rows=(500, 200),
    ),
    "blobs": Task(
        make=lambda seed: datasets.make_blobs(
            1500, 8, centers=5, cluster_std=3.0, random_state=seed
        ),
        goal=Goal.CLASSES,
        rows=(500, 200),
    ),
    "groups": Task(make=_groups, goal=Goal.CLASSES, rows=(900, 250)),
    "rare": Task(make=_rare, goal=Goal.TWO_CLASSES, rows=(1200, 400), balanced=True),
    "noisy": Task(make=_noisy, goal=Goal.TWO_CLASSES, rows=(1500, 300)),
    "topics": Task(
        make=generated.topics, goal=Goal.CLASSES, rows=(700, 200), scale=False, tokens=60
    ),
    "sentiment": Task(
        make=generated.sentiment, goal=Goal.TWO_CLASSES, rows=(800, 200), scale=False, tokens=80
    ),
    "waves": Task(make=generated.waves, goal=Goal.CLASSES, rows=(600, 200), scale=False),
    "forecast": Task(make=generated.forecast, goal=Goal.NUMBER, rows=(600, 200), scale=False),
    "tags": Task(make=generated.tags, goal=Goal.STEPS, rows=(500, 150), scale=False, tokens=12),
    "labels": Task(make=generated.labels, goal=Goal.LABELS, rows=(800, 200)),
    "counts": Task(make=generated.counts, goal=Goal.COUNT, rows=(900, 250)),
}
