"""Every error that the package raises on purpose.

KerasDebuggerError
├── InvalidArgumentError (ValueError)     an argument that cannot be used
│   ├── InvalidModelError                 not a Keras model, not compiled, not built
│   ├── InvalidDataError                  empty, lengths differ, strings, wrong shape
│   ├── UnreadableFileError               a file or folder that is not what it should be
│   └── FolderInUseError                  a folder that another run is working in
├── UnsupportedModelError (TypeError)     a model that cannot be rebuilt
├── NotApplicableError (ValueError)       a fix whose precondition does not hold
├── MissingEvidenceError (LookupError)    a part of a record that was not recorded
└── MissingBackendError (ImportError)     TensorFlow is missing, or Keras runs on another backend

Interrupted (KeyboardInterrupt)           Ctrl-C in autofix; it holds what was known by then
"""

from typing import Any


class KerasDebuggerError(Exception):
    """Root of all errors of keras_debugger.

    Args:
        given: what was given, in words.
        expected: what was expected.
        do: what to do about it.

    Example:
        >>> from keras_debugger import KerasDebuggerError, diagnose
        >>> try:
        ...     diagnose("nowhere.csv")
        ... except KerasDebuggerError as error:
        ...     print(error.given)
        nowhere.csv, where no file is
    """

    def __init__(self, *, given: str, expected: str, do: str) -> None:
        super().__init__(given, expected, do)
        self.given = given
        self.expected = expected
        self.do = do

    def __str__(self) -> str:
        return f"got {self.given}; expected {self.expected}. What to do: {self.do}."

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.given, self.expected, self.do)


def _rebuild(
    kind: type[KerasDebuggerError], given: str, expected: str, do: str
) -> KerasDebuggerError:
    return kind(given=given, expected=expected, do=do)


class InvalidArgumentError(KerasDebuggerError, ValueError):
    """An argument that cannot be used."""


class InvalidModelError(InvalidArgumentError):
    """Something that is not a compiled Keras model."""


class InvalidDataError(InvalidArgumentError):
    """Data that `model.fit` could not train on."""


class UnreadableFileError(InvalidArgumentError):
    """A file or folder that is missing, damaged, or holds something else than it should."""


class FolderInUseError(InvalidArgumentError):
    """A folder that another run is working in; the message tells its process id."""


class UnsupportedModelError(KerasDebuggerError, TypeError):
    """A model that cannot be rebuilt; the message names the layer and the reason."""


class NotApplicableError(KerasDebuggerError, ValueError):
    """A fix whose precondition does not hold for this model or these data."""


class MissingEvidenceError(KerasDebuggerError, LookupError):
    """A part of a record was asked for that was not recorded."""


class MissingBackendError(KerasDebuggerError, ImportError):
    """TensorFlow is missing, or Keras runs on another backend."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in `autofix`, raised in place of KeyboardInterrupt.

    Args:
        result: the `AutofixResult` of what was known by then.

    Example:
        >>> try:
        ...     raise Interrupted("what is known")
        ... except KeyboardInterrupt as stop:
        ...     print(stop.result)
        what is known
    """

    def __init__(self, result: Any) -> None:
        super().__init__("autofix was interrupted; the result so far is in the attribute `result`")
        self.result = result
