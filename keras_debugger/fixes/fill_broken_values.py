"""Fill NaN and infinity in the inputs by layers of the model."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import DropBrokenRows, Edit, FillInput
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class FillBrokenValues(StructuralFix):
    """Replace NaN by the training mean of the feature, and infinity by a far value, in the model.

    Infinity, as of a logarithm of 0, becomes a value on its side, as far from the mean as the
    farthest one of training. A feature without a finite value has no mean and becomes 0 in every
    row, or next to 0, as if it were left out. The saved model then answers for rows with missing
    values too.

    When: inputs miss values here and there, also in the rows that the model will meet later; or
        whole features are broken, as constant ones are after a division by their deviation.
    Refused when: the model cannot be rebuilt; no input has broken values; labels are broken; an
        input has no finite value at all; it holds whole numbers or text; the plan leaves broken
        rows out.
    Risk: a filled value looks like a typical one, so correlations weaken, and that it was missing
        is no longer to be seen.
    Source: Little and Rubin 2019, Statistical Analysis with Missing Data, chapter 4 (mean
        imputation and what it costs).
    """

    name: ClassVar[str] = "fill-broken-values"
    kind: ClassVar[FixKind] = FixKind.CLEAN_DATA
    reason: ClassVar[str] = "Rows with a missing value can be learned from, and answered."
    risk: ClassVar[str] = "A filled value can no longer be told from a measured one."

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        del model
        data = setup.data
        filled = {edit.input for edit in setup.edits if isinstance(edit, FillInput)}
        broken = [i for i, one in enumerate(data.inputs) if one.nonfinite_rows and i not in filled]
        given = ""
        if setup.edits_of(DropBrokenRows):
            given = "a plan that leaves broken rows out"
        elif any(one.nonfinite for one in data.labels):
            given = "labels with NaN or infinity"
        elif not broken:
            given = "inputs without broken values"
        reasons = [self._against(setup, position) for position in broken]
        if not given and any(reasons):
            given = "; ".join(filter(None, reasons))
        if given:
            raise self.refuse(
                given=given,
                expected="inputs of floating-point numbers with some NaN or infinity, and labels "
                "without",
                do="leave broken rows out, or repair the columns",
            )
        return tuple(FillInput(input=position) for position in broken)

    def _against(self, setup: TrainingSetup, position: int) -> str:
        """Why an input cannot be filled; empty if it can."""
        profile, inputs = setup.data.inputs[position], setup.model.inputs
        declared = inputs[position].dtype if position < len(inputs) else profile.dtype
        name = f"input {profile.name or position}"
        if "float" not in declared:
            return f"{name} that holds no floating-point numbers ({declared})"
        if not np.isfinite(profile.mean).any():
            return f"{name} without any finite value"
        return ""
