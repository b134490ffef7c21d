"""From which weights a training starts: a stated rule, layer by layer.

1. Weights that hold NaN or infinity are never a start.
2. A layer that an edit changes (its initializer or its number of units) starts from fresh weights.
3. Preprocessing layers (Normalization, vocabularies) and layers without any trained weight start
   from the weights at the start of the recorded run, or else from the present ones.
4. A layer whose weights at the start of the recorded run (or now, if the model was never trained)
   do not look like a draw of its initializer keeps them: they are pretrained, or set on purpose.
5. Every other layer starts from fresh weights that depend on the seed only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import keras
import numpy as np
from scipy import stats

from keras_debugger.rewriting.weights import is_finite, is_seed, pair_variables

# A draw of the same initializer is taken for another one in one of 1e6 variables.
_CHANCE = 1e-6
_SAMPLE = 10_000  # values of a variable that are looked at


class Start(StrEnum):
    """From what a layer starts, and why."""

    FRESH = "fresh weights that depend on the seed only"
    NOT_FINITE = "fresh weights, because the known ones hold NaN or infinity"
    PREPROCESSING = "what was computed from data before training"
    FROZEN = "weights that are not trained"
    SET = "weights that are no draw of an initializer: pretrained, or set on purpose"

    @property
    def keeps(self) -> bool:
        """Whether known weights are kept."""
        return self not in (Start.FRESH, Start.NOT_FINITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownState:
    """What is known of the weights of one layer of the user's model.

    Args:
        present: values when the model was read.
        paths: paths of the variables in a snapshot of the start of a run.
        frozen: whether it has weights, and none of them is trained.
    """

    present: tuple[np.ndarray, ...]
    paths: tuple[str, ...]
    frozen: bool


def start_state(
    known: KnownState,
    prototype: Any,
    new: Any,
    *,
    snapshot: Mapping[str, np.ndarray] | None,
    never_trained: bool,
) -> tuple[Start, tuple[np.ndarray, ...]]:
    """The weights that a layer starts from.

    Args:
        known: what is known of the layer.
        prototype: its copy in the blueprint.
        new: the layer in the rebuilt model, freshly initialised.
        snapshot: weights at the start of the recorded run by path, None if not recorded.
        never_trained: whether the user's model was never trained.

    Returns:
        The reason, and values for the variables of the prototype; none to keep the fresh ones.
    """
    recorded = _from_snapshot(known, prototype, snapshot)
    start = recorded if recorded is not None else known.present
    if not start:
        return Start.FRESH, ()
    if not is_finite(start):
        return Start.NOT_FINITE, ()
    if is_preprocessing(prototype):
        return Start.PREPROCESSING, start
    if known.frozen:
        return Start.FROZEN, start
    if recorded is None and not never_trained:
        return Start.FRESH, ()
    return (Start.FRESH, ()) if looks_fresh(prototype, start, new) else (Start.SET, start)


def _from_snapshot(
    known: KnownState, prototype: Any, snapshot: Mapping[str, np.ndarray] | None
) -> tuple[np.ndarray, ...] | None:
    if snapshot is None or len(known.present) != len(prototype.variables):
        return None
    values = []
    variables = zip(prototype.variables, known.paths, known.present, strict=True)
    for variable, path, present in variables:
        value = snapshot.get(path)
        if is_seed(variable):
            values.append(present)
        elif value is None or tuple(value.shape) != tuple(variable.shape):
            return None
        else:
            values.append(np.asarray(value))
    return tuple(values)


def is_preprocessing(layer: Any) -> bool:
    """Whether a layer holds what was computed from data before training."""
    names = ("Normalization", "StringLookup", "IntegerLookup", "TextVectorization")
    kinds = (getattr(keras.layers, name) for name in (*names, "Discretization"))
    return isinstance(layer, tuple(kinds))


def looks_fresh(prototype: Any, values: tuple[np.ndarray, ...], new: Any) -> bool:
    """Whether values could be another draw of the initializers of a fresh layer.

    A variable that is constant when fresh must be equal; of the others the distributions of the
    values are compared (two-sample Kolmogorov-Smirnov test, chance of error 1e-6).

    Args:
        prototype: the layer that the values belong to.
        values: values of its variables.
        new: the fresh layer.
    """
    target = list(new.variables)
    for from_, to in pair_variables(list(prototype.variables), target):
        if is_seed(target[to]):
            continue
        if not _same_draw(np.asarray(values[from_]), np.array(target[to].numpy())):
            return False
    return True


def _same_draw(value: np.ndarray, fresh: np.ndarray) -> bool:
    if value.shape != fresh.shape or not np.issubdtype(value.dtype, np.number):
        return True
    if np.array_equal(value, fresh):
        return True
    one, two = (_thinned(np.asarray(a, dtype=np.float64).ravel()) for a in (value, fresh))
    if np.ptp(two) == 0.0:
        return bool(np.allclose(one, two, rtol=1e-6, atol=1e-8))
    if np.ptp(one) == 0.0 and one.size > 1:
        return False
    if one.size < 2:
        return True
    return bool(stats.ks_2samp(one, two, method="auto").pvalue > _CHANCE)


def _thinned(values: np.ndarray) -> np.ndarray:
    step = max(1, values.size // _SAMPLE)
    return values[::step]
