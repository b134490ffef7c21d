"""Train a regression on standardised targets, and answer in the user's unit."""

import math
from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit
from keras_debugger.types.edit import ScaleTargets as ScaleTargetsEdit
from keras_debugger.types.record import LabelProfile, ModelDescription, OutputDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import Activation, FixKind, LabelForm, LossKind

SCALABLE = (LossKind.MEAN_SQUARED_ERROR, LossKind.MEAN_ABSOLUTE_ERROR, LossKind.HUBER)


@dataclass(frozen=True, kw_only=True)
class ScaleTargets(StructuralFix):
    """Let the layers train as on standardised targets; a last Rescaling layer undoes it.

    Data and saved model keep the user's unit. Where targets have outliers, median and mean
    deviation stand in for mean and standard deviation.

    When: targets of a regression are far from zero or their spread is far from one.
    Refused when: the model cannot be rebuilt; labels are classes; targets are near mean 0 and
        deviation 1 already, hold NaN or are constant; the loss is neither squared, absolute
        nor Huber's error; the last activation is not linear; it has been done.
    Risk: the shown loss keeps the user's unit, so its numbers do not tell the scaled loss.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.5.
    """

    name: ClassVar[str] = "scale-targets"
    kind: ClassVar[FixKind] = FixKind.SCALE_TARGETS
    reason: ClassVar[str] = "The last layer need not grow huge weights to reach the targets."
    risk: ClassVar[str] = "None known beside one more layer."

    near_mean: float = 1.0  # distance of the mean from 0 that counts as none, in the user's unit
    near_sd: float = 3.0  # ratio of the deviation to 1 that counts as none

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        done = {
            edit.output
            for edit in setup.edits_of(ScaleTargetsEdit)
            if isinstance(edit, ScaleTargetsEdit)
        }
        reasons: list[str] = []
        edits: list[Edit] = []
        pairs = zip(model.outputs, setup.data.labels, strict=False)
        for position, (output, labels) in enumerate(pairs):
            reason = self._against(output, labels)
            if position in done:
                reason = "targets that are scaled already"
            if reason:
                reasons.append(reason)
                continue
            mean, sd = _scale(labels)
            edits.append(ScaleTargetsEdit(output=position, mean=mean, sd=sd))
        if not edits:
            raise self.refuse(
                given="; ".join(reasons) or "a model without known outputs",
                expected="numbers on a scale far from one as targets of a linear output under "
                "squared, absolute or Huber's error",
                do="make the output and the loss fit the labels first, or look at another fix",
            )
        return tuple(edits)

    def _against(self, output: OutputDescription, labels: LabelProfile) -> str:
        """Why the targets of an output are left alone; empty if they are to be scaled."""
        if labels.form is not LabelForm.CONTINUOUS:
            return f"labels that are {labels.form.value}"
        if labels.nonfinite:
            return "targets with NaN or infinity"
        if output.activation is not Activation.LINEAR:
            return f"an output with {output.activation.value} activation"
        if output.loss not in SCALABLE:
            return f"the loss {output.loss_name}"
        mean, sd = _scale(labels)
        if not (sd > 0 and math.isfinite(sd) and math.isfinite(mean)):
            return "targets that are all equal"
        if abs(mean) <= self.near_mean and abs(math.log(sd)) <= math.log(self.near_sd):
            return "targets that are near mean 0 and deviation 1"
        return ""


def _scale(labels: LabelProfile) -> tuple[float, float]:
    """Centre and spread; 1.2533 is deviation / mean absolute deviation of a normal."""
    if labels.outlier_share > 0 and labels.mean_abs_deviation > 0:
        return labels.median, 1.2533 * labels.mean_abs_deviation
    return labels.mean, labels.sd
