"""Which rows train, which choose and which judge."""

from dataclasses import replace

import numpy as np

from keras_debugger.errors import InvalidDataError
from keras_debugger.training.folding import can_fold, fold_rows
from keras_debugger.training.places import Cut, Places, Request
from keras_debugger.training.setting_apart import (
    FEWEST_ROWS,
    rows_apart,
    selection_rows,
    too_few,
)
from keras_debugger.training.splitting import LAST_ROWS, Choice, class_codes

# With n = 6.2 / (g e) held-out rows, not even half of an error of one half can be proven with fewer
# than 25 (one-sided 5 %, power 80 %; see proof/held_out_rows.py). A fifth of fewer rows than this
# is less, so all rows judge in turn.
FEWEST_FOR_PARTS = 125


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
    first = rows_apart(codes, asked.groups, asked.rows, in_order=asked.in_order, seed=asked.seed)
    in_order = first.manner == LAST_ROWS
    if asked.rows >= FEWEST_FOR_PARTS or not can_fold(asked, in_order=in_order):
        return _with_selection(first, asked, codes, in_order=in_order)
    cut = fold_rows(asked, codes, in_order=in_order)
    return replace(cut, notes=tuple(dict.fromkeys((*first.notes, *cut.notes))))


def _with_selection(
    choice: Choice, asked: Request, codes: np.ndarray | None, *, in_order: bool
) -> Cut:
    rest, selection, notes = choice.kept, None, choice.notes
    if not asked.own_selection:
        inner = selection_rows(rest, asked, codes, in_order=in_order, seed=asked.seed + 1)
        rest, selection = rest[inner.kept], rest[inner.apart]
        notes = tuple(dict.fromkeys((*notes, *inner.notes)))
    held_out = None if asked.own_held_out else choice.apart
    places = Places(train=rest, selection=selection, held_out=held_out)
    return Cut(places=(places,), manner=choice.manner, notes=notes)


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
