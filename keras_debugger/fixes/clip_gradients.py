"""Clip gradients."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.fixes.base import Fix
from keras_debugger.fixes.learning_rate import compiled_optimizer
from keras_debugger.types.edit import ClipNorm, Edit
from keras_debugger.types.setup import TrainingSetup
from keras_debugger.types.vocabulary import FixKind


@dataclass(frozen=True, kw_only=True)
class ClipGradients(Fix):
    """Clip the norm of each variable's gradient at one.

    When: gradient norms jump by orders of magnitude.
    Refused when: the optimizer already clips (Keras allows one kind only); the model is not
        compiled.
    Risk: a limit below the usual norm slows training; a train_step of your own that does not go
        through the optimizer is not clipped.
    Source: Pascanu et al. 2013, arXiv:1211.5063. The limit 1 is the usual first value.
    """

    name: ClassVar[str] = "clip-gradients"
    kind: ClassVar[FixKind] = FixKind.CLIP_GRADIENTS
    reason: ClassVar[str] = "A single huge gradient can no longer throw the weights away."
    risk: ClassVar[str] = "A limit below the usual norm slows training."

    limit: float = 1.0  # unit of the gradient
    over_all: ClassVar[bool] = False

    def edits(self, setup: TrainingSetup) -> tuple[Edit, ...]:
        """The edits; raises NotApplicableError."""
        optimizer = compiled_optimizer(self, setup)
        limits = (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm)
        present = [limit for limit in limits if limit is not None]
        if present:
            raise self.refuse(
                given=f"an optimizer that already clips at {present[0]:g}",
                expected="an optimizer that does not clip",
                do="lower the limit that you have",
            )
        return (ClipNorm(limit=self.limit, over_all=self.over_all),)


@dataclass(frozen=True, kw_only=True)
class ClipGlobalNorm(ClipGradients):
    """Clip the norm over all gradients at one, which keeps their direction.

    When: gradient norms jump in a recurrent or deep network.
    Refused when: as for the norm of each variable.
    Risk: as for the norm of each variable; one bad layer slows all others for that step.
    Source: Pascanu et al. 2013, arXiv:1211.5063, algorithm 1.
    """

    name: ClassVar[str] = "clip-global-norm"

    over_all: ClassVar[bool] = True
