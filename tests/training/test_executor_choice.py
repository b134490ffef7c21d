"""Which executor trains, and what the machine has."""

import math
import os
import sys

import pytest
from programs_for_workers import model_of, trainer_of

from keras_debugger.training import machine
from keras_debugger.training.executor import LocalExecutor
from keras_debugger.training.executor_choice import (
    WORTH_A_PROCESS,
    AutoExecutor,
    default_workers,
    make_executor,
)
from keras_debugger.training.isolation import ProcessExecutor
from keras_debugger.training.limits import START_SECONDS, TIMES_SLOWER, Limits

MIB = 2**20


@pytest.fixture(scope="module")
def program():
    return trainer_of(model_of()).program


def test_a_name_makes_its_executor(program):
    kinds = {"local": LocalExecutor, "processes": ProcessExecutor, "auto": AutoExecutor}
    for name, kind in kinds.items():
        executor = make_executor(program, name, workers=1)
        assert type(executor) is kind
        executor.close()


def test_auto_goes_to_other_processes_only_where_much_is_ahead(program):
    executor = AutoExecutor(program, workers=1)
    executor.first_took(seconds=1.0, epochs=3, trainings=0.9 * WORTH_A_PROCESS)
    assert type(executor._chosen) is LocalExecutor
    executor.first_took(seconds=float("nan"), epochs=3, trainings=1000.0)
    assert type(executor._chosen) is LocalExecutor
    executor.first_took(seconds=30.0, epochs=3, trainings=0.1 * WORTH_A_PROCESS)
    assert type(executor._chosen) is ProcessExecutor
    assert executor._chosen._limits.silence == START_SECONDS + TIMES_SLOWER * 10.0
    assert executor.notes == ()
    executor.close()


def test_limits_follow_the_first_training():
    limits = Limits(memory=5)
    assert limits.silence == math.inf
    assert limits.after(seconds=math.nan, epochs=3) is limits
    known = limits.after(seconds=6.0, epochs=0)
    assert known == Limits(silence=START_SECONDS + TIMES_SLOWER * 6.0, memory=5)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_the_machine_has(monkeypatch, tmp_path):
    assert 1 <= machine.processors() <= os.cpu_count()
    assert 1 <= default_workers() <= 4
    assert machine.resident_bytes(os.getpid()) > 50 * MIB
    assert machine.resident_bytes(2**22 + 1) == 0  # above the largest process id
    free = machine.available_bytes()
    assert free > 50 * MIB
    (tmp_path / "memory.max").write_text(f"{40 * MIB}\n")
    (tmp_path / "memory.current").write_text(f"{30 * MIB}\n")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine.available_bytes() == 10 * MIB
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.available_bytes() > 50 * MIB
