"""Make the hidden layers wider."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.less_capacity import LessCapacity
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class MoreCapacity(LessCapacity):
    """Give the hidden layers twice their units or filters.

    When: training loss settles well above what the data allow, with nothing that holds it back.
    Refused when: as for fewer units; here a layer of more than 1024 units is left as it is.
    Risk: training takes up to four times as long; the model may overfit.
    Source: Cybenko 1989, Mathematics of Control, Signals and Systems 2 (what a layer can express
        grows with its units); Bengio 2012, arXiv:1206.5533, section 3.2 (too many units cost
        time more than accuracy).
    """

    name: ClassVar[str] = "more-capacity"
    kind: ClassVar[FixKind] = FixKind.ADD_CAPACITY
    reason: ClassVar[str] = "More units can express what the present ones cannot."
    risk: ClassVar[str] = "Training takes longer, and the model may overfit."

    factor: float = 2.0
    least_units: int = 1
    most_units: int = 1024
