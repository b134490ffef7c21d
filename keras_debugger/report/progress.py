"""Progress of long work: a live line in a terminal, plain lines elsewhere, or nothing."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from keras_debugger.report.words import (
    capital,
    clean,
    count,
    duration,
    number,
    plan_title,
    score_words,
    title,
)
from keras_debugger.types.trial import Trial

REFRESH = 0.1  # seconds between two drawings of the live line
BAR = 16  # columns of the bar
WORDS = 56  # columns of the longest words behind it


class SilentProgress:
    """Shows nothing."""

    def begin(self, *, stage: str, trainings: float) -> None:
        """A stage begins."""

    def trial(self, *, plan: str, seed: int, epochs: int) -> None:
        """A training begins."""

    def epoch(self, *, epoch: int, epochs: int, loss: float) -> None:
        """An epoch ended."""

    def end_trial(self, trial: Trial) -> None:
        """A training ended."""

    def say(self, text: str) -> None:
        """Something worth a line."""

    def close(self) -> None:
        """The work ended."""


class TerminalProgress:
    """Shows stage, candidate, epoch, best so far and time left.

    In a terminal one line is kept up to date and each finished training leaves a line; elsewhere
    (files, notebooks, CI) only plain lines are written.

    Args:
        console: where to show it.
        every_epoch: write a line for every epoch.
        clock: seconds that never jump back.
    """

    def __init__(
        self,
        console: Console,
        *,
        every_epoch: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._every_epoch = every_epoch
        self._clock = clock
        self._live: Live | None = None
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=BAR),
            TextColumn("{task.fields[words]}", markup=False),
            console=console,
            auto_refresh=False,
        )
        self._task: TaskID | None = None
        self._trainings = 0.0
        self._done = 0.0
        self._began = clock()
        self._shown = float("-inf")
        self._share = 0.0
        self._plan = ""
        self._best = ""
        self._best_error = float("inf")

    def begin(self, *, stage: str, trainings: float) -> None:
        """A stage begins that will take this many trainings of the original."""
        self._stop()
        self._trainings, self._done, self._began = trainings, 0.0, self._clock()
        self._best, self._best_error = "", float("inf")
        amount = f"about {number(trainings)} training{'' if trainings == 1 else 's'}"
        words = ", ".join(map(_words, stage.split(", ")))
        self._line(f"{capital(words)} ({amount} of the original)", style="bold")
        if self._console.is_terminal and not self._console.is_jupyter:
            self._task = self._bar.add_task("", total=1.0, words="")
            self._live = Live(self._bar, console=self._console, auto_refresh=False, transient=True)
            self._live.start()

    def trial(self, *, plan: str, seed: int, epochs: int) -> None:
        """A training begins."""
        self._plan = f"{title(plan.replace(' + ', ', '))}, seed {seed}"
        self._share = 0.0
        self._refresh(f"epoch 0/{epochs}")

    def epoch(self, *, epoch: int, epochs: int, loss: float) -> None:
        """An epoch of the present training ended (epoch counts from 0)."""
        self._share = (epoch + 1) / max(1, epochs)
        words = f"epoch {epoch + 1}/{epochs}, loss {number(loss)}"
        if self._every_epoch:
            self._line(f"    {self._plan}: {words}")
        self._refresh(words)

    def end_trial(self, trial: Trial) -> None:
        """A training ended."""
        self._done += trial.cost
        self._share = 0.0
        name = plan_title(trial.plan)
        score = trial.held_out or trial.selection
        if trial.failure or score is None:
            said = clean(trial.failure, limit=60) or "not scored"
        else:
            said = f"{clean(score.metric).replace('_', ' ')} {score_words(score.value)}"
            if score.finite and score.error < self._best_error:
                self._best_error = score.error
                self._best = f"best {score_words(score.value)}"
        took = f", {duration(trial.seconds)}" if trial.seconds == trial.seconds else ""
        epochs = f" after {count(trial.epochs, 'epoch')}" if trial.epochs else ""
        self._line(f"  {name}, seed {trial.seed}: {said}{epochs}{took}")
        self._refresh("")

    def say(self, text: str) -> None:
        """Something worth a line."""
        self._line(clean(text))

    def close(self) -> None:
        """The work ended, also by an exception."""
        self._stop()

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)

    def _left(self) -> str:
        done = self._done + self._share * min(1.0, max(0.0, self._trainings - self._done))
        spent = self._clock() - self._began
        if done <= 0 or spent < 1.0:
            return ""
        return f"{duration(spent * max(0.0, self._trainings - done) / done)} left"

    def _refresh(self, words: str) -> None:
        if self._live is None or self._task is None:
            return
        room = max(12, self._console.width - BAR - WORDS)
        known = ", ".join(filter(None, (words, self._left(), self._best)))
        plan = self._plan if len(self._plan) <= room else f"{self._plan[: room - 3]}..."
        share = min(1.0, (self._done + self._share) / max(self._trainings, 1e-9))
        self._bar.update(self._task, description=f"  {plan}", completed=share, words=known)
        if self._clock() - self._shown >= REFRESH:
            self._shown = self._clock()
            self._live.refresh()

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None


def _words(text: str) -> str:
    """A stage in words; names of fixes lose their hyphens."""
    return clean(text).replace("-", " ")
