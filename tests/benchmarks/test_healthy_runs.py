"""The benchmark of healthy runs: the form of what it writes, and its rule of health."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def place(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_a_tiny_run_has_the_form_that_readers_expect(tmp_path):
    out = tmp_path / "healthy.json"
    kept = ["--records", str(tmp_path / "kept")]
    script = [sys.executable, str(BENCHMARKS / "healthy_runs.py"), *kept]
    done = subprocess.run(
        [*script, "--runs", "2", "--names", "blobs,cancer", "--json", str(out)],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["runs"] + len(written["not_healthy"]) == 2
    assert written["false_alarms"] == len({alarm["program"] for alarm in written["alarms"]})
    assert written["checks"]["LOS110"]["runs"] == written["runs"]
    assert {row["program"] for row in written["rows"]} == {"blobs", "cancer"}
    assert not any(row["crashed"] for row in written["rows"])
    assert {"command", "keras", "cores"} <= set(written["made_with"])
    assert "| any |" in done.stdout
    again = subprocess.run(
        [*script, "--runs", "2", "--names", "blobs,cancer", "--json", str(out), "--resume"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "| any |" in again.stdout
    assert json.loads(out.read_text(encoding="utf-8"))["rows"] == written["rows"]
    other = tmp_path / "judged_again.json"
    subprocess.run(
        [*script, "--runs", "2", "--names", "blobs,cancer", "--json", str(other)],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert json.loads(other.read_text(encoding="utf-8"))["rows"] == written["rows"]


def test_the_default_set_is_wide(place):
    from healthy_runs import DEFAULT_RUNS, requests
    from programs.healthy import programs

    names = [program.name for program in programs()]
    assert len(set(names)) == len(names) >= 90
    assert DEFAULT_RUNS >= 200
    assert len(set(requests(DEFAULT_RUNS))) == DEFAULT_RUNS
    assert requests(4, "a,b", 7) == [("a", 7), ("b", 7), ("a", 8), ("b", 8)]


def test_health_is_measured_against_scikit_learn_and_the_lowest_validation_loss(place):
    from programs.scores import is_healthy

    good = {"reached": 0.9, "constant": 0.5, "reference": 0.95}
    assert is_healthy(**good, val_loss=[1.0, 0.4, 0.45])
    assert not is_healthy(**good, val_loss=[1.0, 0.4, 0.7])
    assert not is_healthy(**{**good, "reached": 0.8}, val_loss=[])
    assert is_healthy(**good, val_loss=[])
    assert is_healthy(**good, val_loss=[-0.6, -0.8])


@pytest.mark.parametrize("task", ["wine", "diabetes", "labels", "tags", "own-digits", "topics"])
def test_the_reference_beats_the_constant_answer(place, task):
    from programs.data import load
    from programs.scores import constant_score, reference_score

    data = load(task, 0)
    parts = data.train, data.validation, data.test
    assert all(len(part.x) == len(part.y) > 20 for part in parts)
    assert reference_score(task, 0, None, 16) > constant_score(data) + 0.1


def test_scores_of_answers(place):
    from programs.data import load
    from programs.scores import score

    data = load("iris", 0)
    right = np.eye(3)[data.test.y]
    assert score(data, right) == 1.0
    assert score(data, np.full_like(right, np.nan)) == 0.0


def test_intervals_of_shares(place):
    from programs.rows import part_of, wilson

    low, high = wilson(2, 200)
    assert 0.0 < low < 0.01 < high < 0.05
    assert wilson(0, 0) == (0.0, 1.0)
    assert sorted(part_of(range(5), "1/2") + part_of(range(5), "2/2")) == list(range(5))
