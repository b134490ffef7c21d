"""Programs of the tests of executors, with code that worker processes can import."""

import os
import signal
import time
from pathlib import Path

import keras
import numpy as np
from sklearn.datasets import load_wine

from keras_debugger.recording.data_profile import profile_data
from keras_debugger.recording.model_description import describe_model
from keras_debugger.rewriting.blueprint import read_blueprint
from keras_debugger.training.data import split_data
from keras_debugger.training.program_digest import STEP_ROWS
from keras_debugger.training.scoring import choose_metric
from keras_debugger.training.trainer import Trainer
from keras_debugger.types.plan import AppliedFix, Plan
from keras_debugger.types.record import FitDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind

EPOCHS = 3
IN_A_WORKER = "KERAS_DEBUGGER_WORKER_THREADS" in os.environ


@keras.saving.register_keras_serializable(package="tests")
def troubled_loss(y_true, y_pred):
    """Cross-entropy that kills, hangs or eats memory in a worker if told to by a file.

    Not on the few rows with which a worker checks its program, only in a training.
    """
    import tensorflow as tf

    tf.py_function(_trouble, [tf.shape(y_true)[0]], [])
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


def _trouble(rows):
    path = os.environ.get("KERAS_DEBUGGER_TEST_TROUBLE", "")
    if not IN_A_WORKER or int(rows) <= STEP_ROWS or not path or not Path(path).exists():
        return
    kind = Path(path).read_text(encoding="utf-8").strip()
    if kind == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == "hang":
        time.sleep(600)
    if kind == "memory":
        hoard = [np.ones(2**24) for _ in range(8)]  # a GiB
        time.sleep(600)
        del hoard


def wine():
    x, y = load_wine(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def model_of(loss="sparse_categorical_crossentropy"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Input((13,)),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dense(3, activation="softmax", name="head"),
        ],
        name="wine",
    )
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def trainer_of(model, data=None, *, progress=None, callbacks=(), **fit):
    parts = split_data(data or wine(), seed=0)
    description = describe_model(model)
    profile = profile_data(parts.train.x, parts.train.y)
    blueprint = read_blueprint(model, description)
    setup = TrainingSetup(
        model=description,
        data=profile,
        fit=FitDescription(**{"epochs": EPOCHS, "batch_size": 32, "shuffle": True, **fit}),
        graph=blueprint.graph,
    )
    return Trainer(
        blueprint,
        parts,
        choose_metric(description, profile),
        setup=setup,
        progress=progress,
        callbacks=callbacks,
        model=model,
    )


def plan_of(*edits, name="x"):
    fix = AppliedFix(name=name, kind=FixKind.LOWER_LEARNING_RATE, edits=edits, reason="r", risk="r")
    return Plan(name=name, cause=None, fixes=(fix,), prior=0.5)
