"""Any accepted data form -> training, selection and held-out part, split once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import InvalidArgumentError, InvalidDataError
from keras_debugger.training.cutting import cut_rows
from keras_debugger.training.data_parts import DataParts
from keras_debugger.training.input_checks import check_fit, check_model
from keras_debugger.training.loaded import Loaded
from keras_debugger.training.part import Part, input_list, take
from keras_debugger.training.places import Places, Request
from keras_debugger.training.reading import read_data
from keras_debugger.training.repeated_rows import count_repeated, read_groups

__all__ = [
    "DataParts",
    "Part",
    "check_fit",
    "check_model",
    "input_list",
    "split_data",
    "take",
]


def split_data(
    data: Any,
    *,
    y: Any = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    test_data: Any = None,
    groups: Any = None,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
) -> DataParts:
    """Read data and split it into three parts.

    The held-out part is taken first: `test_data`, or a fifth of the rows, chosen at random within
    each class (the last rows if `shuffle` is False, as rows that are fed in order are taken for a
    time series; whole groups if `groups` are given). Of the others the selection part is
    `validation_data`, or the last rows as Keras takes them for `validation_split`, or again a
    fifth. Of fewer than 125 rows without `test_data` a fifth could prove nothing, so all rows that
    do not choose judge in turn, in the folds of a cross-validation.

    Args:
        data: training data in any form that fit takes; with `y`, only the inputs.
        y: labels, if `data` holds none.
        validation_data: the user's validation data, in the same forms.
        validation_split: share of the rows that Keras takes from the end, 0 to 1.
        test_data: held-out data, in the same forms.
        groups: one value for each row of `data`; rows of one group are never in two parts that
            are taken from it.
        batch_size: rows in a batch; of a dataset its own if None.
        shuffle: whether rows are shuffled in each epoch.
        seed: seed of the choice of rows.

    Returns:
        The parts; their arrays are copies of rows of the user's, or the user's own arrays, which
        nothing changes.

    Raises:
        InvalidDataError: the data cannot be trained on, or there are too few rows or groups.
        InvalidArgumentError: `validation_split` is not a share.
    """
    _check_share(validation_split)
    loaded = read_data(data, y)
    notes = list(loaded.notes)
    selected = _read_other(validation_data, loaded, "validation_data", notes)
    held = _read_other(test_data, loaded, "test_data", notes)
    asked = Request(
        y=loaded.y,
        rows=loaded.rows,
        groups=read_groups(groups, loaded.rows),
        in_order=not shuffle,
        validation_split=validation_split,
        own_selection=selected is not None,
        own_held_out=held is not None,
        seed=seed,
    )
    cut = cut_rows(asked)
    notes += cut.notes
    train, selection, held_out = _arrays(_whole(loaded), cut.places[0], selected, held)
    parts = DataParts(
        train=train,
        selection=selection,
        held_out=held_out,
        batch_size=batch_size or loaded.batch_size,
        shuffle=shuffle,
        notes=(),
        digest="",
        selection_from_user=selected is not None or validation_split > 0.0,
        manner=cut.manner,
        places=cut.places[0],
        folds=cut.places if len(cut.places) > 1 else (),
        whole=_whole(loaded) if len(cut.places) > 1 else None,
    )
    return _finished(parts, notes)


def _arrays(
    whole: Part, places: Places, selected: Loaded | None, held: Loaded | None
) -> tuple[Part, Part, Part]:
    def part(rows: np.ndarray | None, own: Loaded | None) -> Part:
        if own is not None:
            return _whole(own)
        return whole if rows is None or len(rows) == whole.rows else take(whole, rows)

    return part(places.train, None), part(places.selection, selected), part(places.held_out, held)


def _finished(parts: DataParts, notes: list[str]) -> DataParts:
    """The parts with their digests and a note on rows that stand in two of them."""
    repeated = count_repeated(parts.held_out, (parts.train, parts.selection))
    if repeated and not parts.folds:
        notes.append(
            f"{repeated} of {parts.held_out.rows} held-out rows have the same inputs as a row that "
            "trains or chooses, so the held-out scores look better than they are on new data; give "
            "groups= to keep such rows together."
        )
    return replace(parts, notes=tuple(notes), repeated=repeated).with_digests()


def _read_other(data: Any, train: Loaded, place: str, notes: list[str]) -> Loaded | None:
    """Validation or test data, which must have the form of the training data."""
    if data is None:
        return None
    loaded = read_data(data, place=place)
    notes += loaded.notes
    for name in ("x", "y"):
        ours, theirs = _shapes(getattr(train, name)), _shapes(getattr(loaded, name))
        if ours != theirs:
            raise InvalidDataError(
                given=f"{place} whose {name} has rows of {_words(theirs)}",
                expected=f"the form of the training data, rows of {_words(ours)}",
                do="prepare both in the same way",
            )
    return loaded


def _shapes(nested: Any) -> dict[str, tuple[int, ...]]:
    """Shape of the rows of each array; (1,) and () count as one."""
    return {
        "/".join(str(part) for part in path): () if leaf.shape[1:] == (1,) else leaf.shape[1:]
        for path, leaf in keras.tree.flatten_with_path(nested)
        if leaf is not None
    }


def _words(shapes: dict[str, tuple[int, ...]]) -> str:
    if not shapes:
        return "nothing"
    return ", ".join(
        f"shape {shape}" + (f" ({name})" if name else "") for name, shape in shapes.items()
    )


def _whole(loaded: Loaded) -> Part:
    return Part(x=loaded.x, y=loaded.y, sample_weight=loaded.sample_weight, rows=loaded.rows)


def _check_share(share: Any) -> None:
    number = isinstance(share, int | float | np.number) and not isinstance(share, bool)
    if not number or not 0.0 <= share < 1.0:
        raise InvalidArgumentError(
            given=f"validation_split={share!r}",
            expected="a share of the rows, from 0 up to but not 1",
            do="give the validation_split that you would give to model.fit",
        )
