"""The benchmark of executors runs and has its form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "executors.py"


@pytest.mark.slow
def test_a_tiny_run_gives_rows_and_does_not_repeat_them(tmp_path):
    out = tmp_path / "out.json"
    command = [sys.executable, str(SCRIPT), "--quick", "--json", str(out)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert {"keras", "cores", "seeds", "threads"} <= set(found["made_with"])
    assert {run["arrangement"] for run in found["autofix"]} == {"this process", "1 worker"}
    assert all(run["whole"] > 0.0 and run["verdict"] for run in found["autofix"])
    rows = found["rows"]
    assert {row["program"] for row in rows} == {"small dense"}
    assert "1 worker x 1 thread" in {row["arrangement"] for row in rows}
    assert all(row["whole"] > 0.0 and row["trainings"] == 2 for row in rows)
    before = out.read_text(encoding="utf-8")
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert out.read_text(encoding="utf-8") == before
    assert "| small dense | 1 worker |" in again.stdout
