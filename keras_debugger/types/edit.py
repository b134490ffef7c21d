"""Edits: the small changes that fixes are made of, as plain values.

A fix says what to change by adding edits to a TrainingSetup; `rewriting/` and `training/` know how.
Layers are named by `LayerDescription.path`.
"""

from dataclasses import dataclass
from enum import StrEnum

from keras_debugger.types.vocabulary import Activation, LossKind


class Schedule(StrEnum):
    """Learning-rate schedules that an edit can ask for."""

    ON_PLATEAU = "reduce on plateau"  # factor 0.5, patience 5, on the selection loss
    COSINE = "cosine decay"
    WARM_UP = "linear warm-up, then constant"
    CONSTANT = "constant"  # the rate that the optimizer begins with, whatever changed it later


@dataclass(frozen=True, slots=True, kw_only=True)
class SetActivation:
    """Give a hidden layer another activation."""

    layer: str
    activation: Activation


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInitializer:
    """Give a layer another kernel initializer (`he_normal`, ...) and a zero bias."""

    layer: str
    initializer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertDropout:
    """Put dropout after a layer.

    It is spatial after convolutions; recurrent layers drop inputs and state, attention its weights.
    """

    layer: str
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDropout:
    """Change the rate of dropout, or the standard deviation of noise; 0 switches it off."""

    layer: str
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertBatchNormalization:
    """Put batch normalisation between a layer's linear part and its activation."""

    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertLayerNormalization:
    """Put layer normalisation after a layer."""

    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBatchNormMomentum:
    """Change the momentum of a batch normalisation."""

    layer: str
    momentum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetL2:
    """Set the L2 penalty of a layer's kernel; 0 removes all its penalties and constraints."""

    layer: str
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTrainable:
    """Freeze or unfreeze a layer."""

    layer: str
    trainable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUnits:
    """Give a hidden layer another number of units or filters, and fresh weights."""

    layer: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSkip:
    """Add the output of an earlier layer (`source`) to that of a layer, both of one shape."""

    layer: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FillInput:
    """Replace NaN in an input by the mean of the feature, infinity by its farthest value."""

    input: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizeInput:
    """Put a Normalization layer, adapted on training data, behind an input (by its position).

    Its answers are `times` as large as those on unit scale, where a Rescaling comes after it.
    """

    input: int = 0
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOutput:
    """Give an output another activation, and another number of units if given."""

    output: int
    activation: Activation
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleTargets:
    """Answer in the user's unit through a last Rescaling(sd, mean) layer.

    The loss is weighted by 1 / sd**2 (squared error) or 1 / sd (absolute error), so the layers
    before it train as on standardised targets while data and saved model keep the user's unit.
    """

    output: int
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLoss:
    """Give an output another loss."""

    output: int
    loss: LossKind
    from_logits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleLearningRate:
    """Multiply the learning rate (the whole schedule, if there is one)."""

    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchedule:
    """Let the learning rate follow a schedule."""

    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipNorm:
    """Clip gradients: each variable's norm, or the norm over all variables."""

    limit: float = 1.0
    over_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOptimizer:
    """Use another optimizer (`adam`, ...) with its learning rate."""

    name: str
    learning_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWeightDecay:
    """Let the optimizer take `factor / sqrt(steps of the training)` of each weight at each step.

    0 switches weight decay off. Keras multiplies its `weight_decay` by the learning rate, so it
    is divided by the first one.
    """

    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceClasses:
    """Weight the classes by n / (classes * count), as scikit-learn's `balanced`.

    `by_row` says that the weights must be given as sample weights, where Keras refuses
    class weights: several outputs, labels for each step, or rows that have weights already.
    """

    by_row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEarly:
    """Stop when the selection loss no longer falls, and keep the best weights."""

    patience: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEpochs:
    """Train for another number of epochs."""

    epochs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBatchSize:
    """Train with another batch size."""

    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffle:
    """Shuffle the rows in each epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropBrokenRows:
    """Leave rows with NaN or infinite values out of training (told in the report)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitAnew:
    """Pool training and selection rows and split them anew, at random within each class."""


ModelEdit = (
    SetActivation
    | SetInitializer
    | InsertDropout
    | SetDropout
    | InsertBatchNormalization
    | InsertLayerNormalization
    | SetBatchNormMomentum
    | SetL2
    | SetTrainable
    | SetUnits
    | AddSkip
    | FillInput
    | NormalizeInput
    | SetOutput
    | ScaleTargets
)
CompileEdit = SetLoss | ScaleLearningRate | SetSchedule | ClipNorm | SetOptimizer | SetWeightDecay
FitEdit = (
    BalanceClasses | StopEarly | SetEpochs | SetBatchSize | Shuffle | DropBrokenRows | SplitAnew
)
Edit = ModelEdit | CompileEdit | FitEdit
