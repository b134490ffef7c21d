"""The check after a rebuild: each edit must be seen in the new model."""

from typing import Any

import keras
import numpy as np

from keras_debugger.rewriting.engine import Rebuilt
from keras_debugger.rewriting.layer_copy import settings
from keras_debugger.rewriting.layer_plan import RebuildPlan
from keras_debugger.rewriting.loss_edits import LOSSES, loss_of
from keras_debugger.rewriting.model_form import walk_layers
from keras_debugger.rewriting.subject import cannot_apply
from keras_debugger.types.edit import ClipNorm, Edit, SetLoss, SetOptimizer


def check_visible(
    edits: tuple[Edit, ...], rebuilt: Rebuilt, plan: RebuildPlan, names: tuple[str, ...]
) -> None:
    """Check that a rebuilt model shows each edit.

    Args:
        edits: the edits that were asked for.
        rebuilt: the rebuilt and compiled model.
        plan: the plan that was made of the edits.
        names: names of the outputs.

    Raises:
        UnsupportedModelError: an edit is not to be seen.
    """
    present = {layer.name for _, layer in walk_layers(rebuilt.model)}
    missing = [name for name in rebuilt.inserted if name not in present]
    if missing:
        raise cannot_apply(edits[0], f"the new layer {missing[0]!r} is not in the new model")
    for path, own in plan.layers.items():
        new = rebuilt.new_layer(path)
        for key, value in own.settings.items():
            shown = settings(new.get_config(), key)
            if not shown or not all(_same(one, value, key) for one in shown):
                raise cannot_apply(_edit_of(edits, path), f"{key} is still {shown}")
        if own.trainable is not None and new.trainable != own.trainable:
            raise cannot_apply(_edit_of(edits, path), f"trainable is still {new.trainable}")
    check_compiled(edits, rebuilt.model, names)


def check_compiled(edits: tuple[Edit, ...], model: Any, names: tuple[str, ...]) -> None:
    """Check that a compiled model shows the edits of its optimizer and losses.

    Raises:
        UnsupportedModelError: an edit is not to be seen.
    """
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    last = {type(edit): edit for edit in edits if isinstance(edit, ClipNorm | SetOptimizer)}
    for edit in last.values():
        if isinstance(edit, ClipNorm):
            shown = optimizer.global_clipnorm if edit.over_all else optimizer.clipnorm
            if shown != edit.limit:
                raise cannot_apply(edit, f"the optimizer clips at {shown}")
        elif type(optimizer) is not type(keras.optimizers.get(edit.name)):
            raise cannot_apply(edit, f"the optimizer is {type(optimizer).__name__}")
    for loss_edit in {e.output: e for e in edits if isinstance(e, SetLoss)}.values():
        loss = loss_of(model.loss, loss_edit.output, names)
        if type(loss) is not LOSSES[loss_edit.loss]:
            raise cannot_apply(loss_edit, f"the loss is {loss}")


def _edit_of(edits: tuple[Edit, ...], path: str) -> Edit:
    return next((edit for edit in edits if getattr(edit, "layer", None) == path), edits[0])


def _same(shown: Any, wanted: Any, key: str) -> bool:
    if wanted is None or isinstance(wanted, bool):
        return bool(shown is wanted)
    if isinstance(wanted, int | float):
        return bool(np.isclose(float(shown), wanted))
    if key.endswith("_initializer"):
        return type(keras.initializers.get(shown)) is type(keras.initializers.get(wanted))
    if key.endswith("_regularizer"):
        made = keras.regularizers.get(shown)
        return type(made) is type(wanted) and made.get_config() == wanted.get_config()
    if key == "activation":
        return bool(keras.activations.get(shown) is keras.activations.get(wanted))
    return bool(shown == wanted)
