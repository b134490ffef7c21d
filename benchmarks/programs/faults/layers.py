"""Layers that do not learn: activations, starts, freezing, regularisation, size."""

from keras_debugger.types.vocabulary import CauseKind
from programs import damage
from programs.faults.fault import Fault, changed, set_to, with_body
from programs.program import Program


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


def _is_plain_stack(program: Program) -> bool:
    return program.body == "mlp" and not program.norm and program.activation != "tanh"


_is_dense = with_body("mlp", "cnn", "cnn-1d", "residual", "bag", "cnn-mean")

IN_THE_LAYERS: tuple[Fault, ...] = (
    Fault(
        name="sigmoid-stack",
        cause=CauseKind.SATURATING_ACTIVATION,
        strengths=(3, 5, 8),
        edit=_deep_sigmoid,
        fits=_is_plain_stack,
    ),
    Fault(
        name="unbounded-recurrence",
        cause=CauseKind.UNBOUNDED_RECURRENT_ACTIVATION,
        strengths=(1, 3),
        edit=set_to("start_scale", recurrent_activation="relu"),
        fits=with_body("lstm", "gru", "simple-rnn", "both-ways", "tagger"),
    ),
    Fault(
        name="no-nonlinearity",
        cause=CauseKind.MISSING_NONLINEARITY,
        edit=changed(activation="linear"),
        fits=with_body("mlp", "cnn", "cnn-1d"),
    ),
    Fault(
        name="zero-start",
        cause=CauseKind.BAD_INITIALIZATION,
        edit=changed(start="zeros"),
        fits=_is_dense,
    ),
    Fault(
        name="constant-start",
        cause=CauseKind.BAD_INITIALIZATION,
        strengths=(0.1, 1, 10),
        edit=set_to("start_scale", start="constant"),
        fits=_is_dense,
    ),
    Fault(
        name="huge-start",
        cause=CauseKind.BAD_INITIALIZATION,
        strengths=(5, 20, 100),
        edit=set_to("start_scale"),
        fits=lambda program: _is_dense(program) and not program.norm,
    ),
    Fault(
        name="dead-start",
        cause=CauseKind.BAD_INITIALIZATION,
        strengths=(1, 3, 10),
        edit=lambda program, strength: program.edit(start_bias=-strength),
        fits=lambda program: (
            _is_dense(program) and program.activation == "relu" and not program.norm
        ),
    ),
    Fault(
        name="frozen",
        cause=CauseKind.FROZEN_LAYERS,
        strengths=(1, 2, 4),
        edit=lambda program, strength: program.edit(frozen=int(strength), pretrained=0),
    ),
    Fault(
        name="strong-dropout",
        cause=CauseKind.TOO_MUCH_REGULARIZATION,
        strengths=(0.6, 0.8, 0.95),
        edit=set_to("dropout"),
        fits=_is_dense,
    ),
    Fault(
        name="strong-penalty",
        cause=CauseKind.TOO_MUCH_REGULARIZATION,
        strengths=(0.03, 0.3, 3),
        edit=set_to("l2"),
        fits=_is_dense,
    ),
    Fault(
        name="overgrown",
        cause=CauseKind.OVERCAPACITY,
        strengths=(3, 6),
        edit=_overgrown,
        fits=lambda program: program.body == "mlp" and not program.norm and program.batch <= 32,
    ),
    Fault(
        name="batch-norm-lag",
        cause=CauseKind.BATCH_NORM_STATISTICS_LAG,
        strengths=(0.99, 0.999, 0.9999),
        edit=set_to("norm_momentum", norm="batch"),
        fits=with_body("mlp", "cnn", "cnn-mean", "residual"),
    ),
)
