"""What every check has to keep to."""

import dataclasses
import inspect
import pickle
import re

import numpy as np
import pytest

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.runner import run_checks
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.record.training_record import _FIELDS
from keras_debugger.types.vocabulary import Need, Severity

SECTIONS = ("Sees:", "Formula:", "Source:", "Known problems:", "Fixes:")
every_check = pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.code)


@pytest.fixture(scope="module", params=["healthy", "nan", "raw"])
def record(request, recorded):
    changes = {"healthy": {}, "nan": {"nan_rows": 3}, "raw": {"pixels": 255.0, "optimizer": "sgd"}}
    return recorded(**changes[request.param])


def test_codes_and_names_are_unique():
    assert len({check.code for check in ALL_CHECKS}) == len(ALL_CHECKS)
    assert len({check.name for check in ALL_CHECKS}) == len(ALL_CHECKS)


@every_check
def test_identity_and_page(check):
    assert re.fullmatch(r"(LOS|GRD|ACT|DAT|MOD|OPT)1\d\d", check.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", check.name)
    assert check.needs
    assert set(check.needs) <= set(Need)
    assert check.hint
    page = inspect.getdoc(type(check))
    assert type(check).__doc__ is not None
    positions = [page.find(section) for section in SECTIONS]
    assert -1 not in positions
    assert positions == sorted(positions)


@every_check
def test_frozen_typed_thresholds_and_pickle(check):
    assert pickle.loads(pickle.dumps(check)) == check
    for field in dataclasses.fields(check):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(check, field.name, 0)


@every_check
def test_without_evidence_it_is_skipped_and_says_what_is_missing(check):
    results = run_checks(TrainingRecord(), [check])
    assert not results.findings
    assert not results.crashed
    (skipped,) = results.skipped
    assert set(skipped.missing) == set(check.needs)
    assert skipped.hint


@every_check
def test_each_single_need_is_enough_to_be_skipped(check, healthy):
    for need in check.needs - {Need.VALIDATION}:
        lacking = dataclasses.replace(healthy, **{_FIELDS[need]: None})
        (skipped,) = run_checks(lacking, [check]).skipped
        assert need in skipped.missing


@every_check
def test_what_is_not_a_need_may_be_missing(check, record):
    kept = {_FIELDS[need] for need in check.needs if need in _FIELDS}
    bare = TrainingRecord(**{name: getattr(record, name) for name in kept | {"epoch_logs"}})
    assert not run_checks(bare, [check]).crashed


def test_same_record_same_findings_and_nothing_is_changed(record):
    before = [values.copy() for values in arrays_of(record)]
    first = run_checks(record, ALL_CHECKS)
    second = run_checks(record, ALL_CHECKS)
    assert not first.crashed
    assert repr(first.findings) == repr(second.findings)
    for old, new in zip(before, arrays_of(record), strict=True):
        np.testing.assert_array_equal(old, new)


def test_findings_are_complete(record):
    for finding in run_checks(record, ALL_CHECKS).findings:
        assert finding.summary.endswith(".")
        assert 0.0 < finding.confidence <= 1.0
        assert isinstance(finding.severity, Severity)
        for number in (finding.value, finding.limit):
            assert isinstance(number, float | int)
        for position in (finding.step, finding.epoch):
            assert position is None or (type(position) is int and position >= 0)


def arrays_of(value):
    """All arrays in a record, in a fixed order."""
    if isinstance(value, np.ndarray):
        return [value]
    if dataclasses.is_dataclass(value):
        parts = [getattr(value, field.name) for field in dataclasses.fields(value)]
    elif isinstance(value, tuple):
        parts = value
    elif hasattr(value, "items"):
        parts = [part for _, part in sorted(value.items())]
    else:
        return []
    return [array for part in parts for array in arrays_of(part)]
