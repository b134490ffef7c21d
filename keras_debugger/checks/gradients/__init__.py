"""Checks of gradients, updates and weights."""

from keras_debugger.checks.base import Check
from keras_debugger.checks.gradients.clipping_always_bites import ClippingAlwaysBites
from keras_debugger.checks.gradients.exploding import ExplodingGradients
from keras_debugger.checks.gradients.exploding_with_depth import ExplodingWithDepth
from keras_debugger.checks.gradients.fading import FadingGradients
from keras_debugger.checks.gradients.missing_gradients import MissingGradients
from keras_debugger.checks.gradients.noisy_gradients import NoisyGradients
from keras_debugger.checks.gradients.non_finite_gradients import NonFiniteGradients
from keras_debugger.checks.gradients.non_finite_weights import NonFiniteWeights
from keras_debugger.checks.gradients.steps_stay_large import StepsStayLarge
from keras_debugger.checks.gradients.steps_too_large import StepsTooLarge
from keras_debugger.checks.gradients.steps_too_small import StepsTooSmall
from keras_debugger.checks.gradients.uneven_steps import UnevenSteps
from keras_debugger.checks.gradients.vanishing import VanishingGradients
from keras_debugger.checks.gradients.weights_grow import WeightsGrowWithoutEnd
from keras_debugger.checks.gradients.weights_stand_still import WeightsStandStill
from keras_debugger.checks.gradients.zero_gradients import ZeroGradients

GRADIENT_CHECKS: tuple[Check, ...] = (
    ExplodingGradients(),
    VanishingGradients(),
    NonFiniteGradients(),
    NonFiniteWeights(),
    ZeroGradients(),
    MissingGradients(),
    StepsTooLarge(),
    StepsTooSmall(),
    WeightsStandStill(),
    WeightsGrowWithoutEnd(),
    ClippingAlwaysBites(),
    StepsStayLarge(),
    NoisyGradients(),
    ExplodingWithDepth(),
    UnevenSteps(),
    FadingGradients(),
)
