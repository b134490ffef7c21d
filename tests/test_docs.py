"""The generated pages are up to date, and the documentation names nothing that is not there."""

import importlib.util
import re
import runpy
from pathlib import Path

import pytest

import keras_debugger
from keras_debugger.checks import ALL_CHECKS

ROOT = Path(__file__).parent.parent


def pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("docs_make", ROOT / "docs" / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_pages_of_checks_and_fixes_are_up_to_date():
    for name, text in pages().items():
        path = ROOT / "docs" / name
        assert path.is_file(), f"{name} is missing: run python docs/make.py"
        assert path.read_text(encoding="utf-8") == text, f"{name} is old: run python docs/make.py"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_names_in_the_documentation_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for attribute in re.findall(r"keras_debugger\.([a-zA-Z_]\w*)\b(?!\.py|/)", text):
        assert attribute in keras_debugger.__all__, attribute
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / link).exists(), link


SAGEMAKER_RULES = frozenset(
    {
        "VanishingGradient",
        "Overfit",
        "DeadRelu",
        "ClassImbalance",
        "AllZero",
        "ExplodingTensor",
        "UnchangedTensor",
        "LossNotDecreasing",
        "Overtraining",
        "PoorWeightInitialization",
        "SaturatedActivation",
        "StalledTraining",
        "TensorVariance",
        "WeightUpdateRatio",
        "SimilarAcrossRuns",
        "Confusion",
        "CheckInputImages",
        "NLPSequenceRatio",
        "TreeDepth",
        "FeatureImportanceOverweight",
        "CreateXgboostReport",
    }
)


def test_rules_of_peers_are_mapped_to_checks_or_left_out_with_a_reason():
    peers = dict(runpy.run_path(str(ROOT / "docs" / "peer_rules.py"))["PEERS"])
    assert {rule for rule, _, _ in peers["SageMaker Debugger"]} == SAGEMAKER_RULES
    assert len(peers) == 5
    known = {check.code for check in ALL_CHECKS}
    for rules in peers.values():
        for rule, codes, remark in rules:
            assert set(codes) <= known, rule
            assert codes or remark, rule
