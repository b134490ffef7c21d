"""A case of the form that the scripts over cases read."""

import pytest

CREEPING = """
from blocks import breast_cancer, cancer_classifier
from corpus import Case, Cause, Fix, Symptom, either
from keras import optimizers

CASES = (
    Case(
        name="creeping",
        source="ours",
        reported="the loss hardly moves",
        faults=(Symptom.SLOW_CONVERGENCE,),
        expected_root_causes=(either(Cause.LEARNING_RATE_TOO_LOW),),
        acceptable_fixes=(Fix.RAISE_LEARNING_RATE,),
        build=cancer_classifier(optimizer=lambda: optimizers.SGD(1e-5)),
        data=breast_cancer,
        fit={"epochs": 5, "batch_size": 64},
        repaired_build=cancer_classifier(),
    ),
)
"""


@pytest.fixture
def creeping(tmp_path):
    """A folder with one case, which learns too slowly."""
    (tmp_path / "further.py").write_text(CREEPING)
    return tmp_path
