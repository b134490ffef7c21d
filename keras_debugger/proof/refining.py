"""Other numbers of a fix that won, where its number is a guess."""

import math
from collections.abc import Iterator
from dataclasses import replace

from keras_debugger.types.edit import ScaleLearningRate
from keras_debugger.types.plan import AppliedFix, Plan

STEP = math.sqrt(10.0)  # between the factors of the fixes, which are powers of ten


def refined(plan: Plan) -> Iterator[Plan]:
    """The plan with a learning rate half a power of ten lower, and higher; none without a rate."""
    if not any(isinstance(edit, ScaleLearningRate) for edit in plan.edits):
        return
    for step in (1.0 / STEP, STEP):
        fixes = tuple(_scaled(fix, step) for fix in plan.fixes)
        yield replace(plan, name=f"{plan.name} (rate x{step:.2g})", fixes=fixes)


def _scaled(fix: AppliedFix, step: float) -> AppliedFix:
    edits = tuple(
        replace(edit, factor=edit.factor * step) if isinstance(edit, ScaleLearningRate) else edit
        for edit in fix.edits
    )
    return replace(fix, edits=edits)
