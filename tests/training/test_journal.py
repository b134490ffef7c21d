"""Nothing is trained twice: in a run, after a kill, on a full disk, and never two runs at once."""

import errno
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from programs_for_workers import model_of, plan_of, trainer_of

from keras_debugger.errors import FolderInUseError, UnreadableFileError
from keras_debugger.training import folder_lock
from keras_debugger.training.folder_lock import FolderLock
from keras_debugger.training.journal import Journal
from keras_debugger.training.layer_names import LayerNames
from keras_debugger.training.program_digest import digest_of
from keras_debugger.training.run_folder import RunFolder, read_run
from keras_debugger.training.trial_form import (
    pack_trial,
    plan_from_plain,
    plan_to_plain,
    unpack_trial,
)
from keras_debugger.training.trial_store import FILE, TrialStore
from keras_debugger.types.edit import (
    InsertDropout,
    NormalizeInput,
    ScaleTargets,
    Schedule,
    SetOutput,
    SetSchedule,
)
from keras_debugger.types.plan import UNCHANGED
from keras_debugger.types.vocabulary import Activation

PLAN = plan_of(NormalizeInput(), InsertDropout(layer="hidden", rate=0.5))


def forbid_training(trainer):
    def run(*_, **__):
        pytest.fail("it was trained again")

    trainer.executor.run = run


@pytest.fixture(scope="module")
def trained():
    """A trainer, and one trial of the proof."""
    trainer = trainer_of(model_of())
    return trainer, trainer.train(PLAN, seed=3, held_out=True)


def test_a_plan_and_a_trial_come_back_as_they_were(trained):
    plan = plan_of(
        SetSchedule(schedule=Schedule.COSINE),
        ScaleTargets(output=0, mean=1e-300, sd=0.1),
        SetOutput(output=0, activation=Activation.SOFTMAX, units=None),
    )
    assert plan_from_plain(json.loads(json.dumps(plan_to_plain(plan)))) == plan
    trial = trained[1].trial
    again = unpack_trial(pack_trial(trial), PLAN)
    assert again.selection == trial.selection
    assert again.held_out == trial.held_out
    assert (again.cost, again.seconds, again.seed) == (trial.cost, trial.seconds, trial.seed)
    np.testing.assert_array_equal(again.record.gradients.norm, trial.record.gradients.norm)
    assert pack_trial(again) == pack_trial(trial)


def test_nothing_is_trained_twice_in_a_run(trained):
    trainer, first = trained
    run = trainer.executor.run
    forbid_training(trainer)
    try:
        assert trainer.train(PLAN, seed=3, held_out=True).trial is first.trial
        asked_for_less = trainer.train(PLAN, seed=3, watched=False).trial
        assert asked_for_less.held_out is None
        assert asked_for_less.selection == first.trial.selection
        with pytest.raises(pytest.fail.Exception):
            trainer.train(PLAN, seed=4)
    finally:
        trainer.executor.run = run


def test_other_rows_are_another_training(trained):
    trainer, _ = trained
    shifted = trainer.on(replace(trainer.parts, train=trainer.parts.selection))
    same = trainer.on(trainer.parts)
    tasks = [
        one._task(PLAN, seed=3, epochs=1, held_out=False, watched=False)
        for one in (trainer, same, shifted)
    ]
    assert len({task.key for task in tasks}) == 3


def test_a_folder_gives_the_trial_and_the_model_to_the_next_process(tmp_path, trained):
    first = trained[1]
    digest = digest_of(trained[0].program)
    before = trainer_of(model_of())
    before.journal = Journal(store=TrialStore(tmp_path, digest))
    before.train(PLAN, seed=3, held_out=True)
    before.close()
    after = trainer_of(model_of())
    state = random.getstate()
    assert digest_of(after.program) == digest
    assert random.getstate() == state
    after.journal = Journal(store=TrialStore(tmp_path, digest))
    forbid_training(after)
    again = after.train(PLAN, seed=3, held_out=True)
    assert again.trial.held_out == first.trial.held_out
    x = after.parts.held_out.x
    np.testing.assert_array_equal(
        again.model.predict(x, verbose=0), first.model.predict(x, verbose=0)
    )
    for one, two in zip(
        again.model.optimizer.variables, first.model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(one, two)
    after.close()


def test_names_that_keras_counts_are_no_other_program(tmp_path):
    def trainer():
        layers = keras.layers
        model = keras.Sequential(
            [layers.Input((13,)), layers.Dense(4, "relu"), layers.Dense(3), layers.Softmax()]
        )
        model.compile("sgd", "sparse_categorical_crossentropy")
        return trainer_of(model, epochs=1)

    first, second = trainer(), trainer()
    names = [[layer.name for layer in one.program.model.layers] for one in (first, second)]
    assert names[0] != names[1]
    digest = digest_of(first.program)
    assert digest_of(second.program) == digest
    for one, kept in ((first, names[0]), (second, names[1])):
        one.journal = Journal(store=TrialStore(tmp_path, digest, LayerNames.of(one.setup.model)))
        if one is second:
            forbid_training(one)
        plan = plan_of(InsertDropout(layer=kept[0], rate=0.5))
        record = one.train(plan, seed=1).trial.record
        assert record.gradients.variables[0].layer == kept[0]
        assert record.gradients.variables[0].path.split("/")[1] == kept[0]
        one.close()


def test_another_program_is_another_digest(trained):
    digest = digest_of(trained[0].program)
    x, y = trained[0].parts.train.x, trained[0].parts.train.y
    assert digest_of(trainer_of(model_of(), epochs=4).program) != digest
    assert digest_of(trainer_of(model_of("mse"), epochs=3).program) != digest
    assert digest_of(trainer_of(model_of(), data=(np.nextafter(x, 9), y)).program) != digest


def test_a_damaged_journal_is_refused_and_a_newer_one_too(tmp_path):
    (tmp_path / FILE).write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(UnreadableFileError, match="damaged"):
        TrialStore(tmp_path, "p")
    (tmp_path / FILE).unlink()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UnreadableFileError, match="version 99"):
        TrialStore(tmp_path, "p")


def test_what_is_damaged_in_a_folder_is_trained_again(tmp_path, trained):
    digest = digest_of(trained[0].program)
    first = trainer_of(model_of())
    first.journal = Journal(store=TrialStore(tmp_path, digest))
    before = first.train(PLAN, seed=3, held_out=True)
    first.close()
    (weights,) = (tmp_path / "weights").iterdir()
    weights.write_bytes(weights.read_bytes()[:1000])
    second = trainer_of(model_of())
    second.journal = Journal(store=TrialStore(tmp_path, digest))
    again = second.train(PLAN, seed=3, held_out=True)
    for one, two in zip(again.model.variables, before.model.variables, strict=True):
        np.testing.assert_array_equal(one, two)
    assert second.notes == ()
    second.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE trials SET trial = substr(trial, 1, 500)")
    database.close()
    third = trainer_of(model_of())
    third.journal = Journal(store=TrialStore(tmp_path, digest))
    assert third.train(PLAN, seed=3, held_out=True).trial.held_out == before.trial.held_out
    (note,) = third.notes
    assert "cannot be read" in note
    third.close()


@pytest.mark.parametrize(
    "name", ["program.json", "model.keras", "arrays/parts.train.x.npy", "run.json"]
)
def test_a_damaged_program_is_refused_in_words(name, tmp_path, trained):
    arguments = {"budget": 1.0}
    folder = RunFolder(tmp_path)
    folder.open(trained[0].program, arguments=arguments, record=None).close()
    folder.close()
    assert read_run(tmp_path).arguments == arguments
    path = tmp_path / "journal" / "program" / name
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UnreadableFileError, match="run"):
        read_run(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(UnreadableFileError, match="run"):
        read_run(tmp_path)


def test_the_second_run_in_a_folder_is_refused_with_the_process_of_the_first(tmp_path):
    code = (
        "import sys, pathlib, time; from keras_debugger.training.folder_lock import FolderLock;"
        "lock = FolderLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUseError, match=f"process {holder.pid} "):
            FolderLock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        FolderLock(tmp_path).close()  # a killed process holds nothing


def test_a_lock_from_before_a_restart_is_taken_over(tmp_path):
    (tmp_path / "lock").write_text('{"pid": 1, "host": "elsewhere"}', encoding="utf-8")
    lock = FolderLock(tmp_path)
    with pytest.raises(FolderInUseError, match=f"process {os.getpid()} "):
        FolderLock(tmp_path)
    lock.close()
    FolderLock(tmp_path).close()


def test_a_file_system_without_locks_is_told_and_used(tmp_path, trained, monkeypatch):
    def lock(file):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(folder_lock, "_lock", lock)
    folder = RunFolder(tmp_path)
    journal = folder.open(trained[0].program, arguments={}, record=None)
    assert any("knows no locks (" in note for note in journal.notes)
    assert journal.store is not None
    journal.close()
    folder.close()


FULL = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from programs_for_workers import model_of, plan_of, trainer_of
from keras_debugger.training.journal import Journal
from keras_debugger.training.trial_store import TrialStore
from keras_debugger.types.plan import UNCHANGED
trainer = trainer_of(model_of())
trainer.journal = Journal(store=TrialStore(Path(sys.argv[1]), "p"))
trainer.train(UNCHANGED, seed=1)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
trainer.train(UNCHANGED, seed=2)
print(len(trainer.notes), trainer.notes[0])
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
if sys.argv[3] == "freed":
    trainer.train(UNCHANGED, seed=3)
trainer.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_told_and_ends_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(Path(__file__).parent), "freed"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("1 The journal in"), done.stdout
    assert "could not be written" in done.stdout
    with sqlite3.connect(tmp_path / FILE) as database:
        rows = database.execute("SELECT seed FROM trials ORDER BY seed").fetchall()
    database.close()
    assert rows == [(1,), (2,), (3,)]  # those of the full disk were written once there was room


KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from programs_for_workers import model_of, trainer_of
from keras_debugger.training.journal import Journal
from keras_debugger.training.trial_store import TrialStore
from keras_debugger.types.plan import UNCHANGED
trainer = trainer_of(model_of(), epochs=1)
trainer.journal = Journal(store=TrialStore(Path(sys.argv[1]), "p"))
for seed in range(1000):
    trainer.train(UNCHANGED, seed=seed, watched=False)
    print(seed, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_was_kept_is_there_after_a_kill_at_any_moment(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)]
    generator = random.Random(0)
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            while int(process.stdout.readline()) < 2:
                continue
            time.sleep(generator.random())
            process.kill()
            said = [2, *(int(line) for line in process.stdout)]
        store = TrialStore(tmp_path, "p")
        trainer = trainer_of(model_of(), epochs=1)
        trainer.journal = Journal(store=store)
        forbid_training(trainer)
        for seed in range(said[-1] + 1):
            assert not trainer.train(UNCHANGED, seed=seed, watched=False).trial.failure
        trainer.close()
