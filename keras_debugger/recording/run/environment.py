"""Versions of what a run used, the machine it ran on, and its seed."""

import platform
from collections.abc import Mapping
from types import MappingProxyType

import keras
import numpy as np
import tensorflow as tf

from keras_debugger.version import VERSION

_NO_SEED = 87654321  # what TensorFlow answers if no seed was set


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


def global_seed() -> int | None:
    """The global seed of TensorFlow, as `keras.utils.set_random_seed` sets it; None without one.

    Asking moves no random state. Keras shows no seed of its own, but sets both to the same number.
    """
    seed = int(tf.compat.v1.random.get_seed(0)[0])
    return None if seed == _NO_SEED else seed
