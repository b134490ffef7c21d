"""The comparison with other methods: the form of its table, and the arithmetic of its curves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
METHODS = "keras_debugger search,static rules,random search,Keras callbacks"


@pytest.mark.slow
def test_methods_spend_no_more_than_their_trainings(creeping):
    out, plot = creeping / "peers.json", creeping / "plots" / "peers.png"
    command = [sys.executable, str(BENCHMARKS / "peers.py"), "--cases", str(creeping)]
    command += ["--trainings", "2", "--methods", METHODS, "--json", str(out), "--plot", str(plot)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    found = json.loads(out.read_text())
    assert {"keras", "cores", "seeds", "threads"} <= set(found["made_with"])
    (row,) = found["cases"]
    assert row["error"] == ""
    assert row["errors"] == {}
    assert set(row["curves"]) == set(METHODS.split(","))
    for curve in row["curves"].values():
        assert curve[0] == [0.0, row["faulty"]]
        assert all(spent <= 2.3 for spent, _ in curve)  # a last epoch may run over
    assert "| random search |" in done.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def scores(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import peer_scores

    return peer_scores


def test_the_budget_needed_is_where_the_curve_stays_repaired(scores):
    row = {"faulty": 0.5, "known_good": 1.0}
    row["curves"] = {"a": [[0.0, 0.5], [1.0, 0.95], [2.0, 0.6], [4.0, 0.92]], "b": [[0.0, 0.5]]}
    assert scores.ratio_at(row, "a", 1.0) == pytest.approx(0.9)
    assert scores.ratio_at(row, "a", 3.9) == pytest.approx(0.2)
    assert scores.budget_needed(row, "a") == 4.0
    assert scores.budget_needed(row, "b") == float("inf")
    assert scores.mean_reaches([row], "a", 5.0) == 1.0


def test_ratios_are_cut_off(scores):
    row = {"faulty": 0.5, "known_good": 0.6, "curves": {"a": [[0.0, 0.5], [1.0, 0.0], [2.0, 0.9]]}}
    assert scores.ratio_at(row, "a", 1.0) == -1.0
    assert scores.ratio_at(row, "a", 2.0) == 1.0
