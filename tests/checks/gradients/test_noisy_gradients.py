"""The share of noise in a gradient, from batches of two sizes."""

import numpy as np
import pytest

from keras_debugger.checks.gradients.noisy_gradients import NoisyGradients
from keras_debugger.checks.runner import run_checks
from keras_debugger.types.record import (
    EpochLogs,
    GradientLog,
    PredictionLog,
    StepLogs,
    TrainingRecord,
    VariableDescription,
)
from keras_debugger.types.vocabulary import VariableRole

EPOCHS, STEPS, BATCH, SMALL = 40, 10, 32, 8


def record_of(signal, noise, *, sizes=(BATCH, SMALL)):
    """Gradients of known parts: signal ** 2 + noise ** 2 / rows, in 50 directions."""
    generator = np.random.default_rng(0)
    steps = EPOCHS * STEPS
    rows = np.full(steps, sizes[0])
    rows[STEPS - 1 :: STEPS] = sizes[1]
    drawn = generator.normal(size=(steps, 50)) * noise / np.sqrt(50 * rows)[:, np.newaxis]
    drawn[:, 0] += signal
    norms = np.linalg.norm(drawn, axis=1)[:, np.newaxis]
    step, epoch = np.arange(steps), np.arange(steps) // STEPS
    kernel = VariableDescription(
        path="a/kernel", layer="a", role=VariableRole.KERNEL, shape=(5, 10), depth=0
    )
    nothing = np.zeros_like(norms)
    return TrainingRecord(
        epoch_logs=EpochLogs(
            epoch=np.arange(EPOCHS), values={"loss": 1 + generator.normal(size=EPOCHS) / 50}
        ),
        step_logs=StepLogs(
            step=step,
            epoch=epoch,
            loss=np.ones(steps),
            learning_rate=np.ones(steps),
            batch_size=rows,
            seconds=np.zeros(steps),
        ),
        gradient_log=GradientLog(
            variables=(kernel,),
            step=step,
            norm=norms,
            max_abs=norms,
            zero_share=nothing,
            finite=np.ones(norms.shape, dtype=bool),
            weight_norm=nothing + 1,
            update_norm=nothing,
        ),
        prediction_log=PredictionLog(
            step=np.array([steps]),
            rows=10,
            spread=np.array([1.0]),
            mean=np.array([0.5]),
            finite=np.array([True]),
            recall=np.array([[0.7, 0.7]]),
        ),
    )


def test_noise_is_found_and_measured():
    (found,) = run_checks(record_of(0.02, 1.0), [NoisyGradients()]).findings
    exact = (1 / BATCH) / (1 / BATCH + 0.02**2)
    assert found.value == pytest.approx(exact, abs=0.12)


def test_silent_where_the_signal_is_larger():
    results = run_checks(record_of(1.0, 1.0), [NoisyGradients()])
    assert results.findings == ()
    assert results.checked == ("GRD113",)


def test_batches_of_one_size_cannot_tell():
    (skipped,) = run_checks(record_of(0.02, 1.0, sizes=(32, 32)), [NoisyGradients()]).skipped
    assert "half as large" in skipped.hint
