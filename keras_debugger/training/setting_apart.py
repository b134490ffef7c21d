"""Rows set apart for one part: a fifth, those of a validation split, or whole groups."""

import numpy as np

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.dealing import deal, last_groups
from keras_debugger.training.places import Request
from keras_debugger.training.splitting import Choice, last_share, set_apart

SHARE = 0.2  # of the rows, for a part that the user does not give
FEWEST_ROWS = 10  # to split at all


def rows_apart(
    codes: np.ndarray | None, groups: np.ndarray | None, rows: int, *, in_order: bool, seed: int
) -> Choice:
    """A fifth of the rows: at random within each class, the last ones, or whole groups.

    Args:
        codes: class of each row, None if the labels are no classes.
        groups: number of the group of each row, None if rows stand alone.
        rows: number of rows.
        in_order: whether the rows are ordered in time.
        seed: seed of the choice.
    """
    if groups is None:
        return set_apart(codes, rows, SHARE, in_order=in_order, seed=seed)
    return _groups_apart(codes, groups, in_order=in_order, seed=seed)


def _groups_apart(
    codes: np.ndarray | None, groups: np.ndarray, *, in_order: bool, seed: int
) -> Choice:
    """Whole groups with about a fifth of the rows."""
    _, groups = np.unique(groups, return_inverse=True)
    if in_order:
        apart, manner = last_groups(groups, SHARE), "the last groups"
    else:
        generator = np.random.default_rng(seed)
        folds = min(round(1.0 / SHARE), int(groups.max()) + 1)
        dealt = deal(codes, len(groups), folds=folds, generator=generator, groups=groups)
        apart, manner = dealt == _nearest(dealt, folds), "whole groups"
    return Choice(kept=np.flatnonzero(~apart), apart=np.flatnonzero(apart), manner=manner)


def _nearest(dealt: np.ndarray, folds: int) -> int:
    """The fold whose size is nearest to a fifth of the rows."""
    sizes = np.bincount(dealt, minlength=folds) / len(dealt)
    return int(np.abs(sizes - SHARE).argmin())


def selection_rows(
    rest: np.ndarray, asked: Request, codes: np.ndarray | None, *, in_order: bool, seed: int
) -> Choice:
    """The rows that Keras takes for a validation split, or a fifth; places within `rest`."""
    if asked.validation_split > 0.0:
        choice = last_share(len(rest), asked.validation_split)
        if not len(choice.kept) or not len(choice.apart):
            raise too_few(len(rest), f"validation_split={asked.validation_split} of ")
        return choice
    codes = None if codes is None else codes[rest]
    groups = None if asked.groups is None else asked.groups[rest]
    in_order = asked.in_order if groups is not None else in_order
    return rows_apart(codes, groups, len(rest), in_order=in_order, seed=seed)


def too_few(rows: int, share: str = "") -> InvalidDataError:
    """The error for data that cannot be split."""
    return InvalidDataError(
        given=f"{share}{rows} rows",
        expected=f"at least {FEWEST_ROWS} rows, to train on, to choose with and to hold out",
        do="give more rows, or validation_data and test_data of your own",
    )
