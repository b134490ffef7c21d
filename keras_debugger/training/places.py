"""Which rows are in which part, as row numbers alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np


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
