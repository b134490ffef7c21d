"""Checks of what layers put out."""

from keras_debugger.checks.activations.collapsed import CollapsedLayer
from keras_debugger.checks.activations.dead_at_start import DeadReluAtStart
from keras_debugger.checks.activations.dead_later import DyingRelu
from keras_debugger.checks.activations.non_finite_outputs import NonFiniteOutputs
from keras_debugger.checks.activations.saturated import SaturatedActivations
from keras_debugger.checks.activations.scale_drift import ScaleDrift
from keras_debugger.checks.activations.starts_at_zero import StartsAtZero
from keras_debugger.checks.activations.starts_too_large import StartsTooLarge
from keras_debugger.checks.base import Check

ACTIVATION_CHECKS: tuple[Check, ...] = (
    DeadReluAtStart(),
    DyingRelu(),
    SaturatedActivations(),
    CollapsedLayer(),
    StartsTooLarge(),
    StartsAtZero(),
    NonFiniteOutputs(),
    ScaleDrift(),
)
