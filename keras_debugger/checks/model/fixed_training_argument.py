"""MOD125: a call fixes `training`, but fit and predict override it."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.outcome import severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, TrainingRecord
from keras_debugger.types.vocabulary import Need, Severity


@dataclass(frozen=True, kw_only=True)
class FixedTrainingArgument(Check):
    """A layer is called with a fixed `training` in a functional model; fit and predict override it.

    Sees: the `training` argument of each call in the graph, of nested models too, for layers that
        behave differently in training (dropout, noise, batch normalisation that is not frozen).
    Formula: fires at one such layer.
    Source: Keras 3 hands its own `training` to each layer of a functional model: a batch
        normalisation called with False still moves its statistics in fit, a dropout called with
        True drops nothing in predict.
    Known problems: `training=False` of a dropout layer is also what Keras writes if nothing was
        said, so it is not told. A frozen batch normalisation keeps its statistics, so it is silent.
        Where the run ends well this is a note.
    Fixes: set `trainable = False` for batch normalisation, call the model with training=True.
    """

    code: ClassVar[str] = "MOD125"
    name: ClassVar[str] = "fixed-training-argument"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        hit = [layer for layer in record.model.layers if _is_overridden(layer)]
        if not hit:
            return ()
        first = hit[0]
        in_training = any(layer.training_argument is False for layer in hit)
        where = "fit" if in_training else "predict and evaluate"
        severity = severity_by_outcome(record, unknown=Severity.NOTE)
        return (
            self.finding(
                severity=min(severity, Severity.WARNING) if in_training else Severity.NOTE,
                summary=f"{len(hit)} layers are called with training={first.training_argument}, "
                f"which {where} overrides (first {first.path}).",
                place=first.path,
                value=float(len(hit)),
                limit=0.0,
                confidence=0.7,
            ),
        )


def _is_overridden(layer: LayerDescription) -> bool:
    if layer.training_argument is None:
        return False
    return layer.dropout > 0.0 or (layer.momentum is not None and layer.trainable_parameters > 0)
