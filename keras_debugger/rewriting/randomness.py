"""Draws that depend on a seed only, and leave the user's random state as it was."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def untouched_random_state() -> Iterator[None]:
    """Restore the state of Python's `random` and of NumPy on leaving.

    Keras draws the seeds of initializers and dropout layers from Python's `random`.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)


def derive_seed(*parts: object) -> int:
    """A seed that depends on all parts, from 1 to 1e9, as Keras draws them."""
    text = "\0".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return 1 + int.from_bytes(digest[:8], "big") % 1_000_000_000


def seed_draws(*parts: object) -> None:
    """Seed Python's `random` and NumPy; to be used inside `untouched_random_state` only."""
    seed = derive_seed(*parts)
    random.seed(seed)
    np.random.seed(seed)
