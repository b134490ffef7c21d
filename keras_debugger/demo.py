"""The main job on real data: a network for wine chemistry that gets its inputs as measured."""

from typing import Any

import numpy as np


def wine() -> tuple[np.ndarray, np.ndarray]:
    """The wine data set that ships with scikit-learn: 13 raw measurements, three cultivars.

    Returns:
        Inputs, shape (178, 13), and integer labels, shape (178,).
    """
    from sklearn.datasets import load_wine

    bunch = load_wine()
    return bunch.data.astype("float32"), bunch.target


def wine_classifier(seed: int = 0) -> Any:
    """A compiled network for the wine data, sound but for its raw inputs."""
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ],
        name="wine_classifier",
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.05)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
