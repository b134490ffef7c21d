"""The parts of the data: training, selection and held-out, with the rows that they are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import keras
import numpy as np

from keras_debugger.training.cutting import Places
from keras_debugger.training.part import Part, take

_MOST_HASHED = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class DataParts:
    """The data, split once before anything is looked at.

    Args:
        train: rows to train on.
        selection: rows to choose fixes with; Keras' validation data.
        held_out: rows that only the final comparison meets.
        batch_size: rows in a batch as given, or as in the dataset; None if neither tells.
        shuffle: whether rows are shuffled in each epoch.
        notes: what was read, densified or could not be stratified, one sentence each.
        digest: SHA-256 of the held-out rows' numbers and values; the same data, arguments and seed
            give the same.
        selection_from_user: whether the user chose the selection part, by `validation_data` or
            `validation_split`.
        manner: how the parts were made, in words.
        places: row numbers of each part in the data that were given.
        digests: SHA-256 of each part, by name.
        repeated: held-out rows whose inputs also stand in another part.
        folds: row numbers of the folds of a cross-validation, this split first; empty if there are
            rows enough for three parts.
        whole: all rows that were given, for the folds; None without folds.
    """

    train: Part
    selection: Part
    held_out: Part
    batch_size: int | None
    shuffle: bool
    notes: tuple[str, ...]
    digest: str
    selection_from_user: bool
    manner: str = ""
    places: Places | None = None
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    repeated: int = 0
    folds: tuple[Places, ...] = ()
    whole: Part | None = None

    def fold(self, number: int) -> DataParts:
        """The three parts of one fold of the cross-validation."""
        assert self.whole is not None
        places = self.folds[number]
        held_out = self.held_out if places.held_out is None else take(self.whole, places.held_out)
        selection = self.selection
        if places.selection is not None:
            selection = take(self.whole, places.selection)
        return replace(
            self,
            train=take(self.whole, places.train),
            selection=selection,
            held_out=held_out,
            places=places,
            digest=digest_of(held_out, places.held_out),
        )

    def without_held_out(self) -> DataParts:
        """The same with all rows to train on but those that choose; none is held out then."""
        assert self.whole is not None
        places = self.places
        assert places is not None
        chosen = np.zeros(self.whole.rows, dtype=bool)
        if places.selection is not None:
            chosen[places.selection] = True
        rows = np.flatnonzero(~chosen)
        return replace(
            self,
            train=take(self.whole, rows),
            held_out=self.selection,
            places=replace(places, train=rows, held_out=places.selection),
            digest=digest_of(self.selection, places.selection),
        )

    def describe(self) -> str:
        """Which rows are used for what, in one sentence."""
        if self.folds and self.whole is not None:
            return (
                f"{self.whole.rows} rows are too few for three parts, so all of them judge in turn "
                f"({self.manner}): each time the fix is chosen anew and both models are trained "
                "anew without the rows that judge them"
            )
        return (
            f"{self.train.rows} rows to train on, {self.selection.rows} to choose fixes with, "
            f"{self.held_out.rows} held out for the comparison ({self.manner or 'test_data'})"
        )


def digest_of(part: Part, rows: np.ndarray | None) -> str:
    """SHA-256 of the numbers of some rows and of their values; of at most 64 MB of each array.

    Args:
        part: the rows.
        rows: their numbers in the data, shape (rows,); None if they are data of their own.
    """
    numbers = np.arange(part.rows) if rows is None else rows
    digest = hashlib.sha256(np.ascontiguousarray(numbers, dtype=np.int64).tobytes())
    for array in keras.tree.flatten((part.x, part.y, part.sample_weight)):
        if array is None:
            continue
        digest.update(f"{array.shape} {array.dtype}".encode())
        step = max(1, -(-array.nbytes // _MOST_HASHED))
        digest.update(np.ascontiguousarray(array[::step]).tobytes())
    return digest.hexdigest()
