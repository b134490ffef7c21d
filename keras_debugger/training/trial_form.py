"""Plans and trials as text and arrays, and back; no pickle, so that reading a file runs no code."""

from __future__ import annotations

import io
import typing
from dataclasses import fields
from typing import Any

import numpy as np

from keras_debugger.recording.run.archive import read_archive, write_archive
from keras_debugger.recording.run.plain_values import from_plain, to_plain
from keras_debugger.training.layer_names import LayerNames
from keras_debugger.types.edit import Edit
from keras_debugger.types.plan import AppliedFix, Plan
from keras_debugger.types.trial import Trial
from keras_debugger.types.vocabulary import CauseKind, FixKind

_TEXT = "trial.json"


def plan_to_plain(plan: Plan) -> dict[str, Any]:
    """A plan as what JSON can hold."""
    return {
        "name": plan.name,
        "cause": None if plan.cause is None else plan.cause.value,
        "prior": plan.prior,
        "fixes": [
            {
                "name": fix.name,
                "kind": fix.kind.value,
                "reason": fix.reason,
                "risk": fix.risk,
                "edits": [[type(edit).__name__, to_plain(edit, {})] for edit in fix.edits],
            }
            for fix in plan.fixes
        ],
    }


def plan_from_plain(plain: dict[str, Any]) -> Plan:
    """The plan that `plan_to_plain` was given."""
    return Plan(
        name=plain["name"],
        cause=None if plain["cause"] is None else CauseKind(plain["cause"]),
        prior=plain["prior"],
        fixes=tuple(
            AppliedFix(
                name=fix["name"],
                kind=FixKind(fix["kind"]),
                edits=tuple(_edit(name, values) for name, values in fix["edits"]),
                reason=fix["reason"],
                risk=fix["risk"],
            )
            for fix in plain["fixes"]
        ),
    )


def pack_trial(trial: Trial, names: LayerNames | None = None) -> bytes:
    """A trial without its plan, as the bytes of a zip of JSON text and `.npy` arrays.

    Args:
        trial: the trial.
        names: names of layers that are written as places; None writes the names.
    """
    arrays: dict[str, np.ndarray] = {}
    plain = {
        field.name: to_plain(getattr(trial, field.name), arrays, field.name)
        for field in fields(Trial)
        if field.name != "plan"
    }
    buffer = io.BytesIO()
    write_archive(buffer, _TEXT, plain if names is None else names.as_places(plain), arrays)
    return buffer.getvalue()


def unpack_trial(packed: bytes, plan: Plan, names: LayerNames | None = None) -> Trial:
    """The trial that `pack_trial` was given; its arrays are read-only.

    Args:
        packed: the bytes.
        plan: its plan.
        names: names that layers have now; None if names were written.
    """
    plain, arrays = read_archive(io.BytesIO(packed), _TEXT)
    if names is not None:
        plain = names.as_names(plain)
    hints = typing.get_type_hints(Trial)
    values = {name: from_plain(item, hints[name], arrays) for name, item in plain.items()}
    return Trial(plan=plan, **values)


def _edit(name: str, values: dict[str, Any]) -> Edit:
    kinds: dict[str, Any] = {kind.__name__: kind for kind in typing.get_args(Edit)}
    edit: Edit = from_plain(values, kinds[name], {})
    return edit
