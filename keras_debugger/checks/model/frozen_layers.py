"""MOD113: layers that should learn are not trainable."""

from dataclasses import dataclass
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.weight_columns import head_paths
from keras_debugger.checks.outcome import POOR, quality, severity_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need, Severity, Symptom

_MEANT_TO_BE_FIXED = frozenset({LayerKind.PREPROCESSING, LayerKind.NORMALIZATION, LayerKind.MODEL})


@dataclass(frozen=True, kw_only=True)
class FrozenLayers(Check):
    """Layers that should learn are marked as not trainable.

    Sees: which layers have weights and train them, and how the run ended.
    Formula: an error if nothing is trained at all; a warning if a layer of an output is frozen
        while others learn, or if a frozen part is still as its initializer left it; a note for a
        frozen base under a head that learns, or a warning if that run reached next to nothing.
    Source: definition of `trainable`. A frozen, pretrained base under a new head is the usual way
        of fine-tuning and healthy.
    Known problems: whether frozen weights are pretrained is told from the initializer, and of a
        loaded layer from its biases, which training moves apart, or from the spread of its weights.
    Fixes: unfreeze.
    """

    code: ClassVar[str] = "MOD113"
    name: ClassVar[str] = "frozen-layers"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL})

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        model = record.model
        frozen = [layer for layer in model.layers if _is_frozen(layer)]
        if not frozen:
            return ()
        if model.trainable_parameters == 0:
            return (
                self._finding(frozen, Severity.ERROR, "No layer is trainable", confidence=0.98),
            )
        words = f"{len(frozen)} layers are frozen while others learn"
        reached = quality(record)
        if any(layer.path in head_paths(record) for layer in frozen):
            severity = Severity.NOTE if reached >= 0.9 else Severity.WARNING
            return (self._finding(frozen, severity, f"{words}, the last one too", confidence=0.8),)
        untrained = [layer for layer in frozen if layer.looks_untrained]
        if untrained:
            severity = min(severity_by_outcome(record), Severity.WARNING)
            words = f"{len(untrained)} layers are frozen with random weights"
            return (self._finding(untrained, severity, words, confidence=0.85),)
        doubtful = reached < POOR and any(layer.looks_untrained is None for layer in frozen)
        severity = Severity.WARNING if doubtful else Severity.NOTE
        return (self._finding(frozen, severity, words, confidence=0.6 if doubtful else 0.2),)

    def _finding(
        self,
        layers: list[LayerDescription],
        severity: Severity,
        words: str,
        *,
        confidence: float,
    ) -> Finding:
        return self.finding(
            severity=severity,
            symptom=Symptom.NO_LEARNING if severity is Severity.ERROR else None,
            summary=f"{words} (first {layers[0].path}).",
            place=layers[0].path,
            value=float(len(layers)),
            limit=0.0,
            confidence=confidence,
            causes=(CauseKind.FROZEN_LAYERS,),
        )


def _is_frozen(layer: LayerDescription) -> bool:
    return (
        layer.parameters > 0
        and layer.trainable_parameters == 0
        and layer.kind not in _MEANT_TO_BE_FIXED
    )
