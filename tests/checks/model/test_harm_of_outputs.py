"""Facts about outputs become symptoms where a real run shows that they did harm."""

import keras
import numpy as np
import pytest
from sklearn import datasets
from sklearn.preprocessing import scale

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.data.labels_do_not_fit import LabelsDoNotFitLoss
from keras_debugger.checks.model.activation_not_probability import ActivationIsNoProbability
from keras_debugger.checks.model.missing_nonlinearity import MissingNonlinearity
from keras_debugger.checks.model.negative_answers import NegativeAnswers
from keras_debugger.checks.model.output_cannot_reach_targets import OutputCannotReachTargets
from keras_debugger.checks.model.weights_of_wrong_scale import WeightsOfWrongScale
from keras_debugger.checks.runner import run_checks
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom


def digits():
    bunch = datasets.load_digits()
    return (bunch.data[:600] / 16.0).astype("float32"), bunch.target[:600]


def diabetes():
    bunch = datasets.load_diabetes()
    return scale(bunch.data).astype("float32"), scale(bunch.target).astype("float32")


def recorded(data, *head, loss, epochs=15, metrics=(), **hidden):
    """A real run of a small network with this head; the last quarter of the rows is held out."""
    keras.utils.set_random_seed(0)
    x, y = data
    layer = keras.layers.Dense(32, **{"activation": "relu", **hidden})
    model = keras.Sequential([keras.Input(x.shape[1:]), layer, *head])
    model.compile(keras.optimizers.Adam(5e-3), loss, metrics=list(metrics))
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


class TestOutputCannotReachTargets:
    def test_targets_below_zero_behind_relu(self):
        record = recorded(diabetes(), keras.layers.Dense(1, "relu"), loss="mse")
        (finding,) = OutputCannotReachTargets().run(record)
        assert (finding.severity, finding.symptom) == (Severity.ERROR, Symptom.UNDERFITTING)

    def test_a_linear_output_reaches_them(self):
        record = recorded(diabetes(), keras.layers.Dense(1), loss="mse")
        assert OutputCannotReachTargets().run(record) == ()


def moons():
    x, y = datasets.make_moons(400, noise=0.1, random_state=0)
    return x.astype("float32"), y


@pytest.mark.parametrize(("activation", "harmed"), [(None, True), ("relu", False)])
def test_linear_hidden_layers_harm_where_classes_are_curved(activation, harmed):
    record = recorded(
        moons(),
        keras.layers.Dense(1, "sigmoid"),
        loss="binary_crossentropy",
        epochs=30,
        activation=activation,
    )
    symptoms = [finding.symptom for finding in MissingNonlinearity().run(record)]
    assert symptoms == ([Symptom.UNDERFITTING] if harmed else [])


def test_linear_hidden_layers_do_no_harm_where_a_line_is_enough():
    x, y = datasets.load_breast_cancer(return_X_y=True)
    head = keras.layers.Dense(1, "sigmoid")
    data = scale(x).astype("float32"), y
    record = recorded(data, head, loss="binary_crossentropy", activation=None)
    (finding,) = MissingNonlinearity().run(record)
    assert (finding.severity, finding.symptom) == (Severity.NOTE, None)


@pytest.mark.parametrize(("deviation", "harmed"), [(5.0, True), (0.1, False)])
def test_initial_weights_of_wrong_scale_that_cost_something(deviation, harmed):
    start = keras.initializers.RandomNormal(stddev=deviation, seed=0)
    record = classified(
        keras.layers.Dense(10, "softmax", kernel_initializer=start),
        kernel_initializer=start,
        epochs=5,
    )
    symptoms = [finding.symptom for finding in WeightsOfWrongScale().run(record)]
    assert symptoms == ([Symptom.UNDERFITTING] if harmed else [])


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        (lambda x, y: (x, y + 1), "binary_crossentropy"),  # classes called 1 and 2
        (lambda x, y: (x, y * x[:, 0] ** 2), "mean_absolute_percentage_error"),  # half are zero
    ],
)
def test_labels_that_the_loss_cannot_use_teach_nothing(data, loss):
    x, y = moons()
    for_classes = "entropy" in loss
    head = keras.layers.Dense(1, "sigmoid" if for_classes else None)
    metrics = ["accuracy"] if for_classes else []
    record = recorded(data(x, y), head, loss=loss, metrics=metrics)
    (finding,) = LabelsDoNotFitLoss().run(record)
    assert finding.symptom is Symptom.NO_LEARNING


def counts():
    bunch = datasets.load_diabetes()
    return scale(bunch.data).astype("float32"), np.round(bunch.target / 100).astype("float32")


class TestNegativeAnswers:
    def test_the_logarithm_of_a_linear_output(self):
        record = recorded(counts(), keras.layers.Dense(1, name="answer"), loss="poisson")
        (finding,) = NegativeAnswers().run(record)
        assert (finding.severity, finding.place) == (Severity.ERROR, "answer")
        assert finding.causes[0] is CauseKind.WRONG_OUTPUT_ACTIVATION
        results = run_checks(record, ALL_CHECKS)
        (nan,) = [one for one in results.findings if one.code == "LOS101"]
        assert nan.consequence_of == "MOD129"

    def test_it_is_a_note_where_all_answers_stay_positive(self):
        head = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(30.0))
        x, y = counts()
        record = recorded((x, y + 30), head, loss="poisson")
        (finding,) = NegativeAnswers().run(record)
        assert finding.severity is Severity.NOTE

    def test_a_positive_output_is_right(self):
        record = recorded(counts(), keras.layers.Dense(1, "softplus"), loss="poisson")
        assert NegativeAnswers().run(record) == ()


def test_a_fact_alone_says_that_the_model_underfits():
    x, y = digits()
    record = recorded(
        (x, np.eye(10, dtype="float32")[y]),
        keras.layers.Dense(10, "softmax"),
        loss="mae",
        epochs=8,
    )
    (problem,) = (f for f in run_checks(record, ALL_CHECKS).findings if f.severity > Severity.NOTE)
    assert problem.code == "MOD108"
    assert problem.symptom is Symptom.UNDERFITTING
