"""What holds for every fix, alone and after others."""

import dataclasses
import pickle
from itertools import combinations, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_debugger.errors import NotApplicableError
from keras_debugger.fixes import ALL_FIXES
from keras_debugger.fixes.edited_model import edited_model
from keras_debugger.fixes.flow import downstream, head_paths, is_batch_norm
from keras_debugger.types.edit import (
    ClipNorm,
    Edit,
    InsertDropout,
    ScaleLearningRate,
    SetLoss,
    SetSchedule,
)
from keras_debugger.types.vocabulary import LayerKind

NAMES = (
    "classifier", "regression", "not rebuildable", "sigmoid", "linear", "zero weights",
    "penalised", "regularised", "normalised", "convolutional", "recurrent", "residual", "frozen",
    "logits", "squashed", "outliers", "clipped", "broken", "own loss", "scheduled", "deep",
    "two outputs", "sorted", "not compiled",
)  # fmt: skip


LIMITS = ("clipnorm", "clipvalue", "global_clipnorm")


def refusal(fix, setup):
    """Why a fix is refused; None if it is not."""
    try:
        fix.edits(setup)
    except NotApplicableError as error:
        return error
    return None


@pytest.mark.parametrize("fix", ALL_FIXES, ids=lambda fix: fix.name)
class TestEachFix:
    def test_documents_itself(self, fix):
        doc = type(fix).__doc__
        assert doc
        assert doc.partition("\n")[0].endswith(".")
        for section in ("When:", "Refused when:", "Risk:", "Source:"):
            assert f"    {section} " in doc
        assert fix.reason.endswith(".")
        assert fix.risk.endswith(".")

    def test_is_a_plain_value(self, fix):
        assert pickle.loads(pickle.dumps(fix)) == fix
        with pytest.raises(dataclasses.FrozenInstanceError):
            fix.name = "other"

    @pytest.mark.parametrize("name", NAMES)
    def test_edits_or_refuses_with_reasons(self, fix, name, setups):
        setup = setups[name]
        error = refusal(fix, setup)
        if error is not None:
            assert error.given.startswith(f"{fix.name} on ")
            assert error.given.removeprefix(f"{fix.name} on ").strip()
            assert error.expected
            assert error.do
            return
        changed, applied = fix.apply(setup)
        assert applied.name == fix.name
        assert applied.edits
        assert all(isinstance(edit, Edit) for edit in applied.edits)
        assert changed.edits == applied.edits
        assert setup.edits == ()
        assert edited_model(changed).layers is not None
        known = {layer.path for layer in setup.model.layers}
        assert {edit.layer for edit in applied.edits if hasattr(edit, "layer")} <= known

    def test_applies_somewhere_and_is_refused_somewhere(self, fix, setups):
        refused = {refusal(fix, setup) is not None for setup in setups.values()}
        assert refused == {True, False}


def test_names_are_unique():
    names = [fix.name for fix in ALL_FIXES]
    assert len(names) == len(set(names))


def apply_all(fixes, setup):
    """The set-up after those of the fixes that are not refused, and the names of these."""
    names = []
    for fix in fixes:
        try:
            setup, applied = fix.apply(setup)
        except NotApplicableError:
            continue
        names.append(applied.name)
    return setup, names


def check_sound(setup):
    """What no order of fixes may break."""
    model = edited_model(setup)
    heads = head_paths(setup.model)
    present = {layer.path: layer for layer in model.layers}
    optimizer = model.optimizer
    assert len(setup.edits_of(ClipNorm)) <= 1
    limits = [getattr(optimizer, name, None) for name in LIMITS]
    assert sum(limit is not None for limit in limits) <= 1
    assert len(setup.edits_of(SetSchedule)) <= 1
    factors = [edit.factor for edit in setup.edits_of(ScaleLearningRate)]
    assert all(factor > 1 for factor in factors) or all(factor < 1 for factor in factors)
    for edit in setup.edits_of(InsertDropout):
        assert edit.layer not in heads
        assert present[edit.layer].trainable
    for layer in model.layers:
        if layer.kind is LayerKind.DROPOUT and layer.dropout > 0 and "+" in layer.path:
            assert not any(is_batch_norm(one) for one in downstream(model, layer.path))
        assert 0.0 <= layer.dropout < 1.0
    outputs = [edit.output for edit in setup.edits_of(SetLoss)]
    assert all(0 <= output < len(model.outputs) for output in outputs)


COMMON = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "deadline": None}


@settings(max_examples=150, **COMMON)
@given(
    name=st.sampled_from(NAMES),
    fixes=st.lists(st.sampled_from(ALL_FIXES), min_size=1, max_size=8),
)
def test_fixes_compose_in_any_order_that_they_allow(name, fixes, setups):
    setup, _ = apply_all(fixes, setups[name])
    check_sound(setup)


@pytest.mark.parametrize("name", NAMES)
def test_two_fixes_that_go_in_both_orders_do_the_same(name, setups):
    for pair in combinations(ALL_FIXES, 2):
        both = [apply_all(order, setups[name]) for order in permutations(pair)]
        if any(len(names) < 2 for _, names in both):
            continue
        (one, names), (two, _) = both
        assert set(one.edits) == set(two.edits), names
        assert one.epochs == two.epochs, names
        assert one.learning_rate == pytest.approx(two.learning_rate, nan_ok=True), names


def test_every_pair_of_fixes_is_sound(setups):
    for name in ("sigmoid", "regularised", "normalised", "recurrent", "frozen", "outliers", "deep"):
        setup = setups[name]
        for pair in permutations(ALL_FIXES, 2):
            changed, _ = apply_all(pair, setup)
            check_sound(changed)
