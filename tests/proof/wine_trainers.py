"""What trains a model on wine chemistry in the tests of proofs."""

import keras
from sklearn.datasets import load_wine

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup

EPOCHS = 20


def wine_trainer(*, learning_rate, hidden=(8,), epochs=EPOCHS, batch_size=32, every=1):
    """Raw inputs, ReLU layers of the sizes of `hidden`, each `every`-th row of the data."""
    x, y = load_wine(return_X_y=True)
    layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
    model = keras.Sequential(
        [keras.layers.Input((13,)), *layers, keras.layers.Dense(3, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    parts = split_data((x[::every].astype("float32"), y[::every]), seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(epochs=epochs, batch_size=batch_size, shuffle=True),
        graph=blueprint.graph,
    )
    return Trainer(blueprint, parts, choose_metric(description, profile), setup=setup)
