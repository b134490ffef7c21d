"""The main job from the outside: what it leaves, what it leaves alone, what it refuses."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from keras_debugger import KerasDebuggerError, Recorder, autofix, diagnose
from keras_debugger.demo import wine, wine_classifier

FILES = {
    "training_history.json",
    "training_history_fixed.json",
    "diagnostic_report.md",
    "training_comparison.png",
    "fixed_model.keras",
    "final_report.md",
    "final_report.html",
}


def digit_model(learning_rate: float = 1e-3) -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


ALSO = {"journal", "reproduce.py", "fixed_model_start.keras", "split.json", "data.npz"}


def digits() -> tuple[np.ndarray, np.ndarray]:
    bunch = load_digits()
    return (bunch.data / 16.0).astype("float32"), bunch.target


@pytest.fixture(scope="module")
def repaired(tmp_path_factory):
    """The demo, and the state of everything of the user's before and after it."""
    folder = tmp_path_factory.mktemp("repaired")
    model, (x, y) = wine_classifier(), wine()

    def state():
        weights = [weight.copy() for weight in model.get_weights()]
        generators = random.getstate(), np.random.get_state()[1].tolist()
        return weights, x.copy(), y.copy(), generators, vars(model).keys(), model.get_config()

    before = state()
    result = autofix(model, (x, y), epochs=30, directory=folder, verbose=0)
    return result, model, before, state(), folder


@pytest.mark.slow
def test_the_demo_is_verified_and_leaves_the_files_of_the_baseline(repaired):
    result, _, _, _, folder = repaired
    assert result.verdict == "verified"
    assert {path.name for path in folder.iterdir()} == FILES | ALSO
    for name in ("training_history.json", "training_history_fixed.json"):
        assert len(json.loads((folder / name).read_text())["loss"]) == 30
    assert "normali" in (folder / "final_report.md").read_text(encoding="utf-8").lower()
    assert set(result.history) >= {"loss", "val_loss", "accuracy", "val_accuracy"}
    assert result.recommendations
    assert result.plot() is not None


@pytest.mark.slow
def test_nothing_of_the_users_has_changed(repaired):
    _, _, before, after, _ = repaired
    for old, new in zip(before[0], after[0], strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(before[1], after[1])
    np.testing.assert_array_equal(before[2], after[2])
    assert before[3:] == after[3:]


@pytest.mark.slow
def test_the_fixed_model_shares_nothing_and_loads_with_plain_keras(repaired):
    result, model, _, _, folder = repaired
    assert result.model is not model
    assert not {id(v) for v in result.model.variables} & {id(v) for v in model.variables}
    x, y = wine()
    np.save(folder.parent / "x.npy", x)
    code = (
        "import sys, numpy, keras;"
        f"model = keras.models.load_model({str(folder / 'fixed_model.keras')!r});"
        f"x = numpy.load({str(folder.parent / 'x.npy')!r});"
        "print(*model.predict(x, verbose=0).argmax(axis=-1));"
        "assert 'keras_debugger' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answers = np.array(done.stdout.split(), dtype=int)
    assert (answers == y).mean() > 0.9
    np.testing.assert_array_equal(answers, np.argmax(result.model.predict(x, verbose=0), axis=-1))


@pytest.mark.slow
def test_a_recorded_run_is_taken_over_and_not_trained_again_to_be_looked_at():
    x, y = digits()
    model, recorder = digit_model(), Recorder()
    model.fit(x, y, epochs=12, batch_size=64, verbose=0, callbacks=[recorder])
    result = autofix(model, (x, y), record=recorder, verbose=0)
    assert result.verdict == "healthy"
    assert result.cost == 0.0
    assert result.model is model
    assert result.diagnosis.record.fit.epochs == 12
    assert result.diagnosis.record.fit.batch_size == 64


@pytest.mark.slow
def test_labels_without_signal_are_refused_and_nothing_is_claimed():
    x, y = digits()
    shuffled = np.random.default_rng(1).permutation(y)
    model = digit_model()
    result = autofix(model, (x, shuffled), epochs=8, verbose=0)
    assert result.verdict == "refused"
    assert result.model is model
    assert result.diagnosis.causes[0].kind.name == "LABELS_CORRUPTED"


class OwnCall(keras.Model):
    def __init__(self, learning_rate: float):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(10, activation="softmax")
        self.compile(
            keras.optimizers.SGD(learning_rate),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )

    def call(self, inputs):
        return self.out(self.hidden(inputs))


@pytest.mark.slow
def test_a_subclassed_model_is_repaired_through_build():
    def build():
        return OwnCall(30.0)

    result = autofix(build(), digits(), epochs=5, build=build, verbose=0)
    assert result.verdict in ("verified", "improved")
    assert result.plan.fixes[0].kind.name == "LOWER_LEARNING_RATE"


class Unsavable(keras.layers.Dense):
    """A layer that trains, and that neither Keras nor this package can make anew."""

    def get_config(self):
        raise RuntimeError("this layer tells nothing")


def unsavable(rate=30.0):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            Unsavable(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras's own, which `warns` hands on
def test_a_model_that_cannot_be_saved_is_handed_over_all_the_same(tmp_path):
    with pytest.raises(KerasDebuggerError, match="this layer tells nothing"):
        autofix(unsavable(), digits(), epochs=3, verbose=0)
    with pytest.warns(UserWarning, match="could not write all files .*this layer tells nothing"):
        result = autofix(
            unsavable(), digits(), epochs=5, build=unsavable, directory=tmp_path, verbose=0
        )
    assert result.fixed
    assert result.model.predict(digits()[0][:5], verbose=0).shape == (5, 10)
    assert not (tmp_path / "fixed_model.keras").exists()
    report = (tmp_path / "final_report.md").read_text(encoding="utf-8")
    assert "could not be saved" in report


x, y = digits()
WRONG = {
    "not a model": ((1, (x, y)), {}, "compiled Keras"),
    "not compiled": ((keras.Sequential([keras.layers.Dense(3)]), (x, y)), {}, "not compiled"),
    "no rows": ((digit_model(), (x[:0], y[:0])), {}, "without rows"),
    "lengths": ((digit_model(), (x, y[:5])), {}, "unlike lengths"),
    "text": ((digit_model(), (x.astype(str), y)), {}, "holds text"),
    "shape": ((digit_model(), (x[:, :5], y)), {}, r"expected shape \(rows, 64\)"),
    "one-pass generator": ((digit_model(), (pair for pair in [(x, y)])), {}, "cannot be replayed"),
    "own call": ((OwnCall(0.1), (x, y)), {}, "pass build="),
}
WRONG |= {
    said: ((digit_model(), (x, y)), keywords, said)
    for keywords, said in (
        ({"epochs": 0}, "epochs=0"),
        ({"batch_size": 2.5}, "batch_size=2.5"),
        ({"budget": 0}, "budget=0"),
        ({"seeds": 1}, "seeds=1"),
        ({"min_improvement": 2}, "min_improvement=2"),
        ({"metric": "acuracy"}, "acuracy"),
        ({"budget": "3"}, "budget='3'"),
        ({"budget": float("nan")}, "budget=nan"),
        ({"seeds": "5"}, "seeds='5'"),
        ({"seeds": 2.5}, "seeds=2.5"),
        ({"seed": "a"}, "seed='a'"),
        ({"seed": -1}, "seed=-1"),
        ({"min_improvement": "10%"}, "min_improvement='10%'"),
        ({"max_seconds": "60"}, "max_seconds='60'"),
        ({"metric": ["acc"]}, "metric="),
        ({"callbacks": ["early"]}, "callbacks="),
        ({"class_weight": "balanced"}, "class_weight='balanced'"),
        ({"class_weight": {"yes": 2}}, "class_weight="),
        ({"directory": 3}, "directory=3"),
        ({"workers": "2"}, "workers='2'"),
        ({"executor": "ray", "resources": [1]}, "resources="),
        ({"executor": "ray", "resources": {"num_cpus": "a"}}, "resources="),
        ({"directory": __file__}, "directory="),
        ({"build": digit_model()}, "build=<Sequential"),
        ({"verbose": "loud"}, "verbose='loud'"),
    )
}


@pytest.mark.parametrize(("arguments", "keywords", "said"), WRONG.values(), ids=WRONG)
def test_bad_input_is_refused_before_any_training(arguments, keywords, said, monkeypatch):
    def fit(*_, **__):
        pytest.fail("something was trained")

    monkeypatch.setattr(keras.Model, "fit", fit)
    with pytest.raises(KerasDebuggerError, match=said) as caught:
        autofix(*arguments, **{"verbose": 0, **keywords})
    assert caught.value.given
    assert caught.value.expected
    assert caught.value.do


def test_nan_in_the_inputs_is_a_finding_and_not_an_error():
    broken = x[:200].copy()
    broken[3, 7] = np.nan
    model, recorder = digit_model(), Recorder(probe_data=(broken, y[:200]))
    model.fit(broken, y[:200], epochs=1, verbose=0, callbacks=[recorder])
    causes = diagnose(recorder).causes
    assert causes[0].kind.name == "NAN_IN_DATA"


INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it otherwise
from keras_debugger import autofix
from keras_debugger.demo import wine, wine_classifier
model = wine_classifier()
weights = [w.copy() for w in model.get_weights()]
try:
    autofix(model, wine(), epochs=60, directory=sys.argv[1], verbose=2)
except KeyboardInterrupt:
    same = all((a == b).all() for a, b in zip(weights, model.get_weights()))
    print("interrupted, unchanged" if same else "interrupted, CHANGED")
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_the_model_and_a_report_of_what_is_known(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", INTERRUPTED, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in process.stdout:
        said += line
        if "searching" in line.lower():
            process.send_signal(signal.SIGINT)
            break
    said += process.communicate(timeout=60)[0]
    assert "interrupted, unchanged" in said, said
    report = (Path(tmp_path) / "final_report.md").read_text(encoding="utf-8")
    assert "interrupted" in report
    assert not (Path(tmp_path) / "fixed_model.keras").exists()
