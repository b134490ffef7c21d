"""The four checks of a plain debugging workflow by their usual names, on any source of a run."""

from collections.abc import Sequence
from typing import Any

from keras_debugger.checks.base import Check
from keras_debugger.checks.curves import CURVES_CHECKS
from keras_debugger.checks.gradients import GRADIENT_CHECKS
from keras_debugger.checks.runner import run_checks
from keras_debugger.recording.storage import read_source
from keras_debugger.types.finding import Finding

_DIVERGENCE = frozenset({"LOS101", "LOS103", "LOS104", "LOS105", "LOS116"})
_OVERFITTING = frozenset({"LOS110", "LOS111"})
_CONVERGENCE = frozenset({"LOS106", "LOS107", "LOS108", "LOS109"})


def check_loss_divergence(source: Any) -> tuple[Finding, ...]:
    """Whether the loss is NaN, grows, jumps or goes up and down.

    Args:
        source: what `diagnose` takes: a Recorder, a History, a dict of lists, a record or a path.

    Returns:
        Findings of the checks LOS101, LOS103, LOS104, LOS105 and LOS116; none for a sound run.

    Raises:
        UnreadableFileError: the file holds no training history.
        InvalidArgumentError: the source is nothing that `diagnose` takes.

    Example:
        >>> from keras_debugger import check_loss_divergence
        >>> [found.code for found in check_loss_divergence({"loss": [0.9, 0.7, float("nan")]})]
        ['LOS101']
    """
    return _run(_chosen(_DIVERGENCE), source)


def check_overfitting(source: Any) -> tuple[Finding, ...]:
    """Whether validation gets worse while training gets better, or was far off from the start.

    Args:
        source: what `diagnose` takes.

    Returns:
        Findings of the checks LOS110 and LOS111; none for a sound run.

    Raises:
        UnreadableFileError: the file holds no training history.
        InvalidArgumentError: the source is nothing that `diagnose` takes.

    Example:
        >>> from keras_debugger import check_overfitting
        >>> loss = [0.9, 0.5, 0.3, 0.2, 0.1, 0.05]
        >>> validation = [0.9, 0.6, 0.6, 0.8, 1.0, 1.2]
        >>> [found.code for found in check_overfitting({"loss": loss, "val_loss": validation})]
        ['LOS110']
    """
    return _run(_chosen(_OVERFITTING), source)


def check_convergence_rate(source: Any) -> tuple[Finding, ...]:
    """Whether the loss falls at all, has settled too early or too high, or is not done yet.

    Args:
        source: what `diagnose` takes.

    Returns:
        Findings of the checks LOS106 to LOS109; none for a sound run.

    Raises:
        UnreadableFileError: the file holds no training history.
        InvalidArgumentError: the source is nothing that `diagnose` takes.

    Example:
        >>> from keras_debugger import check_convergence_rate
        >>> [found.code for found in check_convergence_rate({"loss": [2.0, 1.9, 1.8, 1.7, 1.6]})]
        ['LOS108']
    """
    return _run(_chosen(_CONVERGENCE), source)


def check_gradient_health(source: Any) -> tuple[Finding, ...]:
    """Whether gradients are NaN, vanish, explode, are missing or are zero.

    Args:
        source: a Recorder, its record or a path to it; other sources hold no gradients.

    Returns:
        Findings of all checks of gradients and updates; none for a source without gradients.

    Raises:
        UnreadableFileError: the file holds no training history.
        InvalidArgumentError: the source is nothing that `diagnose` takes.

    Example:
        >>> from keras_debugger import check_gradient_health
        >>> check_gradient_health({"loss": [1.0, 0.5]})
        ()
    """
    return _run(GRADIENT_CHECKS, source)


def _chosen(codes: frozenset[str]) -> tuple[Check, ...]:
    return tuple(check for check in CURVES_CHECKS if check.code in codes)


def _run(checks: Sequence[Check], source: Any) -> tuple[Finding, ...]:
    return run_checks(read_source(source), checks).findings
