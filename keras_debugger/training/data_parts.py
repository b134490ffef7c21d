"""The parts of the data: training, selection and held-out, with the rows that they are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from keras_debugger.training.part import Part, joined, take
from keras_debugger.training.places import Places
from keras_debugger.training.splitting import class_codes, set_apart

_MOST_HASHED = 64 * 2**20
_MOST_ROW_NUMBERS = 200_000
_NAMES = ("train", "selection", "held_out")


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
        ).with_digests()

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
        ).with_digests()

    def split_anew(self, *, seed: int) -> DataParts:
        """The same with training and selection rows pooled and split at random within classes."""
        places = self.places
        assert places is not None
        assert places.selection is not None
        pool = joined(self.train, self.selection)
        numbers = np.concatenate([places.train, places.selection])
        share = self.selection.rows / pool.rows
        choice = set_apart(class_codes(pool.y), pool.rows, share, in_order=False, seed=seed)
        return replace(
            self,
            train=take(pool, choice.kept),
            selection=take(pool, choice.apart),
            places=replace(places, train=numbers[choice.kept], selection=numbers[choice.apart]),
        ).with_digests()

    def with_digests(self) -> DataParts:
        """The same with the digests of its parts as they are now."""
        assert self.places is not None
        digests = {
            name: digest_of(getattr(self, name), getattr(self.places, name)) for name in _NAMES
        }
        return replace(self, digest=digests["held_out"], digests=MappingProxyType(digests))

    def row_numbers(self) -> dict[str, Any]:
        """Which rows are in which part, with their SHA-256, as what JSON can hold."""
        split: dict[str, Any] = {"manner": self.describe(), "sha256": dict(self.digests)}
        for name in _NAMES:
            rows = None if self.places is None else getattr(self.places, name)
            if rows is not None and len(rows) <= _MOST_ROW_NUMBERS:
                split[f"{name}_rows"] = rows.tolist()
        if self.folds:
            split["judged_in_turn"] = [np.asarray(one.held_out).tolist() for one in self.folds]
        return split

    def describe(self) -> str:
        """Which rows are used for what, in one sentence."""
        if self.folds and self.whole is not None:
            judging = len(
                np.unique(np.concatenate([np.asarray(one.held_out) for one in self.folds]))
            )
            return (
                f"{self.whole.rows} rows are too few for three parts: {self.selection.rows} rows "
                f"choose the fix, and {judging} others judge in turn ({self.manner}), each time "
                "two models that were trained without them"
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
