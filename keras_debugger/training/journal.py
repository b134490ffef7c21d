"""Journal: every finished trial of a run, so that nothing is trained twice."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from keras_debugger.training.task import Outcome, Task

if TYPE_CHECKING:
    from keras_debugger.training.trial_store import TrialStore


@dataclass(kw_only=True)
class Journal:
    """What has been trained: in memory, and in a folder if there is one.

    A folder that can no longer be written to does not end the run: the trials wait in memory and
    are written as soon as it is possible again, and a note says so.

    Args:
        store: trials on disk; None keeps them in memory only.
    """

    store: TrialStore | None = None
    notes: tuple[str, ...] = ()
    _outcomes: dict[str, list[tuple[Task, Outcome]]] = field(default_factory=dict)
    _unwritten: list[tuple[Task, Outcome]] = field(default_factory=list)

    def find(self, task: Task) -> Outcome | None:
        """The outcome of a training that was done before, with the plan as it is named now.

        A training that met the held-out part or was watched answers also for one that need not.
        """
        for done, outcome in self._outcomes.get(task.key, []):
            if _answers(done, task):
                return _as_asked(outcome, task)
        kept = None if self.store is None else self._read(self.store, task)
        if kept is not None:
            self._outcomes.setdefault(task.key, []).append((task, kept))
        return kept

    def keep(self, task: Task, outcome: Outcome) -> None:
        """Keep an outcome; what the machine ended is kept for this run only."""
        self._outcomes.setdefault(task.key, []).append((task, replace(outcome, model=None)))
        if self.store is not None and not outcome.by_machine:
            self._unwritten.append((task, outcome))
            self._write(self.store)

    def close(self) -> None:
        """Write what could not be written before, and let go of the folder."""
        if self.store is not None:
            self._write(self.store)
            self.store.close()

    def _read(self, store: TrialStore, task: Task) -> Outcome | None:
        try:
            return store.find(task)
        except (sqlite3.Error, OSError, ValueError, KeyError, BadZipFile) as error:
            self._note(f"A trial in {store.folder} cannot be read ({error}); it is trained again.")
            return None

    def _write(self, store: TrialStore) -> None:
        try:
            while self._unwritten:
                store.keep(*self._unwritten[0])
                del self._unwritten[0]
        except (sqlite3.Error, OSError) as error:
            self._note(
                f"The journal in {store.folder} could not be written ({error}): the run goes on, "
                "and trials that were not written are trained again if it is continued."
            )

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes += (sentence,)


def _answers(done: Task, asked: Task) -> bool:
    return done.held_out >= asked.held_out and done.watched >= asked.watched


def _as_asked(outcome: Outcome, task: Task) -> Outcome:
    trial = outcome.trial
    if trial.plan != task.plan:
        trial = replace(trial, plan=task.plan)
    if trial.held_out is not None and not task.held_out:
        trial = replace(trial, held_out=None)
    return outcome if trial is outcome.trial else replace(outcome, trial=trial)
