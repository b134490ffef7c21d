"""Is this a model and are these data that fit could train? Asked once, before any training.

What Keras refuses with poor words is an error here. What it accepts in silence is not: those are
the faults that the checks find.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from keras_debugger.errors import InvalidDataError, InvalidModelError
from keras_debugger.recording.model.losses import resolve_loss
from keras_debugger.recording.model_description import describe_model
from keras_debugger.training.label_checks import check_labels, rows_shape
from keras_debugger.training.part import Part
from keras_debugger.types.record import InputDescription, ModelDescription
from keras_debugger.types.vocabulary import ModelKind

_EXPECTED = "a compiled Keras 3 model"


def check_model(model: Any, build: Callable[[], Any] | None = None) -> None:
    """Check that a model can be trained.

    Args:
        model: what the user gave as the model.
        build: what the user gave as the function that builds it, or None.

    Raises:
        InvalidModelError: it is not a compiled Keras model, or `build` is no function.
    """
    if not isinstance(model, keras.Model):
        raise InvalidModelError(given=_described(model), expected=_EXPECTED, do=_advice(model))
    if build is not None and (not callable(build) or isinstance(build, keras.Model)):
        raise InvalidModelError(
            given=f"build={build!r}",
            expected="a function without arguments that returns the compiled model",
            do="pass build=make_model, without calling it",
        )
    name = f"the model {model.name!r}"
    if isinstance(model, keras.Sequential) and not model.layers:
        raise InvalidModelError(
            given=f"{name} without layers", expected=_EXPECTED, do="add layers to it"
        )
    if not model.compiled:
        raise InvalidModelError(
            given=f"{name}, which is not compiled",
            expected=_EXPECTED,
            do="call model.compile(optimizer=..., loss=...) first",
        )
    if model.loss is None and _needs_loss(model):
        raise InvalidModelError(
            given=f"{name}, which was compiled without a loss",
            expected=_EXPECTED,
            do="give compile a loss, such as model.compile('adam', loss='mse')",
        )


def check_fit(model: Any, part: Part) -> None:
    """Check that data fit a model, as far as Keras itself would refuse them.

    Args:
        model: a compiled Keras model.
        part: the training data.

    Raises:
        InvalidDataError: an input or label has a form that the model cannot be trained on.
    """
    description = describe_model(model)
    if description.inputs and description.kind is not ModelKind.SUBCLASSED:
        _check_inputs(description, part)
    if part.y is None:
        if model.loss is not None and not description.own_train_step:
            raise InvalidDataError(
                given="inputs without labels",
                expected=f"labels for the loss {resolve_loss(_first(model.loss))[1]}",
                do="pass (x, y)",
            )
        return
    if not description.own_train_step:
        check_labels(model, description, part)


def _described(model: Any) -> str:
    if model is None:
        return "None"
    if isinstance(model, type):
        return f"the class {model.__name__}"
    if isinstance(model, str):
        return f"the text {model[:60]!r}"
    kind = type(model)
    module = "" if kind.__module__ == "builtins" else f" of {kind.__module__}"
    article = "an" if kind.__name__[0] in "aeiouAEIOU" else "a"
    return f"{article} {kind.__name__}{module}"


def _advice(model: Any) -> str:
    module = type(model).__module__
    if isinstance(model, type) or (callable(model) and not hasattr(model, "fit")):
        return "call it, and pass the model that it returns"
    if isinstance(model, str):
        return "load it with keras.models.load_model(path) and pass the result"
    if module.startswith(("tf_keras", "tensorflow.python.keras", "keras.api._v2", "keras.engine")):
        return (
            "build it with `import keras` (Keras 3) instead of tf_keras; "
            "TF_USE_LEGACY_KERAS must not be set"
        )
    if module.startswith("sklearn"):
        return "pass a keras.Model; models of scikit-learn cannot be repaired"
    return "pass the object that model.compile was called on"


def _needs_loss(model: Any) -> bool:
    """Whether no loss can come from the model itself."""
    if any(
        getattr(type(model), name) is not getattr(keras.Model, name)
        for name in ("train_step", "compute_loss")
    ):
        return False
    own = [layer for layer in model.layers if type(layer).__module__.split(".")[0] != "keras"]
    return isinstance(model, keras.Function | keras.Sequential) and not own and not model.losses


def _first(loss: Any) -> Any:
    items = loss.values() if isinstance(loss, Mapping) else loss
    return next(iter(items), None) if isinstance(loss, Mapping | list | tuple) else loss


def _check_inputs(description: ModelDescription, part: Part) -> None:
    inputs = description.inputs
    arrays = _by_input(inputs, part.x)
    for expected, array in zip(inputs, arrays, strict=True):
        if not _same_form(array.shape[1:], expected.shape):
            which = f"input {expected.name!r}" if len(inputs) > 1 else "x"
            raise InvalidDataError(
                given=f"{which} of shape {rows_shape(array.shape[1:])}",
                expected=f"shape {rows_shape(expected.shape)}, as the model says",
                do=_advice_on_shape(array.shape[1:], expected.shape),
            )


def _by_input(inputs: tuple[InputDescription, ...], x: Any) -> list[np.ndarray]:
    names = [item.name for item in inputs]
    if isinstance(x, Mapping):
        if all(name in x for name in names):
            return [x[name] for name in names]
        if len(x) != len(names) or len(names) > 1:
            raise InvalidDataError(
                given=f"inputs named {', '.join(map(repr, x))}",
                expected=f"inputs named {', '.join(map(repr, names))}",
                do="use the names of the model's inputs as keys",
            )
    arrays = list(keras.tree.flatten(x))
    if len(arrays) != len(inputs):
        raise InvalidDataError(
            given=f"{len(arrays)} input arrays",
            expected=f"{len(inputs)}, one for each of {', '.join(map(repr, names))}",
            do="pass a list of arrays in this order, or a dict with these keys",
        )
    return arrays


def _same_form(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    """Whether Keras takes rows of a shape; it adds or drops a last axis of length 1."""
    if len(shape) == len(expected) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    elif len(shape) + 1 == len(expected) and expected[-1] in (1, None):
        shape = (*shape, 1)
    if len(shape) != len(expected):
        return False
    return all(wanted is None or wanted == n for n, wanted in zip(shape, expected, strict=True))


def _advice_on_shape(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> str:
    if len(shape) == len(expected):
        return "give the model the number of features that the data have, or select the columns"
    if None not in expected and np.prod(shape) == np.prod([n or 1 for n in expected]):
        return f"reshape it: x.reshape(-1, {', '.join(str(n) for n in expected)})"
    return "reshape the data, or change the shape of the model's Input"
