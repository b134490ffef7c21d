"""One piece of data, as a user has it -> one numeric array, or an error that says what to do."""

from typing import Any

import numpy as np
import tensorflow as tf

from keras_debugger.errors import InvalidDataError

MOST_DENSE_BYTES = 256 * 2**20  # size up to which a sparse matrix is written out


def as_array(leaf: Any, place: str) -> np.ndarray:
    """Read one array, table, tensor or list of numbers.

    Args:
        leaf: a NumPy array, TensorFlow tensor, pandas or polars table or column, SciPy sparse
            matrix, list (of lists) of numbers, or anything else that NumPy reads as numbers.
        place: what it is, in words, such as `x` or `labels 'age'`.

    Returns:
        The numbers, rows first. A NumPy array comes back as it is, not copied.

    Raises:
        InvalidDataError: it holds text, objects, dates or complex numbers, masked or missing
            entries, rows of unlike length, or no rows at all.
    """
    root = type(leaf).__module__.split(".")[0]
    if isinstance(leaf, tf.RaggedTensor):
        raise InvalidDataError(
            given=f"{place} as a ragged tensor",
            expected="rows of one length",
            do="pad the rows, for example with .to_tensor()",
        )
    if isinstance(leaf, tf.SparseTensor):
        leaf = tf.sparse.to_dense(leaf).numpy()
    elif root == "pandas":
        leaf = _from_pandas(leaf, place)
    elif hasattr(leaf, "toarray") and root == "scipy":
        leaf = _from_sparse(leaf, place)
    elif isinstance(leaf, np.ma.MaskedArray):
        leaf = _from_masked(leaf, place)
    elif not isinstance(leaf, np.ndarray):
        leaf = _from_anything(leaf, place)
    return _checked(np.asarray(leaf), place)


def _checked(array: np.ndarray, place: str) -> np.ndarray:
    kind = array.dtype.kind
    if kind in "OUSV" and not array.dtype.name.startswith(("bfloat", "float8")):
        raise InvalidDataError(
            given=f"{place} that holds {_example(array)}",
            expected="numbers",
            do="turn words and categories into numbers first, for example with "
            "sklearn.preprocessing.OrdinalEncoder or keras.layers.StringLookup",
        )
    if kind in "mMc":
        words = {"m": "time spans", "M": "dates", "c": "complex numbers"}
        raise InvalidDataError(
            given=f"{place} that holds {words[kind]} ({array.dtype})",
            expected="real numbers",
            do="turn them into numbers such as days since a date, or real and imaginary part",
        )
    if array.ndim == 0:
        raise InvalidDataError(
            given=f"{place} as a single number, {array!s}",
            expected="an array with one row for each example",
            do="give arrays whose first axis counts the examples",
        )
    if kind == "V":
        return array.astype(np.float32)
    return array


def _example(array: np.ndarray) -> str:
    """The first entry that is no number, and where it stands."""
    if array.dtype.kind in "US":
        first = array.reshape(-1)[0] if array.size else ""
        return f"text, such as {str(first)[:40]!r}"
    for index in np.ndindex(array.shape):
        entry = array[index]
        if not isinstance(entry, int | float | np.number | np.bool_):
            where = ", ".join(str(i) for i in index)
            return f"Python objects, such as {str(entry)[:40]!r} at [{where}]"
    return "numbers stored as Python objects (dtype object); use .astype('float32')"


def _from_pandas(leaf: Any, place: str) -> np.ndarray:
    columns = leaf.items() if hasattr(leaf, "columns") else [(getattr(leaf, "name", None), leaf)]
    kinds = []
    for name, column in columns:
        if not isinstance(column.dtype, np.dtype) or column.dtype.kind in "OmM":
            raise InvalidDataError(
                given=f"{place} with a column {name!r} of type {column.dtype}",
                expected="columns of plain numbers (float, int, bool)",
                do="encode words and categories as numbers, fill missing values, and convert with "
                ".astype('float32')",
            )
        kinds.append(column.dtype)
    if not kinds:
        raise InvalidDataError(
            given=f"{place} as a table without columns",
            expected="at least one column of numbers",
            do="check how the table was selected",
        )
    return np.asarray(leaf.to_numpy(dtype=np.result_type(*kinds)))


def _from_sparse(leaf: Any, place: str) -> np.ndarray:
    size = int(np.prod(leaf.shape)) * leaf.dtype.itemsize
    if size > MOST_DENSE_BYTES:
        raise InvalidDataError(
            given=f"{place} as a sparse matrix of shape {leaf.shape}",
            expected=f"a matrix that fits into {MOST_DENSE_BYTES // 2**20} MiB when written out",
            do="keep fewer columns, for example with sklearn.decomposition.TruncatedSVD",
        )
    return np.asarray(leaf.toarray())


def _from_masked(leaf: Any, place: str) -> np.ndarray:
    if np.ma.is_masked(leaf):
        raise InvalidDataError(
            given=f"{place} as a masked array with masked entries",
            expected="numbers everywhere (Keras would train on what is under the mask)",
            do="fill them with .filled(value), or leave these rows out",
        )
    return np.asarray(leaf.data)


def _from_anything(leaf: Any, place: str) -> np.ndarray:
    try:
        array = np.asarray(leaf)
    except (TypeError, ValueError) as error:
        raise InvalidDataError(
            given=f"{place} as a {type(leaf).__name__} that is no array ({error})",
            expected="rows of numbers, all of one length",
            do="give NumPy arrays; pad sequences with keras.utils.pad_sequences",
        ) from error
    if array.dtype.kind == "O" and array.ndim == 0:
        raise InvalidDataError(
            given=f"{place} as a {type(leaf).__name__}",
            expected="an array of numbers",
            do="give NumPy arrays, tensors, or a batched tf.data.Dataset",
        )
    return array
