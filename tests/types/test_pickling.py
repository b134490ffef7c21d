import copy
import pickle
from types import MappingProxyType

import numpy as np
import pytest

from keras_debugger.types.record import EpochLogs, FitDescription, TrainingRecord

RECORD = TrainingRecord(
    epoch_logs=EpochLogs(
        epoch=np.arange(2), values=MappingProxyType({"loss": np.array([0.5, 0.25])})
    ),
    fit_description=FitDescription(class_weight=MappingProxyType({0: 1.0, 1: 3.0})),
    versions=MappingProxyType({"keras": "3"}),
)


@pytest.mark.parametrize("copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy])
def test_a_record_goes_to_another_process_and_stays_read_only(copied):
    again = copied(RECORD)
    assert again.versions == {"keras": "3"}
    assert again.fit.class_weight == {0: 1.0, 1: 3.0}
    np.testing.assert_array_equal(again.epochs.values["loss"], [0.5, 0.25])
    with pytest.raises(TypeError):
        again.versions["keras"] = "4"
    assert again.fit == RECORD.fit


def test_a_record_of_defaults_can_be_pickled():
    assert repr(pickle.loads(pickle.dumps(TrainingRecord()))) == repr(TrainingRecord())
