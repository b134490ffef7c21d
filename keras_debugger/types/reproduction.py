"""Reproduction: what it takes to train the fixed program again without this package."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """The fixed program, ready to be trained by plain Keras.

    Args:
        start: the fixed Keras model, compiled, before its first step.
        epochs: epochs to train.
        batch_size: rows in a batch.
        shuffle: whether rows are shuffled in each epoch.
        seed: seed of the training whose model is delivered.
        callbacks: Python expressions that make the callbacks, `keras` being imported.
        arrays: the parts of the data as they are fed, by names such as `x_train`, `x_train/0`,
            `y_selection`; empty if they are too large to keep.
        metric: the metric of the comparison.
        value: its value on the held-out rows, mean over the seeds of the proof.
    """

    start: Any
    epochs: int
    batch_size: int
    shuffle: bool
    seed: int
    callbacks: tuple[str, ...]
    arrays: Mapping[str, np.ndarray]
    metric: str
    value: float
