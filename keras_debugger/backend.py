"""Says in one sentence that TensorFlow is missing, before an import fails in many."""

from importlib.util import find_spec

from keras_debugger.errors import MissingBackendError


def require_tensorflow() -> None:
    """Check that Keras can run on TensorFlow.

    Raises:
        MissingBackendError: TensorFlow is not installed, or Keras is set to another backend.
    """
    if find_spec("tensorflow") is None:
        raise MissingBackendError(
            given="an environment without TensorFlow",
            expected="TensorFlow 2.20 or newer",
            do='pip install "keras-debugger[tensorflow]" (or [tensorflow-cpu], or [cuda])',
        )
    import keras

    if keras.backend.backend() != "tensorflow":
        raise MissingBackendError(
            given=f"Keras on the {keras.backend.backend()} backend",
            expected="Keras on the tensorflow backend",
            do="set the environment variable KERAS_BACKEND=tensorflow before Keras is imported",
        )
