"""Which rows are set apart: random within each class, or the last ones."""

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_debugger.recording.data.label_classes import find_classes
from keras_debugger.types.vocabulary import LabelForm

_BY_CLASS = (LabelForm.BINARY, LabelForm.INTEGER_CLASSES, LabelForm.ONE_HOT)
_MOST_STRATA = 1000
LAST_ROWS = "the last rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Rows set apart from others.

    Args:
        kept: rows that stay, in order.
        apart: rows set apart, in order.
        manner: how they were chosen, in words.
        notes: what a reader should know.
    """

    kept: np.ndarray
    apart: np.ndarray
    manner: str
    notes: tuple[str, ...] = ()


def class_codes(y: Any) -> np.ndarray | None:
    """Class of each row by its first label, None if the labels are no classes.

    Args:
        y: nested labels, or None.

    Returns:
        Shape (rows,), int; rows without a finite label make a class of their own.
    """
    leaves = [leaf for leaf in keras.tree.flatten(y) if leaf is not None]
    if not leaves or leaves[0].dtype.kind not in "biuf" or leaves[0].size == 0:
        return None
    labels = leaves[0].astype(np.float64)
    found = find_classes(labels, leaves[0].dtype)
    if found.form not in _BY_CLASS or len(found.values) > _MOST_STRATA:
        return None
    if found.codes is not None:
        return np.asarray(found.codes)
    _, codes = np.unique(labels.reshape(len(labels)), return_inverse=True)
    return np.asarray(codes.reshape(-1))


def set_apart(
    codes: np.ndarray | None, rows: int, share: float, *, in_order: bool, seed: int
) -> Choice:
    """Choose rows to set apart.

    Args:
        codes: class of each row, for stratification; None if the labels are no classes.
        rows: number of rows.
        share: share to set apart, 0 to 1.
        in_order: whether the rows are ordered in time, so that the last ones are set apart. Where
            these would be mostly of other classes than the rest, they are chosen at random.
        seed: seed of the choice.

    Returns:
        The choice; at least one row on either side.
    """
    count = min(max(round(share * rows), 1), rows - 1)
    notes: tuple[str, ...] = ()
    if in_order:
        kept, apart = np.arange(rows - count), np.arange(rows - count, rows)
        if codes is None or _alike(codes[kept], codes[apart]):
            return Choice(kept=kept, apart=apart, manner=LAST_ROWS)
        notes = (
            "The rows are fed in order, but the last ones are mostly of other classes than the "
            "rest, so rows are set apart at random within each class.",
        )
    generator = np.random.default_rng(seed)
    if codes is None:
        apart = np.sort(generator.permutation(rows)[:count])
        return Choice(kept=_others(apart, rows), apart=apart, manner="at random", notes=notes)
    apart, single = _stratified(codes, count, generator)
    if single:
        notes += (
            f"{single} of {len(np.unique(codes))} classes have a single row, which stays among the "
            "rows that are trained on.",
        )
    return Choice(
        kept=_others(apart, rows),
        apart=apart,
        manner="at random within each class",
        notes=notes,
    )


def last_share(rows: int, share: float) -> Choice:
    """The last rows in the order in which they were given, as Keras takes them.

    Args:
        rows: number of rows.
        share: share to set apart, 0 to 1; one side is empty if it is too small or too large.
    """
    border = math.floor(rows * (1.0 - share))
    everything = np.arange(rows)
    return Choice(kept=everything[:border], apart=everything[border:], manner="validation_split")


def _alike(kept: np.ndarray, apart: np.ndarray) -> bool:
    """Whether two sets of rows hold the same classes in shares that overlap by half at least."""
    classes = np.unique(np.concatenate([kept, apart]))
    shares = [np.array([(part == value).mean() for value in classes]) for part in (kept, apart)]
    known = bool((shares[0][shares[1] > 0.0] > 0.0).all())
    return known and float(np.minimum(*shares).sum()) >= 0.5


def _stratified(
    codes: np.ndarray, count: int, generator: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Rows in proportion to the classes (largest remainders), and the number of single rows."""
    classes, sizes = np.unique(codes, return_counts=True)
    exact = sizes * (count / sizes.sum())
    quota = np.floor(exact).astype(np.int64)
    # The remainder decides; among equals the generator, so that no class is favoured.
    order = np.lexsort((generator.random(len(classes)), -(exact - quota)))
    for position in order:
        if quota.sum() >= count:
            break
        quota[position] += 1
    quota = np.minimum(quota, sizes - 1)
    if quota.sum() == 0:
        return np.sort(generator.permutation(len(codes))[:count]), 0
    chosen = [
        generator.permutation(np.flatnonzero(codes == value))[:number]
        for value, number in zip(classes, quota, strict=True)
    ]
    return np.sort(np.concatenate(chosen)), int((sizes == 1).sum())


def _others(apart: np.ndarray, rows: int) -> np.ndarray:
    kept = np.ones(rows, dtype=bool)
    kept[apart] = False
    return np.flatnonzero(kept)
