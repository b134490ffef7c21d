"""The benchmark of the proof on a tiny pool: its table, JSON and picture have their form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "proof.py"


@pytest.mark.slow
def test_a_tiny_run_has_the_promised_form(tmp_path):
    words = ["--quick", "--pools", str(tmp_path / "pools.json"), "--json", str(tmp_path / "o.json")]
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *words, "--plot", str(tmp_path / "plots" / "o.png")],
        capture_output=True,
        check=False,
        text=True,
        timeout=200,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads((tmp_path / "o.json").read_text())
    assert {"keras", "scipy", "seed", "cores", "threads"} <= set(found["made_with"])
    row = found["no-op"]["wine: as it is"]
    assert row["5 seeds"]["comparisons"] == 20
    assert row["disjoint"]["comparisons"] == 1
    assert 0.0 <= found["summary"]["no-op, 5 seeds: verified"]["high"] <= 1.0
    assert "Made gains" in run.stdout
    assert (tmp_path / "plots" / "o.png").read_bytes().startswith(b"\x89PNG")
    pools = json.loads((tmp_path / "pools.json").read_text())
    assert {len(pool) for pool in pools.values()} == {10}
