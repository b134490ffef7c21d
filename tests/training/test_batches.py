import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_debugger.training.batches import make_batches
from keras_debugger.training.data import Part

ORDERS = """
import numpy as np
from keras_debugger.training.batches import make_batches
from keras_debugger.training.data import Part

part = Part(x=np.arange(10), y=np.arange(10), sample_weight=None, rows=10)
batches, _ = make_batches(part, batch_size=4, shuffle=True, seed=3)
print([y.numpy().tolist() for _, y in batches.take(6)])
"""


def part_of(rows, *, weights=False):
    x = np.arange(rows, dtype="float32")
    return Part(x=x, y=x, sample_weight=x if weights else None, rows=rows)


def epochs_of(part, count, **arguments):
    batches, steps = make_batches(part, **arguments)
    taken = [batch[1].numpy() for batch in batches.take(count * steps)]
    return [taken[start : start + steps] for start in range(0, len(taken), steps)]


def flat(epochs):
    return [row for epoch in epochs for batch in epoch for row in batch.tolist()]


def test_each_epoch_holds_every_row_once_in_another_order():
    first, second = epochs_of(part_of(10), 2, batch_size=4, shuffle=True, seed=3)
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == list(range(10))
    assert np.concatenate(first).tolist() != np.concatenate(second).tolist()


def test_rows_keep_their_order_if_asked_to():
    for epoch in epochs_of(part_of(10), 2, batch_size=4, shuffle=False, seed=3):
        assert np.concatenate(epoch).tolist() == list(range(10))


def test_the_order_does_not_depend_on_global_state():
    arguments = {"batch_size": 4, "shuffle": True, "seed": 3}
    tf.random.set_seed(1)
    first = epochs_of(part_of(10), 2, **arguments)
    tf.random.set_seed(2)
    np.random.seed(5)
    second = epochs_of(part_of(10), 2, **arguments)
    assert flat(first) == flat(second)
    other = epochs_of(part_of(10), 2, **{**arguments, "seed": 4})
    assert flat(first) != flat(other)


@pytest.mark.slow
def test_the_order_is_the_same_in_another_process():
    there = subprocess.run(
        [sys.executable, "-c", ORDERS], capture_output=True, text=True, check=True
    ).stdout
    batches, _ = make_batches(part_of(10), batch_size=4, shuffle=True, seed=3)
    assert there.strip() == str([y.numpy().astype(int).tolist() for _, y in batches.take(6)])


def test_nested_inputs_and_weights_stay_together():
    rows = np.arange(6, dtype="float32")
    part = Part(
        x={"a": rows, "b": [rows * 2, rows * 3]}, y=[rows, -rows], sample_weight=rows, rows=6
    )
    batches, steps = make_batches(part, batch_size=4, shuffle=True, seed=0)
    for x, y, weight in batches.take(steps):
        for array in keras.tree.flatten([x["b"][0] / 2, x["b"][1] / 3, y, weight]):
            np.testing.assert_allclose(np.abs(array), x["a"])
