import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "proof_folds.py"


def test_a_tiny_run_has_the_promised_form(tmp_path):
    out = tmp_path / "out.json"
    words = ["--comparisons", "1", "--rows", "40", "--json", str(out)]
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(out.read_text())
    assert {"keras", "scipy", "first seed", "cores"} <= set(found["about"])
    assert set(found["table"]["no-op, wine, 40 rows"]) == {"verified", "improved", "worse"}
    assert found["no-ops"] == 3
    assert "no-op called verified" in run.stdout
