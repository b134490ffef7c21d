"""Data parallelism inside a trial is Keras's own: the strategy of the user's model is kept."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_model_made_under_a_strategy_is_trained_under_it():
    script = Path(__file__).with_name("two_devices.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.stdout.strip().endswith("two replicas, the same trial"), done.stdout + done.stderr
