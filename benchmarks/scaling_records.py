"""Records of long runs of deep networks, as a recorder would hold them, without the training."""

import numpy as np

from keras_debugger.recording.step.step_statistics import FULL
from keras_debugger.recording.step.step_table import StepTable
from keras_debugger.recording.step.watch import GRADIENT_BYTES, STEP_ROWS
from keras_debugger.types.record import (
    ActivationLog,
    EpochLogs,
    FitDescription,
    GradientLog,
    LayerDescription,
    ModelDescription,
    OptimizerDescription,
    OutputDescription,
    StepLogs,
    TrainingRecord,
    VariableDescription,
)
from keras_debugger.types.vocabulary import (
    Activation,
    Ending,
    LayerKind,
    LossKind,
    ModelKind,
    VariableRole,
)

EVERY = 10
FIRST_STEPS = 50
STEPS_AN_EPOCH = 1000
PROBES = 35
ROLES = (VariableRole.KERNEL, VariableRole.BIAS)


def make_record(steps: int, layers: int, seed: int = 0) -> TrainingRecord:
    """The record of a healthy run of so many steps, with as many rows as a recorder keeps.

    Losses and gradients fall with the square root of the step, with noise; a layer has a kernel and
    a bias.
    """
    random = np.random.default_rng(seed)
    epochs = max(1, steps // STEPS_AN_EPOCH)
    return TrainingRecord(
        epoch_logs=_epochs(epochs, random),
        step_logs=_steps(steps, random),
        gradient_log=_gradients(steps, layers, random),
        activation_log=_activations(steps, layers, random),
        model_description=_model(layers),
        fit_description=FitDescription(epochs=epochs, batch_size=32, steps_per_epoch=steps),
        ending=Ending.FINISHED,
        seconds=1e-3 * steps,
        source="Recorder",
    )


def kept_steps(steps: int, limit: int) -> np.ndarray:
    """Steps that the recorder's own table keeps of so many."""
    table = StepTable(every=EVERY, limit=limit)
    for start in range(0, steps, 100_000):
        block = np.arange(start, min(start + 100_000, steps))
        table.append(block, np.zeros((len(block), 1)))
    return table.steps


def _epochs(count: int, random: np.random.Generator) -> EpochLogs:
    fall = 1 / np.sqrt(1 + np.arange(count))
    loss = 0.2 + 2 * fall * random.lognormal(sigma=0.02, size=count)
    values = {"loss": loss, "val_loss": 1.05 * loss * random.lognormal(sigma=0.02, size=count)}
    values |= {"accuracy": 1 - 0.3 * loss, "val_accuracy": 1 - 0.3 * values["val_loss"]}
    return EpochLogs(epoch=np.arange(count), values=values)


def _steps(steps: int, random: np.random.Generator) -> StepLogs:
    kept = kept_steps(steps, STEP_ROWS)
    loss = 0.2 + 2 / np.sqrt(1 + kept / STEPS_AN_EPOCH)
    return StepLogs(
        step=kept,
        epoch=kept // STEPS_AN_EPOCH,
        loss=loss * random.lognormal(sigma=0.1, size=len(kept)),
        learning_rate=np.full(len(kept), 1e-3),
        batch_size=np.full(len(kept), 32),
        seconds=1e-3 * kept,
    )


def _gradients(steps: int, layers: int, random: np.random.Generator) -> GradientLog:
    variables = tuple(
        VariableDescription(
            path=f"dense_{number}/{role.value}",
            layer=f"dense_{number}",
            role=role,
            shape=(64, 64) if role is VariableRole.KERNEL else (64,),
            depth=number,
            initial_mean=0.0,
            initial_sd=0.1 if role is VariableRole.KERNEL else 0.0,
        )
        for number in range(layers)
        for role in ROLES
    )
    width = len(variables) * (1 + len(FULL)) + 1  # what the recorder keeps of a step
    kept = kept_steps(steps, max(200, GRADIENT_BYTES // (4 * width)))
    shape = (len(kept), len(variables))
    noise = random.lognormal(sigma=0.3, size=shape)
    fall = 1 / np.sqrt(1 + kept / STEPS_AN_EPOCH)
    norm = (0.1 * fall[:, np.newaxis] * noise).astype(np.float32)
    is_full = (kept < FIRST_STEPS) | (kept % EVERY == 0)
    weight_norm = np.full(shape, 6.0, np.float32)
    in_full = np.where(is_full[:, np.newaxis], np.float32(1), np.float32("nan"))
    return GradientLog(
        variables=variables,
        step=kept,
        norm=norm,
        max_abs=0.2 * norm * in_full,
        zero_share=0.01 * in_full * np.ones(shape, np.float32),
        finite=np.ones(shape, bool),
        weight_norm=weight_norm,
        update_norm=5e-3 * weight_norm * fall[:, np.newaxis].astype(np.float32) * in_full,
        full_every=EVERY,
    )


def _activations(steps: int, layers: int, random: np.random.Generator) -> ActivationLog:
    shape = (PROBES, layers)
    noise = random.lognormal(sigma=0.05, size=shape)
    return ActivationLog(
        layers=tuple(f"dense_{number}" for number in range(layers)),
        step=np.linspace(0, steps, PROBES).astype(int),
        dead_share=np.full(shape, 0.05),
        saturated_share=np.full(shape, np.nan),
        pre_activation_sd=noise,
        output_sd=0.6 * noise,
        mean_abs=0.4 * noise,
        finite=np.ones(shape, bool),
    )


def _model(layers: int) -> ModelDescription:
    last = layers - 1
    return ModelDescription(
        name="deep",
        kind=ModelKind.SEQUENTIAL,
        layers=tuple(
            LayerDescription(
                name=f"dense_{number}",
                path=f"dense_{number}",
                kind=LayerKind.DENSE,
                class_name="Dense",
                activation=Activation.SOFTMAX if number == last else Activation.RELU,
                units=64,
                parameters=64 * 65,
                trainable_parameters=64 * 65,
                output_shape=(None, 64),
                kernel_initializer="GlorotUniform",
                bias_initializer="Zeros",
                is_output=number == last,
                feeds=() if number == last else (f"dense_{number + 1}",),
            )
            for number in range(layers)
        ),
        outputs=(
            OutputDescription(
                name="output",
                layer=f"dense_{last}",
                activation=Activation.SOFTMAX,
                units=64,
                rank=2,
                loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY,
                loss_name="sparse_categorical_crossentropy",
            ),
        ),
        parameters=layers * 64 * 65,
        trainable_parameters=layers * 64 * 65,
        optimizer=OptimizerDescription(name="adam", learning_rate=1e-3),
    )
