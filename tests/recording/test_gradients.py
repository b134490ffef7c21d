"""Tiers, thinning and the parts of the gradient capture that need no fit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.gradients import FIRST_STEPS, optimizers_of
from keras_debugger.recording.norms import l2_norm, merged, safe_norm, zero_share
from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.ring import Ring
from keras_debugger.recording.step_table import StepTable

L = keras.layers


def test_the_full_set_is_recorded_at_first_and_then_now_and_then():
    x = np.random.default_rng(0).normal(size=(300, 3)).astype("float32")
    model = keras.Sequential([L.Input((3,)), L.Dense(2)])
    model.compile("sgd", "mse")
    recorder = Recorder(every=20)
    model.fit(x, x[:, :2], batch_size=1, verbose=0, callbacks=[recorder])  # more than a ring holds
    gradients = recorder.record.gradients
    assert gradients.step.tolist() == list(range(300))
    full = (gradients.step < FIRST_STEPS) | (gradients.step % 20 == 0)
    for name in ("max_abs", "zero_share", "update_norm"):
        np.testing.assert_array_equal(np.isfinite(getattr(gradients, name)).all(axis=1), full)
    for name in ("norm", "weight_norm"):
        assert np.isfinite(getattr(gradients, name)).all()
    assert gradients.full_every == 20
    assert any("every 20th step" in note for note in recorder.record.notes)


def test_thinning_keeps_the_start_and_full_rows():
    table = StepTable(every=10, limit=200)
    for start in range(0, 5000, 100):
        steps = np.arange(start, start + 100)
        table.append(steps, steps[:, np.newaxis] * 2.0)
    assert len(table.steps) <= 200
    assert table.steps[:50].tolist() == list(range(50))
    assert (table.steps[50:] % 10 == 0).all()
    assert table.steps[-1] >= 5000 - table.stride
    np.testing.assert_array_equal(table.values[:, 0], 2.0 * table.steps)


def test_a_ring_gives_each_row_once():
    ring = Ring(capacity=4, width=2)
    for step in range(3):
        ring.write(tf.constant(step % 4, tf.int64), tf.constant([1.0, 2.0]) * step)
    np.testing.assert_array_equal(ring.read(np.arange(1, 3)), [[1, 2], [2, 4]])
    assert np.isnan(ring.read(np.arange(3))).all()


def test_rows_of_a_sparse_gradient_are_summed():
    sparse = tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0]]), tf.constant([1, 1, 2]), [5, 1])
    for compiled in (False, True):
        entries = merged(sparse, (5, 1), compiled=compiled)
        assert float(l2_norm(entries)) == pytest.approx(np.sqrt(18))
        assert float(zero_share(entries, sparse, (5, 1))) == pytest.approx(0.6)


def test_a_norm_that_overflows_is_still_a_number():
    huge = tf.constant([3e30, 4e30])
    assert np.isinf(l2_norm(huge))
    assert float(safe_norm(huge)) == pytest.approx(5e30)


def test_every_optimizer_is_found_once():
    model = keras.Sequential([L.Input((3,)), L.Dense(2)])
    one, other = keras.optimizers.SGD(), keras.optimizers.Adam()
    model.compile(one, "mse")
    model.more = [other, one]
    assert optimizers_of(model) == [one, other]
