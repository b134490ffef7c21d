"""Watch a training run with one callback, and ask what is wrong with it.

A network of eight sigmoid layers for the digits that ship with scikit-learn stands still.
"""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import keras_debugger

FOLDER = "keras_debugger_output/watch_a_run"


def main() -> None:
    keras.utils.set_random_seed(0)
    digits = load_digits()
    x_train, x_val, y_train, y_val = train_test_split(
        digits.data / 16.0, digits.target, test_size=0.25, random_state=0, stratify=digits.target
    )
    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            *[keras.layers.Dense(32, activation="sigmoid") for _ in range(8)],
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    recorder = keras_debugger.Recorder(directory=FOLDER)
    model.fit(
        x_train,
        y_train,
        validation_data=(x_val, y_val),
        epochs=10,
        verbose=0,
        callbacks=[recorder],
    )

    diagnosis = keras_debugger.diagnose(recorder)
    print(diagnosis)
    diagnosis.save(f"{FOLDER}/diagnostic_report.html")
    print(f"\nSee {FOLDER}/diagnostic_report.html")


if __name__ == "__main__":
    main()
