"""The same trials on a Ray cluster with two workers, of which one is killed."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from programs_for_workers import model_of, plan_of, trainer_of

from keras_debugger.errors import InvalidArgumentError
from keras_debugger.proof.compare import prove
from keras_debugger.training.executor_ray import RayExecutor
from keras_debugger.types.edit import NormalizeInput, ScaleLearningRate

PLAN = plan_of(NormalizeInput(), ScaleLearningRate(factor=3.0))


@pytest.fixture(scope="module")
def cluster():
    """A local cluster with two processors, to which this process is connected."""
    ray = pytest.importorskip("ray")
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")
def test_a_proof_on_ray_says_the_same_though_a_worker_is_killed(cluster):
    here = prove(trainer_of(model_of()), PLAN, seeds=3, min_improvement=0.0)
    trainer = trainer_of(model_of())
    trainer.executor = RayExecutor(trainer.program, num_cpus=1)
    killed = []
    run = trainer.executor.run

    def with_a_kill(task, **more):
        outcome = run(task, **more)
        if not killed:
            killed.append(kill_a_busy_worker())
        return outcome

    trainer.executor.run = with_a_kill
    there = prove(trainer, PLAN, seeds=3, min_improvement=0.0)
    trainer.close()
    assert killed[0]
    assert cluster.is_initialized()  # the user's cluster is left as it is
    assert trainer.notes == ()
    assert there.verdict.decision is here.verdict.decision
    for one, two in zip((*here.before, *here.after), (*there.before, *there.after), strict=True):
        assert not two.failure
        assert one.held_out == two.held_out
    for one, two in zip(here.model.variables, there.model.variables, strict=True):
        np.testing.assert_array_equal(one, two)


def kill_a_busy_worker():
    """Kill a process below this one that is training for Ray, with the hardest of signals."""
    processes = {int(path.name): path for path in Path("/proc").iterdir() if path.name.isdigit()}
    for pid, path in processes.items():
        try:
            if path.joinpath("cmdline").read_bytes().startswith(b"ray::train") and is_below(path):
                os.kill(pid, signal.SIGKILL)
                return pid
        except OSError:
            continue
    return None


def is_below(path):
    """Whether a process is a child of this one, or of a child of it."""
    while path.name not in ("0", str(os.getpid())):
        status = path.joinpath("stat").read_text().rpartition(")")[2].split()
        path = path.with_name(status[1])
    return path.name != "0"


def test_ray_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InvalidArgumentError, match=r"keras-debugger\[ray\]"):
        RayExecutor(trainer_of(model_of()).program)
