"""Too long or too short steps, too few of them."""

from keras_debugger.types.vocabulary import CauseKind
from programs.faults.fault import Fault, set_to

IN_THE_STEPS: tuple[Fault, ...] = (
    Fault(
        name="rate-high",
        cause=CauseKind.LEARNING_RATE_TOO_HIGH,
        strengths=(10, 30, 100, 1000),
        edit=set_to("rate_factor"),
    ),
    Fault(
        name="rate-low",
        cause=CauseKind.LEARNING_RATE_TOO_LOW,
        strengths=(0.03, 0.01, 0.001),
        edit=set_to("rate_factor"),
    ),
    Fault(
        name="few-epochs",
        cause=CauseKind.TOO_FEW_UPDATES,
        strengths=(5, 15),
        edit=lambda program, strength: program.edit(epochs=max(1, int(program.epochs / strength))),
    ),
    Fault(
        name="huge-batch",
        cause=CauseKind.TOO_FEW_UPDATES,
        strengths=(16, 64),
        edit=lambda program, strength: program.edit(batch=int(program.batch * strength)),
    ),
)
