"""Every kind of model times every group of edits: works, rightly refused, or failed.

Prints one row a kind and the time of a rebuild as a ratio to `keras.models.clone_model`, of the
whole model and of one of 150 layers and more.

    python benchmarks/rewriting.py [--json OUT] [--only WORD] [--large] [--part I/N]

A run of a part adds its rows to those that OUT holds already.

The models and edits are those of tests/rewriting/rewriting_zoo.py. A cell is `passed` if the new
model is built, shows the edit, trains with a finite loss, and the user's model is unchanged bit
for bit; `refused` if the refusal names what it should; `failed` otherwise.
"""

import argparse
import contextlib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from surroundings import in_words, limit_threads, surroundings

limit_threads(1)
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "rewriting"))

import keras  # noqa: E402
import numpy as np  # noqa: E402
from rewriting_contract import check_edits, copied_state, edits_of, input_arrays  # noqa: E402
from rewriting_zoo import KINDS, Kind, transformer_encoder  # noqa: E402

from keras_debugger.errors import UnsupportedModelError  # noqa: E402
from keras_debugger.recording.model_description import describe_model  # noqa: E402
from keras_debugger.rewriting.blueprint import Blueprint, read_blueprint  # noqa: E402
from keras_debugger.types.edit import ScaleLearningRate  # noqa: E402

CONDITIONS = {"seed": 1, "threads": 1, "rebuilds": "median of 3"}
MARKS = {"passed": "Y", "refused": "R", "failed": "FAILED"}
LARGE = ("MobileNetV2", "EfficientNetB0", "ResNet50", "transformer encoder")
Cells = dict[str, tuple[str, str]]  # group -> (outcome, detail)


def main() -> int:
    arguments = parse_arguments()
    print(in_words(surroundings(**CONDITIONS)))
    rows: dict[str, Cells] = {}
    ratios: dict[str, float] = {}
    part, parts = map(int, arguments.part.split("/"))
    names = [name for name in KINDS if arguments.only in name]
    for number, name in enumerate(names[part - 1 :: parts]):
        rows[name], ratios[name] = try_kind(KINDS[name])
        show_row(name, rows[name], ratios[name], head=number == 0)
        if arguments.json:
            write_json(arguments.json, rows, ratios, {})
    large = {}
    for name in LARGE if arguments.large else ():
        large[name] = time_large(name)
        ratio, seconds_, layers, refusal = large[name]
        print(
            f"{name}: {layers} layers, a rebuild takes {seconds_:.1f} s, {ratio:.2f} x clone_model "
            f"{refusal}",
            flush=True,
        )
    counts = count(rows)
    for name, cells in rows.items():
        for group, (outcome, detail) in cells.items():
            if outcome == "failed":
                print(f"failed: {name}, {group}: {detail}")
    print(", ".join(f"{key} {value}" for key, value in counts.items()))
    if arguments.json:
        write_json(arguments.json, rows, ratios, large)
    return 1 if counts["failed"] else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="file to write the counts and times to")
    parser.add_argument("--only", default="", help="only kinds whose name holds this word")
    parser.add_argument("--part", default="1/1", help="every N-th kind from the I-th on, as I/N")
    parser.add_argument("--large", action="store_true", help="time networks of keras.applications")
    return parser.parse_args()


def try_kind(kind: Kind) -> tuple[Cells, float]:
    """Try each group of edits on one kind of model; the ratio is NaN where clone_model fails."""
    keras.utils.set_random_seed(0)
    with contextlib.redirect_stderr(io.StringIO()):
        model = kind.make()
    x, y = kind.data()
    before = copied_state(model)
    blueprint = read_blueprint(model, describe_model(model))
    cells = {}
    for group, edits in edits_of(kind).items():
        cells[group] = try_edits(kind, group, edits, blueprint, x, y)
        if not same(before, copied_state(model)):
            cells[group] = ("failed", "the user's model changed")
    return cells, ratio_to_clone(model, blueprint, input_arrays(x))


def try_edits(kind: Kind, group: str, edits, blueprint: Blueprint, x, y) -> tuple[str, str]:
    try:
        new = blueprint.build(edits, seed=1, inputs=input_arrays(x))
    except UnsupportedModelError as error:
        word = kind.refused.get(group)
        named = word is not None and word in str(error)
        return ("refused" if named else "failed"), str(error)
    if group in kind.refused:
        return "failed", "it should have been refused"
    try:
        check_edits(group, edits, blueprint, new)
    except AssertionError as error:
        return "failed", f"the edit is not to be seen {error}"
    losses = new.fit(x, y, batch_size=12, verbose=0).history["loss"]
    finite = bool(np.isfinite(losses).all())
    return ("passed", "") if finite else ("failed", f"the loss is {losses}")


def ratio_to_clone(model, blueprint: Blueprint, inputs) -> float:
    if blueprint.graph is None:
        return float("nan")
    try:
        clone = seconds(lambda: keras.models.clone_model(model))
    except (TypeError, ValueError, NameError):
        return float("nan")
    return seconds(lambda: blueprint.build((), seed=1, inputs=inputs)) / clone


def seconds(run: Callable[[], object], *, times: int = 3) -> float:
    """Median seconds of a few runs after one that warms up."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def time_large(name: str) -> tuple[float, float, int, str]:
    """Ratio to clone_model, seconds, layers and refusal of a network with two edits."""
    if name == "transformer encoder":
        model = transformer_encoder(blocks=12)
    else:
        build = getattr(keras.applications, name)
        model = build(weights=None, input_shape=(64, 64, 3), classes=10)
    model.compile("sgd", "sparse_categorical_crossentropy")
    blueprint = read_blueprint(model, describe_model(model))
    if blueprint.refusal:
        return float("nan"), float("nan"), len(model.layers), blueprint.refusal
    edits = (ScaleLearningRate(factor=0.1),)
    clone = seconds(lambda: keras.models.clone_model(model), times=1)
    ours = seconds(lambda: blueprint.build(edits, seed=1), times=1)
    return ours / clone, ours, len(model.layers), ""


def same(before, after) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def count(rows: dict[str, Cells]) -> dict[str, int]:
    outcomes = [outcome for cells in rows.values() for outcome, _ in cells.values()]
    return {
        "passed": outcomes.count("passed"),
        "refused_right": outcomes.count("refused"),
        "failed": outcomes.count("failed"),
    }


def show_row(name: str, cells: Cells, ratio: float, *, head: bool) -> None:
    if head:
        print(" | ".join(["kind".ljust(28), *cells, "time / clone_model"]))
    marks = [MARKS[outcome].center(len(group)) for group, (outcome, _) in cells.items()]
    time_ratio = "-" if np.isnan(ratio) else f"{ratio:.1f}"
    print(" | ".join([name.ljust(28), *marks, time_ratio]), flush=True)


def write_json(path: Path, rows, ratios, large) -> None:
    """Write the counts and times, with the rows of other parts that the file holds already."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = {"passed": "passed", "refused_right": "refused", "failed": "failed"}
    table = {name: {g: o for g, (o, _) in cells.items()} for name, cells in rows.items()}
    table = {**known.get("rows", {}), **table}
    outcomes = [outcome for cells in table.values() for outcome in cells.values()]
    counts = {key: outcomes.count(outcome) for key, outcome in names.items()}
    times = {
        **{name: none_if_nan(ratio) for name, ratio in ratios.items()},
        **{name: none_if_nan(one[0]) for name, one in large.items()},
    }
    content = {
        **counts,
        "made_with": surroundings(**CONDITIONS),
        "rows": table,
        "seconds_ratio_to_clone_model": {
            **known.get("seconds_ratio_to_clone_model", {}),
            **times,
        },
        "seconds": {
            **known.get("seconds", {}),
            **{name: none_if_nan(one[1]) for name, one in large.items()},
        },
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def none_if_nan(value: float) -> float | None:
    return None if np.isnan(value) else value


if __name__ == "__main__":
    sys.exit(main())
