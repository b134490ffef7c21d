"""Which rows train, which choose and which judge, as row numbers alone."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.dealing import deal, last_groups
from keras_debugger.training.splitting import (
    LAST_ROWS,
    Choice,
    class_codes,
    last_share,
    set_apart,
)

SHARE = 0.2  # of the rows, for a part that the user does not give
FEWEST_ROWS = 10  # to split at all
# With n = 6.2 / (g e) held-out rows, not even half of an error of one half can be proven with fewer
# than 25 (one-sided 5 %, power 80 %; see proof/held_out_rows.py). A fifth of fewer rows than this
# is less, so all rows judge in turn.
FEWEST_FOR_PARTS = 125
FOLDS = 5
REPEATS = 2
BLOCKS = "blocks in order of time, each judged by what came before it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Row numbers of the parts in the data; None for a part that has data of its own."""

    train: np.ndarray
    selection: np.ndarray | None
    held_out: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The parts, and the further ones of a cross-validation.

    Args:
        places: the three parts, then those of each further fold.
        manner: how the held-out rows were chosen, in words; empty if they are data of their own.
        notes: what a reader should know, one sentence each.
    """

    places: tuple[Places, ...]
    manner: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the parts are cut from.

    Args:
        y: nested labels, for stratification.
        rows: number of rows.
        groups: number of the group of each row, shape (rows,); None if rows stand alone.
        in_order: whether the rows are ordered in time.
        validation_split: share that Keras takes from the end, 0 if not given.
        own_selection: whether the user gave validation data.
        own_held_out: whether the user gave test data.
        seed: seed of the choice.
    """

    y: Any
    rows: int
    groups: np.ndarray | None
    in_order: bool
    validation_split: float
    own_selection: bool
    own_held_out: bool
    seed: int


def cut_rows(asked: Request) -> Cut:
    """Choose the rows of each part, held-out ones first.

    Args:
        asked: what the parts are cut from.

    Returns:
        The three parts. From fewer than 125 rows without test data, also the further folds of a
        cross-validation of the rows that do not choose: five folds, twice; of rows in order of time
        the second half in five blocks, each judged by what came before it.

    Raises:
        InvalidDataError: there are too few rows or groups.
    """
    _check_counts(asked)
    everything, codes = np.arange(asked.rows), class_codes(asked.y)
    if asked.own_held_out:
        nothing = Choice(kept=everything, apart=everything[:0], manner="")
        return _with_selection(nothing, asked, codes, in_order=asked.in_order)
    first = _apart(codes, asked.groups, asked.rows, in_order=asked.in_order, seed=asked.seed)
    in_order = first.manner == LAST_ROWS
    if asked.rows >= FEWEST_FOR_PARTS or not _can_fold(asked):
        return _with_selection(first, asked, codes, in_order=in_order)
    cut = _folded(asked, codes, in_order=in_order)
    return replace(cut, notes=tuple(dict.fromkeys((*first.notes, *cut.notes))))


def _can_fold(asked: Request) -> bool:
    """Whether the rows are left that folds need; groups in order of time are not folded."""
    split = asked.validation_split
    chosen = asked.rows - math.floor(asked.rows * (1.0 - split)) if split > 0.0 else 1
    return (
        chosen >= 1
        and asked.rows - chosen >= FEWEST_ROWS - 1
        and not (asked.in_order and asked.groups is not None)
    )


def _folded(asked: Request, codes: np.ndarray | None, *, in_order: bool) -> Cut:
    """Folds of the rows that do not choose; the same rows choose in all of them and judge never."""
    choosing = _choosing(asked, codes, in_order=in_order)
    rest = choosing.kept
    if in_order:
        folds = _blocks(len(rest))
    else:
        inner = replace(asked, rows=len(rest), groups=_of_rows(asked.groups, rest))
        folds = list(_folds(None if codes is None else codes[rest], inner))
    selection = None if asked.own_selection else choosing.apart
    places = (
        Places(train=rest[fold.kept], selection=selection, held_out=rest[fold.apart])
        for fold in folds
    )
    return Cut(places=tuple(places), manner=folds[0].manner, notes=choosing.notes)


def _choosing(asked: Request, codes: np.ndarray | None, *, in_order: bool) -> Choice:
    """The rows that choose in all folds; in order of time a fifth before the blocks that judge."""
    everything = np.arange(asked.rows)
    if asked.own_selection:
        return Choice(kept=everything, apart=everything[:0], manner="")
    if in_order and asked.validation_split == 0.0:
        count = round(SHARE * asked.rows)
        end = asked.rows - (asked.rows - count) // 2
        chosen = np.arange(end - count, end)
        return Choice(kept=np.delete(everything, chosen), apart=chosen, manner="")
    return _selection(everything, asked, codes, in_order=in_order, seed=asked.seed + 1)


def _of_rows(groups: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    if groups is None:
        return None
    return np.unique(groups[rows], return_inverse=True)[1]


def _apart(
    codes: np.ndarray | None, groups: np.ndarray | None, rows: int, *, in_order: bool, seed: int
) -> Choice:
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


def _folds(codes: np.ndarray | None, asked: Request) -> Iterator[Choice]:
    groups = asked.groups
    words = "five folds, twice" + ("" if groups is None else ", whole groups")
    for repeat in range(REPEATS):
        generator = np.random.default_rng([asked.seed, repeat])
        count = FOLDS if groups is None else min(FOLDS, int(groups.max()) + 1)
        fold = deal(codes, asked.rows, folds=count, generator=generator, groups=groups)
        for number in range(count):
            apart = fold == number
            yield Choice(kept=np.flatnonzero(~apart), apart=np.flatnonzero(apart), manner=words)


def _blocks(rows: int) -> list[Choice]:
    """The second half of the rows in five blocks, the last first, each after all before it."""
    borders = np.linspace(rows - rows // 2, rows, FOLDS + 1).round().astype(int)
    everything = np.arange(rows)
    return [
        Choice(kept=everything[:start], apart=everything[start:end], manner=BLOCKS)
        for start, end in reversed(list(pairwise(borders)))
    ]


def _with_selection(
    choice: Choice, asked: Request, codes: np.ndarray | None, *, in_order: bool
) -> Cut:
    rest, selection, notes = choice.kept, None, choice.notes
    if not asked.own_selection:
        inner = _selection(rest, asked, codes, in_order=in_order, seed=asked.seed + 1)
        rest, selection = rest[inner.kept], rest[inner.apart]
        notes = tuple(dict.fromkeys((*notes, *inner.notes)))
    held_out = None if asked.own_held_out else choice.apart
    places = Places(train=rest, selection=selection, held_out=held_out)
    return Cut(places=(places,), manner=choice.manner, notes=notes)


def _selection(
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
    return _apart(codes, groups, len(rest), in_order=in_order, seed=seed)


def _check_counts(asked: Request) -> None:
    wanted = (not asked.own_selection and asked.validation_split == 0.0) + (not asked.own_held_out)
    if not (asked.own_selection and asked.own_held_out) and asked.rows < FEWEST_ROWS:
        raise too_few(asked.rows)
    found = wanted + 1 if asked.groups is None else int(asked.groups.max()) + 1
    if found < wanted + 1:
        raise InvalidDataError(
            given=f"{found} groups",
            expected=f"at least {wanted + 1}, since no group may stand in two parts",
            do="give finer groups, or validation_data and test_data of your own",
        )


def too_few(rows: int, share: str = "") -> InvalidDataError:
    """The error for data that cannot be split."""
    return InvalidDataError(
        given=f"{share}{rows} rows",
        expected=f"at least {FEWEST_ROWS} rows, to train on, to choose with and to hold out",
        do="give more rows, or validation_data and test_data of your own",
    )
