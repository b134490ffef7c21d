"""The folds of a cross-validation, for data that are too few for three parts."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from keras_debugger.training.dealing import deal
from keras_debugger.training.places import Cut, Places, Request
from keras_debugger.training.setting_apart import SHARE, selection_rows
from keras_debugger.training.splitting import Choice

FOLDS = 5
REPEATS = 2
BLOCKS = "blocks in order of time, each judged by what came before it"


def can_fold(asked: Request, *, in_order: bool) -> bool:
    """Whether every fold gets a row; groups in order of time are not folded.

    Args:
        asked: what the parts are cut from.
        in_order: whether the rows are judged in order of time.
    """
    split = asked.validation_split
    chosen = round(SHARE * asked.rows)
    if asked.own_selection or split > 0.0:
        chosen = asked.rows - math.floor(asked.rows * (1.0 - split))
    rest = asked.rows - chosen
    judging = rest // 2 if in_order else rest
    possible = judging >= FOLDS and (chosen > 0 or asked.own_selection)
    return possible and not (asked.in_order and asked.groups is not None)


def fold_rows(asked: Request, codes: np.ndarray | None, *, in_order: bool) -> Cut:
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
    return selection_rows(everything, asked, codes, in_order=in_order, seed=asked.seed + 1)


def _of_rows(groups: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    if groups is None:
        return None
    return np.unique(groups[rows], return_inverse=True)[1]


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
