"""Facts about outputs become symptoms where a real run shows that they did harm."""

import keras
import pytest
from sklearn import datasets

from keras_debugger.checks.model.activation_not_probability import ActivationIsNoProbability
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom


def digits():
    bunch = datasets.load_digits()
    return (bunch.data[:600] / 16.0).astype("float32"), bunch.target[:600]


def recorded(data, *head, loss, epochs=15):
    """A real run of a small network with this head; the last quarter of the rows is held out."""
    keras.utils.set_random_seed(0)
    x, y = data
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(32, "relu"), *head])
    model.compile(keras.optimizers.Adam(5e-3), loss)
    cut = 3 * len(x) // 4
    parts = (x[:cut], y[:cut], x[cut:], y[cut:])
    recorder = Recorder(probe_data=parts)
    model.fit(*parts[:2], epochs=epochs, validation_data=parts[2:], verbose=0, callbacks=[recorder])
    return recorder.record


def classified(*head, **settings):
    return recorded(digits(), *head, loss="sparse_categorical_crossentropy", **settings)


class TestActivationIsNoProbability:
    @pytest.mark.parametrize(("inner", "epochs"), [("relu", 15), ("sigmoid", 2)])
    def test_an_activation_before_softmax_that_costs_something(self, inner, epochs):
        record = classified(
            keras.layers.Dense(10, inner, name="answer"), keras.layers.Softmax(), epochs=epochs
        )
        (finding,) = ActivationIsNoProbability().run(record)
        assert finding.severity > Severity.NOTE
        assert finding.symptom is Symptom.UNDERFITTING
        assert finding.causes[0] is CauseKind.WRONG_OUTPUT_ACTIVATION
        assert finding.place == "answer"
        assert f"passes {inner} before softmax" in finding.summary

    def test_it_is_a_note_where_the_run_ends_well(self):
        record = classified(keras.layers.Dense(10, "sigmoid"), keras.layers.Softmax(), epochs=60)
        (finding,) = ActivationIsNoProbability().run(record)
        assert finding.severity is Severity.NOTE
        assert finding.symptom is None

    def test_free_logits_in_a_softmax_layer_are_right(self):
        record = classified(keras.layers.Dense(10), keras.layers.Softmax(), epochs=2)
        assert ActivationIsNoProbability().run(record) == ()
