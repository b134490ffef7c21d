"""Each row of the baseline: the fault is found, repaired and proved; its twin is left alone."""

import keras
import numpy as np
import pytest
from row_cases import ROWS

from keras_debugger import autofix

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1"),  # one of the faults
]
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


@pytest.fixture(autouse=True)
def _seed():
    keras.utils.set_random_seed(0)


@each_row
def test_the_fault_is_found_repaired_and_proved(row):
    model = row.faulty()
    weights = [weight.copy() for weight in model.get_weights()]
    result = autofix(model, row.data(), verbose=0, **row.fit)

    found = {finding.symptom.name for finding in result.diagnosis.problems if finding.symptom}
    assert found & row.symptoms
    assert result.diagnosis.causes[0].kind.name in row.causes
    assert {fix.kind.name for fix in result.plan.fixes} & row.fixes
    assert result.verdict in ("verified", "improved")
    assert result.proof.gain > 0.1
    assert result.proof.low > 0
    assert result.model is not model
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


@each_row
def test_the_healthy_twin_is_left_alone(row):
    model = row.healthy()
    result = autofix(model, (row.healthy_data or row.data)(), verbose=0, **row.fit)

    assert [finding.summary for finding in result.diagnosis.problems] == []
    assert result.verdict == "healthy"
    assert result.model is model
    assert result.cost == pytest.approx(1.0)
