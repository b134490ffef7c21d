"""The same real run, written as other tools and people write it, is read with the same values."""

import json

import keras
import numpy as np
import pytest

from keras_debugger.recording.storage import read_source

EPOCHS = 6


@pytest.fixture(scope="module")
def history():
    """Losses of a real run, to four digits."""
    keras.utils.set_random_seed(0)
    x = np.linspace(-1, 1, 96).reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    logs = model.fit(x, 2 * x, epochs=EPOCHS, validation_split=0.2, verbose=0).history
    return {name: [round(value, 4) for value in values] for name, values in logs.items()}


def rows(history):
    return list(zip(range(EPOCHS), history["loss"], history["val_loss"], strict=True))


def table(history, separator, *, header="epoch,loss,val_loss", line="{},{},{}"):
    lines = [header, *(line.format(*row) for row in rows(history))]
    return "\n".join(text.replace(",", separator) for text in lines)


def decimal_commas(history, separator):
    return table(history, "\0").replace(".", ",").replace("\0", separator)


def printed(history, line):
    return "\n".join(line.format(epoch + 1, loss, val) for epoch, loss, val in rows(history))


def notebook(history):
    text = printed(history, "Epoch {}/6\n3/3 - 0s - loss: {} - val_loss: {}")
    output = {"output_type": "stream", "text": text.splitlines(keepends=True)}
    return json.dumps({"cells": [{"cell_type": "code", "outputs": [output]}], "nbformat": 4})


def by_tag(history):
    lines = ["run,tag,step,value"]
    for run, name in (("train", "loss"), ("validation", "val_loss")):
        lines += [f"{run},epoch_loss,{i},{value}" for i, value in enumerate(history[name])]
    return "\n".join(lines)


DIALECTS = {
    "tabs and decimal commas": lambda h: decimal_commas(h, "\t"),
    "semicolons and decimal commas": lambda h: decimal_commas(h, ";"),
    "spaces": lambda h: table(h, "   "),
    "a table that pandas printed": lambda h: table(
        h, "  ", header="epoch,loss,val_loss", line="{0},{0},{1},{2}"
    ),
    "Markdown": lambda h: (
        "| epoch | loss | val_loss |\n| --- | --- | --- |\n" + printed(h, "| {} | {} | {} |")
    ),
    "a title above": lambda h: "Training history\n" + table(h, ","),
    "a last row written twice": lambda h: table(h, ",") + "\n" + table(h, ",").splitlines()[-1],
    "tensors": lambda h: table(
        h, ";", line="{},tf.Tensor({}\0 shape=()\0 dtype=float32),{}"
    ).replace("\0", ","),
    "commas of thousands": lambda h: "epoch,loss,val_loss\n" + printed(h, '{},"0,000,00{}","{}"'),
    "Weights & Biases": lambda h: (
        '"epoch","run - loss","run - loss__MIN","run - val_loss"\n'
        + printed(h, '"{0}","{1}","{1}","{2}"')
    ),
    "TensorBoard by tags": by_tag,
    "assigned": lambda h: f"history = {h}",
    "defaultdict": lambda h: f"defaultdict(<class 'list'>, {h})",
    "a history inside": lambda h: json.dumps({"model": "cnn", "fold": {"history": h}}),
    "epoch to scores": lambda h: json.dumps(
        {str(e + 1): {"loss": a, "val_loss": b} for e, a, b in rows(h)}
    ),
    "own lines": lambda h: printed(h, "Epoch {}: loss={}, val_loss={}"),
    "own lines with brackets": lambda h: printed(h, "Epoch [{}/6] Loss: {} Val Loss: {}"),
    "own lines with bars": lambda h: printed(h, "epoch {} | train loss {} | val loss {}"),
    "spaces before colons": lambda h: printed(
        h, "Epoch {}/6\n3/3 - 0s - loss : {} - val_loss : {}"
    ),
    "printed decimal commas": lambda h: printed(
        h, "Epoch {}/6\n3/3 [====] - loss: {} - val_loss: {}"
    ).replace(".", ","),
    "a notebook": notebook,
    "fenced": lambda h: f"Here it is:\n```\n{json.dumps(h)}\n```\nWhy?",
    "lines of Python dicts": lambda h: printed(h, "{{'epoch': {}, 'loss': {}, 'val_loss': {}}}"),
    "validation in lines of its own": lambda h: printed(
        h, "{{'epoch': {0}, 'loss': {1}}}\n{{'epoch': {0}, 'val_loss': {2}}}"
    ),
    "as Excel exports": lambda h: "sep=;\n" + decimal_commas(h, ";"),
    "newest first": lambda h: "\n".join(
        ["epoch,loss,val_loss", *reversed(table(h, ",").splitlines()[1:])]
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_dialect(name, history, tmp_path):
    file = tmp_path / "log.txt"
    file.write_text(DIALECTS[name](history), encoding="utf-8")
    logs = read_source(file).epochs
    assert logs.count == EPOCHS
    assert logs.restarts == ()
    np.testing.assert_allclose(logs.values["loss"], history["loss"])
    np.testing.assert_allclose(logs.values["val_loss"], history["val_loss"])


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("run-train-tag-epoch_loss.csv", "loss"),
        ("run-validation-tag-epoch_loss.csv", "val_loss"),
        ("run-.-tag-epoch_accuracy (1).csv", "accuracy"),
        ("scalars.csv", "loss"),
    ],
)
def test_one_scalar_of_tensorboard_is_named_by_its_file(file, name, history, tmp_path):
    lines = [f"{1.6e9 + i},{i},{value}" for i, value in enumerate(history["loss"])]
    (tmp_path / file).write_text("\n".join(["Wall time,Step,Value", *lines]), encoding="utf-8")
    logs = read_source(tmp_path / file).epochs
    assert list(logs.values) == [name]
    np.testing.assert_allclose(logs.values[name], history["loss"])


def test_lines_of_ones_own_come_with_a_note(history, tmp_path):
    (tmp_path / "log.txt").write_text(printed(history, "Epoch {} loss {} val_loss {}"))
    assert any(
        "not those that Keras prints" in note for note in read_source(tmp_path / "log.txt").notes
    )


@pytest.mark.parametrize(
    "message",
    [
        "Epoch 00003: val_loss improved from 0.61 to 0.55, saving model to best.keras",
        "Epoch 4: ReduceLROnPlateau reducing learning rate to 0.0005.",
        "Epoch 4: loss=0.4, the best so far",
    ],
)
def test_messages_of_callbacks_are_no_epochs(message, history, tmp_path):
    text = printed(history, f"Epoch {{}}/6\n3/3 - 0s - loss: {{}} - val_loss: {{}}\n\n{message}")
    (tmp_path / "log.txt").write_text(text, encoding="utf-8")
    logs = read_source(tmp_path / "log.txt").epochs
    assert logs.count == EPOCHS
    np.testing.assert_allclose(logs.values["val_loss"], history["val_loss"])
