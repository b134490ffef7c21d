"""One recommendation: what it is about, what to do, and the number that it rests on."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from keras_debugger.types.vocabulary import CauseKind


class Area(StrEnum):
    """What a recommendation is about."""

    ARCHITECTURE = "architecture"
    DATA = "data"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One thing to do next.

    Args:
        area: what it is about.
        text: what to do, one sentence.
        evidence: the number that it rests on, one sentence.
        gain: share of the present error that it can take away at most, as the evidence says; 0 for
            what will not help, NaN if not known.
    """

    area: Area
    text: str
    evidence: str
    gain: float = float("nan")


_OF_DATA = (
    CauseKind.INPUTS_NOT_NORMALIZED,
    CauseKind.INPUTS_CONSTANT,
    CauseKind.TARGETS_NOT_SCALED,
    CauseKind.NAN_IN_DATA,
    CauseKind.OUTLIERS,
    CauseKind.LABELS_CORRUPTED,
    CauseKind.CLASS_IMBALANCE,
    CauseKind.UNREPRESENTATIVE_SPLIT,
    CauseKind.PREPROCESSING_MISMATCH,
)
_OF_TRAINING = (
    CauseKind.LEARNING_RATE_TOO_HIGH,
    CauseKind.LEARNING_RATE_TOO_LOW,
    CauseKind.TOO_FEW_UPDATES,
    CauseKind.UNCLIPPED_GRADIENTS,
    CauseKind.NOT_SHUFFLED,
    CauseKind.WRONG_LOSS,
)
AREA_OF_CAUSE = MappingProxyType(
    dict.fromkeys(_OF_DATA, Area.DATA) | dict.fromkeys(_OF_TRAINING, Area.TRAINING)
)
