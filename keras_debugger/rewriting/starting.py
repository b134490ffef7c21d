"""Gives a rebuilt model the weights that it starts from, and tells which."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.engine import Rebuilt, rebuild
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.model_form import is_built_sequential
from keras_debugger.rewriting.prototype import Prototype
from keras_debugger.rewriting.randomness import untouched_random_state
from keras_debugger.rewriting.start_weights import Start, start_state
from keras_debugger.rewriting.subject import cannot_apply
from keras_debugger.rewriting.weights import copy_assets, is_seed, pair_variables, write_state
from keras_debugger.types.edit import AddSkip, Edit, SetOutput, SetUnits

Snapshot = Mapping[str, np.ndarray] | None
SHAPING = (SetUnits, AddSkip, SetOutput)


def rebuild_edited(
    prototype: Prototype, plan: RebuildPlan, edits: tuple[Edit, ...], *, seed: int
) -> Rebuilt:
    """Rebuild a model; raises UnsupportedModelError where new shapes do not go together."""
    try:
        return rebuild(prototype.model, plan, seed=seed)
    except ValueError as error:
        shaping = [edit for edit in edits if isinstance(edit, SHAPING)]
        if not shaping:
            raise
        reason = str(error).strip().splitlines()[0]
        raise cannot_apply(shaping[0], f"the new shapes do not go together: {reason}") from error


def set_start(
    prototype: Prototype,
    rebuilt: Rebuilt,
    plan: RebuildPlan,
    edits: tuple[Edit, ...],
    *,
    seed: int,
    snapshot: Snapshot,
    never_trained: bool,
) -> None:
    """Set the weights that a rebuilt model starts from.

    Args:
        prototype: the copy of the user's model.
        rebuilt: the model that was rebuilt from it.
        plan: what was changed.
        edits: the edits that the plan was made of.
        seed: seed of its fresh weights.
        snapshot: weights at the start of the recorded run by path, None if not recorded.
        never_trained: whether the user's model was never trained.

    Raises:
        UnsupportedModelError: a layer that keeps its weights got another shape.
    """
    _check_reshaped(prototype, rebuilt, plan, edits, seed, snapshot, never_trained)
    for path, layer, new in _kinds_kept(rebuilt):
        if path in plan.fresh:
            continue
        copy_assets(layer, new)
        _, values = start_state(
            prototype.known[path], layer, new, snapshot=snapshot, never_trained=never_trained
        )
        if values:
            write_state(new, layer.variables, values, with_seeds=False)


def told_start(prototype: Prototype, *, snapshot: Snapshot, never_trained: bool) -> tuple[str, ...]:
    """From which weights trainings start, in words: one sentence, more if layers differ.

    Args:
        prototype: the copy of the user's model.
        snapshot: weights at the start of the recorded run by path, None if not recorded.
        never_trained: whether the user's model was never trained.
    """
    told = ["Every training starts from fresh weights that its seed draws."]
    model = prototype.model
    if isinstance(model, keras.Sequential) and not is_built_sequential(model):
        return tuple(told)
    with untouched_random_state():
        fresh = rebuild(model, RebuildPlan(), seed=0)
    by_reason: dict[Start, list[str]] = {}
    for path, layer, new in _kinds_kept(fresh):
        if layer.variables:
            reason, _ = start_state(
                prototype.known[path], layer, new, snapshot=snapshot, never_trained=never_trained
            )
            by_reason.setdefault(reason, []).append(path)
    if not {Start.FRESH, Start.NOT_FINITE} & set(by_reason) and by_reason:
        told = ["No layer starts from fresh weights."]
    when = "at the start of the recorded run" if snapshot else "when autofix was called"
    for reason in (Start.PREPROCESSING, Start.FROZEN, Start.SET):
        if reason in by_reason:
            told.append(f"{_named(by_reason[reason])} begin{_s(by_reason[reason])} with "
                        f"{reason.value}, as {when}.")  # fmt: skip
    if Start.NOT_FINITE in by_reason:
        paths = by_reason[Start.NOT_FINITE]
        told.append(f"{_named(paths)} get{_s(paths)} {Start.NOT_FINITE.value}.")
    return tuple(told)


def _named(paths: list[str]) -> str:
    shown = ", ".join(map(repr, paths[:3]))
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"The layer{_s(paths, plural='s', single='')} {shown}{more}"


def _s(paths: list[str], *, plural: str = "", single: str = "s") -> str:
    return plural if len(paths) > 1 else single


def _kinds_kept(rebuilt: Rebuilt) -> Iterator[tuple[str, Any, Any]]:
    for path, layer, new in rebuilt.pairs:
        if isinstance(layer, keras.layers.Layer) and type(new) is type(layer):
            yield path, layer, new


def _check_reshaped(
    prototype: Prototype,
    rebuilt: Rebuilt,
    plan: RebuildPlan,
    edits: tuple[Edit, ...],
    seed: int,
    snapshot: Snapshot,
    never_trained: bool,
) -> None:
    changed = [path for path, layer, new in _kinds_kept(rebuilt) if _loses_weights(layer, new)]
    changed = [path for path in changed if path not in plan.fresh]
    if not changed:
        return
    plain = rebuild(prototype.model, RebuildPlan(), seed=seed)
    for path, layer, new in _kinds_kept(plain):
        if path not in changed or not layer.variables:
            continue
        reason, _ = start_state(
            prototype.known[path], layer, new, snapshot=snapshot, never_trained=never_trained
        )
        if reason.keeps:
            edit = next((e for e in edits if isinstance(e, SHAPING)), edits[0])
            raise cannot_apply(edit, f"the layer {path!r} keeps {reason.value}, of another shape")


def _loses_weights(layer: Any, new: Any) -> bool:
    """Whether a weight of a layer has no place in the one that was made from it."""
    source = list(layer.variables)
    kept = {from_ for from_, _ in pair_variables(source, list(new.variables))}
    return any(i not in kept and not is_seed(variable) for i, variable in enumerate(source))
