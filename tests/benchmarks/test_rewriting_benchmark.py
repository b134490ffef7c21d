"""The table of kinds and edits in a tiny run: its form, not its figures."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "rewriting.py"


def test_one_kind_is_tried_and_written(tmp_path):
    out = tmp_path / "out.json"
    command = [sys.executable, str(SCRIPT), "--only", "subclassed", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "shrink" in done.stdout
    assert "residual" in done.stdout
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["failed"] == 0
    assert found["refused_right"] == len(found["rows"]["subclassed"]) == 11
    assert {"keras", "cores", "seed", "threads"} <= set(found["made_with"])
