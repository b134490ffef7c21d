"""Edits of `fit` and of the data as Python lines."""

from collections.abc import Sequence

from keras_debugger.types.edit import (
    BalanceClasses,
    DropBrokenRows,
    Edit,
    FitEdit,
    Schedule,
    SetBatchSize,
    SetEpochs,
    SetSchedule,
    Shuffle,
    StopEarly,
)
from keras_debugger.types.record import FitDescription, ModelDescription
from keras_debugger.types.vocabulary import LossKind


def data_lines(edits: Sequence[Edit]) -> list[str]:
    """Lines that change the training rows; empty if none do."""
    if not any(isinstance(edit, DropBrokenRows) for edit in edits):
        return []
    return [
        "keep = np.isfinite(x_train).reshape(len(x_train), -1).all(axis=1)",
        "keep &= np.isfinite(y_train).reshape(len(y_train), -1).all(axis=1)",
        "x_train, y_train = x_train[keep], y_train[keep]",
    ]


def fit_lines(edits: Sequence[Edit], model: ModelDescription, fit: FitDescription) -> list[str]:
    """The fit call after the edits.

    Args:
        edits: all edits of a plan.
        model: the user's model.
        fit: the user's arguments of fit.

    Returns:
        Lines of Python; empty if no edit concerns fit.
    """
    schedules = [edit.schedule for edit in edits if isinstance(edit, SetSchedule)]
    if not schedules and not any(isinstance(edit, FitEdit) for edit in edits):
        return []
    epochs, batch_size, shuffle = fit.epochs, fit.batch_size, fit.shuffle
    callbacks, balanced = [], False
    for edit in edits:
        match edit:
            case SetEpochs():
                epochs = edit.epochs
            case SetBatchSize():
                batch_size = edit.rows
            case Shuffle():
                shuffle = True
            case BalanceClasses():
                balanced = True
            case StopEarly(patience=patience):
                callbacks.append(
                    f"keras.callbacks.EarlyStopping(patience={patience}, restore_best_weights=True)"
                )
    if Schedule.ON_PLATEAU in schedules:
        callbacks.append("keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=5)")
    arguments = [
        "validation_data=(x_val, y_val)",
        f"epochs={epochs or 'epochs'}",
        f"batch_size={batch_size or 'batch_size'}",
    ]
    if any(isinstance(edit, Shuffle) for edit in edits) or shuffle is False:
        arguments.append(f"shuffle={shuffle}")
    if balanced:
        arguments.append("class_weight=class_weight")
    elif fit.class_weight:
        inside = ", ".join(f"{key}: {value:.4g}" for key, value in fit.class_weight.items())
        arguments.append(f"class_weight={{{inside}}}")
    lines = [*(_class_weight_lines(model) if balanced else ()), "history = model.fit("]
    lines += ["    x_train,", "    y_train,", *(f"    {text}," for text in arguments)]
    if callbacks:
        lines += ["    callbacks=[", *(f"        {text}," for text in callbacks), "    ],"]
    return [*lines, ")"]


def _class_weight_lines(model: ModelDescription) -> list[str]:
    one_hot = any(output.loss is LossKind.CATEGORICAL_CROSSENTROPY for output in model.outputs)
    labels = "y_train.argmax(axis=-1)" if one_hot else "y_train.ravel()"
    return [
        f"labels = {labels}",
        "classes = np.unique(labels)",
        'weights = compute_class_weight("balanced", classes=classes, y=labels)',
        "class_weight = dict(zip(classes.astype(int).tolist(), weights.tolist()))",
    ]
