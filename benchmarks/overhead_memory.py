"""What the record of a long run takes: real fits of many steps on a small model."""

import resource
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from record_size import bytes_of

from keras_debugger import Recorder
from keras_debugger.recording.storage import save_record

TOGETHER = 100  # steps that TensorFlow takes without Python in between
EPOCHS = 10


def show_memory(lengths: list[int]) -> dict:
    """Print and return, by number of steps, what the record of such a run takes.

    The model has eight variables, as the MLP of the timings, but narrow layers: a record depends
    on how many variables there are, not on how large they are.
    """
    print(
        "\n| steps | rows kept | record, MiB | file, MiB | peak of the process, MiB more ", end=""
    )
    print("| us a step, plain | us a step, recorded | saved in, s |")
    print("|" + " --- |" * 8)
    found = {}
    for steps in lengths:
        row = found[str(steps)] = memory_of(steps)
        print(
            f"| {steps} | {row['rows']} | {row['record_mib']:.1f} | {row['file_mib']:.1f} "
            f"| {row['peak_mib']:.0f} | {row['plain_us']:.0f} | {row['recorded_us']:.0f} "
            f"| {row['save_seconds']:.2f} |",
            flush=True,
        )
    return found


def memory_of(steps: int) -> dict:
    recorder = Recorder()
    plain = train(steps, [])
    before = peak_mib()
    seconds = train(steps, [recorder])
    record = recorder.record
    grown = peak_mib() - before
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        size = save_record(record, Path(folder) / "record.npz").stat().st_size
    return {
        "rows": len(record.gradients.step),
        "last_step": int(record.steps.step[-1]),
        "record_mib": bytes_of(record) / 2**20,
        "file_mib": size / 2**20,
        "peak_mib": grown,
        "plain_us": 1e6 * plain / steps,
        "recorded_us": 1e6 * seconds / steps,
        "save_seconds": time.perf_counter() - start,
    }


def train(steps: int, callbacks: list) -> float:
    """CPU seconds of a fit of so many steps; the second of two, so that it is compiled."""
    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(8, activation="relu") for _ in range(3)]
    layers = [keras.layers.Input((8,)), *hidden, keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile("sgd", "sparse_categorical_crossentropy", steps_per_execution=TOGETHER)
    random = np.random.default_rng(0)
    x, y = random.normal(size=(4, 8)).astype("float32"), random.integers(0, 10, 4)
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    model.fit(data, steps_per_epoch=TOGETHER, shuffle=False, verbose=0, callbacks=callbacks)
    epochs = max(1, min(EPOCHS, steps // TOGETHER))
    start = time.process_time()
    model.fit(
        data,
        epochs=epochs,
        steps_per_epoch=max(TOGETHER, steps // epochs),
        shuffle=False,
        verbose=0,
        callbacks=callbacks,
    )
    return time.process_time() - start


def peak_mib() -> float:
    """Largest size that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
