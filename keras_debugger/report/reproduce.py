"""reproduce.py: a script that trains the fixed model again with plain Keras."""

import io
from pathlib import Path

import numpy as np

from keras_debugger.report.files import place, place_bytes, place_text
from keras_debugger.report.words import clean, count, number
from keras_debugger.types.reproduction import Reproduction

SCRIPT, START, DATA = "reproduce.py", "fixed_model_start.keras", "data.npz"
FILES = {
    SCRIPT: "trains the fixed model again with plain Keras, without keras_debugger",
    START: "the fixed model, compiled, before its first step: where reproduce.py starts",
    DATA: "your data as the fixed model was fed, for reproduce.py; delete it before you share this "
    "folder if the data are private",
}


def write_reproduction(folder: Path, made: Reproduction) -> tuple[Path, ...]:
    """Write the script and what it reads.

    The data are written only if they are small, and nowhere but in this folder, which the user
    chose.

    Args:
        folder: the folder of the result.
        made: what it takes to train the model again.

    Returns:
        The paths of the files.
    """
    written = [
        place(folder / START, made.start.save),
        place_text(folder / SCRIPT, script(made)),
    ]
    if made.arrays:
        content, arrays = io.BytesIO(), {**made.arrays}
        np.savez_compressed(content, allow_pickle=False, **arrays)
        written.append(place_bytes(folder / DATA, content.getvalue()))
    return tuple(written)


def script(made: Reproduction) -> str:
    """The script as text.

    Args:
        made: what it takes to train the model again.
    """
    callbacks = "".join(f"\n        {text}," for text in made.callbacks)
    callbacks = f"[{callbacks}\n    ]" if callbacks else "[]"
    value = f"{clean(made.metric).replace('_', ' ')} {number(made.value)}"
    return _SCRIPT.format(
        epochs=made.epochs,
        batch_size=made.batch_size,
        shuffle=made.shuffle,
        seed=made.seed,
        callbacks=callbacks,
        value=value,
        times=count(made.epochs, "epoch"),
        start=START,
        load=_LOAD if made.arrays else _ASK,
    )


_LOAD = '''def load_data():
    """The parts of your data as the fixed model was fed; replace it to train on other data.

    Returns a dict with x_train, y_train, x_selection, y_selection, x_test, y_test, and
    weight_train and weight_selection where the rows are weighted: arrays, or lists or dicts of
    arrays.
    """
    with np.load(FOLDER / "data.npz", allow_pickle=False) as saved:
        arrays = {name: saved[name] for name in saved.files}
    parts = {}
    for name, array in arrays.items():
        part, *inside = name.split("/")
        if inside:
            parts.setdefault(part, {})["/".join(inside)] = array
        else:
            parts[part] = array
    for name, part in parts.items():
        if isinstance(part, dict) and all(key.isdigit() for key in part):
            parts[name] = [part[key] for key in sorted(part, key=int)]
    return parts
'''
_ASK = '''def load_data():
    """Your data, which were too large to be kept here: fill this in.

    Return a dict with x_train, y_train, x_selection, y_selection, x_test, y_test, and weight_train
    and weight_selection where final_report.html weights the rows or classes: arrays, or lists or
    dicts of arrays.
    split.json tells the numbers of the rows in each part of the data that autofix was given.
    """
    rows = json.loads((FOLDER / "split.json").read_text(encoding="utf-8"))
    raise NotImplementedError(f"load your data here; the rows of each part: {sorted(rows)}")
'''
_SCRIPT = '''"""Trains the fixed model again, with plain Keras.

    python reproduce.py

It starts from {start}, the fixed and compiled model before its first step, trains it for {times}
as autofix did, and compares it with fixed_model.keras on the rows that judged. On them the
fixed model had {value}, mean over the seeds of the proof. A custom layer, loss or metric must be
registered (keras.saving.register_keras_serializable) and imported above.
"""

import json
from pathlib import Path

import keras
import numpy as np

FOLDER = Path(__file__).parent


{load}

def train(data):
    """The fixed model, trained."""
    keras.utils.set_random_seed({seed})
    model = keras.models.load_model(FOLDER / "{start}")
    callbacks = {callbacks}
    validation = [data["x_selection"], data["y_selection"]]
    if "weight_selection" in data:
        validation.append(data["weight_selection"])
    model.fit(
        data["x_train"],
        data["y_train"],
        sample_weight=data.get("weight_train"),
        validation_data=tuple(validation),
        epochs={epochs},
        batch_size={batch_size},
        shuffle={shuffle},
        callbacks=callbacks,
        verbose=2,
    )
    return model


def main():
    """Train, and compare with the model that autofix delivered."""
    data = load_data()
    part = "test" if "x_test" in data else "selection"
    judged = data[f"x_{{part}}"], data[f"y_{{part}}"]
    for name, model in (
        ("trained again", train(data)),
        ("fixed_model.keras", keras.models.load_model(FOLDER / "fixed_model.keras")),
    ):
        scores = model.evaluate(*judged, verbose=0, return_dict=True)
        found = {{key: float(value) for key, value in scores.items() if np.ndim(value) == 0}}
        print(json.dumps({{"model": name, "rows": part, **found}}))


if __name__ == "__main__":
    main()
'''
