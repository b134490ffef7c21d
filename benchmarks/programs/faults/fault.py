"""What a fault is: an edit of a healthy program with a dial, and which programs can have it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keras_debugger.types.vocabulary import CauseKind
from programs import damage
from programs.data import TASKS, Goal
from programs.program import Program

Edit = Callable[[Program, float], Program]
# Two honest names of one fault.
ALIKE = (frozenset({CauseKind.LEARNING_RATE_TOO_LOW.name, CauseKind.TOO_FEW_UPDATES.name}),)


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


def has(*goals: Goal) -> Callable[[Program], bool]:
    """Whether a program answers one of these."""
    return lambda program: goal_of(program) in goals


def has_features(program: Program) -> bool:
    """Whether its inputs are numbers, and not its answers as well."""
    return not TASKS[program.task].tokens and goal_of(program) is not Goal.INPUTS


def with_body(*bodies: str) -> Callable[[Program], bool]:
    """Whether a program's model is one of these."""
    return lambda program: program.body in bodies


def changed(**changes: object) -> Edit:
    """The fault has no dial: these fields get other values."""
    return lambda program, strength: program.edit(**changes)


def set_to(field: str, **changes: object) -> Edit:
    """The strength is the new value of a field."""
    return lambda program, strength: program.edit(**{field: strength}, **changes)


def damaged(make: Callable[[float], damage.Damage], **changes: object) -> Edit:
    """The strength is that of a damage of the data."""
    return lambda program, strength: program.edit(
        damage=(*program.damage, make(strength)), **changes
    )
