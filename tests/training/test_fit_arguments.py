"""Arguments of fit in every form that Keras takes, and in forms that it does not."""

import keras
import numpy as np
import pytest

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.training.fit_arguments import describe_fit, is_whole, read_callbacks
from keras_debugger.types.record import FitDescription

GIVEN = {"epochs": None, "batch_size": None, "shuffle": True, "class_weight": None}
RECORDED = FitDescription(epochs=7, batch_size=64, shuffle=False, class_weight={0: 2.0})


def test_what_is_given_goes_before_what_was_recorded():
    assert describe_fit(**GIVEN, recorded=None) == FitDescription(shuffle=True)
    taken = describe_fit(**GIVEN, recorded=RECORDED)
    assert (taken.epochs, taken.batch_size, taken.shuffle) == (7, 64, False)
    assert dict(taken.class_weight) == {0: 2.0}
    own = {"epochs": np.int64(3), "batch_size": 8, "shuffle": True}
    given = describe_fit(**own, class_weight={np.int64(1): np.float32(5.0)}, recorded=RECORDED)
    assert (given.epochs, given.batch_size) == (3, 8)
    assert dict(given.class_weight) == {1: 5.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": "3"},
        {"epochs": True},
        {"batch_size": 2.0},
        {"class_weight": "balanced"},
        {"class_weight": {"yes": 1.0}},
        {"class_weight": {0: "much"}},
        {"class_weight": {0: -1.0}},
    ],
    ids=str,
)
def test_what_fit_would_not_take_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(InvalidArgumentError, match=f"{name}="):
        describe_fit(**{**GIVEN, **wrong}, recorded=None)


def test_callbacks_come_as_a_list_alone_or_not_at_all():
    one, two = keras.callbacks.TerminateOnNaN(), keras.callbacks.EarlyStopping()
    assert read_callbacks(None) == ()
    assert read_callbacks(()) == ()
    assert read_callbacks(one) == (one,)
    assert read_callbacks([one, two]) == (one, two)
    for wrong in ("early", [one, "early"], keras.callbacks.EarlyStopping):
        with pytest.raises(InvalidArgumentError, match="callbacks="):
            read_callbacks(wrong)


def test_whole_numbers():
    assert is_whole(np.int32(2), least=2)
    assert not is_whole(True, least=0)
    assert not is_whole(2.0, least=0)
    assert not is_whole(1, least=2)
