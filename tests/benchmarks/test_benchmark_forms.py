"""Benchmarks on tiny set-ups: what they print and write has the promised form."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


def run(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *words],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_overhead(tmp_path):
    out = tmp_path / "out.json"
    words = ("--modes", "default,full,check_numerics", "--steps", "3", "--rounds", "2")
    words = ("--quick", "--models", "embedding", *words, "--memory", "--memory-steps", "200")
    table = run("overhead.py", *words, "--json", str(out))
    found = json.loads(out.read_text())
    ratios = found["ratio"]["embedding"]
    assert set(ratios) == {"plain", "default", "full", "every10", "check_numerics"}
    assert ratios["plain"] == 1
    assert all(isinstance(ratio, float) for ratio in ratios.values())
    full = found["rows"]["embedding"]["full"]
    assert full["first_cpu"] > 0
    assert full["step_low"] <= full["step_cpu"] <= full["step_high"]
    assert found["rows"]["embedding"]["plain"]["step_cpu"] == 1
    assert found["memory"]["200"]["last_step"] == 299
    assert {"keras", "tensorflow", "seed", "cores", "threads"} <= set(found["about"])
    assert "| embedding | full |" in table
    again = run("overhead.py", *words[:3], "--resume", "--json", str(out))
    assert "| embedding |" not in again


@pytest.mark.slow
def test_overhead_parts(tmp_path):
    out = tmp_path / "out.json"
    table = run("overhead_parts.py", "--models", "mlp", "--rounds", "2", "--json", str(out))
    found = json.loads(out.read_text())["parts"]["mlp"]
    assert found["plain"]["ratio"] == 1
    assert all(row["low"] <= row["ratio"] <= row["high"] for row in found.values())
    assert table.count("| mlp |") == len(found)


@pytest.mark.slow
def test_scaling(tmp_path):
    out = tmp_path / "out.json"
    words = ("--steps", "1e3,1e6", "--layers", "3", "--repeats", "1", "--processes", "import")
    table = run("scaling.py", *words, "--json", str(out))
    found = json.loads(out.read_text())
    short, long = found["rows"]
    assert (short["rows"], long["steps"]) == (1000, 1_000_000)
    assert 10_000 < long["rows"] < 1_000_000  # thinned, as a recorder does
    assert not short["crashed"] + long["crashed"]
    assert {"numpy", "cores", "seed", "threads"} <= set(found["made_with"])
    assert "import keras_debugger" in found["start_up"]
    assert "| 1e+06 | 3 |" in table


def test_rows(tmp_path):
    out = tmp_path / "out.json"
    assert "| fault |" in run("rows.py", "no such row", "--json", str(out))
    found = json.loads(out.read_text())
    assert found["rows"] == []
    assert {"keras", "cores", "seed", "threads"} <= set(found["made_with"])


@pytest.mark.slow
def test_rewriting(tmp_path):
    out = tmp_path / "out.json"
    assert "passed" in run("rewriting.py", "--only", "quantized", "--json", str(out))
    assert json.loads(out.read_text())


def test_score_logs(tmp_path):
    logs = {
        "broken.csv": [2.3, float("nan"), float("nan"), float("nan")],
        "fine.csv": [2.0 / (1 + epoch) for epoch in range(8)],
    }
    for name, losses in logs.items():
        with (tmp_path / name).open("w", newline="") as file:
            csv.writer(file).writerows([("epoch", "loss"), *enumerate(losses)])
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "kind", "visible", "symptoms", "cause", "epochs"))
        writer.writerow(("broken.csv", "faulty", "yes", "LOSS_NAN", "NAN_IN_DATA", 4))
        writer.writerow(("fine.csv", "healthy", "yes", "HEALTHY", "", 8))
    out = tmp_path / "out.json"
    table = run("score_logs.py", str(tmp_path), "--json", str(out))
    found = json.loads(out.read_text())
    assert len(found["logs"]) == 2
    assert "visible faults found" in table
    assert {"keras", "cores", "threads"} <= set(found["made_with"])
    assert all(" of " in found["summary"][name] for name in ("read right", "cause named first"))
