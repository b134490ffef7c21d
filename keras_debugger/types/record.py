"""TrainingRecord: everything that was seen of one training run, as plain arrays and words.

All arrays are read-only. NaN stands for "not recorded at this row". Steps and epochs count from 0.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from keras_debugger.errors import MissingEvidenceError
from keras_debugger.types.pickling import WithMappings
from keras_debugger.types.vocabulary import (
    Activation,
    Ending,
    LabelForm,
    LayerKind,
    LossKind,
    ModelKind,
    Need,
    VariableRole,
)

SCHEMA_VERSION = 1
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochLogs(WithMappings):
    """What Keras logged at epoch ends.

    Args:
        epoch: epoch numbers, shape (epochs,), int.
        values: log name (`loss`, `val_loss`, `accuracy`, ...) to values, each shape (epochs,),
            float64, NaN where the epoch has no value. `loss` is Keras's running mean over the epoch
            and includes regularisation terms.
        restarts: rows at which a new run starts in the same log, empty for one run.
        missing: log name to the rows at which a file holds no value for it; any other NaN in a
            record read from a file was logged as NaN.
    """

    epoch: np.ndarray
    values: Mapping[str, np.ndarray]
    restarts: tuple[int, ...] = ()
    missing: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def count(self) -> int:
        """Number of epochs."""
        return len(self.epoch)

    def finite(self, name: str) -> np.ndarray:
        """The finite values of a log in their order; empty if there are none."""
        values = self.values.get(name, np.empty(0))
        return np.asarray(values[np.isfinite(values)], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLogs:
    """What was seen at each optimizer step; all arrays have shape (steps,).

    Args:
        step: step numbers, int.
        epoch: epoch of each step, int.
        loss: loss of this step's batch alone, as the user's train_step computed it.
        learning_rate: learning rate in force at the step.
        batch_size: rows in the batch, int.
        seconds: time since training began, in seconds (interpolated inside an epoch).
        penalty: part of the loss that regularizers and `add_loss` of layers make; NaN where the
            train_step does not show it, None in older records.
    """

    step: np.ndarray
    epoch: np.ndarray
    loss: np.ndarray
    learning_rate: np.ndarray
    batch_size: np.ndarray
    seconds: np.ndarray
    penalty: np.ndarray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableDescription:
    """One trainable variable, resolved at capture.

    Args:
        path: unique path as Keras gives it, such as `sequential/dense/kernel`.
        layer: name of its layer.
        role: what it does in its layer.
        shape: shape.
        depth: position of its layer from the input, from 0.
        initial_mean: mean of the values before the first step, NaN if not seen.
        initial_sd: standard deviation of the values before the first step, NaN if not seen.
    """

    path: str
    layer: str
    role: VariableRole
    shape: tuple[int, ...]
    depth: int
    initial_mean: float = float("nan")
    initial_sd: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientLog:
    """Statistics of the gradients that the optimizer received; arrays (rows, variables).

    Args:
        variables: the trainable variables, in order of the columns.
        step: step of each row, shape (rows,), int.
        norm: L2 norm of the gradient before clipping, unit of the loss per unit of the weight;
            NaN for a variable that gets no gradient.
        max_abs: largest absolute entry.
        zero_share: share of entries that are exactly zero, 0 to 1 (rows for embeddings).
        finite: False where the gradient holds NaN or infinity, bool.
        weight_norm: L2 norm of the variable before the step; between rows in full the last known.
        update_norm: L2 norm of the change that the step made.
        clipped_norm: L2 norm after clipping, accumulation and unscaling; None where the optimizer
            changes nothing.
        without_gradient: columns of variables for which the tape gave no gradient.
        first_nonfinite: (step, column) of the first NaN or infinity, None if there is none.
        full_every: gradient norms and flags are recorded at each row; max_abs, zero_share,
            update_norm and weight_norm at the first steps and at every `full_every`-th step.
    """

    variables: tuple[VariableDescription, ...]
    step: np.ndarray
    norm: np.ndarray
    max_abs: np.ndarray
    zero_share: np.ndarray
    finite: np.ndarray
    weight_norm: np.ndarray
    update_norm: np.ndarray
    clipped_norm: np.ndarray | None = None
    without_gradient: tuple[int, ...] = ()
    first_nonfinite: tuple[int, int] | None = None
    full_every: int = 1

    @property
    def global_norm(self) -> np.ndarray:
        """L2 norm over all variables, shape (rows,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.nansum(np.square(self.norm.astype(np.float64)), axis=1)
        return np.asarray(np.sqrt(squares))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationLog:
    """Layer outputs on one fixed batch; arrays (probes, layers), NaN where it does not apply.

    Args:
        layers: layer names, in order of the columns; a shared layer has one column for each call.
        step: optimizer steps done before each probe, shape (probes,), int; 0 is before training.
        dead_share: share of units that are zero (or below, for a leaky unit) for every row of the
            batch, 0 to 1; ReLU family only.
        saturated_share: share of outputs within 1 % of the limits of tanh or sigmoid, 0 to 1.
        pre_activation_sd: standard deviation over rows and units before the activation.
        output_sd: mean over units of the standard deviation over rows, after the activation.
        mean_abs: mean absolute output.
        finite: False where the output holds NaN or infinity, bool.
    """

    layers: tuple[str, ...]
    step: np.ndarray
    dead_share: np.ndarray
    saturated_share: np.ndarray
    pre_activation_sd: np.ndarray
    output_sd: np.ndarray
    mean_abs: np.ndarray
    finite: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionLog:
    """Answers of the first output on one fixed batch with known labels.

    Args:
        step: optimizer steps done before each probe, shape (probes,), int; 0 is before training.
        rows: number of rows in the batch.
        spread: mean over units of the standard deviation over rows, shape (probes,).
        mean: mean answer, shape (probes,).
        sd_of_labels: standard deviation of the labels in the batch, NaN for classes.
        class_shares: share of rows answered with each class, shape (probes, classes); None for
            numbers.
        recall: share of the rows of each class that are answered right, shape (probes, classes),
            NaN for a class that is not in the batch; None for numbers.
        label_shares: share of each class among the labels of the batch, shape (classes,).
        from_validation: whether the batch was held-out data.
        finite: False where an answer is NaN or infinite, shape (probes,), bool.
    """

    step: np.ndarray
    rows: int
    spread: np.ndarray
    mean: np.ndarray
    finite: np.ndarray
    sd_of_labels: float = float("nan")
    class_shares: np.ndarray | None = None
    recall: np.ndarray | None = None
    label_shares: np.ndarray | None = None
    from_validation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDescription:
    """One layer, resolved once; layers of nested models are listed too.

    Args:
        name: layer name.
        path: names of the models it is nested in and its own, joined by `/`; unique.
        kind: what it is.
        class_name: name of its class, for people to read.
        activation: its activation, LINEAR if it has none.
        units: units or filters, None if it has none.
        parameters: number of weights.
        trainable: whether its weights are trained.
        trainable_parameters: number of weights that are trained.
        output_shape: shape of its first output, None for unknown sizes.
        recurrent_activation: activation of the gates, for recurrent layers.
        dropout: dropout rate (also of recurrent layers), 0 if none.
        l1: factor of the L1 weight penalty of its kernel.
        l2: factor of the L2 weight penalty of its kernel.
        regularizers: names of its settings that penalise or bound its weights or answers, such as
            `activity_regularizer` and `kernel_constraint`.
        noise: standard deviation of the noise that it adds in training, 0 if none.
        kept_by_constraint: share of the norm that the constraint of a weight matrix leaves of it
            before the first step, the smallest; None without a constraint.
        kernel_initializer: class name of its kernel's initializer, empty if it has none.
        bias_initializer: class name of its bias's initializer, empty if it has none.
        momentum: momentum of the moving statistics of batch normalisation, None otherwise.
        is_output: whether one of the model's outputs is this layer's output.
        feeds: paths of the layers that take its output.
        looks_untrained: of a frozen layer, whether its biases are all equal, as an initializer
            leaves them; None if it is trained or has no biases.
        training_argument: the `training` that a call of it (or of the model it is nested in) fixes
            in a functional model; None if all calls leave it to fit and predict.
    """

    name: str
    path: str
    kind: LayerKind
    class_name: str
    activation: Activation = Activation.LINEAR
    units: int | None = None
    parameters: int = 0
    trainable: bool = True
    trainable_parameters: int = 0
    output_shape: tuple[int | None, ...] | None = None
    recurrent_activation: Activation | None = None
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    regularizers: tuple[str, ...] = ()
    noise: float = 0.0
    kept_by_constraint: float | None = None
    kernel_initializer: str = ""
    bias_initializer: str = ""
    momentum: float | None = None
    is_output: bool = False
    feeds: tuple[str, ...] = ()
    looks_untrained: bool | None = None
    training_argument: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDescription:
    """One output of the model and the loss that judges it.

    Args:
        name: output name.
        layer: path of the layer with the last weights before the output, empty if unknown.
        activation: activation that the output passes last.
        units: size of the last axis, None if unknown.
        rank: rank of the output with the batch axis, None if unknown.
        loss: loss on this output.
        loss_name: its name, for people to read.
        from_logits: whether the loss takes logits; None if the loss does not know the question.
        inner: activations between the last weights and the last activation, first one first.
    """

    name: str
    layer: str
    activation: Activation
    units: int | None
    rank: int | None
    loss: LossKind
    loss_name: str
    from_logits: bool | None = None
    inner: tuple[Activation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDescription:
    """One input of the model: its name, shape without the batch axis, and dtype."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerDescription:
    """The optimizer at the start of the run.

    Args:
        name: class name in lower case, such as `adam`.
        learning_rate: learning rate at the first step.
        schedule: class name of the learning-rate schedule, empty for a constant rate.
        momentum: momentum of SGD or RMSprop, 0 otherwise.
        clipnorm: limit of each gradient's norm, None if not set.
        clipvalue: limit of each gradient's entries, None if not set.
        global_clipnorm: limit of the norm over all gradients, None if not set.
        weight_decay: decoupled weight decay, None if not set.
    """

    name: str
    learning_rate: float
    schedule: str = ""
    momentum: float = 0.0
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    weight_decay: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """A compiled model as plain values.

    Args:
        name: model name.
        kind: how it was written.
        layers: layers in order from input to output, nested ones included.
        inputs: inputs; empty if unknown (a subclassed model).
        outputs: outputs; empty if unknown.
        parameters: number of weights.
        trainable_parameters: number of weights that are trained.
        optimizer: the optimizer, None if not compiled.
        metrics: names of the compiled metrics.
        run_eagerly: compile flag.
        jit_compile: compile flag, resolved.
        steps_per_execution: compile flag.
        own_train_step: whether the class overrides train_step, compute_loss or the like.
    """

    name: str
    kind: ModelKind
    layers: tuple[LayerDescription, ...]
    inputs: tuple[InputDescription, ...] = ()
    outputs: tuple[OutputDescription, ...] = ()
    parameters: int = 0
    trainable_parameters: int = 0
    optimizer: OptimizerDescription | None = None
    metrics: tuple[str, ...] = ()
    run_eagerly: bool = False
    jit_compile: bool = False
    steps_per_execution: int = 1
    own_train_step: bool = False

    @property
    def hidden(self) -> tuple[LayerDescription, ...]:
        """Layers with weights that are not the last before an output."""
        heads = {output.layer for output in self.outputs}
        return tuple(
            layer
            for layer in self.layers
            if layer.parameters and layer.kind is not LayerKind.MODEL and layer.path not in heads
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputProfile:
    """What one input looks like; statistics are for each feature, shape (features,).

    A feature is a column of a table; of an image or a sequence, a channel (last axis). Statistics
    ignore NaN and infinity, which are counted apart.

    Args:
        name: input name, empty for a single unnamed input.
        shape: shape without the rows.
        dtype: NumPy dtype name.
        names: column names if the data had them, else empty.
        mean: mean of each feature.
        sd: standard deviation of each feature.
        minimum: smallest value of each feature.
        maximum: largest value of each feature.
        median: median of each feature.
        robust_sd: interquartile range / 1.349 of each feature.
        outlier_share: share of rows with |x - median| > 10 robust_sd, for each feature.
        nonfinite: number of NaN and infinite values of each feature, int.
        nonfinite_rows: number of rows that hold a NaN or an infinity.
        largest: largest absolute finite value.
        copies: pairs of feature numbers, the later one a copy of the earlier one in every row that
            was looked at, up to a positive factor and an offset.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    mean: np.ndarray
    sd: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    median: np.ndarray
    robust_sd: np.ndarray
    outlier_share: np.ndarray
    nonfinite: np.ndarray
    nonfinite_rows: int
    largest: float
    names: tuple[str, ...] = ()
    copies: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelProfile:
    """What one set of labels looks like.

    Args:
        name: output name, empty for a single unnamed output.
        form: what they look like.
        shape: shape without the rows.
        dtype: NumPy dtype name.
        minimum: smallest finite value.
        maximum: largest finite value.
        mean: mean of the finite values.
        sd: standard deviation of the finite values.
        median: median of the finite values.
        mean_abs_deviation: mean absolute distance from the median.
        nonfinite: number of NaN and infinite values.
        integer_valued: whether every value is a whole number.
        outlier_share: share of values with |y - median| > 10 (interquartile range / 1.349).
        classes: distinct class values in order, empty for numbers.
        counts: rows of each class, same order, int.
        order: association of neighbouring rows' labels in the given order, 0 (shuffled) to 1
            (sorted): share of neighbours with equal class beyond chance, or lag-1 correlation.
        zero_share: share of finite values nearer to zero than a thousandth of their mean size.
    """

    name: str
    form: LabelForm
    shape: tuple[int, ...]
    dtype: str
    minimum: float
    maximum: float
    mean: float
    sd: float
    median: float
    mean_abs_deviation: float
    nonfinite: int
    integer_valued: bool
    outlier_share: float
    classes: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    order: float = 0.0
    zero_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How training and validation data differ.

    Args:
        feature_distance: Kolmogorov-Smirnov distance of each feature of the first input, shape
            (features,), 0 to 1.
        p_value: smallest p-value of these tests after Holm's correction.
        scale_ratio: largest ratio of the features' standard deviations, at least 1.
        offset: largest distance of the features' means in training standard deviations.
        missing_classes: class values in the validation labels that training never sees.
        absent_classes: class values in training that validation never sees.
        duplicates: number of validation rows that are also training rows.
        held_out_duplicates: number of held-out rows of autofix that also train or choose.
        held_out_rows: number of those held-out rows; 0 where nothing was held out.
    """

    feature_distance: np.ndarray
    p_value: float
    scale_ratio: float
    offset: float
    missing_classes: tuple[float, ...] = ()
    absent_classes: tuple[float, ...] = ()
    duplicates: int = 0
    held_out_duplicates: int = 0
    held_out_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleModel:
    """What a simple scikit-learn model reaches on the same data, cross-validated.

    Args:
        name: the model, such as `logistic regression`.
        score: balanced accuracy or R2, mean over folds.
        chance: the same for a constant predictor.
        chance_high: 95 % upper bound of the score of this model on permuted labels.
    """

    name: str
    score: float
    chance: float
    chance_high: float

    @property
    def progress(self) -> float:
        """How far the model gets, where 0 is the constant guess and 1 its bound by chance."""
        width = self.chance_high - self.chance
        gained = self.score - self.chance
        if width <= 0.0:
            return math.inf if gained > 0.0 else 0.0
        return gained / width


@dataclass(frozen=True, slots=True, kw_only=True)
class StrongFeature:
    """The feature that tells most of the answer by itself.

    Args:
        feature: its number in the first input.
        score: balanced accuracy or R2 of the nearest other row along this feature alone.
        others: the same of the best simple model on all other features, cross-validated.
        rows: rows that were looked at.
        fewest: rows of the smallest class; all rows for numbers.
        is_answer: whether it is the answer itself: one value for each class and one class for each
            value, or for numbers a factor and an offset.
    """

    feature: int
    score: float
    others: float
    rows: int
    fewest: int
    is_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProfile:
    """What the data look like.

    Args:
        rows: number of rows, or of rows seen if the source does not tell.
        sampled: number of rows that the statistics were computed from.
        inputs: one profile for each input.
        labels: one profile for each output.
        weighted: whether sample weights were given.
        complete: False if only the first batches of the run were seen.
        constant_features: number of features of the first input with no variation.
        duplicate_rows: number of rows that repeat an earlier row.
        simple_models: what simple models reach on the first input and output; empty if not tried.
        label_drift: how much the labels of the first output vary from batch to batch, as a multiple
            of what rows drawn at random show, about 1 if shuffled; NaN if batches were not seen.
        strong_feature: the feature of the first input that nearly gives the answer by itself;
            looked for together with the simple models, None if no feature does.
    """

    rows: int
    sampled: int
    inputs: tuple[InputProfile, ...]
    labels: tuple[LabelProfile, ...]
    weighted: bool = False
    complete: bool = True
    constant_features: int = 0
    duplicate_rows: int = 0
    simple_models: tuple[SimpleModel, ...] = ()
    label_drift: float = float("nan")
    strong_feature: StrongFeature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FitDescription(WithMappings):
    """Arguments of `model.fit`; None where they are not known.

    Args:
        epochs: epochs asked for.
        batch_size: rows in a batch.
        steps_per_epoch: optimizer steps in an epoch.
        shuffle: whether Keras shuffles.
        class_weight: weight of each class, None if not given.
        has_validation: whether validation data were given.
        validation_rows: rows of the validation data.
        callbacks: class names of the user's callbacks.
    """

    epochs: int | None = None
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    shuffle: bool | None = None
    class_weight: Mapping[int, float] | None = None
    has_validation: bool | None = None
    validation_rows: int | None = None
    callbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord(WithMappings):
    """One training run. Ask `has` before you read a part, or let the property raise.

    Args:
        epoch_logs: what Keras logged at epoch ends.
        step_logs: what was seen at each step.
        gradient_log: statistics of the gradients.
        activation_log: statistics of the layers' outputs on one fixed batch.
        step_activation_log: the same on the batches of steps, in inference mode and right after
            the step; None unless asked for.
        prediction_log: the model's answers.
        model_description: the model.
        data_profile: training data.
        validation_profile: validation data.
        shift: how training and validation data differ.
        fit_description: arguments of fit.
        ending: how the run ended.
        ending_detail: who stopped it, or the exception in one line.
        seconds: duration of the run in seconds, NaN if not known.
        seed: the global seed of TensorFlow when the run began; None if none was set.
        versions: package name to version, of the run.
        source: where the record comes from, for people to read.
        notes: what was thinned, sampled or not captured, one sentence each.
    """

    epoch_logs: EpochLogs | None = None
    step_logs: StepLogs | None = None
    gradient_log: GradientLog | None = None
    activation_log: ActivationLog | None = None
    step_activation_log: ActivationLog | None = None
    prediction_log: PredictionLog | None = None
    model_description: ModelDescription | None = None
    data_profile: DataProfile | None = None
    validation_profile: DataProfile | None = None
    shift: Shift | None = None
    fit_description: FitDescription | None = None
    ending: Ending = Ending.UNKNOWN
    ending_detail: str = ""
    seconds: float = float("nan")
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    notes: tuple[str, ...] = ()

    def has(self, need: Need) -> bool:
        """Whether the record holds this evidence."""
        if need is Need.VALIDATION:
            return self.epoch_logs is not None and any(
                name.startswith("val_") and np.isfinite(values).any()
                for name, values in self.epoch_logs.values.items()
            )
        return getattr(self, _FIELDS[need]) is not None

    @property
    def epochs(self) -> EpochLogs:
        """Epoch logs; raises MissingEvidenceError if absent."""
        return _present(self.epoch_logs, Need.EPOCHS)

    @property
    def steps(self) -> StepLogs:
        """Step losses; raises MissingEvidenceError if absent."""
        return _present(self.step_logs, Need.STEPS)

    @property
    def gradients(self) -> GradientLog:
        """Gradient statistics; raises MissingEvidenceError if absent."""
        return _present(self.gradient_log, Need.GRADIENTS)

    @property
    def activations(self) -> ActivationLog:
        """Activation statistics; raises MissingEvidenceError if absent."""
        return _present(self.activation_log, Need.ACTIVATIONS)

    @property
    def predictions(self) -> PredictionLog:
        """The model's answers; raises MissingEvidenceError if absent."""
        return _present(self.prediction_log, Need.PREDICTIONS)

    @property
    def model(self) -> ModelDescription:
        """The model; raises MissingEvidenceError if absent."""
        return _present(self.model_description, Need.MODEL)

    @property
    def data(self) -> DataProfile:
        """The training data; raises MissingEvidenceError if absent."""
        return _present(self.data_profile, Need.DATA)

    @property
    def validation_data(self) -> DataProfile:
        """The validation data; raises MissingEvidenceError if absent."""
        return _present(self.validation_profile, Need.VALIDATION_DATA)

    @property
    def fit(self) -> FitDescription:
        """Arguments of fit; raises MissingEvidenceError if absent."""
        return _present(self.fit_description, Need.FIT)


_FIELDS = {
    Need.EPOCHS: "epoch_logs",
    Need.STEPS: "step_logs",
    Need.GRADIENTS: "gradient_log",
    Need.ACTIVATIONS: "activation_log",
    Need.PREDICTIONS: "prediction_log",
    Need.MODEL: "model_description",
    Need.DATA: "data_profile",
    Need.VALIDATION_DATA: "validation_profile",
    Need.FIT: "fit_description",
}


def _present(part: _Part | None, need: Need) -> _Part:
    if part is None:
        raise MissingEvidenceError(
            given=f"a record without {need.value}",
            expected=f"a record with {need.value}",
            do="record the run with keras_debugger.Recorder, or ask record.has(...) first",
        )
    return part
