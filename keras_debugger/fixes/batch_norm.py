"""Put batch normalisation before the hidden activations."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.flow import (
    block,
    handles_sequences,
    hidden_layers,
    passage,
    upstream,
)
from keras_debugger.fixes.structural import StructuralFix
from keras_debugger.types.edit import Edit, InsertBatchNormalization, InsertDropout, SetBatchSize
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind, LayerKind


@dataclass(frozen=True, kw_only=True)
class BatchNorm(StructuralFix):
    """Put batch normalisation between the linear part and the activation of hidden layers.

    When: signals or gradients shrink or grow from layer to layer, or inputs are on uneven scales.
    Refused when: the model cannot be rebuilt; the plan adds dropout before; batches hold fewer than
        eight rows; no trained hidden dense or convolutional layer is left that is not normalised
        already, handles no sequence and has no dropout before it.
    Risk: small or uneven batches make validation worse; rows of a batch influence each other.
    Source: Ioffe and Szegedy 2015, arXiv:1502.03167; Li et al. 2019, arXiv:1801.05134 (not after
        dropout). The limit of eight rows is a judgement from Wu and He 2018, arXiv:1803.08494.
    """

    name: ClassVar[str] = "batch-norm"
    kind: ClassVar[FixKind] = FixKind.ADD_BATCH_NORM
    reason: ClassVar[str] = "Each layer gets inputs of one scale, whatever the layers before do."
    risk: ClassVar[str] = "Small or uneven batches make validation worse."

    least_rows: int = 8  # rows in a batch

    def changes(self, setup: TrainingSetup, model: ModelDescription) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        if setup.edits_of(InsertDropout):
            raise self.refuse(
                given="a plan that adds dropout",
                expected="a plan that normalises first",
                do="put batch normalisation before dropout in the plan",
            )
        rows = batch_rows(setup)
        if rows < self.least_rows:
            raise self.refuse(
                given=f"batches of {rows} rows",
                expected=f"batches of at least {self.least_rows} rows",
                do="use layer normalisation or larger batches",
            )
        edits = tuple(
            InsertBatchNormalization(layer=layer.path)
            for layer in hidden_layers(model, LayerKind.DENSE, LayerKind.CONV)
            if layer.parameters
            and not handles_sequences(layer)
            and not is_normalized(model, layer)
            and not any(_drops(one) for one in upstream(model, layer.path))
        )
        if not edits:
            raise self.refuse(
                given="a model without a hidden layer that batch normalisation may follow",
                expected="a trained hidden dense or convolutional layer that is not normalised, "
                "handles no sequence and has no dropout before it",
                do="use layer normalisation",
            )
        return edits


def batch_rows(setup: TrainingSetup) -> int:
    """Rows in a batch after the edits; Keras's 32 if not known."""
    rows = setup.fit.batch_size or 32
    for edit in setup.edits:
        if isinstance(edit, SetBatchSize):
            rows = edit.rows
    return rows


def is_normalized(model: ModelDescription, layer: LayerDescription) -> bool:
    """Whether a normalisation takes the output of a layer, or of its activation."""
    ahead = (*block(model, layer.path), *passage(model, layer.path))
    return any(one.kind is LayerKind.NORMALIZATION for one in ahead)


def _drops(layer: LayerDescription) -> bool:
    return layer.kind is LayerKind.DROPOUT and layer.dropout > 0
