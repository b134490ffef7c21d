"""All checks, in the order in which they run and in which the documentation lists them."""

from keras_debugger.checks.activations import ACTIVATION_CHECKS
from keras_debugger.checks.base import Check
from keras_debugger.checks.curves import CURVES_CHECKS
from keras_debugger.checks.data import DATA_CHECKS
from keras_debugger.checks.gradients import GRADIENT_CHECKS
from keras_debugger.checks.model import MODEL_CHECKS
from keras_debugger.checks.optimizer import OPTIMIZER_CHECKS

ALL_CHECKS: tuple[Check, ...] = (
    *CURVES_CHECKS,
    *GRADIENT_CHECKS,
    *ACTIVATION_CHECKS,
    *DATA_CHECKS,
    *MODEL_CHECKS,
    *OPTIMIZER_CHECKS,
)
