import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "proof_folds.py"


def test_a_tiny_run_has_the_promised_form(tmp_path):
    out = tmp_path / "out.json"
    words = [
        "--comparisons",
        "1",
        "--rows",
        "40",
        "--kinds",
        "no-op, tree;4 trees",
        "--json",
        str(out),
    ]
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(out.read_text())
    assert {"keras", "scipy", "first_seed", "cores", "threads"} <= set(found["made_with"])
    assert len(found["table"]) == 6
    cell = found["table"]["no-op, tree, wine, 40 rows"]
    assert set(cell) == {"verified", "improved", "worse", "folds", "seconds"}
    assert cell["folds"] in (5, 10)
    assert "no-op, tree: verified" in run.stdout
