"""Which loss a model was compiled with, by type and identity, never by name."""

import functools
from typing import Any

import keras

from keras_debugger.recording.model.configuration import configured
from keras_debugger.types.vocabulary import CROSSENTROPIES, LossKind

_FUNCTIONS = (
    (keras.losses.binary_crossentropy, LossKind.BINARY_CROSSENTROPY),
    (keras.losses.categorical_crossentropy, LossKind.CATEGORICAL_CROSSENTROPY),
    (keras.losses.sparse_categorical_crossentropy, LossKind.SPARSE_CATEGORICAL_CROSSENTROPY),
    (keras.losses.mean_squared_error, LossKind.MEAN_SQUARED_ERROR),
    (keras.losses.mean_absolute_error, LossKind.MEAN_ABSOLUTE_ERROR),
    (keras.losses.mean_absolute_percentage_error, LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR),
    (keras.losses.mean_squared_logarithmic_error, LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR),
    (keras.losses.huber, LossKind.HUBER),
    (keras.losses.log_cosh, LossKind.LOG_COSH),
    (keras.losses.hinge, LossKind.HINGE),
    (keras.losses.squared_hinge, LossKind.HINGE),
    (keras.losses.categorical_hinge, LossKind.HINGE),
    (keras.losses.kl_divergence, LossKind.KL_DIVERGENCE),
    (keras.losses.poisson, LossKind.POISSON),
)
_CLASSES = (
    (keras.losses.BinaryCrossentropy, LossKind.BINARY_CROSSENTROPY),
    (keras.losses.CategoricalCrossentropy, LossKind.CATEGORICAL_CROSSENTROPY),
    (keras.losses.SparseCategoricalCrossentropy, LossKind.SPARSE_CATEGORICAL_CROSSENTROPY),
    (keras.losses.MeanSquaredError, LossKind.MEAN_SQUARED_ERROR),
    (keras.losses.MeanAbsoluteError, LossKind.MEAN_ABSOLUTE_ERROR),
    (keras.losses.MeanAbsolutePercentageError, LossKind.MEAN_ABSOLUTE_PERCENTAGE_ERROR),
    (keras.losses.MeanSquaredLogarithmicError, LossKind.MEAN_SQUARED_LOGARITHMIC_ERROR),
    (keras.losses.Huber, LossKind.HUBER),
    (keras.losses.LogCosh, LossKind.LOG_COSH),
    (keras.losses.Hinge, LossKind.HINGE),
    (keras.losses.SquaredHinge, LossKind.HINGE),
    (keras.losses.CategoricalHinge, LossKind.HINGE),
    (keras.losses.KLDivergence, LossKind.KL_DIVERGENCE),
    (keras.losses.Poisson, LossKind.POISSON),
)


def resolve_loss(loss: Any) -> tuple[LossKind, str, bool | None]:
    """Which loss this is.

    Args:
        loss: what was given to `compile` for one output: None, a name, a function, a Loss object,
            or a `functools.partial` of a Keras function.

    Returns:
        The loss; its name, for people to read (`none` if there is none); and whether it takes
        logits, None if it does not know the question. A user's own function or class is OTHER.
    """
    if loss is None:
        return LossKind.OTHER, "none", None
    if isinstance(loss, str):
        try:
            return resolve_loss(keras.losses.get(loss))
        except ValueError:
            return LossKind.OTHER, loss, None
    if isinstance(loss, keras.losses.Loss):
        return _of_object(loss)
    if isinstance(loss, functools.partial):
        kind, name, from_logits = resolve_loss(loss.func)
        given = loss.keywords.get("from_logits", from_logits)
        return kind, name, given if from_logits is None else bool(given)
    for function, kind in _FUNCTIONS:
        if loss is function:
            return kind, kind.value if kind is not LossKind.HINGE else _name(loss), _logits(kind)
    return LossKind.OTHER, _name(loss), None


def smoothing_of(loss: Any) -> float:
    """Share of each label that a loss spreads over all classes, 0 for most."""
    given = (loss.keywords if isinstance(loss, functools.partial) else configured(loss)).get(
        "label_smoothing"
    )
    return float(given) if isinstance(given, int | float) else 0.0


def aligns(loss: Any) -> bool:
    """Whether Keras brings labels and answers to one rank before this loss sees them.

    It does so for functions and for its own losses, whose `call` is one and the same.
    """
    is_object = isinstance(loss, keras.losses.Loss)
    return not is_object or type(loss).call is keras.losses.MeanSquaredError.call


def loss_weights_of(model: Any, names: tuple[tuple[str, ...], ...]) -> tuple[float, ...]:
    """The weight of the loss on each output; 1 where none is given or read, and of a lone output.

    Args:
        model: a Keras model.
        names: for each output, the names it goes by.
    """
    if len(names) < 2:  # there is nothing to weigh it against
        return (1.0,) * len(names)
    try:
        given = (model.get_compile_config() or {}).get("loss_weights")
    except Exception:  # objects of the user's own may not tell their configuration
        given = None
    if isinstance(given, dict):
        found = [next((given[n] for n in known if n in given), 1.0) for known in names]
    else:
        listed = list(given) if isinstance(given, list | tuple) else [given] * len(names)
        found = [listed[i] if i < len(listed) else 1.0 for i in range(len(names))]
    return tuple(float(one) if isinstance(one, int | float) else 1.0 for one in found)


def losses_of(model: Any, names: tuple[tuple[str, ...], ...]) -> tuple[Any, ...]:
    """The loss that `compile` was given for each output.

    Args:
        model: a Keras model.
        names: for each output, the names it goes by (its key, its output layer's name).

    Returns:
        One loss for each output, None for an output without one.
    """
    loss = getattr(model, "loss", None)
    if isinstance(loss, dict):
        single = len(names) == 1 and len(loss) == 1
        if single and not any(name in loss for name in names[0]):
            return tuple(keras.tree.flatten(loss))[:1]
        return tuple(next((loss[n] for n in known if n in loss), None) for known in names)
    if isinstance(loss, list | tuple):
        flat = [None if isinstance(item, dict) else item for item in loss]
        if len(flat) == 1:
            return tuple(flat * len(names))
        return tuple(flat[i] if i < len(flat) else None for i in range(len(names)))
    return (loss,) * len(names)


def _of_object(loss: Any) -> tuple[LossKind, str, bool | None]:
    from_logits = configured(loss).get("from_logits")
    logits = None if from_logits is None else bool(from_logits)
    for cls, kind in _CLASSES:
        if isinstance(loss, cls):
            if type(loss).call is cls.call:
                return kind, loss.name or kind.value, logits
            return LossKind.OTHER, type(loss).__name__, logits
    return LossKind.OTHER, loss.name or type(loss).__name__, logits


def _logits(kind: LossKind) -> bool | None:
    """The default of `from_logits` of a Keras loss function, None if it has none."""
    return False if kind in CROSSENTROPIES else None


def _name(loss: Any) -> str:
    return str(getattr(loss, "__name__", type(loss).__name__))
