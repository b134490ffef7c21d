"""Settings that Keras takes in silence, found in real runs; each beside a sound twin."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn import datasets
from sklearn.preprocessing import scale

from keras_debugger.checks.curves.loss_metric_disagreement import LossMetricDisagreement
from keras_debugger.checks.curves.underfitting import Underfitting
from keras_debugger.checks.data.not_normalised import InputsNotNormalised
from keras_debugger.checks.data.same_rows_again import SameRowsAgain
from keras_debugger.checks.model.batch_norm_lag import BatchNormLag
from keras_debugger.checks.model.batch_norm_of_few_rows import BatchNormOfFewRows
from keras_debugger.checks.model.frozen_layers import FrozenLayers
from keras_debugger.checks.model.label_smoothing_too_strong import LabelSmoothingTooStrong
from keras_debugger.checks.model.labels_broadcast import LabelsBroadcast
from keras_debugger.checks.model.silenced_output import SilencedOutput
from keras_debugger.checks.model.softmax_over_rows import SoftmaxOverRows
from keras_debugger.checks.model.weights_of_wrong_scale import WeightsOfWrongScale
from keras_debugger.checks.outcome import by_agreement, peers
from keras_debugger.recording.recorder import Recorder
from keras_debugger.types.record import SimpleModel
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

layers = keras.layers
SPARSE = "sparse_categorical_crossentropy"


def digits(form=lambda y: y):
    bunch = datasets.load_digits()
    return (bunch.data[:600] / 16.0).astype("float32"), form(bunch.target[:600])


def one_hot(y):
    return np.eye(10, dtype="float32")[y]


def diabetes(shape=(-1,)):
    bunch = datasets.load_diabetes()
    y = scale(bunch.target).astype("float32").reshape(shape)
    return scale(bunch.data).astype("float32"), y


def words():
    """Rows of 12 tokens; the class is which of two groups of rare tokens they hold."""
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 400)
    x = random.integers(20, 200, (400, 12))
    x[np.arange(400), random.integers(0, 12, 400)] = random.integers(1, 5, 400) + 5 * y
    return x, y


def recorded(data, *stack, loss, epochs=10, rate=5e-3, metrics=("accuracy",), weights=None, **fit):
    keras.utils.set_random_seed(0)
    x, y = data
    model = keras.Sequential([keras.Input(x.shape[1:]), *stack])
    model.compile(keras.optimizers.Adam(rate), loss, loss_weights=weights, metrics=list(metrics))
    return fitted(model, x, y, epochs=epochs, **fit)


def fitted(model, x, y, *, epochs=10, **fit):
    cut = 3 * len(x) // 4
    first = [part[:cut] for part in y] if isinstance(y, list) else y[:cut]
    last = [part[cut:] for part in y] if isinstance(y, list) else y[cut:]
    recorder = Recorder()
    model.fit(
        x[:cut],
        first,
        epochs=epochs,
        validation_data=(x[cut:], last),
        verbose=0,
        callbacks=[recorder],
        **fit,
    )
    return recorder.record


def hidden(**settings):
    return layers.Dense(32, **{"activation": "relu", **settings})


def softmax():
    return layers.Dense(10, activation="softmax")


@pytest.mark.parametrize(("smoothing", "severity"), [(1.0, Severity.ERROR), (0.1, None)])
def test_labels_that_are_smoothed_away(smoothing, severity):
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    record = recorded(digits(one_hot), hidden(), softmax(), loss=loss)
    found = LabelSmoothingTooStrong().run(record)
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all(one.causes == (CauseKind.WRONG_LOSS,) for one in found)


@pytest.mark.parametrize(("axis", "fires"), [(0, True), (-1, False)])
def test_softmax_over_the_rows_of_a_batch(axis, fires):
    record = recorded(digits(), layers.Dense(10), layers.Softmax(axis=axis), loss=SPARSE, epochs=2)
    found = SoftmaxOverRows().run(record)
    assert bool(found) is fires
    assert all(one.severity is Severity.WARNING for one in found)


@pytest.mark.parametrize(("batch", "fires"), [(2, True), (32, False)])
def test_batch_normalisation_over_two_rows(batch, fires):
    x, y = digits()
    stack = [layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), softmax()]
    record = recorded((x[:120], y[:120]), *stack, loss=SPARSE, epochs=2, batch_size=batch)
    found = BatchNormOfFewRows().run(record)
    assert bool(found) is fires
    assert all(one.causes == (CauseKind.BATCH_NORM_STATISTICS_LAG,) for one in found)


def test_a_lag_that_does_not_show_on_training_rows():
    stack = [layers.Dense(32), layers.BatchNormalization(), layers.ReLU(), softmax()]
    record = recorded(digits(), *stack, loss=SPARSE, epochs=15)
    (note,) = BatchNormLag().run(record)
    assert note.severity is Severity.NOTE
    answers = replace(record.predictions, recall=np.full_like(record.predictions.recall, 0.3))
    lags = replace(record, prediction_log=answers)
    values = {**record.epochs.values, "val_accuracy": np.full(record.epochs.count, 0.3)}
    lags = replace(lags, epoch_logs=replace(record.epochs, values=values))
    assert BatchNormLag().run(lags)[0].symptom is Symptom.VALIDATION_MISMATCH


@pytest.mark.parametrize(("weight", "severity"), [(1e-4, Severity.WARNING), (0.3, None)])
def test_an_output_whose_loss_does_not_count(weight, severity):
    keras.utils.set_random_seed(0)
    x, y = digits()
    entry = keras.Input((64,))
    inner = hidden()(entry)
    answer = layers.Dense(10, activation="softmax", name="digit")(inner)
    model = keras.Model(entry, [answer, layers.Dense(1, name="ink")(inner)])
    model.compile("sgd", [SPARSE, "mse"], loss_weights=[weight, 1.0])
    record = fitted(model, x, [y, x.mean(axis=1)])
    found = SilencedOutput().run(record)
    assert all(one.severity >= severity for one in found)
    assert [one.place for one in found] == (["digit"] if severity else [])


class OwnSquares(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(keras.ops.square(y_true - y_pred))


@pytest.mark.parametrize(
    ("shape", "loss", "fires"),
    [((-1,), OwnSquares(), True), ((-1, 1), OwnSquares(), False), ((-1,), "mse", False)],
)
def test_labels_that_broadcast(shape, loss, fires):
    record = recorded(diabetes(shape), hidden(), layers.Dense(1), loss=loss, metrics=(), epochs=30)
    found = LabelsBroadcast().run(record)
    assert bool(found) is fires
    assert all(one.severity > Severity.NOTE for one in found)
    assert (by_agreement(record) < 0.3) is fires


def test_a_loss_of_ones_own_is_judged_by_the_answers():
    simple = SimpleModel(name="ridge regression", score=0.45, chance=0.0, chance_high=0.05)

    def judged(shape):
        stack = (hidden(), layers.Dense(1))
        record = recorded(diabetes(shape), *stack, loss=OwnSquares(), metrics=(), epochs=30)
        data = replace(record.data, simple_models=(simple,))
        return Underfitting().run(replace(record, data_profile=data))

    (found,) = judged((-1,))
    assert "ridge regression" in found.summary
    assert judged((-1, 1)) == ()


def test_an_autoencoder_is_not_held_against_a_regression_that_copies():
    x, _ = digits()
    stack = (layers.Dense(2), layers.Dense(64))
    record = recorded((x, x), *stack, loss="mse", metrics=(), epochs=12, rate=1e-2)
    copies = SimpleModel(name="ridge regression", score=1.0, chance=0.0, chance_high=0.05)
    record = replace(record, data_profile=replace(record.data, simple_models=(copies,)))
    assert peers(record) == ()
    assert not any("ridge" in one.summary for one in Underfitting().run(record))
    one = replace(record.data.labels[0], shape=(1,))
    assert peers(replace(record, data_profile=replace(record.data, labels=(one,)))) == (copies,)


def test_a_likelihood_that_is_made_small():
    def likelihood(y_true, y_pred):
        return keras.ops.mean(keras.ops.log(keras.ops.sum(y_true * y_pred, axis=-1) + 1e-7))

    def causes(loss):
        record = recorded(digits(one_hot), hidden(), softmax(), loss=loss)
        return [one.causes for one in LossMetricDisagreement().run(record)]

    assert causes(likelihood) == [(CauseKind.WRONG_LOSS,)]
    assert causes("categorical_crossentropy") == []


@pytest.mark.parametrize(("times", "fires"), [(1 / 255, True), (2.0, False)])
def test_pixels_that_are_divided_again(times, fires):
    record = recorded(digits(), layers.Rescaling(times), hidden(), softmax(), loss=SPARSE, epochs=3)
    found = InputsNotNormalised().run(record)
    assert bool(found) is fires
    assert all(one.severity > Severity.NOTE and "multiplied" in one.summary for one in found)


def average_of_words(**settings):
    table = layers.Embedding(200, 8, **settings)
    return (table, layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid"))


def test_an_embedding_that_begins_too_wide():
    def judged(reach):
        start = keras.initializers.RandomUniform(-reach, reach)
        stack = average_of_words(embeddings_initializer=start)
        return WeightsOfWrongScale().run(recorded(words(), *stack, loss="binary_crossentropy"))

    (found,) = judged(20.0)
    assert found.causes == (CauseKind.BAD_INITIALIZATION,)
    assert judged(1.0) == ()


def test_a_frozen_embedding_is_told_from_a_trained_one():
    stack = average_of_words(trainable=False)
    (random,) = FrozenLayers().run(recorded(words(), *stack, loss="binary_crossentropy", epochs=3))
    assert random.severity is Severity.WARNING
    assert "random weights" in random.summary
    copied = average_of_words(trainable=False)
    copied[0].build((None, 12))
    copied[0].embeddings_initializer = keras.initializers.RandomUniform(seed=7)  # as after loading
    (alike,) = FrozenLayers().run(recorded(words(), *copied, loss="binary_crossentropy", epochs=3))
    assert alike.severity is Severity.WARNING
    keras.utils.set_random_seed(1)
    stack = average_of_words()
    recorded(words(), *stack, loss="binary_crossentropy", epochs=3)
    stack[0].trainable = False
    (trained,) = FrozenLayers().run(recorded(words(), *stack, loss="binary_crossentropy", epochs=3))
    assert trained.severity is Severity.NOTE


def test_a_generator_of_an_initializer_does_not_go_on():
    generator = keras.random.SeedGenerator(3)
    start = keras.initializers.RandomUniform(-1.0, 1.0, seed=generator)
    stack = average_of_words(trainable=False, embeddings_initializer=start)
    keras.Sequential([keras.Input((12,)), *stack])
    before = keras.ops.convert_to_numpy(generator.state)
    recorded(words(), *stack, loss="binary_crossentropy", epochs=1)
    assert (keras.ops.convert_to_numpy(generator.state) == before).all()


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, *, stuck):
        super().__init__()
        self.rows, self.stuck = (x, y), stuck

    def __len__(self):
        return 12

    def __getitem__(self, index):
        start = 0 if self.stuck else 32 * index
        return tuple(part[start : start + 32] for part in self.rows)


@pytest.mark.parametrize("stuck", [True, False])
def test_a_dataset_that_gives_one_batch_for_ever(stuck):
    keras.utils.set_random_seed(0)
    x, y = digits()
    model = keras.Sequential([keras.Input((64,)), hidden(), softmax()])
    model.compile(keras.optimizers.Adam(5e-3), SPARSE, metrics=["accuracy"])
    recorder = Recorder()
    held_out = (x[400:], y[400:])
    source = Batches(x, y, stuck=stuck)
    model.fit(source, epochs=8, validation_data=held_out, verbose=0, callbacks=[recorder])
    found = SameRowsAgain().run(recorder.record)
    assert bool(found) is stuck
    assert all(one.severity > Severity.NOTE for one in found)
