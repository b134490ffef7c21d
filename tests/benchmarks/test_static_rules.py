"""The fixed rules that the package is measured against, on curves made by hand."""

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from keras_debugger.types.record import EpochLogs, TrainingRecord

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def rules(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import static_rules

    return static_rules


def record_of(**curves):
    values = {name: np.asarray(curve, dtype=float) for name, curve in curves.items()}
    epochs = np.arange(len(next(iter(values.values()))))
    return TrainingRecord(epoch_logs=EpochLogs(epoch=epochs, values=MappingProxyType(values)))


def test_a_growing_loss_is_divergence_after_ten_epochs(rules):
    assert rules.issues_of(record_of(loss=np.linspace(1.0, 2.0, 12))) == ("loss divergence",)
    assert rules.issues_of(record_of(loss=np.linspace(1.0, 2.0, 10))) == ()


def test_a_gap_of_a_half_is_overfitting(rules):
    loss = np.linspace(1.0, 0.1, 12)
    assert rules.issues_of(record_of(loss=loss, val_loss=loss + 0.6)) == ("overfitting",)
    assert rules.issues_of(record_of(loss=loss, val_loss=loss + 0.4)) == ()


def test_a_flat_loss_is_slow_after_twenty_epochs(rules):
    flat = np.linspace(1.0, 0.999, 22)
    assert rules.issues_of(record_of(loss=flat)) == ("slow convergence",)
    assert rules.issues_of(record_of(loss=flat[:20])) == ()


def test_nan_comes_first(rules):
    loss = [1.0] * 6 + [2.0] * 5 + [float("nan")]
    assert rules.issues_of(record_of(loss=loss))[0] == "nan loss"
