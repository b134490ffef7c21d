"""TensorFlow's warning about many traced functions, held back while models are built on purpose."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_retracing_warnings() -> Iterator[None]:
    """Every trial traces functions of a new model, which TensorFlow takes for a mistake."""
    logger = logging.getLogger("tensorflow")
    logger.addFilter(_is_about_something_else)
    try:
        yield
    finally:
        logger.removeFilter(_is_about_something_else)


def _is_about_something_else(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in str(record.msg)
