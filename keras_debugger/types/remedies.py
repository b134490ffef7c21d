"""Remedies: which fixes, by name, mend which cause; read by causes and by fixes alike."""

from collections.abc import Mapping
from types import MappingProxyType

from keras_debugger.types.vocabulary import CauseKind

# Each cause has combinations of fixes, best first; none where no edit of the model can mend it.
REMEDIES: Mapping[CauseKind, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        CauseKind.LEARNING_RATE_TOO_HIGH: (
            ("lower-learning-rate",),
            ("lower-learning-rate-strongly",),
            ("change-optimizer",),
            ("clip-global-norm", "lower-learning-rate"),
            ("decay-learning-rate",),
            ("warm-up-learning-rate",),
            ("larger-batches",),
        ),
        CauseKind.LEARNING_RATE_TOO_LOW: (
            ("constant-learning-rate",),
            ("raise-learning-rate",),
            ("raise-learning-rate-strongly",),
            ("change-optimizer",),
            ("raise-learning-rate-gently",),
        ),
        CauseKind.TOO_FEW_UPDATES: (
            ("raise-learning-rate",),
            ("train-longer",),
            ("train-longer", "smaller-batches"),
            ("smaller-batches",),
            ("train-longer", "raise-learning-rate"),
            ("train-longer", "raise-learning-rate-strongly"),
        ),
        CauseKind.WRONG_LOSS: (
            ("fit-output",),
            ("standard-loss",),
            ("fit-output", "raise-learning-rate"),
        ),
        CauseKind.WRONG_OUTPUT_ACTIVATION: (
            ("fit-output",),
            ("fit-output", "scale-targets"),
            ("fit-output", "balance-classes"),
        ),
        CauseKind.LOGITS_MISMATCH: (("fit-output",),),
        CauseKind.UNSTABLE_CUSTOM_LOSS: (
            ("standard-loss",),
            ("standard-loss", "lower-learning-rate"),
            ("clip-global-norm", "lower-learning-rate"),
        ),
        CauseKind.SATURATING_ACTIVATION: (
            ("relu-activation", "batch-norm"),
            ("relu-activation",),
            ("leaky-relu-activation",),
            ("batch-norm",),
            ("layer-norm",),
            ("relu-activation", "change-optimizer"),
            ("residual-connections", "batch-norm"),
            ("elu-activation",),
            ("residual-connections",),
        ),
        CauseKind.UNBOUNDED_RECURRENT_ACTIVATION: (
            ("bounded-recurrent-activation",),
            ("bounded-recurrent-activation", "clip-global-norm"),
            ("clip-global-norm", "lower-learning-rate"),
        ),
        CauseKind.MISSING_NONLINEARITY: (
            ("relu-activation",),
            ("relu-activation", "batch-norm"),
            ("leaky-relu-activation",),
            ("gelu-activation",),
        ),
        CauseKind.BAD_INITIALIZATION: (
            ("change-initializer",),
            ("change-initializer", "leaky-relu-activation"),
            ("batch-norm",),
            ("leaky-relu-activation",),
            ("elu-activation",),
        ),
        CauseKind.FROZEN_LAYERS: (
            ("unfreeze",),
            ("unfreeze", "lower-learning-rate"),
        ),
        CauseKind.TOO_MUCH_REGULARIZATION: (
            ("remove-regularization",),
            ("weaken-regularization",),
            ("more-capacity",),
        ),
        # Stopping early costs a part of a training, so it comes first, alone and with others.
        CauseKind.OVERCAPACITY: (
            ("early-stopping",),
            ("add-dropout", "early-stopping"),
            ("add-dropout", "add-l2"),
            ("less-capacity", "add-dropout", "early-stopping"),
            ("add-l2", "early-stopping"),
            ("add-l2",),
            ("add-dropout",),
            ("weight-decay",),
            ("less-capacity",),
            ("add-l2-gently",),
            ("add-l2-slightly",),
        ),
        CauseKind.BATCH_NORM_STATISTICS_LAG: (
            ("batch-norm-momentum",),
            ("batch-norm-momentum", "smaller-batches"),
            ("train-longer",),
            ("normalize-inputs", "batch-norm-momentum"),
        ),
        CauseKind.INPUTS_NOT_NORMALIZED: (
            ("normalize-inputs",),
            ("normalize-inputs", "scale-targets"),
            ("batch-norm",),
        ),
        CauseKind.INPUTS_CONSTANT: (),
        CauseKind.TARGETS_NOT_SCALED: (
            ("scale-targets",),
            ("scale-targets", "normalize-inputs"),
            ("fit-output", "scale-targets"),
            ("fit-output",),
            ("raise-learning-rate-strongly",),
        ),
        CauseKind.NAN_IN_DATA: (
            ("drop-broken-rows",),
            ("fill-broken-values",),
            ("drop-broken-rows", "normalize-inputs"),
            ("fill-broken-values", "normalize-inputs"),
        ),
        CauseKind.OUTLIERS: (
            ("robust-loss",),
            ("robust-loss", "scale-targets"),
            ("robust-loss", "normalize-inputs"),
            ("normalize-inputs",),
            ("clip-global-norm",),
            ("batch-norm",),
        ),
        CauseKind.LABELS_CORRUPTED: (),
        CauseKind.CLASS_IMBALANCE: (("balance-classes",), ("balance-rows",)),
        CauseKind.NOT_SHUFFLED: (("shuffle",),),
        CauseKind.UNREPRESENTATIVE_SPLIT: (("split-anew",),),
        CauseKind.PREPROCESSING_MISMATCH: (),
        CauseKind.UNCLIPPED_GRADIENTS: (
            ("clip-gradients",),
            ("clip-global-norm",),
            ("clip-gradients", "lower-learning-rate"),
        ),
    }
)


def fix_names(kind: CauseKind) -> tuple[str, ...]:
    """Names of the fixes against a cause, best first, each once."""
    return tuple(dict.fromkeys(name for names in REMEDIES[kind] for name in names))
