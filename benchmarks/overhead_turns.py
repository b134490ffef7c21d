"""Several fits at once that take turns, one step each, so that a busy machine slows all alike."""

import random
import threading
import time

import keras
import numpy as np

CHUNK = 10  # neighbouring steps whose times are added before ratios are taken


class Turn(keras.callbacks.Callback):
    """Holds a fit at the begin of each step until it is its turn, and times the turn.

    A turn is one round of the loop of `fit`: the other callbacks at the begin of a step, the step,
    what follows it. It stands before all other callbacks.
    """

    def __init__(self):
        super().__init__()
        self.seconds = []
        self._go, self._over = threading.Semaphore(0), threading.Semaphore(0)
        self._start = None
        self.error = None

    def run(self, fit):
        """Train in a thread of its own; an error is kept for `take`."""
        try:
            fit(self)
        except BaseException as error:  # told where it is waited for
            self.error = error
        self._over.release()

    def on_train_batch_begin(self, batch, logs=None):
        """End the last turn and wait for the next."""
        self._end()
        self._go.acquire()
        self._start = np.array([time.process_time(), time.perf_counter()])

    def on_epoch_end(self, epoch, logs=None):
        """End the last turn; what happens at the end of an epoch waits for its own."""
        self._end()
        self._go.acquire()

    def _end(self):
        if self._start is not None:
            end = np.array([time.process_time(), time.perf_counter()])
            self.seconds.append(end - self._start)
            self._start = None
            self._over.release()

    def take(self):
        """Let the fit go on for one turn, and wait for its end."""
        self._go.release()
        self._over.acquire()
        if self.error is not None:
            raise self.error

    def leave(self):
        """Let the fit end."""
        self._go.release()


def in_turns(fits: dict, steps: int) -> dict[str, np.ndarray]:
    """CPU and wall seconds of each step, shape (steps, 2), by name.

    Args:
        fits: by name, a function that trains for one epoch of `steps` with the callback that it
            is given before all others. The step must be compiled already.
        steps: steps of the epoch.
    """
    turns = {name: Turn() for name in fits}
    threads = [
        threading.Thread(target=turns[name].run, args=(fit,), daemon=True)
        for name, fit in fits.items()
    ]
    for thread in threads:
        thread.start()
    order = random.Random(0)
    for _ in range(steps):
        for name in order.sample(sorted(turns), len(turns)):
            turns[name].take()
    for turn, thread in zip(turns.values(), threads, strict=True):
        turn.leave()
        thread.join()
    return {name: np.array(turn.seconds) for name, turn in turns.items()}


def ratio_of(seconds: np.ndarray, plain: np.ndarray) -> tuple[float, float, float]:
    """Median ratio of chunks of neighbouring turns, and a 95 % interval by resampling chunks.

    Args:
        seconds: of each step, shape (steps,).
        plain: of each step of plain `fit`, in the same turns.
    """
    ratios = chunks(seconds) / chunks(plain)
    draws = np.random.default_rng(0).choice(ratios, (2000, len(ratios)))
    low, high = np.quantile(np.median(draws, axis=1), [0.025, 0.975])
    return float(np.median(ratios)), float(low), float(high)


def chunks(seconds: np.ndarray) -> np.ndarray:
    """Sums of neighbouring steps, without a last incomplete chunk."""
    count = max(len(seconds) // CHUNK, 1)
    return np.array([chunk.sum() for chunk in np.array_split(seconds, count)])
