"""Counts beside the judged table."""

import json

import pytest

from keras_debugger.causes.counts import FILE, Counts, measured_counts, read_counts
from keras_debugger.causes.ranking import rank_causes
from keras_debugger.types.finding import Finding
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import CauseKind, Severity, Symptom

C = CauseKind


def counted(**codes):
    """Twenty programs of each of three causes; how often code X fired in each."""
    kinds = (C.LEARNING_RATE_TOO_HIGH, C.BAD_INITIALIZATION, C.OUTLIERS)
    return Counts(
        programs=dict.fromkeys(kinds, 200),
        codes={kind: {"X": codes.get(kind.name, 0)} for kind in kinds},
    )


def test_without_counts_the_judged_ratio_stands():
    assert Counts().by_code(C.OUTLIERS, "X", 8.0) == 8.0
    counts = counted(OUTLIERS=100)
    assert counts.by_code(C.OVERCAPACITY, "X", 8.0) == 8.0  # a cause that was never counted
    assert counts.by_code(C.OUTLIERS, "Y", 8.0) == 8.0  # a finding that was never seen
    assert counts.by_symptom(C.OUTLIERS, "LOSS_NAN", 3.0) == 3.0


def test_counts_move_a_judged_ratio_towards_what_was_measured():
    counts = counted(OUTLIERS=180, BAD_INITIALIZATION=20)
    assert counts.by_code(C.OUTLIERS, "X", 1.0) > 10.0
    assert counts.by_code(C.LEARNING_RATE_TOO_HIGH, "X", 1.0) < 0.5
    assert counts.by_code(C.LEARNING_RATE_TOO_HIGH, "X", 1.0) > 0.0
    judged = counts.by_code(C.LEARNING_RATE_TOO_HIGH, "X", 50.0)
    assert counts.by_code(C.LEARNING_RATE_TOO_HIGH, "X", 1.0) < judged < 1.0


def test_the_ranking_takes_other_counts():
    symptom = Symptom.LOSS_OSCILLATES
    finding = Finding(code="X", name="x", severity=Severity.ERROR, summary="X.", symptom=symptom)
    plain = rank_causes((finding,), TrainingRecord(), counts=Counts())
    kinds = tuple(C)
    counts = Counts(
        programs=dict.fromkeys(kinds, 300),
        symptoms={kind: {symptom.name: 280 if kind is C.OUTLIERS else 3} for kind in kinds},
    )
    after = rank_causes((finding,), TrainingRecord(), counts=counts)
    assert plain[0].kind is C.LEARNING_RATE_TOO_HIGH
    assert after[0].kind is C.OUTLIERS


def test_counts_are_read_from_their_file_and_unknown_causes_left_out():
    row = {"n": 4, "codes": {"X": 3}, "symptoms": {"LOSS_NAN": 1}}
    counts = read_counts({"command": "count", "causes": {"OUTLIERS": row, "OF_THE_FUTURE": row}})
    assert counts.programs == {C.OUTLIERS: 4}
    assert counts.codes[C.OUTLIERS] == {"X": 3}
    assert counts.command == "count"
    json.dumps(row)
    shipped = measured_counts()
    assert FILE.endswith(".json")
    for kind, tally in shipped.codes.items():
        assert all(0 <= hits <= shipped.programs[kind] for hits in tally.values())


@pytest.mark.parametrize("kind", list(C), ids=lambda kind: kind.name)
def test_shipped_counts_leave_every_cause_possible(kind):
    shipped = measured_counts()
    for code in shipped.codes.get(kind, {}):
        assert shipped.by_code(kind, code, 1.0) > 0.0
