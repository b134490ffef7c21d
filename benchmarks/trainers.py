"""What trains a model of a benchmark: its data cut into parts, and the model read."""

import keras
import numpy as np

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup


def trainer_on(
    model: keras.Model, data: tuple[np.ndarray, np.ndarray], *, epochs: int, batch_size: int
) -> Trainer:
    """Makes the trainings of a compiled model, in this process until it gets another executor."""
    parts = split_data(data, seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(epochs=epochs, batch_size=batch_size, shuffle=True),
        graph=blueprint.graph,
    )
    metric = choose_metric(description, profile)
    return Trainer(blueprint, parts, metric, setup=setup, model=model)
