"""Diagnoses and histories as plain values that any JSON reader takes."""

import dataclasses
import math
from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Any

import numpy as np

from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import TrainingRecord

SCHEMA = "keras_debugger.diagnosis"
SCHEMA_VERSION = 1


def plain(value: Any) -> Any:
    """A value of ours as dicts, lists, strings, numbers and None.

    Args:
        value: dataclasses, enums, mappings, sequences, arrays and scalars, nested in any way.

    Returns:
        The same for JSON: NaN and infinity become None, an enum its word or its name.
    """
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, Enum):
        return value.value if isinstance(value, StrEnum) else value.name.lower()
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if dataclasses.is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(part) for key, part in value.items()}
    return [plain(part) for part in value]


def history_json(record: TrainingRecord) -> dict[str, list[float | None]]:
    """Epoch logs in the form of `History.history`; NaN and infinity become None."""
    if record.epoch_logs is None:
        return {}
    history: dict[str, list[float | None]] = plain(record.epoch_logs.values)
    return history


def diagnosis_json(diagnosis: Diagnosis, headline: str) -> dict[str, Any]:
    """A diagnosis for other programs.

    Args:
        diagnosis: the diagnosis.
        headline: its verdict in one sentence.

    Returns:
        A JSON value with the schema's name and version.
    """
    record = diagnosis.record
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "verdict": headline,
        "healthy": diagnosis.healthy,
        "findings": plain(diagnosis.findings),
        "causes": plain(diagnosis.causes),
        "experiments": plain(diagnosis.experiments),
        "next_experiments": plain(diagnosis.next_experiments),
        "unknown": plain(diagnosis.unknown),
        "skipped": plain(diagnosis.skipped),
        "crashed": plain(diagnosis.crashed),
        "checked": plain(diagnosis.checked),
        "run": {
            "source": plain(record.source),
            "ending": plain(record.ending),
            "ending_detail": plain(record.ending_detail),
            "seconds": plain(record.seconds),
            "versions": plain(record.versions),
            "notes": plain(record.notes),
            "history": history_json(record),
        },
    }
