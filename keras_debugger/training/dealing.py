"""Rows dealt into folds: classes in proportion, no group in two folds."""

import numpy as np

NEVER_APART = -1  # fold of a row that is only ever trained on


def deal(
    codes: np.ndarray | None,
    rows: int,
    *,
    folds: int,
    generator: np.random.Generator,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Give each row a fold.

    Args:
        codes: class of each row, shape (rows,), int; None if the labels are no classes.
        rows: number of rows.
        folds: number of folds, at least 2.
        generator: decides among equals.
        groups: number of the group of each row, shape (rows,), int; None if rows stand alone.

    Returns:
        Fold of each row from 0, shape (rows,), int; NEVER_APART for the only row of a class.
    """
    if groups is not None:
        return _deal_groups(codes, groups, folds=folds, generator=generator)
    if codes is None:
        codes = np.zeros(rows, dtype=np.int64)
    classes, sizes = np.unique(codes, return_counts=True)
    if (sizes == 1).all():
        codes, classes, sizes = np.zeros(rows, dtype=np.int64), np.array([0]), np.array([rows])
    fold = np.full(rows, NEVER_APART)
    dealt = 0
    for value in classes[sizes > 1]:
        own = generator.permutation(np.flatnonzero(codes == value))
        fold[own] = (dealt + np.arange(len(own))) % folds
        dealt += len(own)  # the next class goes on where this one ended, so that folds are even
    return fold


def _deal_groups(
    codes: np.ndarray | None, groups: np.ndarray, *, folds: int, generator: np.random.Generator
) -> np.ndarray:
    """Largest groups first, each to the fold that it makes least unlike the others.

    The measure is the sum of squares of the rows of each class in each fold, each class counted as
    a share of its rows.
    """
    codes = np.zeros(len(groups), dtype=np.int64) if codes is None else codes
    _, codes = np.unique(codes, return_inverse=True)
    count = int(groups.max()) + 1
    held = np.zeros((count, int(codes.max()) + 1))
    np.add.at(held, (groups, codes), 1.0)
    sizes = held.sum(axis=1)
    # A class counts as much as another, and the number of rows as much as all classes.
    held = np.hstack(
        [held / held.sum(axis=0) / held.shape[1], (sizes / sizes.sum())[:, np.newaxis]]
    )
    full = np.zeros((folds, held.shape[1]))
    fold = np.zeros(count, dtype=np.int64)
    for group in np.lexsort((generator.random(count), -sizes)):
        worse = 2.0 * (full @ held[group])  # growth of the sum of squares, less what all share
        fold[group] = int(worse.argmin())
        full[fold[group]] += held[group]
    return np.asarray(fold[groups])


def last_groups(groups: np.ndarray, share: float) -> np.ndarray:
    """The groups that begin last, as many as hold about a share of the rows.

    Args:
        groups: number of the group of each row, in order of time, shape (rows,), int.
        share: share of the rows, 0 to 1.

    Returns:
        Whether a row belongs to them, shape (rows,), bool; at least one group on either side.
    """
    _, first, sizes = np.unique(groups, return_index=True, return_counts=True)
    order = np.argsort(first)[::-1]
    gathered = np.cumsum(sizes[order])
    enough = int(np.searchsorted(gathered, share * len(groups))) + 1
    chosen = order[: min(max(enough, 1), len(order) - 1)]
    return np.isin(groups, np.unique(groups)[chosen])
