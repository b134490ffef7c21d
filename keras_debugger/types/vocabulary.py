"""The fixed words: what can be seen in a run, what can be wrong, what can be changed."""

from enum import Enum, IntEnum, StrEnum


class Severity(IntEnum):
    """Cost to the user if nothing is done."""

    NOTE = 0  # worth knowing, costs nothing measurable
    WARNING = 1  # costs some of the attainable score
    ERROR = 2  # the training cannot succeed as it is


class Symptom(Enum):
    """What an observer of a run can see, whatever the reason."""

    LOSS_NAN = "loss or weights become NaN or infinite"
    LOSS_DIVERGES = "training loss grows, or jumps up and stays there"
    LOSS_OSCILLATES = "training loss goes up and down without settling"
    NO_LEARNING = "the model never gets better than a constant guess"
    SLOW_CONVERGENCE = "training loss is still falling steadily when the run ends"
    UNDERFITTING = "training loss settles well above what the data allow"
    OVERFITTING = "training loss keeps falling while validation loss rises"
    CONSTANT_PREDICTIONS = "the model answers nearly the same for every input"
    VANISHING_GRADIENTS = "gradients of early layers are orders of magnitude below the late ones"
    EXPLODING_GRADIENTS = "gradient norms jump by orders of magnitude"
    DEAD_RELU = "most ReLU units of a layer are zero for every input"
    SATURATED_ACTIVATIONS = "most tanh or sigmoid units sit at their limits"
    MINORITY_CLASS_IGNORED = "the recall of a rare class is near zero"
    VALIDATION_MISMATCH = "training is good, validation is bad from the first epoch"
    LOSS_METRIC_DISAGREE = "training loss is near its minimum, the metric is not"


class CauseKind(Enum):
    """What is wrong in the program: each is a thing that a person would edit."""

    LEARNING_RATE_TOO_HIGH = "the learning rate is too high"
    LEARNING_RATE_TOO_LOW = "the learning rate is too low"
    TOO_FEW_UPDATES = "too few epochs, or batches too large for the number of epochs"
    WRONG_LOSS = "the loss does not fit the task"
    WRONG_OUTPUT_ACTIVATION = "the last activation does not fit the task or the target range"
    LOGITS_MISMATCH = "the loss expects probabilities and gets logits, or the reverse"
    UNSTABLE_CUSTOM_LOSS = "the custom loss has an infinite or undefined gradient"
    SATURATING_ACTIVATION = "saturating hidden activations in a deep network"
    UNBOUNDED_RECURRENT_ACTIVATION = "an unbounded activation inside a recurrent layer"
    MISSING_NONLINEARITY = "the hidden layers have no activation"
    BAD_INITIALIZATION = "initial weights or biases are zero, constant or of the wrong scale"
    FROZEN_LAYERS = "layers that must learn are not trainable"
    TOO_MUCH_REGULARIZATION = "dropout or weight penalty is too strong or misplaced"
    OVERCAPACITY = "the model or the number of epochs is too large for the data"
    BATCH_NORM_STATISTICS_LAG = "moving statistics of batch normalisation lag behind the weights"
    INPUTS_NOT_NORMALIZED = "input features are on a large or uneven scale"
    INPUTS_CONSTANT = "the inputs carry no information"
    TARGETS_NOT_SCALED = "regression targets are on a large scale"
    NAN_IN_DATA = "the data hold NaN or infinite values"
    OUTLIERS = "a few extreme values dominate the loss"
    LABELS_CORRUPTED = "labels are rescaled, misaligned or random with respect to the inputs"
    CLASS_IMBALANCE = "the classes are too unequal for an unweighted loss"
    NOT_SHUFFLED = "ordered data are fed without shuffling"
    UNREPRESENTATIVE_SPLIT = "training and validation parts hold different classes or ranges"
    PREPROCESSING_MISMATCH = "training and held-out inputs are preprocessed differently"
    UNCLIPPED_GRADIENTS = "rare large gradients reach the optimizer unclipped"


class FixKind(Enum):
    """What a fix edits."""

    LOWER_LEARNING_RATE = "lower the learning rate"
    RAISE_LEARNING_RATE = "raise the learning rate"
    TRAIN_LONGER = "more epochs or smaller batches"
    CHANGE_OPTIMIZER = "use an adaptive optimizer"
    CLIP_GRADIENTS = "clip gradients"
    CHANGE_LOSS = "use the loss of the task"
    CHANGE_OUTPUT_ACTIVATION = "use the output activation of the task"
    SET_FROM_LOGITS = "make the loss and the last layer agree on logits"
    CHANGE_HIDDEN_ACTIVATION = "use another hidden activation"
    CHANGE_INITIALIZER = "use a scaled random initializer"
    ADD_BATCH_NORM = "add batch normalisation"
    CHANGE_BATCH_NORM_MOMENTUM = "lower the momentum of batch normalisation"
    ADD_REGULARIZATION = "dropout, weight penalty, early stopping or a smaller model"
    REDUCE_REGULARIZATION = "weaken or remove dropout or weight penalty"
    ADD_CAPACITY = "more units in the hidden layers"
    ADD_SKIPS = "connections round layers"
    UNFREEZE = "make layers trainable"
    NORMALIZE_INPUTS = "normalise the inputs by a layer of the model"
    SCALE_TARGETS = "scale the targets"
    CLEAN_DATA = "drop, impute or clip bad values"
    ROBUST_LOSS = "use a loss that is robust to outliers"
    WEIGHT_CLASSES = "class weights"
    SHUFFLE = "shuffle"
    STRATIFY_SPLIT = "shuffle or stratify before splitting"
    ALIGN_PREPROCESSING = "apply one preprocessing everywhere"
    FIX_LABELS = "repair the labels"
    FIX_INPUTS = "repair the inputs"


class Decision(StrEnum):
    """The verdict in one word."""

    VERIFIED = "verified"  # lower bound of the gain above the asked improvement
    IMPROVED = "improved"  # mean gain above it, lower bound above zero
    NOT_PROVEN = "not proven"  # better, but not beyond doubt
    NO_BETTER = "no better"  # nothing tried was better
    WORSE = "worse"  # upper bound of the gain below zero
    HEALTHY = "healthy"  # nothing is wrong, left alone
    REFUSED = "refused"  # no change of the model can mend it: the data are broken

    @property
    def is_proven(self) -> bool:
        """Whether the fixed model is delivered."""
        return self in {Decision.VERIFIED, Decision.IMPROVED}


class Ending(StrEnum):
    """How a training run ended."""

    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"  # a callback set stop_training
    INTERRUPTED = "interrupted"  # Ctrl-C
    FAILED = "failed"  # an exception
    UNFINISHED = "unfinished"  # it was left before its end; by what was not seen
    RUNNING = "running"
    UNKNOWN = "unknown"  # read from a file that does not say


class Need(StrEnum):
    """Evidence that a check looks at."""

    EPOCHS = "epoch logs"
    VALIDATION = "validation logs"
    STEPS = "step losses"
    GRADIENTS = "gradients"
    ACTIVATIONS = "activations"
    PREDICTIONS = "predictions"
    MODEL = "model description"
    DATA = "data profile"
    VALIDATION_DATA = "validation data profile"
    FIT = "fit arguments"


class Activation(StrEnum):
    """Activation functions, resolved by identity, never by a layer's name."""

    LINEAR = "linear"
    RELU = "relu"
    RELU6 = "relu6"
    LEAKY_RELU = "leaky_relu"
    PRELU = "prelu"
    ELU = "elu"
    SELU = "selu"
    GELU = "gelu"
    SILU = "silu"
    SOFTPLUS = "softplus"
    SOFTSIGN = "softsign"
    TANH = "tanh"
    SIGMOID = "sigmoid"
    HARD_SIGMOID = "hard_sigmoid"
    SOFTMAX = "softmax"
    EXPONENTIAL = "exponential"
    OTHER = "other"


class LayerKind(StrEnum):
    """What a layer is, resolved by type, never by its name."""

    INPUT = "input"
    DENSE = "dense"
    CONV = "conv"
    RECURRENT = "recurrent"
    EMBEDDING = "embedding"
    ATTENTION = "attention"
    NORMALIZATION = "normalization"  # batch, layer, group, RMS
    PREPROCESSING = "preprocessing"  # Normalization, Rescaling, TextVectorization, ...
    DROPOUT = "dropout"
    ACTIVATION = "activation"
    POOLING = "pooling"
    RESHAPE = "reshape"
    MERGE = "merge"
    WRAPPER = "wrapper"  # Bidirectional, TimeDistributed
    MODEL = "model"  # a nested model
    OTHER = "other"


class ModelKind(StrEnum):
    """How a model was written."""

    SEQUENTIAL = "sequential"
    FUNCTIONAL = "functional"
    SUBCLASSED = "subclassed"


class LossKind(StrEnum):
    """Losses, resolved by identity or type."""

    BINARY_CROSSENTROPY = "binary_crossentropy"
    CATEGORICAL_CROSSENTROPY = "categorical_crossentropy"
    SPARSE_CATEGORICAL_CROSSENTROPY = "sparse_categorical_crossentropy"
    MEAN_SQUARED_ERROR = "mean_squared_error"
    MEAN_ABSOLUTE_ERROR = "mean_absolute_error"
    MEAN_ABSOLUTE_PERCENTAGE_ERROR = "mean_absolute_percentage_error"
    MEAN_SQUARED_LOGARITHMIC_ERROR = "mean_squared_logarithmic_error"
    HUBER = "huber"
    LOG_COSH = "log_cosh"
    HINGE = "hinge"
    KL_DIVERGENCE = "kl_divergence"
    POISSON = "poisson"
    OTHER = "other"  # any other Keras loss, or the user's own function


class LabelForm(StrEnum):
    """What labels look like."""

    INTEGER_CLASSES = "integer classes"  # 0..C-1 (or other integers), C > 2
    BINARY = "two classes"  # two distinct values, one column
    ONE_HOT = "one-hot classes"
    MULTI_HOT = "several labels a row"
    CONTINUOUS = "numbers"
    PER_STEP = "labels for each step or pixel"
    OTHER = "other"


class VariableRole(StrEnum):
    """What a variable does in its layer."""

    KERNEL = "kernel"
    BIAS = "bias"
    RECURRENT_KERNEL = "recurrent kernel"
    EMBEDDINGS = "embeddings"
    SCALE = "scale"  # gamma of a normalisation
    OFFSET = "offset"  # beta of a normalisation
    OTHER = "other"


CATEGORICAL_CROSSENTROPIES = frozenset(
    {LossKind.CATEGORICAL_CROSSENTROPY, LossKind.SPARSE_CATEGORICAL_CROSSENTROPY}
)
CROSSENTROPIES = CATEGORICAL_CROSSENTROPIES | {LossKind.BINARY_CROSSENTROPY}
REGRESSION_LOSSES = frozenset(
    {
        LossKind.MEAN_SQUARED_ERROR,
        LossKind.MEAN_ABSOLUTE_ERROR,
        LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR,
        LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR,
        LossKind.HUBER,
        LossKind.LOG_COSH,
    }
)
CLASS_FORMS = frozenset(
    {LabelForm.INTEGER_CLASSES, LabelForm.BINARY, LabelForm.ONE_HOT, LabelForm.MULTI_HOT}
)
