"""Damaged inputs, labels, order of rows or held-out data."""

from keras_debugger.types.vocabulary import CauseKind
from programs import damage
from programs.data import Goal
from programs.faults.fault import Fault, damaged, goal_of, has, has_features

IN_THE_DATA: tuple[Fault, ...] = (
    Fault(
        name="raw-inputs",
        cause=CauseKind.INPUTS_NOT_NORMALIZED,
        strengths=(30, 300, 3000),
        edit=damaged(damage.scaled_inputs),
        fits=has_features,
    ),
    Fault(
        name="inputs-divided-away",
        cause=CauseKind.INPUTS_NOT_NORMALIZED,
        strengths=(1e-3, 1e-5),
        edit=damaged(damage.shrunk_inputs),
        fits=has_features,
    ),
    Fault(
        name="inputs-lost",
        cause=CauseKind.INPUTS_CONSTANT,
        strengths=(0,),
        edit=damaged(damage.shrunk_inputs),
        fits=has_features,
    ),
    Fault(
        name="raw-targets",
        cause=CauseKind.TARGETS_NOT_SCALED,
        strengths=(30, 300, 3000),
        edit=damaged(damage.scaled_targets),
        fits=has(Goal.NUMBER),
    ),
    Fault(
        name="missing-values",
        cause=CauseKind.NAN_IN_DATA,
        strengths=(1e-4, 0.01, 0.2),
        edit=damaged(damage.missing_values),
        fits=has_features,
    ),
    Fault(
        name="extreme-targets",
        cause=CauseKind.OUTLIERS,
        strengths=(10, 100, 1000),
        edit=damaged(damage.extreme_targets),
        fits=has(Goal.NUMBER),
    ),
    Fault(
        name="shuffled-labels",
        cause=CauseKind.LABELS_CORRUPTED,
        strengths=(0.5, 0.8, 1.0),
        edit=damaged(damage.shuffled_labels),
        fits=lambda program: goal_of(program) is not Goal.INPUTS,
    ),
    Fault(
        name="moved-labels",
        cause=CauseKind.LABELS_CORRUPTED,
        edit=damaged(damage.moved_labels),
        fits=lambda program: goal_of(program) is not Goal.INPUTS,
    ),
    Fault(
        name="rare-class",
        cause=CauseKind.CLASS_IMBALANCE,
        strengths=(0.1, 0.05, 0.02),
        edit=damaged(damage.rare_class),
        fits=lambda program: goal_of(program) is Goal.TWO_CLASSES and not program.class_weight,
    ),
    Fault(
        name="ordered-rows",
        cause=CauseKind.NOT_SHUFFLED,
        strengths=(0.7, 1.0),
        edit=damaged(damage.ordered_rows, shuffle=False),
        fits=has(Goal.CLASSES, Goal.TWO_CLASSES, Goal.NUMBER),
    ),
    Fault(
        name="unshuffled-split",
        cause=CauseKind.UNREPRESENTATIVE_SPLIT,
        strengths=(0.8, 0.6),
        edit=damaged(damage.missing_kinds),
        fits=lambda program: (
            goal_of(program) in (Goal.CLASSES, Goal.NUMBER) and program.validation == "data"
        ),
    ),
    Fault(
        name="held-out-not-divided",
        cause=CauseKind.PREPROCESSING_MISMATCH,
        strengths=(4, 16, 255),
        edit=damaged(damage.other_preprocessing),
        fits=lambda program: has_features(program) and program.validation == "data",
    ),
    Fault(
        name="held-out-not-centred",
        cause=CauseKind.PREPROCESSING_MISMATCH,
        strengths=(1, 3, 10),
        edit=damaged(damage.shifted_held_out),
        fits=lambda program: has_features(program) and program.validation == "data",
    ),
)
