"""Which finding speaks for which cause, and how strongly: likelihood ratios.

A ratio of 4 says that the finding is four times as usual when the cause is present as when it is
not. The ratios are judgements, not counts: they follow the medians and rates of the injected
faults that the package was designed on, rounded to a few steps, so that order matters and digits
do not. No ratio is zero: nothing is excluded by a table.

Three kinds of findings differ in strength. A fact about program or data (an output that does not
fit its labels, frozen layers, NaN in the data) is nearly decisive. A measurement of layers or
steps is strong. A symptom of the curves, which many causes share, only supports.
"""

from collections.abc import Mapping
from types import MappingProxyType

from keras_debugger.types.vocabulary import CauseKind, Symptom

C = CauseKind

# A model that learns its training rows well is hardly held down by one of these.
LEARNS: Mapping[CauseKind, float] = MappingProxyType(
    {
        C.BAD_INITIALIZATION: 0.4, C.SATURATING_ACTIVATION: 0.4, C.FROZEN_LAYERS: 0.3,
        C.WRONG_OUTPUT_ACTIVATION: 0.4, C.LOGITS_MISMATCH: 0.4, C.WRONG_LOSS: 0.5,
        C.MISSING_NONLINEARITY: 0.3, C.TOO_MUCH_REGULARIZATION: 0.3, C.INPUTS_CONSTANT: 0.1,
        C.TARGETS_NOT_SCALED: 0.4, C.INPUTS_NOT_NORMALIZED: 0.5, C.UNSTABLE_CUSTOM_LOSS: 0.3,
        C.NAN_IN_DATA: 0.3, C.UNCLIPPED_GRADIENTS: 0.4, C.UNBOUNDED_RECURRENT_ACTIVATION: 0.4,
        C.LEARNING_RATE_TOO_LOW: 0.2, C.TOO_FEW_UPDATES: 0.3, C.LEARNING_RATE_TOO_HIGH: 0.5,
    }
)  # fmt: skip

# How usual each cause is before anything is seen; all others have OTHER_PRIOR.
PRIOR: Mapping[CauseKind, float] = MappingProxyType(
    {
        C.LEARNING_RATE_TOO_HIGH: 2.0,
        C.LEARNING_RATE_TOO_LOW: 1.5,
        C.WRONG_OUTPUT_ACTIVATION: 1.5,
        C.WRONG_LOSS: 1.2,
        C.OVERCAPACITY: 1.5,
        C.INPUTS_NOT_NORMALIZED: 1.5,
        C.UNSTABLE_CUSTOM_LOSS: 1.5,
        C.INPUTS_CONSTANT: 0.5,
        C.NOT_SHUFFLED: 0.7,
        C.UNCLIPPED_GRADIENTS: 0.7,
    }
)
OTHER_PRIOR = 1.0

# Ratios of the causes that a finding names itself, most likely first, by family of its code.
NAMED: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "DAT": (1000.0, 150.0, 30.0),
        "MOD": (1000.0, 150.0, 30.0),
        "OPT": (30.0, 10.0, 5.0),
        "ACT": (8.0, 5.0, 3.0),
        "GRD": (8.0, 5.0, 3.0),
        "LOS": (5.0, 3.0, 2.0),
    }
)
NAMED_OTHER = (5.0, 3.0, 2.0)
# And of single checks of a family that infer what others of it read off.
NAMED_BY: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "memorised-labels": (20.0, 8.0, 4.0),
        "labels-without-signal": (150.0, 30.0, 10.0),
        "weight-decay-too-strong": (1000.0, 150.0, 30.0),
        "missing-gradients": (300.0,),
    }
)

SYMPTOMS: Mapping[Symptom, Mapping[CauseKind, float]] = MappingProxyType(
    {
        Symptom.LOSS_NAN: {
            C.NAN_IN_DATA: 4, C.LEARNING_RATE_TOO_HIGH: 4, C.UNSTABLE_CUSTOM_LOSS: 8,
            C.UNBOUNDED_RECURRENT_ACTIVATION: 3, C.UNCLIPPED_GRADIENTS: 3,
            C.INPUTS_NOT_NORMALIZED: 2, C.TARGETS_NOT_SCALED: 2, C.WRONG_OUTPUT_ACTIVATION: 2,
            C.LOGITS_MISMATCH: 2, C.BAD_INITIALIZATION: 1.5, C.TOO_MUCH_REGULARIZATION: 1.5,
        },
        Symptom.LOSS_DIVERGES: {
            C.LEARNING_RATE_TOO_HIGH: 6, C.TARGETS_NOT_SCALED: 2, C.INPUTS_NOT_NORMALIZED: 2,
            C.UNBOUNDED_RECURRENT_ACTIVATION: 3, C.UNCLIPPED_GRADIENTS: 2.5, C.OUTLIERS: 1.5,
            C.LOGITS_MISMATCH: 1.5,
        },
        Symptom.LOSS_OSCILLATES: {
            C.LEARNING_RATE_TOO_HIGH: 5, C.OUTLIERS: 2, C.NOT_SHUFFLED: 2,
            C.INPUTS_NOT_NORMALIZED: 2, C.LOGITS_MISMATCH: 1.5, C.UNCLIPPED_GRADIENTS: 1.5,
            C.UNBOUNDED_RECURRENT_ACTIVATION: 1.5,
        },
        Symptom.NO_LEARNING: {
            C.FROZEN_LAYERS: 3, C.BAD_INITIALIZATION: 2.5, C.WRONG_OUTPUT_ACTIVATION: 2.5,
            C.INPUTS_CONSTANT: 3, C.LABELS_CORRUPTED: 2.5, C.SATURATING_ACTIVATION: 2,
            C.LEARNING_RATE_TOO_LOW: 2, C.LEARNING_RATE_TOO_HIGH: 2, C.WRONG_LOSS: 2,
            C.LOGITS_MISMATCH: 2, C.INPUTS_NOT_NORMALIZED: 2, C.MISSING_NONLINEARITY: 2,
            C.TOO_MUCH_REGULARIZATION: 2, C.TARGETS_NOT_SCALED: 1.5, C.TOO_FEW_UPDATES: 1.5,
            C.UNSTABLE_CUSTOM_LOSS: 1.5, C.OVERCAPACITY: 0.3,
        },
        Symptom.SLOW_CONVERGENCE: {
            C.LEARNING_RATE_TOO_LOW: 6, C.TOO_FEW_UPDATES: 4, C.TARGETS_NOT_SCALED: 2,
            C.SATURATING_ACTIVATION: 1.5, C.BAD_INITIALIZATION: 1.3, C.INPUTS_NOT_NORMALIZED: 1.3,
            C.LEARNING_RATE_TOO_HIGH: 0.3,
        },
        Symptom.UNDERFITTING: {
            C.MISSING_NONLINEARITY: 3, C.TOO_MUCH_REGULARIZATION: 3, C.LEARNING_RATE_TOO_LOW: 2,
            C.INPUTS_NOT_NORMALIZED: 2, C.WRONG_OUTPUT_ACTIVATION: 2, C.LOGITS_MISMATCH: 2,
            C.OUTLIERS: 2, C.TARGETS_NOT_SCALED: 2, C.BAD_INITIALIZATION: 2,
            C.LEARNING_RATE_TOO_HIGH: 1.5, C.FROZEN_LAYERS: 1.5, C.LABELS_CORRUPTED: 1.5,
            C.SATURATING_ACTIVATION: 1.5, C.OVERCAPACITY: 0.2,
        },
        Symptom.OVERFITTING: {
            **LEARNS, C.OVERCAPACITY: 15, C.LABELS_CORRUPTED: 1.5, C.UNREPRESENTATIVE_SPLIT: 1.3,
        },
        Symptom.CONSTANT_PREDICTIONS: {
            C.INPUTS_CONSTANT: 3, C.WRONG_OUTPUT_ACTIVATION: 2.5, C.BAD_INITIALIZATION: 2,
            C.LEARNING_RATE_TOO_HIGH: 2, C.TOO_MUCH_REGULARIZATION: 2.5,
            C.INPUTS_NOT_NORMALIZED: 2, C.WRONG_LOSS: 1.5, C.LABELS_CORRUPTED: 1.5,
            C.SATURATING_ACTIVATION: 1.5, C.CLASS_IMBALANCE: 1.3, C.UNSTABLE_CUSTOM_LOSS: 1.3,
            C.TOO_FEW_UPDATES: 1.5, C.LEARNING_RATE_TOO_LOW: 1.5, C.OVERCAPACITY: 0.2,
        },
        Symptom.VANISHING_GRADIENTS: {
            C.SATURATING_ACTIVATION: 4, C.BAD_INITIALIZATION: 2.5, C.TOO_MUCH_REGULARIZATION: 1.3,
        },
        Symptom.EXPLODING_GRADIENTS: {
            C.LEARNING_RATE_TOO_HIGH: 4, C.UNCLIPPED_GRADIENTS: 4,
            C.UNBOUNDED_RECURRENT_ACTIVATION: 4, C.INPUTS_NOT_NORMALIZED: 2,
            C.TARGETS_NOT_SCALED: 2, C.OUTLIERS: 2, C.BAD_INITIALIZATION: 2,
        },
        Symptom.DEAD_RELU: {
            C.LEARNING_RATE_TOO_HIGH: 3, C.BAD_INITIALIZATION: 3, C.INPUTS_NOT_NORMALIZED: 2.5,
            C.TARGETS_NOT_SCALED: 1.3,
        },
        Symptom.SATURATED_ACTIVATIONS: {
            C.BAD_INITIALIZATION: 3, C.INPUTS_NOT_NORMALIZED: 2.5, C.SATURATING_ACTIVATION: 2,
            C.LEARNING_RATE_TOO_HIGH: 2, C.WRONG_OUTPUT_ACTIVATION: 1.5,
        },
        Symptom.MINORITY_CLASS_IGNORED: {C.CLASS_IMBALANCE: 15},
        Symptom.VALIDATION_MISMATCH: {
            **LEARNS, C.PREPROCESSING_MISMATCH: 4, C.UNREPRESENTATIVE_SPLIT: 4,
            C.BATCH_NORM_STATISTICS_LAG: 4, C.LABELS_CORRUPTED: 1.5, C.NOT_SHUFFLED: 1.5,
            C.OUTLIERS: 1.3, C.OVERCAPACITY: 0.4, C.TOO_FEW_UPDATES: 1,
        },
        Symptom.LOSS_METRIC_DISAGREE: {
            C.WRONG_OUTPUT_ACTIVATION: 3, C.WRONG_LOSS: 3, C.LABELS_CORRUPTED: 3,
            C.LOGITS_MISMATCH: 2,
        },
    }
)  # fmt: skip

# Ratios of single checks, by name; they stand for the causes that the check names, and for others.
CHECKS: Mapping[str, Mapping[CauseKind, float]] = MappingProxyType(
    {
        # Outliers make the spread of the targets large by themselves, and squared errors of simple
        # models as large as those of a constant guess.
        "target-outliers": {C.TARGETS_NOT_SCALED: 0.2, C.LABELS_CORRUPTED: 0.1},
        # Scale and start explain steps and gradients that are too large.
        "inputs-not-normalised": {C.LEARNING_RATE_TOO_HIGH: 0.5, C.UNCLIPPED_GRADIENTS: 0.5},
        "starts-too-large": {C.LEARNING_RATE_TOO_HIGH: 0.5, C.UNCLIPPED_GRADIENTS: 0.5},
        "dead-relu-at-start": {C.LEARNING_RATE_TOO_HIGH: 0.5},
        "missing-gradients": {C.WRONG_LOSS: 1.5},
        "zero-gradients": {
            C.BAD_INITIALIZATION: 4, C.INPUTS_CONSTANT: 3, C.WRONG_OUTPUT_ACTIVATION: 2,
            C.LEARNING_RATE_TOO_HIGH: 1.5, C.INPUTS_NOT_NORMALIZED: 1.5, C.WRONG_LOSS: 1.5,
        },
        "clipping-always-bites": {C.LEARNING_RATE_TOO_LOW: 3, C.TARGETS_NOT_SCALED: 2},
        "deep-without-normalisation": {C.SATURATING_ACTIVATION: 2, C.BAD_INITIALIZATION: 1.5},
        "dropout-before-batch-norm": {C.TOO_MUCH_REGULARIZATION: 3},
        "fixed-training-argument": {C.BATCH_NORM_STATISTICS_LAG: 4, C.FROZEN_LAYERS: 2},
        "metric-does-not-fit": {C.WRONG_LOSS: 2},
        "unusual-learning-rate": {
            C.LEARNING_RATE_TOO_HIGH: 2, C.LEARNING_RATE_TOO_LOW: 2,
        },
        "constant-features": {C.INPUTS_CONSTANT: 1.2},
    }
)  # fmt: skip
