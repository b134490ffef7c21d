"""Finds out why a Keras model does not learn, repairs it and proves the gain.

Add `Recorder()` to the callbacks of `model.fit` and call `diagnose`, or give model and data to
`autofix`. Names are loaded on first use; importing the package loads neither TensorFlow nor Keras.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from keras_debugger import version

if TYPE_CHECKING:
    from keras_debugger.baseline import (
        check_convergence_rate,
        check_gradient_health,
        check_loss_divergence,
        check_overfitting,
    )
    from keras_debugger.errors import KerasDebuggerError
    from keras_debugger.recording.recorder import Recorder
    from keras_debugger.recording.storage import load_record
    from keras_debugger.report.diagnosis_view import DiagnosisView as Diagnosis
    from keras_debugger.report.result import AutofixResult
    from keras_debugger.types.record import TrainingRecord
    from keras_debugger.workflow import autofix, diagnose, resume

__version__ = version.VERSION
__all__ = [
    "AutofixResult",
    "Diagnosis",
    "KerasDebuggerError",
    "Recorder",
    "TrainingRecord",
    "__version__",
    "autofix",
    "check_convergence_rate",
    "check_gradient_health",
    "check_loss_divergence",
    "check_overfitting",
    "diagnose",
    "load_record",
    "resume",
]

_HOMES = {
    "AutofixResult": ("report.result", "AutofixResult"),
    "Diagnosis": ("report.diagnosis_view", "DiagnosisView"),
    "KerasDebuggerError": ("errors", "KerasDebuggerError"),
    "Recorder": ("recording.recorder", "Recorder"),
    "TrainingRecord": ("types.record", "TrainingRecord"),
    "autofix": ("workflow", "autofix"),
    "check_convergence_rate": ("baseline", "check_convergence_rate"),
    "check_gradient_health": ("baseline", "check_gradient_health"),
    "check_loss_divergence": ("baseline", "check_loss_divergence"),
    "check_overfitting": ("baseline", "check_overfitting"),
    "diagnose": ("workflow", "diagnose"),
    "load_record": ("recording.storage", "load_record"),
    "resume": ("workflow", "resume"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    if name == "Recorder":
        import_module(f"{__name__}.backend").require_tensorflow()
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
