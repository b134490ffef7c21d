"""The short interventions beside probes of fixes: what each asks, separates and costs.

The likelihoods follow what these tests did on injected faults (medians over four programs and 83
runs, rounded to a few steps): no value is so small that an answer could exclude a cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from keras_debugger.causes.information import Outcome
from keras_debugger.types.vocabulary import CauseKind

C = CauseKind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intervention:
    """A short training with one thing changed, which is no fix.

    Args:
        name: short name.
        question: what it asks, one sentence.
        outcomes: the ways in which it can end.
    """

    name: str
    question: str
    outcomes: tuple[Outcome, ...]

    @property
    def separates(self) -> tuple[CauseKind, ...]:
        """Causes that its answer speaks for or against."""
        return tuple(self.outcomes[0].given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an intervention ended.

    Args:
        outcome: the outcome, one of the intervention's.
        words: what happened, one sentence with its numbers.
        cost: trainings of the original that it took.
        measured: what the curves show; empty if there are none.
        control: the curve without the change.
        curve: the curve with it.
    """

    outcome: Outcome
    words: str
    cost: float = 0.0
    measured: str = ""
    control: tuple[float, ...] = ()
    curve: tuple[float, ...] = ()


def _outcomes(
    names: tuple[str, ...],
    given: Mapping[CauseKind, tuple[float, ...]],
    *,
    rest: tuple[float, ...],
) -> tuple[Outcome, ...]:
    """Outcomes by their probabilities, those of a cause in a row; `rest` is that of all others."""
    return tuple(
        Outcome(
            name=name,
            given={kind: shares[place] for kind, shares in given.items()},
            otherwise=rest[place],
        )
        for place, name in enumerate(names)
    )


def _two(
    name: str, other: str, given: Mapping[CauseKind, float], *, rest: float
) -> tuple[Outcome, ...]:
    """An outcome and its opposite, by the probability of the first."""
    both = {kind: (share, 1.0 - share) for kind, share in given.items()}
    return _outcomes((name, other), both, rest=(rest, 1.0 - rest))


# Shares of a full training that short trials take.
SHORT = 1.0 / 30.0
LONGER = 1.0 / 7.0

# Rows and steps of the first: enough for a sound model to learn a batch by heart.
BATCH_ROWS = 32
BATCH_STEPS = 150
LEARNT = 0.75  # share of the constant predictor's loss that is gone when a batch is learnt

ONE_BATCH = Intervention(
    name="one batch",
    question="Can the program learn 32 rows by heart, or can it not optimise at all?",
    outcomes=_two(
        "cannot learn it",
        "learns it",
        {
            C.LEARNING_RATE_TOO_LOW: 0.9, C.BAD_INITIALIZATION: 0.8, C.SATURATING_ACTIVATION: 0.8,
            C.FROZEN_LAYERS: 0.8, C.TOO_MUCH_REGULARIZATION: 0.8, C.TARGETS_NOT_SCALED: 0.8,
            C.INPUTS_CONSTANT: 0.9, C.NAN_IN_DATA: 0.7, C.UNSTABLE_CUSTOM_LOSS: 0.7,
            C.WRONG_OUTPUT_ACTIVATION: 0.7, C.LEARNING_RATE_TOO_HIGH: 0.6,
            C.LABELS_CORRUPTED: 0.08, C.OVERCAPACITY: 0.05, C.CLASS_IMBALANCE: 0.08,
            C.UNREPRESENTATIVE_SPLIT: 0.08, C.PREPROCESSING_MISMATCH: 0.08, C.NOT_SHUFFLED: 0.1,
            C.TOO_FEW_UPDATES: 0.15, C.OUTLIERS: 0.3,
        },
        rest=0.5,
    ),
)  # fmt: skip

MATTERS = 0.10  # of the constant predictor's loss: less says that labels make no difference

SHUFFLED_LABELS = Intervention(
    name="shuffled labels",
    question="Does the program learn the labels better than the same labels in random order?",
    outcomes=_two(
        "no better",
        "better",
        {
            C.LABELS_CORRUPTED: 0.9, C.INPUTS_CONSTANT: 0.95, C.LEARNING_RATE_TOO_LOW: 0.8,
            C.BAD_INITIALIZATION: 0.7, C.SATURATING_ACTIVATION: 0.7, C.FROZEN_LAYERS: 0.7,
            C.TOO_MUCH_REGULARIZATION: 0.6, C.TOO_FEW_UPDATES: 0.7, C.NAN_IN_DATA: 0.9,
            C.LEARNING_RATE_TOO_HIGH: 0.5, C.WRONG_OUTPUT_ACTIVATION: 0.5,
            C.OVERCAPACITY: 0.1, C.CLASS_IMBALANCE: 0.3, C.UNREPRESENTATIVE_SPLIT: 0.1,
            C.PREPROCESSING_MISMATCH: 0.1, C.BATCH_NORM_STATISTICS_LAG: 0.1,
        },
        rest=0.4,
    ),
)  # fmt: skip

RATE_FACTORS = (0.01, 0.1, 10.0, 100.0)
RATE_GAIN = 0.4  # of the control's score: less says that the rate is not what is wrong

LEARNING_RATES = Intervention(
    name="learning-rate range",
    question="Does a much lower or a much higher learning rate get further in the same steps?",
    outcomes=_outcomes(
        ("a lower one", "a higher one", "none"),
        {
            C.LEARNING_RATE_TOO_HIGH: (0.85, 0.03, 0.12),
            C.LEARNING_RATE_TOO_LOW: (0.03, 0.85, 0.12),
            C.INPUTS_NOT_NORMALIZED: (0.3, 0.2, 0.5),
            C.UNCLIPPED_GRADIENTS: (0.4, 0.1, 0.5),
            C.TOO_FEW_UPDATES: (0.05, 0.65, 0.3),
        },
        rest=(0.1, 0.2, 0.7),
    ),
)

SIMPLE_MODELS = Intervention(
    name="simple models",
    question="Can a linear model or a small forest learn the same rows?",
    outcomes=_two(
        "they cannot",
        "they can",
        {C.LABELS_CORRUPTED: 0.8, C.INPUTS_CONSTANT: 0.95, C.NAN_IN_DATA: 0.2},
        rest=0.15,
    ),
)

FAR_OFF = 3.0  # times the best constant guess's loss, before the first step

START = Intervention(
    name="untrained model",
    question="Are the answers before the first step of the size of the labels?",
    outcomes=_two(
        "they are not",
        "they are",
        {
            C.BAD_INITIALIZATION: 0.7, C.INPUTS_CONSTANT: 0.7, C.INPUTS_NOT_NORMALIZED: 0.7,
            C.TARGETS_NOT_SCALED: 0.6, C.SATURATING_ACTIVATION: 0.5, C.NAN_IN_DATA: 0.6,
            C.WRONG_OUTPUT_ACTIVATION: 0.4, C.OUTLIERS: 0.4,
        },
        rest=0.2,
    ),
)  # fmt: skip
