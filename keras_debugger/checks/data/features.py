"""Names and sizes of input features."""

from collections.abc import Callable

import numpy as np

from keras_debugger.types.finding import Finding
from keras_debugger.types.record import InputProfile, TrainingRecord


def feature_name(profile: InputProfile, index: int) -> str:
    """The feature's own name, or its number."""
    if index < len(profile.names):
        return profile.names[index]
    prefix = f"{profile.name}, " if profile.name else ""
    return f"{prefix}feature {index}"


def typical_size(profile: InputProfile) -> np.ndarray:
    """How large values of each feature get, outliers left out, shape (features,).

    The largest absolute value, but no more than ten robust deviations away from the median; the
    usual deviation stands in where more than half of the values are equal.
    """
    largest = np.maximum(np.abs(profile.minimum), np.abs(profile.maximum))
    spread = np.where(profile.robust_sd > 0, profile.robust_sd, profile.sd)
    return np.asarray(np.minimum(largest, np.abs(profile.median) + 10.0 * spread))


def holds_numbers(record: TrainingRecord, profile: InputProfile) -> bool:
    """Whether an input holds measurements, not words, tokens or truth values."""
    if not profile.dtype.startswith(("float", "int", "uint")) or profile.mean.size == 0:
        return False
    return profile.dtype.startswith("float") or not _is_embedded(record)


def judge_numbers(
    record: TrainingRecord, judge: Callable[[InputProfile], tuple[Finding, ...]]
) -> tuple[Finding, ...]:
    """What is said of each input that holds measurements."""
    profiles = [one for one in record.data.inputs if holds_numbers(record, one)]
    return tuple(finding for profile in profiles for finding in judge(profile))


def _is_embedded(record: TrainingRecord) -> bool:
    if record.model_description is None:
        return False
    return any(layer.kind.value == "embedding" for layer in record.model.layers)
