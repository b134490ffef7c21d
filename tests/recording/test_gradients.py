"""Tiers, thinning and the parts of the gradient capture that need no fit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.recording.recorder import Recorder
from keras_debugger.recording.step.blocks import Block, group_columns
from keras_debugger.recording.step.norms import (
    l2_norms,
    largest_entries,
    merged,
    zero_shares,
)
from keras_debugger.recording.step.optimizers import optimizers_of
from keras_debugger.recording.step.ring import Ring, Rings
from keras_debugger.recording.step.step_table import FIRST_STEPS, StepTable

L = keras.layers


def test_the_full_set_is_recorded_at_first_and_then_now_and_then():
    x = np.random.default_rng(0).normal(size=(600, 3)).astype("float32")
    model = keras.Sequential([L.Input((3,)), L.Dense(2)])
    model.compile("sgd", "mse")
    recorder = Recorder(every=20)
    model.fit(x, x[:, :2], batch_size=1, verbose=0, callbacks=[recorder])  # more than a ring holds
    gradients = recorder.record.gradients
    assert gradients.step.tolist() == list(range(600))
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
        blocks = [Block([merged(sparse, (5, 1), compiled=compiled)])]
        np.testing.assert_allclose(l2_norms(blocks), [np.sqrt(18)], rtol=1e-6)
        np.testing.assert_allclose(zero_shares(blocks, [5]), [0.6], rtol=1e-6)


@pytest.mark.parametrize("every", [1, 10])
def test_a_norm_that_overflows_is_a_bound_and_no_infinity(every):
    def loss(y, answers):
        return 1e30 * tf.reduce_mean(answers, axis=-1)

    model = keras.Sequential([L.Input((2,)), L.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(1e-35), loss)
    x = np.tile([[3.0, 4.0]], (70, 1)).astype("float32")
    x[-1] = np.inf
    recorder = Recorder(every=every, keep_bad_batch=True)
    model.fit(x, x[:, :1], batch_size=1, shuffle=False, verbose=0, callbacks=[recorder])
    gradients = recorder.record.gradients
    assert gradients.finite[:69].all()
    assert not gradients.finite[69].any()
    assert gradients.first_nonfinite == (69, 0)
    np.testing.assert_allclose(gradients.norm[:69, 0], 4e30, rtol=1e-6)  # the true one is 5e30
    np.testing.assert_array_equal(recorder.bad_batch.x, x[-1:])


def test_statistics_of_a_block_are_those_of_its_tensors():
    arrays = [np.array([[1.0, -4.0], [0.0, 2.0]]), np.array([[0.0, 0.0], [np.inf, 3.0]])]
    together = [Block([tf.constant(array, tf.float32) for array in arrays])]
    apart = [Block([tf.constant(array, tf.float32)]) for array in arrays]
    for blocks in (together, apart):
        nothing = [None] * len(blocks)
        np.testing.assert_allclose(l2_norms(blocks), [np.sqrt(21), np.inf], rtol=1e-6)
        np.testing.assert_array_equal(largest_entries(blocks), [4, np.inf])
        np.testing.assert_allclose(zero_shares(blocks, nothing), [0.25, 0.5])


def test_small_variables_of_one_shape_are_treated_together():
    shapes = [(3, 3), (3,), (3, 3), (200, 200), (200, 200), (3,)]
    variables = [tf.Variable(tf.zeros(shape)) for shape in shapes]
    gradients: list = [tf.zeros(shape) for shape in shapes]
    gradients[2] = tf.IndexedSlices(tf.zeros((1, 3)), tf.constant([0]))
    assert group_columns(variables, gradients) == ((0,), (2,), (3,), (4,), (1, 5))


def test_every_optimizer_is_found_once():
    model = keras.Sequential([L.Input((3,)), L.Dense(2)])
    one, other = keras.optimizers.SGD(), keras.optimizers.Adam()
    model.compile(one, "mse")
    model.more = [other, one]
    assert optimizers_of(model) == [one, other]


def test_rings_give_the_numbers_of_each_step_by_key():
    rings = Rings(capacity=4)
    rows = [tf.constant(row, tf.int64) for row in range(3)]
    rings.write(rows[0], {"step": [tf.constant(1.0)], "site": [tf.constant([2.0, 3.0])]})
    rings.write(rows[1], {"step": [tf.constant(4.0)]})  # traced again, without the site
    rings.write_entry(rows[2], "site", width=2, column=1, value=tf.constant(5.0))
    np.testing.assert_array_equal(rings.peek(rows[0], "step"), [np.nan])  # of the last table
    found = rings.read(np.arange(3))
    np.testing.assert_array_equal(found["step"], [[1], [4], [np.nan]])
    np.testing.assert_array_equal(found["site"], [[2, 3], [np.nan] * 2, [np.nan, 5]])
    assert np.isnan(rings.read(np.arange(3))["step"]).all()
