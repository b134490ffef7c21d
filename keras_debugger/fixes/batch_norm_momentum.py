"""Let the moving statistics of batch normalisation follow faster."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import is_batch_norm
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, SetBatchNormMomentum
from keras_debugger.types.record import ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class BatchNormMomentum(StructuralFix):
    """Lower the momentum of all batch normalisations to 0.9.

    At 0.99, Keras's default, a tenth of the initial statistics is left after 230 steps; at 0.9,
    after 22.

    When: training is good and validation of the same kind of data is bad in a run of few steps.
    Refused when: the model cannot be rebuilt, or no trained batch normalisation has more.
    Risk: statistics follow single batches, so small batches make them noisy.
    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.1. 0.9 is the momentum that
        He et al. 2016, arXiv:1512.03385, trained with.
    """

    name: ClassVar[str] = "batch-norm-momentum"
    kind: ClassVar[FixKind] = FixKind.CHANGE_BATCH_NORM_MOMENTUM
    reason: ClassVar[str] = "Moving statistics catch up with the weights within few steps."
    risk: ClassVar[str] = "Small batches make the statistics noisy."

    momentum: float = 0.9  # share of the old statistics that each step keeps

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        edits = tuple(
            SetBatchNormMomentum(layer=layer.path, momentum=self.momentum)
            for layer in model.layers
            if is_batch_norm(layer)
            and layer.trainable
            and "+" not in layer.path
            and (layer.momentum or 0.0) > self.momentum
        )
        if not edits:
            raise self.refuse(
                given="a model without a slow batch normalisation",
                expected=f"a trained batch normalisation with momentum above {self.momentum:g}",
                do="look at how training and validation data differ",
            )
        return edits
