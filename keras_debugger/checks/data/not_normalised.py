"""DAT101: input features are on a large, shifted or tiny scale."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_debugger.checks.base import Check
from keras_debugger.checks.data.features import feature_name, judge_numbers, typical_size
from keras_debugger.checks.layer_order import normalises_early
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LEAST_SPREAD, InputProfile, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need, Severity


@dataclass(frozen=True, kw_only=True)
class InputsNotNormalised(Check):
    """Input features are far from unit scale: large, far from zero, or tiny.

    Sees: median, deviation and range of each feature of the training inputs, outliers left out.
    Formula: size = largest absolute value, at most ten robust deviations from the median; offset =
        |mean| / sd of a feature that varies. Fires when a size exceeds `max_size`, when a feature
        of size above 3 has an offset above `max_offset`, or when the largest sd is below `min_sd`,
        also after Rescaling layers of the model: pixels from 0 to 1 that are divided by 255 again.
        Pixels from 0 to 1, one-hot columns and standardised tables are far inside.
    Source: LeCun et al. 1998, Efficient BackProp (the reason). `max_size` is ours: on 656 runs of
        eight set-ups the cut at 63 separates raw inputs from healthy ones without error.
    Known problems: a note where the model normalises inputs itself, or the run ends well.
    Fixes: normalize-inputs, add-batch-norm.
    """

    code: ClassVar[str] = "DAT101"
    name: ClassVar[str] = "inputs-not-normalised"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.DATA})

    max_size: float = 60.0  # unit of the feature
    max_offset: float = 30.0  # |mean| / sd, no unit
    min_sd: float = LEAST_SPREAD  # unit of the feature

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        return judge_numbers(record, lambda profile: self._judge(record, profile))

    def _judge(self, record: TrainingRecord, profile: InputProfile) -> tuple[Finding, ...]:
        varies = profile.maximum > profile.minimum
        if not varies.any():
            return ()
        size = np.where(varies, typical_size(profile), 0.0)
        sd = np.where(varies, profile.sd, np.nan)
        offset = np.where(size > 3.0, np.abs(profile.mean) / sd, 0.0)
        offset = np.nan_to_num(offset, nan=0.0)
        inside, scale = _normalises(record), _rescaled(record)
        if size.max() > self.max_size:
            worst, value, limit = int(size.argmax()), size.max(), self.max_size
            words = f"has values up to {profile.maximum[worst]:.3g}"
        elif offset.max() > self.max_offset:
            worst, value, limit = int(offset.argmax()), offset.max(), self.max_offset
            words = f"lies {value:.3g} standard deviations away from zero"
        elif np.nanmax(sd) * scale < self.min_sd:
            worst, value, limit = int(np.nanargmax(sd)), np.nanmax(sd) * scale, self.min_sd
            words = f"varies most, and only by {value:.1e}"
            if scale != 1.0:
                inside = False
                words += f" after the model has multiplied it by {scale:.3g}"
        else:
            return ()
        uneven = np.nanmax(sd) / np.nanmin(sd)
        severity = Severity.NOTE if inside else severity_by_outcome(record)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"Inputs are not normalised: {feature_name(profile, worst)} {words}"
                f" (deviations of the features differ by a factor of {uneven:.3g}).",
                place=feature_name(profile, worst),
                value=float(value),
                limit=limit,
                confidence=0.3 if inside else _confidence(float(value), limit),
                causes=(CauseKind.INPUTS_NOT_NORMALIZED,),
            ),
        )


def _normalises(record: TrainingRecord) -> bool:
    return record.model_description is not None and normalises_early(record.model)


def _rescaled(record: TrainingRecord) -> float:
    """Factor by which Rescaling layers of the model multiply the inputs; 1 without any.

    A model that normalises besides ends on unit scale whatever comes in.
    """
    layers = () if record.model_description is None else record.model.layers
    own = [one for one in layers if one.kind is LayerKind.PREPROCESSING and one.scale == 1.0]
    if own or any(layer.kind is LayerKind.NORMALIZATION for layer in layers[:4]):
        return 1.0
    return float(np.prod([layer.scale for layer in layers]))


def _confidence(value: float, limit: float) -> float:
    """The further beyond its limit, the surer: .65 at the limit, .93 from five times on."""
    beyond = abs(float(np.log(value / limit))) / float(np.log(5.0))
    return 0.65 + 0.28 * min(1.0, beyond)
