"""Trains a program under the recorder and says how good it became."""

import time
from dataclasses import dataclass, replace

import keras
import numpy as np

from keras_debugger import Recorder
from programs.data import CLASS_GOALS, Data, Goal, Part, load
from programs.models import build, compile_model, freeze
from programs.program import Program
from programs.scores import constant_score, is_healthy, reference_score, score

OTHER_ROWS = 1000  # added to the seed of the rows that a model was pretrained on


@dataclass(frozen=True, kw_only=True)
class Run:
    """A training that ended.

    Args:
        program: what was trained.
        seed: of rows, start and order.
        record: what the recorder wrote.
        reached: score on the test part.
        constant: score of the best constant answer.
        reference: score of scikit-learn's best usual model on the same rows, undamaged.
        healthy: whether a person would leave the run alone (scores.is_healthy).
        seconds: of building and training.
    """

    program: Program
    seed: int
    record: object
    reached: float
    constant: float
    reference: float
    healthy: bool
    seconds: float


def train(
    program: Program, seed: int, *, alarms: str | None = None, simple_models: bool = False
) -> Run:
    """Train a program once, with the recorder as a user has it.

    Args:
        program: what to train.
        seed: of rows, start and order.
        alarms: as in Recorder.
        simple_models: whether the record also holds what simple models reach, as it does where
            `diagnose` is given the recorder.
    """
    began = time.perf_counter()
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    data = load(program.task, seed, program.rows)
    for damage in program.damage:
        data = damage(data, seed)
    judged = data
    if program.one_hot:
        data = one_hot(data)
    model = build(program, data)
    if program.pretrained:
        _pretrain(model, program, seed)
    recorder = Recorder(probe_data=_probe(program, data), alarms=alarms)
    history = _fit(model, program, data, [recorder, *_callbacks(program)])
    answers = np.asarray(model(data.test.x, training=False))
    linear = model.layers[-1].activation is keras.activations.linear
    reached = score(judged, answers, threshold=0.0 if linear and program.logits else 0.5)
    constant = constant_score(judged)
    reference = reference_score(program.task, seed, program.rows, min(program.widths))
    return Run(
        program=program,
        seed=seed,
        record=recorder.full_record() if simple_models else recorder.record,
        reached=reached,
        constant=constant,
        reference=reference,
        healthy=is_healthy(
            reached=reached,
            constant=constant,
            reference=reference,
            val_loss=history.history.get("val_loss", []),
        ),
        seconds=time.perf_counter() - began,
    )


def _fit(model: keras.Model, program: Program, data: Data, callbacks: list) -> object:
    train_part, validation = data.train, data.validation
    options = {}
    if program.validation == "split":
        train_part, options["validation_split"] = joined(train_part, validation), 0.25
    elif program.validation:
        options["validation_data"] = (validation.x, validation.y)
        options["validation_batch_size"] = 256
    if program.class_weight:
        options["class_weight"] = class_weights(data.train.y)
    return model.fit(
        train_part.x,
        train_part.y,
        batch_size=program.batch,
        epochs=program.epochs,
        shuffle=program.shuffle,
        callbacks=callbacks,
        verbose=0,
        **options,
    )


def _probe(program: Program, data: Data) -> tuple[np.ndarray, ...] | None:
    if not program.probe:
        return None
    if program.validation == "data":
        return data.train.x, data.train.y, data.validation.x, data.validation.y
    return data.train.x, data.train.y


def _pretrain(model: keras.Model, program: Program, seed: int) -> None:
    """Train on other rows of the task, then make the optimizer and the last layer new."""
    other = load(program.task, seed + OTHER_ROWS, program.rows)
    other = one_hot(other) if program.one_hot else other
    freeze_none(model)
    compile_model(model, program, other)
    model.fit(
        other.train.x,
        other.train.y,
        epochs=program.pretrained,
        batch_size=program.batch,
        verbose=0,
    )
    freeze(model, program.frozen)
    compile_model(model, program, other)


def freeze_none(model: keras.Model) -> None:
    """Let every layer learn."""
    for layer in model.layers:
        layer.trainable = True


def _callbacks(program: Program) -> list[keras.callbacks.Callback]:
    made = {
        "early-stopping": lambda: keras.callbacks.EarlyStopping(
            patience=4, restore_best_weights=True
        ),
        "on-plateau": lambda: keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.4),
    }
    return [made[name]() for name in program.callbacks]


def joined(first: Part, second: Part) -> Part:
    """Rows of two parts, one after the other."""
    return Part(
        x=np.concatenate([first.x, second.x]),
        y=np.concatenate([first.y, second.y]),
    )


def class_weights(y: np.ndarray) -> dict[int, float]:
    """Weights that make all classes count alike."""
    counts = np.bincount(y.reshape(-1).astype(int))
    return {label: len(y) / (len(counts) * count) for label, count in enumerate(counts) if count}


def one_hot(data: Data) -> Data:
    """The data with one-hot labels, where it holds one of several classes."""
    if data.goal not in CLASS_GOALS or data.goal is Goal.TWO_CLASSES:
        return data
    eye = np.eye(data.classes, dtype="float32")
    return data.with_parts(lambda part: replace(part, y=eye[part.y.astype(int)]))
