"""Repair a classifier: raw wine measurements that nobody normalised."""

import keras
from sklearn.datasets import load_wine

import keras_debugger

FOLDER = "keras_debugger_output/autofix_classifier"


def main() -> None:
    keras.utils.set_random_seed(0)
    wine = load_wine()
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.05)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])

    result = keras_debugger.autofix(
        model, (wine.data, wine.target), epochs=30, directory=FOLDER, verbose=0
    )

    print(result)
    if result.verdict in ("verified", "improved"):
        fixed = keras.models.load_model(f"{FOLDER}/fixed_model.keras")
        answers = fixed.predict(wine.data, verbose=0).argmax(axis=-1)
        print(
            f"\nThe saved model takes the raw inputs: {(answers == wine.target).mean():.1%} right"
        )


if __name__ == "__main__":
    main()
