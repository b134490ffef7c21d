"""What a training in another process may take."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

# Of an epoch of the first training: a changed model, batch size or optimizer may be slower, and the
# first epoch also builds the model and traces it.
TIMES_SLOWER = 20.0
START_SECONDS = 60.0
GRACE_SECONDS = 10.0  # beyond the end of the run's time, for the epoch that is not over by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a training in another process may take.

    Args:
        silence: seconds without the end of an epoch after which it counts as hanging.
        memory: bytes that its process may hold; None if there is no limit.
    """

    silence: float = math.inf
    memory: int | None = None

    def after(self, *, seconds: float, epochs: int) -> Limits:
        """The limits once the first training is known.

        Args:
            seconds: what it took; NaN if that is not known, then nothing changes.
            epochs: its epochs.
        """
        if not math.isfinite(seconds):
            return self
        epoch = seconds / max(epochs, 1)
        return replace(self, silence=START_SECONDS + TIMES_SLOWER * epoch)
