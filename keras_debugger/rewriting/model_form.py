"""How a model is written: its layers by path, and whether its class lets it be rebuilt."""

from collections.abc import Iterator
from typing import Any

import keras

_TRAINING_METHODS = (
    *("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics"),
    *("compute_loss_and_updates", "stateless_compute_loss", "get_metrics_result"),
    *("make_train_function", "make_test_function", "make_predict_function"),
    *("fit", "evaluate", "predict", "reset_metrics", "train_on_batch"),
)
_LIBRARIES = ("keras", "tensorflow", "builtins")


def walk_layers(model: Any) -> Iterator[tuple[str, Any]]:
    """Every layer of a model with its path, those of nested models behind the nested model.

    The paths and their order are those of `LayerDescription.path`.

    Args:
        model: a Keras model, built or not.

    Yields:
        Path (names of the models it is nested in and its own, joined by `/`) and layer; a layer
        that is met twice comes once, at its first place.
    """
    yield from _walk(model, "", set(), set())


def _walk(model: Any, prefix: str, seen: set[int], taken: set[str]) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        path = base = f"{prefix}{layer.name}"
        number = 1
        while path in taken:
            number += 1
            path = f"{base}#{number}"
        taken.add(path)
        yield path, layer
        if isinstance(layer, keras.Model):
            yield from _walk(layer, f"{path}/", seen, taken)


def is_functional(model: Any) -> bool:
    """Whether a model is its graph: Functional or Sequential, with no `call` of its own."""
    if not isinstance(model, keras.Function | keras.Sequential):
        return False
    return not _own(type(model), ("call", "__call__"))


def is_built_sequential(model: Any) -> bool:
    """Whether a Sequential model knows its input."""
    try:
        return bool(model.inputs)
    except (AttributeError, ValueError):
        return False


def kept_class(model: Any) -> type:
    """The class that a rebuilt model gets: its own if that only adds methods, else Keras's."""
    plain: type = keras.Sequential if isinstance(model, keras.Sequential) else keras.Model
    return plain if _own(type(model), ("__init__", "__new__")) else type(model)


def class_refusal(model: Any) -> str:
    """Why the class of a model forbids to rebuild it, empty if it does not."""
    name = f"the model {model.name!r} ({type(model).__name__})"
    if not is_functional(model):
        return f"{name} with a call method of its own, so that its layers cannot be told apart"
    own_compile = _own(type(model), ("compile", "compile_from_config"))
    if own_compile:
        return f"{name} with a compile method of its own, whose arguments are not known"
    own = _own(type(model), _TRAINING_METHODS)
    if own and _own(type(model), ("__init__", "__new__")):
        return f"{name} with an __init__ and a {own[0]} of its own, of which a copy would lose one"
    for path, layer in walk_layers(model):
        if getattr(layer, "quantization_mode", None) is not None:
            return (
                f"the quantized layer {path!r} ({layer.quantization_mode}), whose kernel cannot "
                "be trained"
            )
    return ""


def own_classes(kind: type) -> tuple[type, ...]:
    """The classes of a type that are neither Keras's nor TensorFlow's."""
    return tuple(
        cls for cls in kind.__mro__ if cls.__module__.split(".", maxsplit=1)[0] not in _LIBRARIES
    )


def _own(kind: type, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if any(name in vars(cls) for cls in own_classes(kind)))
