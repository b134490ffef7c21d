"""What a table was made with: command, versions, cores, and what the script adds to it."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("keras-debugger", "keras", "tensorflow", "tensorflow-cpu", "numpy", "scikit-learn")


def limit_threads(threads: int) -> None:
    """Before TensorFlow is imported: threads of this process and of those that it starts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(threads)


def surroundings(*packages: str, **more: Any) -> dict[str, Any]:
    """Command (without the folders of this machine), versions and cores.

    Args:
        packages: further packages whose versions matter.
        more: seeds, threads and whatever else the figures depend on.
    """
    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv]
    made: dict[str, Any] = {"command": " ".join(words), "python": platform.python_version()}
    for package in (*PACKAGES, *packages):
        try:
            made[package] = version(package)
        except PackageNotFoundError:
            continue
    return {**made, "cores": os.cpu_count(), **more}


def in_words(made: dict[str, Any]) -> str:
    """One line of it."""
    return ", ".join(f"{key} {value}" for key, value in made.items())
