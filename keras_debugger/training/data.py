"""Any accepted data form -> training, selection and held-out part, split once."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import InvalidArgumentError, InvalidDataError
from keras_debugger.training.input_checks import check_fit, check_model
from keras_debugger.training.loaded import Loaded
from keras_debugger.training.part import Part, input_list, take
from keras_debugger.training.reading import read_data
from keras_debugger.training.splitting import LAST_ROWS, Choice, set_apart

__all__ = [
    "DataParts",
    "Part",
    "check_fit",
    "check_model",
    "input_list",
    "split_data",
    "take",
]
SHARE = 0.2  # of the rows, for a part that the user does not give
FEWEST_ROWS = 10  # to split at all
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

    def describe(self) -> str:
        """Which rows are used for what, in one sentence."""
        return (
            f"{self.train.rows} rows to train on, {self.selection.rows} to choose fixes with, "
            f"{self.held_out.rows} held out for the comparison{self.manner}"
        )


def split_data(
    data: Any,
    *,
    y: Any = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    test_data: Any = None,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
) -> DataParts:
    """Read data and split it into three parts.

    The held-out part is taken first: `test_data`, or a fifth of the rows, chosen at random within
    each class (the last rows if `shuffle` is False, as rows that are fed in order are taken for a
    time series). Of the others the selection part is `validation_data`, or the last rows as Keras
    takes them for `validation_split`, or again a fifth.

    Args:
        data: training data in any form that fit takes; with `y`, only the inputs.
        y: labels, if `data` holds none.
        validation_data: the user's validation data, in the same forms.
        validation_split: share of the rows that Keras takes from the end, 0 to 1.
        test_data: held-out data, in the same forms.
        batch_size: rows in a batch; of a dataset its own if None.
        shuffle: whether rows are shuffled in each epoch.
        seed: seed of the choice of rows.

    Returns:
        The parts; their arrays are copies of rows of the user's, or the user's own arrays, which
        nothing changes.

    Raises:
        InvalidDataError: the data cannot be trained on or are too few to split.
        InvalidArgumentError: `validation_split` is not a share.
    """
    _check_share(validation_split)
    loaded = read_data(data, y)
    notes = list(loaded.notes)
    given = {
        "validation_data": _read_other(validation_data, loaded, "validation_data", notes),
        "test_data": _read_other(test_data, loaded, "test_data", notes),
    }
    rest = np.arange(loaded.rows)
    if None in given.values() and loaded.rows < FEWEST_ROWS:
        raise _too_few(loaded.rows)
    held, manner, in_order = given["test_data"], "", not shuffle
    if held is None:
        choice = set_apart(loaded.y, loaded.rows, SHARE, in_order=in_order, seed=seed)
        in_order = choice.manner == LAST_ROWS
        notes += choice.notes
        rest, held_rows = choice.kept, choice.apart
        held_out, manner = take(_whole(loaded), held_rows), f" ({choice.manner})"
    else:
        held_rows, held_out, manner = np.arange(held.rows), _whole(held), " (test_data)"
    selected = given["validation_data"]
    whole = take(_whole(loaded), rest) if len(rest) < loaded.rows else _whole(loaded)
    if selected is not None:
        train, selection = whole, _whole(selected)
    else:
        choice = _selection(whole, validation_split, in_order=in_order, seed=seed + 1)
        notes += [note for note in choice.notes if note not in notes]
        train, selection = take(whole, choice.kept), take(whole, choice.apart)
    return DataParts(
        train=train,
        selection=selection,
        held_out=held_out,
        batch_size=batch_size or loaded.batch_size,
        shuffle=shuffle,
        notes=tuple(notes),
        digest=_digest(held_out, held_rows),
        selection_from_user=selected is not None or validation_split > 0.0,
        manner=manner,
    )


def _selection(part: Part, validation_split: float, *, in_order: bool, seed: int) -> Choice:
    """The rows that Keras takes for a validation split, or a fifth."""
    if validation_split > 0.0:
        # As Keras does it: the last rows, in the order in which they were given.
        border = math.floor(part.rows * (1.0 - validation_split))
        if border == 0 or border == part.rows:
            raise _too_few(part.rows, f"validation_split={validation_split} of ")
        rows = np.arange(part.rows)
        return Choice(kept=rows[:border], apart=rows[border:], manner="validation_split")
    return set_apart(part.y, part.rows, SHARE, in_order=in_order, seed=seed)


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


def _too_few(rows: int, share: str = "") -> InvalidDataError:
    return InvalidDataError(
        given=f"{share}{rows} rows",
        expected=f"at least {FEWEST_ROWS} rows, to train on, to choose with and to hold out",
        do="give more rows, or validation_data and test_data of your own",
    )


def _digest(part: Part, rows: np.ndarray) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(rows, dtype=np.int64).tobytes())
    for array in keras.tree.flatten((part.x, part.y, part.sample_weight)):
        if array is None:
            continue
        digest.update(f"{array.shape} {array.dtype}".encode())
        step = max(1, -(-array.nbytes // _MOST_HASHED))
        digest.update(np.ascontiguousarray(array[::step]).tobytes())
    return digest.hexdigest()
