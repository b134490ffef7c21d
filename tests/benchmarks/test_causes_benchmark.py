"""The benchmark of causes: its tables, and one small program all the way."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def row(key, causes, *, table, experiments, **more):
    return {
        "key": key,
        "host": "wine",
        "seed": 0,
        "causes": causes,
        "healthy": False,
        "table": table,
        "static": table,
        "experiments": experiments,
        "made": 3,
        "cost": 1.5,
        "experiment_cost": 0.4,
        "decision": "",
        "data_at_fault": False,
        "reached": 0.4,
        "host_reached": 0.9,
        "fixed": 0.85,
        **more,
    }


RATE, LABELS = ["LEARNING_RATE_TOO_LOW", 0.7], ["LABELS_CORRUPTED", 0.9]
ROWS = [
    row("one", ["TOO_FEW_UPDATES"], table=[LABELS], experiments=[RATE]),
    row("two", ["OUTLIERS", "LABELS_CORRUPTED"], table=[LABELS], experiments=[LABELS], fixed=0.5),
    row("data", ["LABELS_CORRUPTED"], table=[LABELS], experiments=[LABELS], decision="refused")
    | {"data_at_fault": True, "fixed": None},
]


def test_hits_repairs_and_where_experiments_did_not_pay():
    import cause_tables as tables

    assert tables.first_is_right(ROWS[0], "experiments")  # another honest name
    assert not tables.first_is_right(ROWS[0], "table")
    assert not tables.all_are_named(ROWS[1], "table")
    assert [tables.is_repaired(one) for one in ROWS] == [True, False, False]
    assert any("1.00" in line for line in tables.hits(ROWS))
    said = " ".join([*tables.outcome(ROWS), *tables.confusion(ROWS), *tables.did_not_pay(ROWS)])
    assert "experiments right, without them wrong: 1 (one)" in said
    assert "refused (data at fault): 1.00" in said


def test_calibration_counts_every_row_once(tmp_path):
    import cause_tables as tables

    said = tables.calibration(ROWS, "experiments")
    assert said == [(0.7, True), (0.9, True), (0.9, True)]
    tables.plot_calibration(ROWS, tmp_path / "plots" / "calibration.png")
    assert (tmp_path / "plots" / "calibration.png").stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize("budget", ["0", "0.5"])
def test_one_program_all_the_way_and_again_from_its_file(budget, tmp_path, monkeypatch, capsys):
    import causes

    out = tmp_path / "rows.json"
    arguments = ["--hosts", "wine-tanh", "--faults", "rate-low", "--budget", budget]
    monkeypatch.setattr(sys, "argv", ["causes.py", *arguments, "--json", str(out)])
    causes.main()
    rows = json.loads(out.read_text())
    faulty = [one for one in rows.values() if one["causes"]]
    assert len(faulty) == 1
    assert faulty[0]["healthy"] or {"table", "baseline", "static"} <= set(faulty[0])
    assert faulty[0]["healthy"] or ("experiments" in faulty[0]) is (budget != "0")
    assert "keras-debugger" in capsys.readouterr().out
    causes.main()
    assert json.loads(out.read_text()) == rows
