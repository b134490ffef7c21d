"""Faults with a dial: each edits a healthy program, and is what a person would have to undo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keras_debugger.types.vocabulary import CauseKind
from programs import damage
from programs.data import TASKS, Goal
from programs.program import Program

C = CauseKind
# Two honest names of one fault.
ALIKE = (frozenset({C.LEARNING_RATE_TOO_LOW.name, C.TOO_FEW_UPDATES.name}),)
Edit = Callable[[Program, float], Program]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to get wrong.

    Args:
        name: unique name.
        cause: what a person would name.
        edit: healthy program and strength -> faulty program.
        strengths: positions of the dial, weakest first.
        fits: whether a program can have this fault.
    """

    name: str
    cause: CauseKind
    edit: Edit
    strengths: tuple[float, ...] = (1,)
    fits: Callable[[Program], bool] = lambda program: True

    def put_into(self, program: Program, strength: float) -> Program:
        """The faulty program, with a name of its own."""
        faulty = self.edit(program, strength)
        return faulty.edit(name=f"{program.name}+{self.name}*{strength:g}")


def is_named(cause: str, named: Sequence[str]) -> bool:
    """Whether a cause, or another honest name of it, is among those named."""
    same = next((names for names in ALIKE if cause in names), frozenset({cause}))
    return bool(same & set(named))


def goal_of(program: Program) -> Goal:
    """What a program answers."""
    return TASKS[program.task].goal


def _has(*goals: Goal) -> Callable[[Program], bool]:
    return lambda program: goal_of(program) in goals


def _has_features(program: Program) -> bool:
    """Whether its inputs are numbers, and not its answers as well."""
    return not TASKS[program.task].tokens and goal_of(program) is not Goal.INPUTS


def _is_plain_stack(program: Program) -> bool:
    return program.body == "mlp" and not program.norm and program.activation != "tanh"


def _damaged(make: Callable[[float], damage.Damage], **changes: object) -> Edit:
    return lambda program, strength: program.edit(
        damage=(*program.damage, make(strength)), **changes
    )


def _changed(**changes: object) -> Edit:
    return lambda program, strength: program.edit(**changes)


def _set(field: str, **changes: object) -> Edit:
    """The strength is the new value of a field."""
    return lambda program, strength: program.edit(**{field: strength}, **changes)


def _with_body(*bodies: str) -> Callable[[Program], bool]:
    return lambda program: program.body in bodies


def _deep_sigmoid(program: Program, strength: float) -> Program:
    widths = (program.widths[0],) * int(strength)
    return program.edit(widths=widths, activation="sigmoid")


def _overgrown(program: Program, strength: float) -> Program:
    return program.edit(
        widths=tuple(int(units * strength) for units in program.widths),
        epochs=int(program.epochs * strength),
        l2=0.0,
        dropout=0.0,
        callbacks=(),
        damage=(*program.damage, damage.fewer_rows(strength)),
    )


_is_dense = _with_body("mlp", "cnn", "cnn-1d", "residual", "bag", "cnn-mean")
NUMBER, CLASSES, TWO = Goal.NUMBER, Goal.CLASSES, Goal.TWO_CLASSES
FAULTS: tuple[Fault, ...] = (
    Fault(
        name="rate-high",
        cause=C.LEARNING_RATE_TOO_HIGH,
        strengths=(10, 30, 100, 1000),
        edit=_set("rate_factor"),
    ),
    Fault(
        name="rate-low",
        cause=C.LEARNING_RATE_TOO_LOW,
        strengths=(0.03, 0.01, 0.001),
        edit=_set("rate_factor"),
    ),
    Fault(
        name="few-epochs",
        cause=C.TOO_FEW_UPDATES,
        strengths=(5, 15),
        edit=lambda program, strength: program.edit(epochs=max(1, int(program.epochs / strength))),
    ),
    Fault(
        name="huge-batch",
        cause=C.TOO_FEW_UPDATES,
        strengths=(16, 64),
        edit=lambda program, strength: program.edit(batch=int(program.batch * strength)),
    ),
    Fault(
        name="squared-error-of-classes",
        cause=C.WRONG_LOSS,
        edit=_changed(loss="mean_squared_error", logits=False, one_hot=True, smoothing=0.0),
        fits=_has(CLASSES),
    ),
    Fault(
        name="absolute-error-of-classes",
        cause=C.WRONG_LOSS,
        edit=_changed(loss="mean_absolute_error", logits=False, one_hot=True, smoothing=0.0),
        fits=_has(CLASSES),
    ),
    Fault(
        name="percentage-error",
        cause=C.WRONG_LOSS,
        edit=_changed(loss="mean_absolute_percentage_error"),
        fits=_has(NUMBER),
    ),
    Fault(
        name="count-loss-of-classes",
        cause=C.WRONG_LOSS,
        edit=_changed(loss="poisson", logits=False, output="linear"),
        fits=_has(TWO),
    ),
    Fault(
        name="relu-output",
        cause=C.WRONG_OUTPUT_ACTIVATION,
        edit=_changed(output="relu", logits=False),
        fits=_has(CLASSES, TWO, NUMBER),
    ),
    Fault(
        name="sigmoid-output",
        cause=C.WRONG_OUTPUT_ACTIVATION,
        edit=_changed(output="sigmoid"),
        fits=_has(NUMBER, Goal.COUNT),
    ),
    Fault(
        name="softmax-of-one-unit",
        cause=C.WRONG_OUTPUT_ACTIVATION,
        edit=_changed(output="softmax", logits=False),
        fits=_has(TWO, NUMBER),
    ),
    Fault(
        name="tanh-output",
        cause=C.WRONG_OUTPUT_ACTIVATION,
        edit=_changed(output="tanh", logits=False),
        fits=_has(CLASSES, TWO, NUMBER),
    ),
    Fault(
        name="logits-as-probabilities",
        cause=C.LOGITS_MISMATCH,
        edit=_changed(output="linear", logits=False),
        fits=_has(CLASSES, TWO, Goal.LABELS),
    ),
    Fault(
        name="probabilities-as-logits",
        cause=C.LOGITS_MISMATCH,
        edit=lambda program, strength: program.edit(
            output="softmax" if goal_of(program) is CLASSES else "sigmoid", logits=True
        ),
        fits=_has(CLASSES, TWO),
    ),
    Fault(
        name="root-loss",
        cause=C.UNSTABLE_CUSTOM_LOSS,
        edit=_changed(loss="root"),
        fits=_has(NUMBER, Goal.INPUTS),
    ),
    Fault(
        name="bare-logarithm",
        cause=C.UNSTABLE_CUSTOM_LOSS,
        edit=_changed(loss="log", output="relu", logits=False),
        fits=_has(TWO),
    ),
    Fault(
        name="sigmoid-stack",
        cause=C.SATURATING_ACTIVATION,
        strengths=(3, 5, 8),
        edit=_deep_sigmoid,
        fits=_is_plain_stack,
    ),
    Fault(
        name="unbounded-recurrence",
        cause=C.UNBOUNDED_RECURRENT_ACTIVATION,
        strengths=(1, 3),
        edit=_set("start_scale", recurrent_activation="relu"),
        fits=_with_body("lstm", "gru", "simple-rnn", "both-ways", "tagger"),
    ),
    Fault(
        name="no-nonlinearity",
        cause=C.MISSING_NONLINEARITY,
        edit=_changed(activation="linear"),
        fits=_with_body("mlp", "cnn", "cnn-1d"),
    ),
    Fault(
        name="zero-start",
        cause=C.BAD_INITIALIZATION,
        edit=_changed(start="zeros"),
        fits=_is_dense,
    ),
    Fault(
        name="constant-start",
        cause=C.BAD_INITIALIZATION,
        strengths=(0.1, 1, 10),
        edit=_set("start_scale", start="constant"),
        fits=_is_dense,
    ),
    Fault(
        name="huge-start",
        cause=C.BAD_INITIALIZATION,
        strengths=(5, 20, 100),
        edit=_set("start_scale"),
        fits=lambda program: _is_dense(program) and not program.norm,
    ),
    Fault(
        name="dead-start",
        cause=C.BAD_INITIALIZATION,
        strengths=(1, 3, 10),
        edit=lambda program, strength: program.edit(start_bias=-strength),
        fits=lambda program: (
            _is_dense(program) and program.activation == "relu" and not program.norm
        ),
    ),
    Fault(
        name="frozen",
        cause=C.FROZEN_LAYERS,
        strengths=(1, 2, 4),
        edit=lambda program, strength: program.edit(frozen=int(strength), pretrained=0),
    ),
    Fault(
        name="strong-dropout",
        cause=C.TOO_MUCH_REGULARIZATION,
        strengths=(0.6, 0.8, 0.95),
        edit=_set("dropout"),
        fits=_is_dense,
    ),
    Fault(
        name="strong-penalty",
        cause=C.TOO_MUCH_REGULARIZATION,
        strengths=(0.03, 0.3, 3),
        edit=_set("l2"),
        fits=_is_dense,
    ),
    Fault(
        name="overgrown",
        cause=C.OVERCAPACITY,
        strengths=(3, 6),
        edit=_overgrown,
        fits=lambda program: program.body == "mlp" and not program.norm and program.batch <= 32,
    ),
    Fault(
        name="batch-norm-lag",
        cause=C.BATCH_NORM_STATISTICS_LAG,
        strengths=(0.99, 0.999, 0.9999),
        edit=_set("norm_momentum", norm="batch"),
        fits=_with_body("mlp", "cnn", "cnn-mean", "residual"),
    ),
    Fault(
        name="raw-inputs",
        cause=C.INPUTS_NOT_NORMALIZED,
        strengths=(30, 300, 3000),
        edit=_damaged(damage.scaled_inputs),
        fits=_has_features,
    ),
    Fault(
        name="inputs-divided-away",
        cause=C.INPUTS_NOT_NORMALIZED,
        strengths=(1e-3, 1e-5),
        edit=_damaged(damage.shrunk_inputs),
        fits=_has_features,
    ),
    Fault(
        name="inputs-lost",
        cause=C.INPUTS_CONSTANT,
        strengths=(0,),
        edit=_damaged(damage.shrunk_inputs),
        fits=_has_features,
    ),
    Fault(
        name="raw-targets",
        cause=C.TARGETS_NOT_SCALED,
        strengths=(30, 300, 3000),
        edit=_damaged(damage.scaled_targets),
        fits=_has(NUMBER),
    ),
    Fault(
        name="missing-values",
        cause=C.NAN_IN_DATA,
        strengths=(1e-4, 0.01, 0.2),
        edit=_damaged(damage.missing_values),
        fits=_has_features,
    ),
    Fault(
        name="extreme-targets",
        cause=C.OUTLIERS,
        strengths=(10, 100, 1000),
        edit=_damaged(damage.extreme_targets),
        fits=_has(NUMBER),
    ),
    Fault(
        name="shuffled-labels",
        cause=C.LABELS_CORRUPTED,
        strengths=(0.5, 0.8, 1.0),
        edit=_damaged(damage.shuffled_labels),
        fits=lambda program: goal_of(program) is not Goal.INPUTS,
    ),
    Fault(
        name="moved-labels",
        cause=C.LABELS_CORRUPTED,
        edit=_damaged(damage.moved_labels),
        fits=lambda program: goal_of(program) is not Goal.INPUTS,
    ),
    Fault(
        name="rare-class",
        cause=C.CLASS_IMBALANCE,
        strengths=(0.1, 0.05, 0.02),
        edit=_damaged(damage.rare_class),
        fits=lambda program: goal_of(program) is TWO and not program.class_weight,
    ),
    Fault(
        name="ordered-rows",
        cause=C.NOT_SHUFFLED,
        strengths=(0.7, 1.0),
        edit=_damaged(damage.ordered_rows, shuffle=False),
        fits=_has(CLASSES, TWO, NUMBER),
    ),
    Fault(
        name="unshuffled-split",
        cause=C.UNREPRESENTATIVE_SPLIT,
        strengths=(0.8, 0.6),
        edit=_damaged(damage.missing_kinds),
        fits=lambda program: goal_of(program) in (CLASSES, NUMBER) and program.validation == "data",
    ),
    Fault(
        name="held-out-not-divided",
        cause=C.PREPROCESSING_MISMATCH,
        strengths=(4, 16, 255),
        edit=_damaged(damage.other_preprocessing),
        fits=lambda program: _has_features(program) and program.validation == "data",
    ),
    Fault(
        name="held-out-not-centred",
        cause=C.PREPROCESSING_MISMATCH,
        strengths=(1, 3, 10),
        edit=_damaged(damage.shifted_held_out),
        fits=lambda program: _has_features(program) and program.validation == "data",
    ),
)

# Healthy programs that faults are put into.
HOSTS = (
    "digits-mlp",
    "even-digits",
    "wine-tanh",
    "cancer",
    "diabetes",
    "friedman",
    "friedman-sgd",
    "circuit",
    "moons",
    "circles",
    "groups",
    "noisy",
    "labels",
    "digits-momentum",
    "digits-batch-norm",
    "cancer-logits",
    "images-cnn",
    "images-mean",
    "waves-lstm",
    "waves-cnn",
    "forecast-gru-clip",
    "forecast-rnn",
    "topics-lstm",
    "topics-bag",
    "digits-residual",
    "digits-deep",
    "linear-sgd",
    "iris",
)
