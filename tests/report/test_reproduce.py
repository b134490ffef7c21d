"""The folder of a result stands alone: plain Keras loads the model and trains it again."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import chain

import keras
import numpy as np
import pytest
from sklearn.datasets import load_wine

from keras_debugger.report.reproduce import script, write_reproduction
from keras_debugger.types.reproduction import Reproduction
from keras_debugger.workflow import autofix

BLOCKED = "raise ImportError('this script must not need keras_debugger')\n"


def wine_model():
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A proved fix of a network on raw inputs, and its folder."""
    folder = tmp_path_factory.mktemp("result")
    x, y = load_wine(return_X_y=True)
    x = x.astype("float32")
    result = autofix(
        wine_model(),
        (x, y),
        epochs=12,
        budget=1.5,
        seeds=3,
        directory=folder,
        verbose=0,
        groups=np.arange(len(y)) // 2,
    )
    return result, folder, x


def alone(folder, tmp_path, *words):
    """Run Python where importing keras_debugger fails."""
    (tmp_path / "keras_debugger.py").write_text(BLOCKED)
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_script_reaches_the_same_score_without_the_package(saved, tmp_path):
    result, folder, _ = saved
    assert result.fixed
    printed = alone(folder, tmp_path, str(folder / "reproduce.py"))
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    again, delivered = lines
    assert (again["model"], again["rows"]) == ("trained again", "test")
    assert abs(again["accuracy"] - delivered["accuracy"]) <= 0.06  # two of 36 rows
    assert abs(again["accuracy"] - np.mean(result.proof.after)) <= 0.06
    assert again["loss"] == pytest.approx(delivered["loss"], abs=0.05)


@pytest.mark.slow
def test_the_fixed_model_loads_in_plain_keras_and_takes_raw_inputs(saved, tmp_path):
    result, folder, x = saved
    np.save(tmp_path / "raw.npy", x)
    code = (
        "import keras, numpy as np, sys; "
        f"model = keras.models.load_model({str(folder / 'fixed_model.keras')!r}); "
        "np.save('answers.npy', model.predict(np.load('raw.npy'), verbose=0)); "
        "print('keras_debugger' in sys.modules)"
    )
    assert alone(folder, tmp_path, "-c", code).split()[-1] == "False"
    answers = np.load(tmp_path / "answers.npy")
    np.testing.assert_allclose(answers, result.model.predict(x, verbose=0), atol=1e-5)


@pytest.mark.slow
def test_the_folder_tells_its_files_rows_and_cost(saved):
    result, folder, x = saved
    split = json.loads((folder / "split.json").read_text())
    rows = [split[f"{name}_rows"] for name in ("train", "selection", "held_out")]
    assert sorted(chain(*rows)) == list(range(len(x)))
    assert not {row // 2 for row in rows[0]} & {row // 2 for row in rows[2]}
    assert set(split["sha256"]) == {"train", "selection", "held_out"}
    with np.load(folder / "data.npz") as data:
        np.testing.assert_array_equal(data["x_test"], x[rows[2]])
    report = (folder / "final_report.md").read_text(encoding="utf-8")
    for name in ("reproduce.py", "data.npz", "split.json", "fixed_model_start.keras"):
        assert name.replace("_", r"\_") in report or name in report
    assert result.cost <= result.told


def small(**changes):
    values = {
        "start": wine_model(),
        "epochs": 3,
        "batch_size": 32,
        "shuffle": True,
        "seed": 7,
        "callbacks": ("keras.callbacks.EarlyStopping(monitor='val_loss', patience=2)",),
        "arrays": {"x_train": np.zeros((4, 13)), "y_train": np.zeros(4)},
        "metric": "balanced_accuracy",
        "value": 0.912,
    }
    return Reproduction(**{**values, **changes})


def test_the_script_holds_what_fit_was_called_with():
    text = script(small())
    compile(text, "reproduce.py", "exec")
    for part in (
        "epochs=3,",
        "batch_size=32,",
        "shuffle=True,",
        "set_random_seed(7)",
        "patience=2",
    ):
        assert part in text
    assert "balanced accuracy 0.912" in text
    assert "import keras_debugger" not in text


def test_data_too_large_are_asked_for(tmp_path):
    made = small(arrays={})
    paths = write_reproduction(tmp_path, made)
    assert {path.name for path in paths} == {"fixed_model_start.keras", "reproduce.py"}
    text = script(made)
    compile(text, "reproduce.py", "exec")
    assert "fill this in" in text
    assert "split.json tells the numbers of the rows" in text


def test_nested_inputs_come_back_as_they_were(tmp_path):
    arrays = {
        "x_train/0": np.zeros(2),
        "x_train/1": np.ones(2),
        "y_train/a": np.zeros(2),
        "y_train/b": np.ones(2),
    }
    write_reproduction(tmp_path, replace(small(), arrays=arrays))
    space = {"__name__": "loaded", "__file__": str(tmp_path / "reproduce.py")}
    exec(compile((tmp_path / "reproduce.py").read_text(), "reproduce.py", "exec"), space)
    data = space["load_data"]()
    np.testing.assert_array_equal(data["x_train"][1], [1, 1])
    assert set(data["y_train"]) == {"a", "b"}
