"""Repair a regression: a learning rate that makes the loss explode."""

import keras
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

import keras_debugger


def main() -> None:
    keras.utils.set_random_seed(0)
    diabetes = load_diabetes()
    targets = scale(diabetes.target)
    model = keras.Sequential(
        [
            keras.layers.Input((10,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.SGD(2.0), "mse", metrics=["mae"])

    result = keras_debugger.autofix(
        model,
        (scale(diabetes.data), targets),
        epochs=30,
        directory="keras_debugger_output/autofix_regression",
        verbose=0,
    )
    print(result)


if __name__ == "__main__":
    main()
