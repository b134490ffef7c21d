"""Runs every example and writes what it really prints to docs/examples.md.

Usage: python docs/make_examples.py
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parent / "examples").glob("*.py"))


def output_of(script: Path, folder: str) -> tuple[str, float]:
    """What an example prints, and the seconds it takes."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(script.resolve())],
        cwd=folder,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return done.stdout.strip(), time.perf_counter() - start


def main() -> None:
    """Run the examples one after the other."""
    parts = ["# Examples and what they print\n\nMade by `python docs/make_examples.py`."]
    with tempfile.TemporaryDirectory() as folder:
        for script in EXAMPLES:
            said, seconds = output_of(script, folder)
            link = f"[examples/{script.name}](../examples/{script.name})"
            parts.append(f"## {script.stem}\n{link}, {seconds:.0f} s\n```text\n{said}\n```")
    (HERE / "examples.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
