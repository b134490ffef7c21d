"""Edits of dropout, gathered in a RebuildPlan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras

from keras_debugger.rewriting.layer_copy import settings
from keras_debugger.rewriting.layer_plan import Insertion, RebuildPlan
from keras_debugger.rewriting.layer_settings import has_setting
from keras_debugger.rewriting.subject import ATTENTION, RECURRENT, Subject, cannot_apply
from keras_debugger.types.edit import InsertDropout, SetDropout

_SPATIAL = {
    3: keras.layers.SpatialDropout1D,
    4: keras.layers.SpatialDropout2D,
    5: keras.layers.SpatialDropout3D,
}
NOISE = (
    keras.layers.Dropout,
    keras.layers.AlphaDropout,
    keras.layers.GaussianDropout,
    *_SPATIAL.values(),
)


def insert_dropout(edit: InsertDropout, subject: Subject, plan: RebuildPlan) -> None:
    """Put dropout behind a layer, or into a recurrent or attention layer.

    A recurrent layer drops the same units of its inputs and of its state at each step (Gal and
    Ghahramani 2016, arXiv:1512.05287).
    """
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, (*RECURRENT, *ATTENTION)):
        if not has_setting(layer, own, "dropout"):
            raise cannot_apply(edit, f"a {type(layer).__name__} has no dropout argument")
        own.settings["dropout"] = edit.rate
        if has_setting(layer, own, "recurrent_dropout"):
            own.settings["recurrent_dropout"] = edit.rate
        return
    if subject.is_output(edit.layer):
        raise cannot_apply(edit, "it would remove answers, since the layer is an output")
    convolution = subject.convolution_before(edit.layer)
    policy = getattr(layer, "dtype_policy", None)
    make: Callable[..., Any] = keras.layers.Dropout
    if convolution is not None:
        rank = subject.rank(edit.layer) or convolution.rank + 2
        make = _SPATIAL[rank]
        if rank > 3:
            make = partial(make, data_format=convolution.data_format)
    kind = "dropout" if convolution is None else "spatial_dropout"
    own.insertions.append(
        Insertion(kind=kind, make=lambda name: make(edit.rate, name=name, dtype=policy))
    )


def set_dropout(edit: SetDropout, subject: Subject, plan: RebuildPlan) -> None:
    """Change the rate of a dropout layer, or of the dropout inside a layer."""
    layer = subject.layer(edit.layer, edit)
    own = plan.of(edit.layer)
    if isinstance(layer, keras.layers.GaussianNoise):
        own.settings["stddev"] = edit.rate
        return
    if isinstance(layer, NOISE):
        own.settings["rate"] = edit.rate
        return
    if not has_setting(layer, own, "dropout"):
        raise cannot_apply(edit, f"a {type(layer).__name__} has no dropout rate")
    own.settings["dropout"] = edit.rate
    config = layer.get_config()
    recurrent = settings(config, "recurrent_dropout")
    if recurrent and max(recurrent) > edit.rate:
        own.settings["recurrent_dropout"] = edit.rate
