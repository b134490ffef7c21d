"""MOD112: initial weights or biases have the wrong scale."""

from dataclasses import dataclass
from math import prod, sqrt
from typing import ClassVar

from keras_debugger.checks.base import Check
from keras_debugger.checks.model.weight_columns import KERNELS, described_variables, head_paths
from keras_debugger.checks.outcome import severity_by_outcome, symptom_by_outcome
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import LayerDescription, TrainingRecord, VariableDescription
from keras_debugger.types.vocabulary import CauseKind, LayerKind, Need, VariableRole

_KINDS = frozenset({LayerKind.DENSE, LayerKind.CONV, LayerKind.RECURRENT})


@dataclass(frozen=True, kw_only=True)
class WeightsOfWrongScale(Check):
    """Initial weights or biases are far from the scale that keeps signals alive.

    Sees: mean and standard deviation of each kernel and bias before the first step, its fan-in.
    Formula: scale = sd * sqrt(fan in): 1.4 after He, about 1 after Glorot and LeCun. Fires above
        `max_scale`, below `min_scale` times the Glorot deviation sqrt(2 / (fan in + fan out)), and
        for hidden biases with a mean beyond `max_bias`; for embeddings with sd > `max_embedding`.
    Source: Glorot and Bengio 2010; He et al. 2015, arXiv:1502.01852. The limits leave a factor of
        four to every initializer of Keras at usual sizes.
    Known problems: a fixed deviation fits some widths only, which is what is told here; trained
        weights that are tuned further have other scales. Where the run ends well this is a note.
    Fixes: change-initializer.
    """

    code: ClassVar[str] = "MOD112"
    name: ClassVar[str] = "weights-of-wrong-scale"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.MODEL, Need.GRADIENTS})

    max_scale: float = 6.0  # sd * sqrt(fan in), no unit
    min_scale: float = 0.02  # of the Glorot deviation
    max_bias: float = 1.5  # unit of the pre-activations
    max_embedding: float = 3.0  # sd of a standard normal is 1, Keras draws .03

    def run(self, record: TrainingRecord) -> tuple[Finding, ...]:
        """Findings in this record."""
        heads = head_paths(record)
        hit = []
        for variable, layer in described_variables(record):
            complaint = self._complaint(variable, layer, in_head=layer.path in heads)
            if complaint:
                hit.append((variable, *complaint))
        if not hit:
            return ()
        variable, words, value, limit = hit[0]
        more = f" ({len(hit) - 1} more are alike)" if len(hit) > 1 else ""
        severity = severity_by_outcome(record, held_out=True)
        return (
            self.finding(
                severity=severity,
                symptom=symptom_by_outcome(record, severity),
                summary=f"{variable.path} {words}{more}.",
                place=variable.path,
                step=0,
                value=value,
                limit=limit,
                causes=(CauseKind.BAD_INITIALIZATION,),
            ),
        )

    def _complaint(
        self, variable: VariableDescription, layer: LayerDescription, *, in_head: bool
    ) -> tuple[str, float, float] | None:
        if variable.role is VariableRole.EMBEDDINGS:
            words = f"begins with a deviation of {variable.initial_sd:.3g}"
            is_wide = variable.initial_sd > self.max_embedding
            return (words, variable.initial_sd, self.max_embedding) if is_wide else None
        if layer.kind not in _KINDS:
            return None
        if variable.role is VariableRole.BIAS and not in_head:
            if layer.kind is not LayerKind.RECURRENT and abs(variable.initial_mean) > self.max_bias:
                words = f"begins at {variable.initial_mean:.3g}"
                return words, variable.initial_mean, self.max_bias
            return None
        if variable.role not in KERNELS or len(variable.shape) < 2 or not variable.initial_sd > 0:
            return None
        fan_in, fan_out = prod(variable.shape[:-1]), variable.shape[-1]
        scale = variable.initial_sd * sqrt(fan_in)
        if scale > self.max_scale:
            words = f"begins with a deviation of {variable.initial_sd:.3g}, {scale / sqrt(2):.2g} "
            return words + "times the usual", scale, self.max_scale
        part = variable.initial_sd / sqrt(2.0 / (fan_in + fan_out))
        if part < self.min_scale and not in_head:
            words = f"begins with a deviation of {variable.initial_sd:.2e}, {part:.1e} of the usual"
            return words, part, self.min_scale
        return None
