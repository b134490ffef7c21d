from itertools import chain

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.datasets import load_diabetes, load_wine

from keras_debugger.errors import InvalidArgumentError, InvalidDataError
from keras_debugger.training.data import Part, input_list, split_data, take


@pytest.fixture(scope="module")
def wine():
    bunch = load_wine()
    return bunch.data.astype("float32"), bunch.target


def numbered(rows=50, classes=2):
    """Inputs that hold their own row number, so that parts can be traced."""
    return np.arange(rows, dtype="float64")[:, np.newaxis], np.arange(rows) % classes


def rows_of(part):
    return keras.tree.flatten(part.x)[0][:, 0].astype(int).tolist()


def test_three_parts_share_no_row_and_hold_them_all():
    parts = split_data(numbered())
    found = [rows_of(part) for part in (parts.train, parts.selection, parts.held_out)]
    assert [len(rows) for rows in found] == [32, 10, 8]
    assert sorted(chain(*found)) == list(range(50))
    assert all(rows == sorted(rows) for rows in found)
    assert not parts.selection_from_user
    assert parts.notes == ()
    assert "50 rows are too few for three parts" in parts.describe()
    assert "128 rows to train on" in split_data(numbered(200)).describe()


def test_parts_hold_the_classes_in_proportion(wine):
    parts = split_data(wine)
    for part in (parts.train, parts.selection, parts.held_out):
        shares = np.bincount(part.y) / part.rows
        np.testing.assert_allclose(shares, np.bincount(wine[1]) / 178, atol=0.03)


def test_one_hot_labels_are_stratified_too():
    labels = np.eye(3)[np.arange(60) % 3]
    parts = split_data((np.zeros((60, 2)), labels))
    np.testing.assert_array_equal(parts.selection.y.sum(axis=0), [4, 4, 4])
    assert set(parts.held_out.y.sum(axis=0)) == {3, 4}


def test_the_same_seed_gives_the_same_parts(wine):
    first, again, other = (split_data(wine, seed=seed) for seed in (1, 1, 2))
    assert first.digest == again.digest != other.digest
    np.testing.assert_array_equal(first.train.x, again.train.x)


def test_the_digest_sees_the_values(wine):
    x, y = wine
    assert split_data((x + 1, y)).digest != split_data((x, y)).digest


def test_validation_split_takes_the_last_rows_as_keras_does():
    x, y = numbered(100)
    parts = split_data((x, y), validation_split=0.25)
    rest = sorted(rows_of(parts.train) + rows_of(parts.selection))
    assert rows_of(parts.selection) == rest[60:]
    assert parts.selection_from_user


def test_validation_split_of_sorted_data_keeps_its_fault(wine):
    parts = split_data(wine, validation_split=0.2)
    assert set(parts.selection.y) == {2}
    assert set(parts.held_out.y) == {0, 1, 2}


def test_validation_and_test_data_of_the_user_are_used_as_they_are(wine):
    x, y = wine
    parts = split_data(
        (x[:100], y[:100]), validation_data=(x[100:140], y[100:140]), test_data=(x[140:], y[140:])
    )
    assert (parts.train.rows, parts.selection.rows, parts.held_out.rows) == (100, 40, 38)
    assert parts.selection_from_user
    assert np.shares_memory(parts.train.x, x)


def test_rows_in_order_of_time_are_held_out_from_the_end():
    x, _ = numbered(200)
    parts = split_data((x, np.sin(x / 5)), shuffle=False)
    assert rows_of(parts.train) == list(range(128))
    assert rows_of(parts.selection) == list(range(128, 160))
    assert rows_of(parts.held_out) == list(range(160, 200))
    assert not parts.shuffle
    assert parts.folds == ()


def test_sorted_classes_are_not_held_out_from_the_end(wine):
    parts = split_data(wine, shuffle=False)
    assert set(parts.held_out.y) == set(parts.selection.y) == {0, 1, 2}
    assert "other classes" in parts.notes[0]


def test_a_class_of_one_row_stays_in_training():
    x, y = numbered(40)
    y[7] = 9
    parts = split_data((x, y))
    assert 9 in parts.train.y
    assert any("single row" in note for note in parts.notes)


def test_every_row_of_another_class_is_split_all_the_same():
    parts = split_data((np.zeros((20, 2)), np.arange(20) % 20))
    assert parts.held_out.rows == 4


def test_rows_of_nan_are_split_like_others():
    x, _ = numbered(40)
    x[:] = np.nan
    parts = split_data((x, np.full(40, np.nan)))
    assert parts.selection.rows == 8
    assert np.isnan(parts.train.y).all()


def test_nan_among_classes_does_not_stop_stratification():
    x, y = numbered(40)
    labels = y.astype(float)
    labels[:4] = np.nan
    parts = split_data((x, labels))
    assert np.isnan(parts.train.y).sum() >= 2


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_too_few_rows(rows):
    with pytest.raises(InvalidDataError, match=f"got {rows} rows"):
        split_data(numbered(rows))


def test_a_validation_split_that_leaves_a_part_empty():
    with pytest.raises(InvalidDataError, match=r"validation_split=0.95 of 16 rows"):
        split_data(numbered(20), validation_split=0.95)


def test_few_rows_are_enough_if_the_other_parts_are_given():
    data = numbered(4)
    assert split_data(data, validation_data=data, test_data=data).train.rows == 4


@pytest.mark.parametrize("share", [1.0, -0.1, 2, float("nan"), "half", True, None])
def test_validation_split_must_be_a_share(share):
    with pytest.raises(InvalidArgumentError, match="validation_split"):
        split_data(numbered(), validation_split=share)


def test_validation_data_of_another_form():
    x, y = numbered()
    with pytest.raises(InvalidDataError, match="validation_data whose x"):
        split_data((x, y), validation_data=(np.zeros((9, 4)), np.zeros(9)))
    with pytest.raises(InvalidDataError, match="test_data whose y"):
        split_data((x, y), test_data=(x, np.zeros((50, 3))))


def test_weights_and_nested_inputs_are_split_alike():
    rows, y = numbered(30)
    x = {"b": rows, "a": rows * 2}
    parts = split_data((x, [y, rows], rows[:, 0]))
    train = parts.train
    np.testing.assert_array_equal(train.x["a"], 2 * train.x["b"])
    np.testing.assert_array_equal(train.y[1], train.x["b"])
    np.testing.assert_array_equal(train.sample_weight, train.x["b"][:, 0])
    assert isinstance(train.y, list)


def test_the_users_arrays_are_neither_changed_nor_made_writable():
    x, y = numbered()
    x.setflags(write=False)
    y.setflags(write=False)
    before = x.tobytes(), y.tobytes()
    split_data((x, y), validation_split=0.2)
    assert (x.tobytes(), y.tobytes()) == before
    assert not x.flags.writeable
    assert not y.flags.writeable


def from_generator(x, y):
    def make():
        for start in range(0, len(x), 8):
            yield x[start : start + 8], y[start : start + 8]

    return make


class Sequence(keras.utils.PyDataset):
    def __init__(self, x, y):
        super().__init__()
        self.data = x, y

    def __len__(self):
        return -(-len(self.data[0]) // 8)

    def __getitem__(self, index):
        return tuple(part[8 * index : 8 * index + 8] for part in self.data)


FORMS = {
    "tuple": lambda x, y: (x, y),
    "list": lambda x, y: [x, y],
    "with weights": lambda x, y: (x, y, np.ones(len(x))),
    "dict": lambda x, y: {"x": x, "y": y},
    "tensors": lambda x, y: (tf.constant(x), tf.constant(y)),
    "lists of numbers": lambda x, y: (x.tolist(), y.tolist()),
    "sparse matrix": lambda x, y: (scipy.sparse.csr_matrix(x), y),
    "sparse array": lambda x, y: (scipy.sparse.csr_array(x), y),
    "sparse tensor": lambda x, y: (tf.sparse.from_dense(x), y),
    "column of labels": lambda x, y: (x, y[:, np.newaxis]),
    "truth values": lambda x, y: (x, y == 1),
    "not contiguous": lambda x, y: (np.asfortranarray(np.hstack([x, x]))[:, ::2], y),
    "masked without masked entries": lambda x, y: (np.ma.masked_array(x), y),
    "dataset": lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)).batch(8),
    "dataset of unknown size": lambda x, y: (
        tf.data.Dataset.from_tensor_slices((x, y)).filter(lambda a, b: True).batch(8)
    ),
    "PyDataset": Sequence,
    "function that returns a generator": from_generator,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_data_gives_the_same_parts(form):
    x, y = numbered(40)
    expected = split_data((x, y))
    parts = split_data(FORMS[form](x, y))
    for name in ("train", "selection", "held_out"):
        ours, theirs = getattr(parts, name), getattr(expected, name)
        np.testing.assert_array_equal(np.asarray(ours.x)[:, 0], theirs.x[:, 0])
        np.testing.assert_array_equal(np.asarray(ours.y).reshape(-1), theirs.y)
        assert ours.rows == theirs.rows


def test_a_table_of_pandas_is_read():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": np.arange(30), "b": np.linspace(0, 1, 30), "c": [True] * 30})
    parts = split_data((table, table["a"] % 2))
    assert parts.train.x.shape == (19, 3)
    assert parts.train.x.dtype == np.float64


@pytest.mark.parametrize("kind", ["Int64", "Float64", "category", "str", "boolean"])
def test_columns_of_pandas_that_keras_does_not_take(kind):
    pandas = pytest.importorskip("pandas")
    values = [True, False] if kind == "boolean" else [1, 2]
    table = pandas.DataFrame({"good": [1.0, 2.0], "bad": pandas.Series(values).astype(kind)})
    with pytest.raises(InvalidDataError, match="column 'bad'"):
        split_data((table, np.zeros(2)))


def test_the_batch_size_of_a_dataset_is_taken_over():
    x, y = numbered(40)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
    parts = split_data(dataset)
    assert parts.batch_size == 16
    assert "read once into memory (40 rows" in parts.notes[0]
    assert split_data(dataset, batch_size=4).batch_size == 4
    assert split_data((x, y)).batch_size is None


def test_labels_of_their_own_argument():
    x, y = numbered()
    assert split_data(x, y=y).digest == split_data((x, y)).digest
    assert isinstance(split_data([x, x], y=y).train.x, list)


def test_inputs_alone_have_no_labels():
    x, _ = numbered()
    parts = split_data(x)
    assert parts.train.y is None
    assert take(parts.train, np.array([0])).y is None


def test_input_list_follows_the_model_where_names_are_given():
    part = Part(x={"a": np.zeros(1), "b": np.ones(1)}, y=None, sample_weight=None, rows=1)
    assert [int(array[0]) for array in input_list(part)] == [0, 1]
    assert [int(array[0]) for array in input_list(part, names=("b", "a"))] == [1, 0]


def endless():
    while True:
        yield np.zeros((1, 2)), np.zeros(1)


NUMBERS = np.zeros((20, 2))
REFUSED = {
    "None": (None, "data=None"),
    "text": ("data.csv", "as a str"),
    "a number": (3, "as a int"),
    "a generator": (endless(), "cannot be replayed"),
    "an iterator": (iter([(NUMBERS, NUMBERS)]), "cannot be replayed"),
    "empty": ((np.zeros((0, 2)), np.zeros(0)), "without rows"),
    "an empty tuple": ((), "got"),
    "an empty dict": ({}, "without inputs"),
    "unlike lengths": ((NUMBERS, np.zeros(19)), "x has 20, y has 19"),
    "unlike weights": ((NUMBERS, np.zeros(20), np.ones(3)), "sample_weight has 3"),
    "words": ((np.array([["a"]] * 20), np.zeros(20)), "text, such as 'a'"),
    "word labels": ((NUMBERS, np.array(["yes"] * 20)), "data: y that holds text"),
    "objects": ((np.array([[1, "b"]] * 20, dtype=object), np.zeros(20)), r"'b' at \[0, 1\]"),
    "numbers as objects": ((NUMBERS.astype(object), np.zeros(20)), "dtype object"),
    "None among numbers": (([[1.0, None]] * 20, np.zeros(20)), r"'None' at \[0, 1\]"),
    "dates": ((np.zeros(20, "datetime64[D]"), np.zeros(20)), "dates"),
    "complex numbers": ((NUMBERS + 1j, np.zeros(20)), "complex"),
    "rows of unlike length": (([[1], [1, 2]] * 10, np.zeros(20)), "no array"),
    "ragged": ((tf.ragged.constant([[1], [1, 2]]), np.zeros(2)), "ragged"),
    "masked": (
        (np.ma.masked_array(NUMBERS, mask=np.eye(20, 2)), np.zeros(20)),
        "masked entries",
    ),
    "a single number": ((np.float64(3.0), np.zeros(20)), "single number"),
    "unknown keys": ({"x": NUMBERS, "z": NUMBERS}, "leave out 'z'"),
    "not batched": (tf.data.Dataset.from_tensor_slices((NUMBERS, np.zeros(20))), "not batched"),
    "endless dataset": (
        tf.data.Dataset.from_tensor_slices((NUMBERS, NUMBERS)).batch(4).repeat(),
        "never ends",
    ),
    "a function that returns None": (lambda: None, "returns a NoneType"),
    "a function with arguments": (lambda rows: rows, "cannot be called"),
    "a generator without batches": (lambda: iter(()), "without batches"),
    "batches of unlike shape": (
        lambda: iter([(np.zeros((4, 2)), np.zeros(4)), (np.zeros((4, 3)), np.zeros(4))]),
        "unlike shapes",
    ),
    "a large sparse matrix": (
        (scipy.sparse.csr_matrix((20, 10_000_000)), np.zeros(20)),
        "sparse matrix of shape",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_data_that_cannot_be_trained_on_are_refused_in_words(name):
    data, words = REFUSED[name]
    with pytest.raises(InvalidDataError, match=words) as caught:
        split_data(data)
    assert caught.value.expected
    assert caught.value.do


def test_an_endless_generator_is_refused_in_the_end(monkeypatch):
    monkeypatch.setattr("keras_debugger.training.batch_reading.MOST_BATCHES", 100)
    with pytest.raises(InvalidDataError, match="more than 100 batches"):
        split_data(endless)


def test_a_dataset_larger_than_memory_allows_is_refused(monkeypatch):
    monkeypatch.setattr("keras_debugger.training.batch_reading.MOST_BYTES", 1000)
    dataset = tf.data.Dataset.from_tensor_slices((np.zeros((90, 9)), np.zeros(90))).batch(10)
    with pytest.raises(InvalidDataError, match="GiB"):
        split_data(dataset)


def test_a_generator_that_fails_fails_with_its_own_error():
    def broken():
        yield NUMBERS, np.zeros(20)
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        split_data(broken)


NUMERIC = st.sampled_from(["float32", "float64", "int8", "int64", "uint8", "bool", "float16"])
TABLES = NUMERIC.flatmap(
    lambda dtype: hnp.arrays(dtype, st.tuples(st.integers(10, 30), st.integers(1, 3)))
)


@settings(max_examples=100, deadline=None)
@given(x=TABLES, share=st.sampled_from([0.0, 0.2, 0.5, 0.8]), shuffle=st.booleans())
def test_any_table_is_split_without_loss(x, share, shuffle):
    rows = len(x)
    number = np.arange(rows)[:, np.newaxis]
    parts = split_data(([number, x], x[:, 0]), validation_split=share, shuffle=shuffle, seed=len(x))
    found = [rows_of(part) for part in (parts.train, parts.selection, parts.held_out)]
    assert sorted(chain(*found)) == list(range(rows))
    assert all(found)


def test_regression_targets_are_split_at_random():
    bunch = load_diabetes()
    parts = split_data((bunch.data, bunch.target))
    assert (parts.train.rows, parts.selection.rows, parts.held_out.rows) == (283, 71, 88)
