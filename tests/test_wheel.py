"""The wheel holds all that the package needs, away from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
USE = """
import sys, keras_debugger
assert keras_debugger.__file__.startswith(sys.argv[1]), keras_debugger.__file__
diagnosis = keras_debugger.diagnose({"loss": [2.3, float("nan"), float("nan")]})
diagnosis.save(sys.argv[1] + "/report.html")
print(diagnosis.problems[0].code)
"""


@pytest.mark.slow
def test_the_wheel_works_away_from_the_checkout(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert "keras_debugger/py.typed" in names
    assert any(name.endswith(".html") for name in names)
    assert all(name.startswith("keras_debugger") for name in names)
    site = str(tmp_path / "site")
    code = f"import sys; sys.path.insert(0, {site!r}); exec({USE!r})"
    done = subprocess.run(
        [sys.executable, "-c", code, site], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip() == "LOS101"
    assert (tmp_path / "site" / "report.html").stat().st_size > 10_000
