"""A loss or an output that does not fit the answers, or each other."""

from keras_debugger.types.vocabulary import CauseKind
from programs.data import Goal
from programs.faults.fault import Fault, changed, goal_of, has

IN_LOSS_AND_OUTPUT: tuple[Fault, ...] = (
    Fault(
        name="squared-error-of-classes",
        cause=CauseKind.WRONG_LOSS,
        edit=changed(loss="mean_squared_error", logits=False, one_hot=True, smoothing=0.0),
        fits=has(Goal.CLASSES),
    ),
    Fault(
        name="absolute-error-of-classes",
        cause=CauseKind.WRONG_LOSS,
        edit=changed(loss="mean_absolute_error", logits=False, one_hot=True, smoothing=0.0),
        fits=has(Goal.CLASSES),
    ),
    Fault(
        name="percentage-error",
        cause=CauseKind.WRONG_LOSS,
        edit=changed(loss="mean_absolute_percentage_error"),
        fits=has(Goal.NUMBER),
    ),
    Fault(
        name="count-loss-of-classes",
        cause=CauseKind.WRONG_LOSS,
        edit=changed(loss="poisson", logits=False, output="linear"),
        fits=has(Goal.TWO_CLASSES),
    ),
    Fault(
        name="relu-output",
        cause=CauseKind.WRONG_OUTPUT_ACTIVATION,
        edit=changed(output="relu", logits=False),
        fits=has(Goal.CLASSES, Goal.TWO_CLASSES, Goal.NUMBER),
    ),
    Fault(
        name="sigmoid-output",
        cause=CauseKind.WRONG_OUTPUT_ACTIVATION,
        edit=changed(output="sigmoid"),
        fits=has(Goal.NUMBER, Goal.COUNT),
    ),
    Fault(
        name="softmax-of-one-unit",
        cause=CauseKind.WRONG_OUTPUT_ACTIVATION,
        edit=changed(output="softmax", logits=False),
        fits=has(Goal.TWO_CLASSES, Goal.NUMBER),
    ),
    Fault(
        name="tanh-output",
        cause=CauseKind.WRONG_OUTPUT_ACTIVATION,
        edit=changed(output="tanh", logits=False),
        fits=has(Goal.CLASSES, Goal.TWO_CLASSES, Goal.NUMBER),
    ),
    Fault(
        name="logits-as-probabilities",
        cause=CauseKind.LOGITS_MISMATCH,
        edit=changed(output="linear", logits=False),
        fits=has(Goal.CLASSES, Goal.TWO_CLASSES, Goal.LABELS),
    ),
    Fault(
        name="probabilities-as-logits",
        cause=CauseKind.LOGITS_MISMATCH,
        edit=lambda program, strength: program.edit(
            output="softmax" if goal_of(program) is Goal.CLASSES else "sigmoid", logits=True
        ),
        fits=has(Goal.CLASSES, Goal.TWO_CLASSES),
    ),
    Fault(
        name="root-loss",
        cause=CauseKind.UNSTABLE_CUSTOM_LOSS,
        edit=changed(loss="root"),
        fits=has(Goal.NUMBER, Goal.INPUTS),
    ),
    Fault(
        name="bare-logarithm",
        cause=CauseKind.UNSTABLE_CUSTOM_LOSS,
        edit=changed(loss="log", output="relu", logits=False),
        fits=has(Goal.TWO_CLASSES),
    ),
)
