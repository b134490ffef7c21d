"""Findings that explain each other: the first in time on top."""

from dataclasses import replace

import numpy as np
import pytest

from keras_debugger.checks import ALL_CHECKS
from keras_debugger.checks.consequences import EXPLAINED_BY, link
from keras_debugger.checks.runner import run_checks
from keras_debugger.report.story import tell
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import EpochLogs, StepLogs, TrainingRecord
from keras_debugger.types.vocabulary import Severity

NAN = Finding(
    code="LOS101", name="nonfinite-loss", severity=Severity.ERROR, summary="NaN.", step=42, epoch=1
)
EXPLOSION = Finding(
    code="GRD101", name="exploding-gradients", severity=Severity.ERROR, summary="Up.", step=30
)
NOTE = Finding(code="LOS107", name="loss-plateau", severity=Severity.NOTE, summary="Flat.", epoch=0)


def test_every_code_of_the_table_is_a_check():
    codes = {check.code for check in ALL_CHECKS}
    for effect, reasons in EXPLAINED_BY.items():
        assert {effect, *reasons} <= codes
        assert effect not in reasons


def test_a_nan_loss_follows_from_the_explosion_before_it():
    linked = link((NOTE, NAN, EXPLOSION), TrainingRecord())
    assert [finding.code for finding in linked] == ["GRD101", "LOS101", "LOS107"]
    assert linked[1].consequence_of == "GRD101"
    assert linked[0].consequence_of is None
    told = tell(Diagnosis(record=TrainingRecord(), findings=linked, checked=("LOS101",)))
    assert "follows from exploding gradients (GRD101) 12 steps before" in told.findings[1].evidence


def test_what_comes_later_explains_nothing():
    late = replace(EXPLOSION, step=60)
    assert all(one.consequence_of is None for one in link((NAN, late), TrainingRecord()))


def test_a_note_does_not_explain_a_problem():
    note = replace(EXPLOSION, severity=Severity.NOTE)
    assert all(one.consequence_of is None for one in link((NAN, note), TrainingRecord()))


def test_epochs_and_steps_are_compared_by_the_steps_of_the_record():
    steps = np.arange(20)
    record = TrainingRecord(
        epoch_logs=EpochLogs(epoch=np.arange(2), values={}),
        step_logs=StepLogs(
            step=steps,
            epoch=steps // 10,
            loss=np.ones(20),
            learning_rate=np.ones(20),
            batch_size=np.ones(20, dtype=int),
            seconds=np.zeros(20),
        ),
    )
    by_epoch = replace(NAN, step=None, epoch=0)
    early, late = replace(EXPLOSION, step=4), replace(EXPLOSION, step=15)
    assert link((by_epoch, early), record)[1].consequence_of == "GRD101"
    assert all(one.consequence_of is None for one in link((by_epoch, late), record))


def test_two_that_explain_each_other_make_no_circle():
    diverges = Finding(
        code="LOS103", name="diverging-loss", severity=Severity.ERROR, summary="Up.", step=30
    )
    linked = link((diverges, EXPLOSION), TrainingRecord())
    assert sorted(str(one.consequence_of) for one in linked) in (
        ["GRD101", "None"],
        ["LOS103", "None"],
    )


@pytest.mark.parametrize("changes", [{"nan_rows": 3}, {"kernel": "zeros"}])
def test_real_runs_put_the_reason_on_top(recorded, changes):
    findings = run_checks(recorded(**changes), ALL_CHECKS).findings
    places = {finding.code: place for place, finding in reversed(list(enumerate(findings)))}
    explained = [finding for finding in findings if finding.consequence_of]
    assert explained
    for finding in explained:
        if finding.consequence_of in places:
            assert places[finding.consequence_of] < places[finding.code]
