"""Repair a classifier that never finds the rare class: 3 % of rows, generated."""

import keras
from sklearn.datasets import make_classification

import keras_debugger


def main() -> None:
    keras.utils.set_random_seed(0)
    x, y = make_classification(
        n_samples=3000,
        n_features=12,
        n_informative=5,
        weights=[0.97],
        class_sep=0.9,
        flip_y=0.02,
        random_state=0,
    )
    model = keras.Sequential(
        [
            keras.layers.Input((12,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])

    result = keras_debugger.autofix(
        model, (x, y), epochs=15, directory="imbalanced_data", verbose=0
    )
    print(result)


if __name__ == "__main__":
    main()
