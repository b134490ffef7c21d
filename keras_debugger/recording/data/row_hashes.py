"""Equal rows, found by comparing one number for each row."""

import numpy as np

from keras_debugger.recording.data.named_arrays import NamedArray

MOST_BYTES = 512 * 2**20
_CHUNK_BYTES = 16 * 2**20
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd; 2**64 / golden ratio, spreads low bits upwards
_SEED = 20_240_601  # fixed: the same row has the same number in every part of the data


def row_hashes(arrays: tuple[NamedArray, ...]) -> np.ndarray:
    """One number for each row over all inputs; equal rows have equal numbers.

    A multilinear hash of the bytes modulo 2**64: two unlike rows agree with a probability of about
    2**-60, so a chance match among 1e6 x 1e6 pairs is less likely than one in a hundred thousand.

    Args:
        arrays: inputs of one length.

    Returns:
        Shape (rows,), uint64; empty if the data are larger than MOST_BYTES or hold objects.
    """
    total = sum(item.array.nbytes for item in arrays)
    objects = any(item.array.dtype.hasobject for item in arrays)
    if not arrays or total > MOST_BYTES or objects:
        return np.zeros(0, dtype=np.uint64)
    rows = min(len(item.array) for item in arrays)
    hashes = np.zeros(rows, dtype=np.uint64)
    generator = np.random.default_rng(_SEED)
    for item in arrays:
        _add(hashes, item.array[:rows], generator)
    return hashes


def repeated(hashes: np.ndarray, rows: np.ndarray) -> int:
    """How many of some rows repeat an earlier row.

    Args:
        hashes: numbers of all rows, shape (all rows,).
        rows: row numbers to judge.

    Returns:
        A count.
    """
    ordered = np.sort(hashes)
    if not (ordered[1:] == ordered[:-1]).any():
        return 0
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return int((first[inverse.reshape(-1)[rows]] < rows).sum())


def known_rows(hashes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of some rows are among others.

    Args:
        hashes: numbers of the rows, shape (rows,).
        others: numbers of the others, not empty.

    Returns:
        Shape (rows,), bool.
    """
    ordered = np.sort(others)
    places = np.minimum(np.searchsorted(ordered, hashes), ordered.size - 1)
    return np.asarray(ordered[places] == hashes)


def _add(hashes: np.ndarray, array: np.ndarray, generator: np.random.Generator) -> None:
    row_bytes = array.nbytes // max(len(array), 1)
    words = -(-row_bytes // 4)
    if words == 0:
        return
    factors = generator.integers(0, 2**63, size=words, dtype=np.uint64) * np.uint64(2)
    factors += np.uint64(1)
    size = max(1, _CHUNK_BYTES // row_bytes)
    for start in range(0, len(array), size):
        chunk = np.ascontiguousarray(array[start : start + size]).reshape(-1)
        bits = chunk.view(np.uint8).reshape(-1, row_bytes)
        if row_bytes % 4:
            bits = np.pad(bits, ((0, 0), (0, 4 * words - row_bytes)))
        mixed = np.ascontiguousarray(bits).view(np.uint32).astype(np.uint64)
        mixed *= _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed *= factors
        hashes[start : start + size] += mixed.sum(axis=1, dtype=np.uint64)
