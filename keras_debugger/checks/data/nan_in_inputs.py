"""DAT102: inputs hold NaN or infinite values."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.features import feature_name
from keras_debugger.checks.outcome import GOOD, quality
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class NanInInputs(Check):
    """Training or validation inputs hold NaN or infinite values.

    Sees: the number of values and rows that are not finite.
    Formula: fires at one row.
    Source: arithmetic: one such row makes the loss of its batch and every weight NaN.
    Known problems: a model of its own that leaves out missing values can live with them; where the
        run ends well this is a note.
    Fixes: clean-data, drop-broken-rows.
    """

    code: ClassVar[str] = "DAT102"
    name: ClassVar[str] = "nan-in-inputs"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        parts = [("training", record.data)]
        if record.validation_profile is not None:
            parts.append(("validation", record.validation_profile))
        for part, data in parts:
            for profile in data.inputs:
                if not profile.nonfinite_rows:
                    continue
                hit = np.flatnonzero(profile.nonfinite)
                names = [feature_name(profile, int(i)) for i in hit[:3]]
                more = ", ..." if hit.size > 3 else ""
                lives = quality(record) >= GOOD
                finding = self.finding(
                    severity=Severity.NOTE if lives else Severity.ERROR,
                    summary=f"{profile.nonfinite_rows} {part} rows hold NaN or infinity, in "
                    f"{', '.join(names)}{more}.",
                    place=names[0] if names else profile.name,
                    value=float(profile.nonfinite_rows),
                    limit=0.0,
                    confidence=0.97,
                    causes=(CauseKind.NAN_IN_DATA,),
                )
                return (finding,)
        return ()
