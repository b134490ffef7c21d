"""Versions of what a run used, and the machine it ran on."""

import platform
from collections.abc import Mapping
from types import MappingProxyType

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.version import VERSION


def versions() -> Mapping[str, str]:
    """Package name to version; also Python, the machine and the kinds of its devices."""
    devices = sorted({device.device_type for device in tf.config.list_logical_devices()})
    return MappingProxyType(
        {
            "keras_debugger": VERSION,
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "devices": ", ".join(devices),
        }
    )
