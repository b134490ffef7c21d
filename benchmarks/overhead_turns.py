"""Several fits at once that take turns, so that a busy machine slows all alike."""

import random
import threading
import time

import keras
import numpy as np

STEPS = 10  # neighbouring steps that make a round: their times are added before ratios are taken


class Turn(keras.callbacks.Callback):
    """Holds a fit before each step until it is its turn, and times the turn.

    The first turn is all before the first step, the last one all after the last step. Between them
    a turn is so many rounds of the loop of `fit`: the other callbacks at the begin of a step, the
    step, what follows it. It stands before all other callbacks.
    """

    def __init__(self, steps):
        super().__init__()
        self._steps = steps
        self.seconds = []
        self._go, self._over = threading.Semaphore(0), threading.Semaphore(0)
        self._error = None

    def run(self, fit):
        """Train in a thread of its own; an error is kept for `take`."""
        self._begin()
        try:
            fit(self)
        except BaseException as error:  # told where it is waited for
            self._error = error
        self._end()

    def on_train_batch_begin(self, batch, logs=None):
        """Where a turn is over, end it and wait for the next."""
        if batch % self._steps == 0:
            self._end()
            self._begin()

    def on_epoch_end(self, epoch, logs=None):
        """End the turn of the last step; what happens at the end of a fit has its own."""
        self._end()
        self._begin()

    def take(self):
        """Let the fit go on for one turn, and wait for its end."""
        self._go.release()
        self._over.acquire()
        if self._error is not None:
            raise self._error

    def _begin(self):
        self._go.acquire()
        self._start = now()

    def _end(self):
        self.seconds.append(now() - self._start)
        self._over.release()


def now() -> np.ndarray:
    """CPU seconds of the process, all threads, and wall seconds."""
    return np.array([time.process_time(), time.perf_counter()])


def in_turns(fits: dict, turns: int, steps: int) -> dict[str, np.ndarray]:
    """CPU and wall seconds of each turn, shape (turns + 2, 2), by name.

    Args:
        fits: by name, a function that trains for one epoch of so many turns with the callback that
            it is given before all others. The step must be compiled already.
        turns: turns of the epoch.
        steps: steps of a turn.
    """
    waiting = {name: Turn(steps) for name in fits}
    threads = [
        threading.Thread(target=waiting[name].run, args=(fit,), daemon=True)
        for name, fit in fits.items()
    ]
    for thread in threads:
        thread.start()
    order = random.Random(0)
    for _ in range(turns + 2):
        for name in order.sample(sorted(waiting), len(waiting)):
            waiting[name].take()
    for thread in threads:
        thread.join()
    return {name: np.array(turn.seconds) for name, turn in waiting.items()}


def ratio_of(seconds: np.ndarray, plain: np.ndarray, rounds: int) -> tuple[float, float, float]:
    """Median ratio of rounds of neighbouring steps, and a 95 % interval by resampling rounds.

    Args:
        seconds: of each turn, shape (turns,).
        plain: of each turn of plain `fit` beside it.
        rounds: number of rounds, of one or several turns each.
    """
    ratios = rounds_of(seconds, rounds) / rounds_of(plain, rounds)
    draws = np.random.default_rng(0).choice(ratios, (2000, len(ratios)))
    low, high = np.quantile(np.median(draws, axis=1), [0.025, 0.975])
    return float(np.median(ratios)), float(low), float(high)


def ratio_of_fits(seconds: np.ndarray, plain: np.ndarray, rounds: int) -> float:
    """Ratio of whole fits: begin and end as they were timed, steps by the median of the rounds."""
    steps = plain[1:-1].sum()
    mine = seconds[0] + ratio_of(seconds, plain, rounds)[0] * steps + seconds[-1]
    return float(mine / (plain[0] + steps + plain[-1]))


def rounds_of(seconds: np.ndarray, rounds: int) -> np.ndarray:
    """Seconds of each round, without the begin and the end of the fit."""
    return np.array([part.sum() for part in np.array_split(seconds[1:-1], rounds)])
