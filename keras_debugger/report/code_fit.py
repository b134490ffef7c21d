"""Edits of `fit` and of the data as Python lines."""

import math
from collections.abc import Sequence

from keras_debugger.report.layer_edits import literal
from keras_debugger.report.words import clean
from keras_debugger.types.edit import (
    BalanceClasses,
    DropBrokenRows,
    Edit,
    FitEdit,
    ScaleLearningRate,
    Schedule,
    SetBatchSize,
    SetEpochs,
    SetSchedule,
    Shuffle,
    SplitAnew,
    StopEarly,
)
from keras_debugger.types.record import FitDescription, ModelDescription
from keras_debugger.types.vocabulary import REGRESSION_LOSSES, LossKind


def data_lines(edits: Sequence[Edit]) -> list[str]:
    """Lines that change the training rows; empty if none do."""
    lines = []
    if any(isinstance(edit, SplitAnew) for edit in edits):
        lines += [
            "# Shuffle before you split: validation_split takes the last rows as they are.",
            "x, y = np.concatenate([x_train, x_val]), np.concatenate([y_train, y_val])",
            "order = np.random.default_rng(0).permutation(len(x))",
            "x_train, x_val = np.split(x[order], [len(x_train)])",
            "y_train, y_val = np.split(y[order], [len(y_train)])",
        ]
    if not any(isinstance(edit, DropBrokenRows) for edit in edits):
        return lines
    return [
        *lines,
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
    callbacks = _callbacks(edits, fit)
    if not callbacks and not any(isinstance(edit, FitEdit | SetSchedule) for edit in edits):
        return []
    epochs, batch_size, shuffle = fit.epochs, fit.batch_size, fit.shuffle
    balanced: BalanceClasses | None = None
    for edit in edits:
        match edit:
            case SetEpochs():
                epochs = edit.epochs
            case SetBatchSize():
                batch_size = edit.rows
            case Shuffle():
                shuffle = True
            case BalanceClasses():
                balanced = edit
    arguments = [
        "validation_data=(x_val, y_val)",
        f"epochs={epochs or 'epochs'}",
        f"batch_size={batch_size or 'batch_size'}",
    ]
    if any(isinstance(edit, Shuffle) for edit in edits) or shuffle is False:
        arguments.append(f"shuffle={shuffle}")
    if balanced is not None:
        weights = "sample_weight" if balanced.by_row else "class_weight"
        arguments.append(f"{weights}={weights}")
    elif fit.class_weight:
        inside = ", ".join(f"{key}: {value:.4g}" for key, value in fit.class_weight.items())
        arguments.append(f"class_weight={{{inside}}}")
    lines = [*(_weight_lines(balanced, model) if balanced else ()), "history = model.fit("]
    lines += ["    x_train,", "    y_train,", *(f"    {text}," for text in arguments)]
    own = _own_callbacks(edits, fit)
    if callbacks or own:
        lines += ["    callbacks=[", *own, *(f"        {text}," for text in callbacks), "    ],"]
    return [*lines, ")"]


def _callbacks(edits: Sequence[Edit], fit: FitDescription) -> list[str]:
    """The callbacks that the edits add, or change."""
    callbacks = _scaled_scheduler(edits, fit)
    for edit in edits:
        match edit:
            case StopEarly(patience=patience):
                callbacks.append(
                    f"keras.callbacks.EarlyStopping(patience={patience}, restore_best_weights=True)"
                )
            case SetSchedule(schedule=Schedule.ON_PLATEAU):
                callbacks.append("keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=5)")
    return callbacks


def _own_callbacks(edits: Sequence[Edit], fit: FitDescription) -> list[str]:
    """The user's callbacks that stay; a line that names them, empty if there are none."""
    gone = set[str]()
    for edit in edits:
        if isinstance(edit, StopEarly):
            gone.add("EarlyStopping")
        elif isinstance(edit, SetSchedule):
            gone |= {"LearningRateScheduler", "ReduceLROnPlateau"}
        elif isinstance(edit, ScaleLearningRate):
            gone.add("LearningRateScheduler")
    names = [name for name in fit.callbacks if name not in gone]
    return [f"        *callbacks,  # yours: {', '.join(map(clean, names))}"] if names else []


def _scaled_scheduler(edits: Sequence[Edit], fit: FitDescription) -> list[str]:
    """The user's LearningRateScheduler with the rates that an edit scales; empty if none does."""
    factor = math.prod(edit.factor for edit in edits if isinstance(edit, ScaleLearningRate))
    replaced = any(isinstance(edit, SetSchedule) for edit in edits)
    if factor == 1.0 or replaced or "LearningRateScheduler" not in fit.callbacks:
        return []
    schedule = f"lambda epoch, rate: {factor:g} * your_schedule(epoch, rate / {factor:g})"
    return [f"keras.callbacks.LearningRateScheduler({schedule})"]


def _weight_lines(edit: BalanceClasses, model: ModelDescription) -> list[str]:
    if not edit.by_row:
        return _class_weight_lines(model)
    if len(model.outputs) <= 1:
        weights = 'compute_sample_weight("balanced", y_train.ravel()).reshape(y_train.shape)'
        return [f"sample_weight = {weights}  # times your own weights, if you have some"]
    lines = ["sample_weight = {"]
    for output in model.outputs:
        labels = f"y_train[{literal(output.name)}]"
        weights = f'compute_sample_weight("balanced", {labels}.ravel())'
        if output.loss in REGRESSION_LOSSES:
            weights = f"np.ones(len({labels}))"
        lines.append(f"    {literal(output.name)}: {weights},")
    return [*lines, "}"]


def _class_weight_lines(model: ModelDescription) -> list[str]:
    one_hot = any(output.loss is LossKind.CATEGORICAL_CROSSENTROPY for output in model.outputs)
    labels = "y_train.argmax(axis=-1)" if one_hot else "y_train.ravel()"
    return [
        f"labels = {labels}",
        "classes = np.unique(labels)",
        'weights = compute_class_weight("balanced", classes=classes, y=labels)',
        "class_weight = dict(zip(classes.astype(int).tolist(), weights.tolist()))",
    ]
