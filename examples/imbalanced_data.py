"""Repair a classifier that never finds the rare class: 3 % of rows, generated."""

import keras
from sklearn.datasets import make_classification

import keras_debugger


def main() -> None:
    keras.utils.set_random_seed(0)
    x, y = make_classification(
        n_samples=4000,
        n_features=12,
        n_informative=6,
        n_redundant=0,
        n_clusters_per_class=1,
        weights=[0.97],
        class_sep=0.4,
        flip_y=0.0,
        random_state=1,
    )
    model = keras.Sequential(
        [
            keras.layers.Input((12,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])

    result = keras_debugger.autofix(
        model,
        (x, y),
        epochs=10,
        directory="keras_debugger_output/imbalanced_data",
        verbose=0,
    )
    print(result)


if __name__ == "__main__":
    main()
