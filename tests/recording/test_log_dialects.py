"""The same real run, written as other tools and people write it, is read with the same values."""

import json
import pickle

import keras
import numpy as np
import pytest

from keras_debugger.errors import UnreadableFileError
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


def progress(history):
    line = "3/3 [====] - 0s 5ms/step - loss: {:.4f} - val_loss: {:.4f}"
    return printed(history, "Epoch {}/6\n" + line)


def broken_at(text, width):
    lines = [line[i : i + width] for line in text.splitlines() for i in range(0, len(line), width)]
    return "\n".join(lines)


def values(history, line):
    """A line for each value of a score."""
    return "".join(
        line.format(name=name, epoch=epoch, value=value)
        for name, column in history.items()
        for epoch, value in enumerate(column)
    )


def messages_as_json(history, name):
    return "\n".join(json.dumps({name: f"{line}\n"}) for line in progress(history).splitlines())


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
    "UTF-16 without a mark": lambda h: progress(h).encode("utf-16-le"),
    "UTF-32": lambda h: table(h, ",").encode("utf-32"),
    "hard spaces and long dashes": lambda h: progress(h).replace(" - ", "\xa0\u2013\xa0"),
    "escaped in Markdown": lambda h: progress(h).replace("_", "\\_"),
    "one line with escaped ends": lambda h: progress(h).replace("\n", "\\n"),
    "broken by a console of 60": lambda h: broken_at(progress(h), 60),
    "broken by a narrow console": lambda h: broken_at(progress(h), 44),
    "wrapped at words": lambda h: progress(h).replace("- val_loss", "-\nval_loss"),
    "overprinted": lambda h: printed(
        h,
        "Epoch {0}/6\n2/3 [=====>....] - ETA: 1s - loss: 9.1Epoch 0000{0}: val_loss improved, to"
        "3/3 [==========] - 0s - loss: {1} - val_loss: {2}",
    ),
    "a cell of tfa's bar": lambda h: printed(
        h, "Epoch {}/6\n3/3 loss: {} - val_loss: {}: 100% 3/3 [00:01<00:00, 9.0it/s]"
    ),
    "docker's JSON": lambda h: messages_as_json(h, "log"),
    "a cloud's JSON": lambda h: messages_as_json(h, "message"),
    "MLflow's JSON": lambda h: json.dumps(
        [
            {"key": name, "value": value, "step": step, "timestamp": 1}
            for name, column in h.items()
            for step, value in enumerate(column)
        ]
    ),
    "MLflow's table": lambda h: "run_id,key,value,step\n" + values(h, "r,{name},{value},{epoch}\n"),
    "R's data frame": lambda h: (
        "epoch,value,metric,data\n"
        + "".join(f"{i + 1},{v},loss,training\n" for i, v in enumerate(h["loss"]))
        + "".join(f"{i + 1},{v},loss,validation\n" for i, v in enumerate(h["val_loss"]))
    ),
    "Lightning": lambda h: (
        "epoch,step,train_loss,val_loss\n" + printed(h, "{0},9,,{2}\n{0},9,{1},")
    ),
    "Lightning with steps": lambda h: (
        "epoch,step,loss_step,loss_epoch,val_loss\n"
        + printed(h, "{0},{0}0,3,,\n{0},{0}8,4,,\n{0},{0}8,,{1},{2}")
    ),
    "steps of a table": lambda h: (
        "epoch,batch,loss,val_loss\n"
        + "".join(f"{e},0,{a + 1},\n{e},1,{a - 1},{b}\n" for e, a, b in rows(h))
    ),
    "W&B with a prefix": lambda h: (
        "_step,epoch/epoch,epoch/loss,epoch/val_loss\n"
        + "".join(f"{e},{e},{a},{b}\n" for e, a, b in rows(h))
    ),
    "pandas split": lambda h: json.dumps(
        {"columns": list(h), "index": [], "data": list(zip(*h.values(), strict=True))}
    ),
    "epochs with parts": lambda h: json.dumps(
        {"epochs": [{"epoch": e, "train": {"loss": a}, "val": {"loss": b}} for e, a, b in rows(h)]}
    ),
    "keys with epoch": lambda h: json.dumps(
        {f"epoch_{e + 1}": {"loss": a, "val_loss": b} for e, a, b in rows(h)}
    ),
    "plural names": lambda h: json.dumps({"train_losses": h["loss"], "val_losses": h["val_loss"]}),
    "lines of JSON, the last cut": lambda h: (
        printed(h, '{{"epoch": {}, "loss": {}, "val_loss": {}}}') + '\n{"epoch": 7, "loss": 0.'
    ),
    "JSON after times": lambda h: printed(
        h, '2023-05-01 12:00:00 INFO {{"epoch": {}, "loss": {}, "val_loss": {}}}'
    ),
    "arrays of NumPy": lambda h: str({name: np.array(column) for name, column in h.items()}),
    "YAML": lambda h: "".join(
        f"{name}:\n" + "".join(f"  - {value}\n" for value in column) for name, column in h.items()
    ),
    "YAML in a line": lambda h: "".join(f"{name}: {column}\n" for name, column in h.items()),
    "YAML of epochs": lambda h: printed(h, "- epoch: {}\n  loss: {}\n  val_loss: {}"),
    "lists of Python": lambda h: "".join(f"{name} = {column}\n" for name, column in h.items()),
    "lists of R": lambda h: "".join(
        f"{name} <- c({str(column)[1:-1]})\n" for name, column in h.items()
    ),
    "a score in each row": lambda h: "".join(
        f"{name},{str(column)[1:-1]}\n" for name, column in h.items()
    ),
    "a table inside text": lambda h: (
        "Model,resnet50\nLoss,mse\n\n" + table(h, ",") + "\nWhy is it so?\n"
    ),
    "a table drawn with lines": lambda h: (
        "\u250c\u2500\u252c\u2500\u2510\n\u2502 epoch \u2502 loss \u2502 val_loss \u2502\n"
        + printed(h, "\u2502 {} \u2502 {} \u2502 {} \u2502")
    ),
    "own lines, two an epoch": lambda h: printed(
        h, "Epoch {}/6\n----\ntrain Loss: {} Acc: 0.5\nval Loss: {} Acc: 0.4\n"
    ),
    "own lines with parts": lambda h: printed(h, "Epoch {} Train: loss={} acc=0.5 | Val: loss={}"),
    "own lines with a count": lambda h: printed(h, "[{}/6] train loss: {} - val loss: {}"),
    "own lines after times": lambda h: printed(
        h, "2023-05-01 12:00:00,123 INFO train: epoch {} loss {} val_loss {}"
    ),
    "own lines with steps": lambda h: printed(
        h, "Start of epoch {}\nstep 0: loss 9.9\nTraining loss: {}\nValidation loss: {}"
    ),
    "own lines with dicts": lambda h: printed(h, "Epoch {}: {{'loss': {}, 'val_loss': {}}}"),
    "times at the end of lines": lambda h: printed(
        h, "Epoch {}/6\n3/3 - 0s - loss: {} - val_loss: {} - 2s/epoch - 6ms/step"
    ),
    "two workers": lambda h: printed(
        h,
        "[1,0]<stdout>:Epoch {0}/6\n[1,1]<stdout>:Epoch {0}/6\n"
        "[1,0]<stdout>:3/3 [==] - 0s - loss: {1} - val_loss: {2}\n"
        "[1,1]<stdout>:3/3 [==] - 0s - loss: {1} - val_loss: {2}",
    ),
    "pandas in two blocks": lambda h: (
        "    loss  \\\n"
        + "".join(f"{e}  {a}\n" for e, a, _ in rows(h))
        + "\n    val_loss\n"
        + "".join(f"{e}  {b}\n" for e, _, b in rows(h))
        + "\n[6 rows x 2 columns]\n"
    ),
    "parts in brackets": lambda h: "epoch,Loss (train),Loss (val)\n" + printed(h, "{},{},{}"),
    "Sacred": lambda h: json.dumps(
        {name: {"steps": [*range(EPOCHS)], "values": column} for name, column in h.items()}
    ),
    "the text of an issue": lambda h: json.dumps({"body": f"Mine:\r\n{progress(h)}\r\n"}),
    "own lines in bold": lambda h: printed(h, "**Epoch {}** loss: **{}**, val_loss: **{}**"),
    "own lines with commas": lambda h: printed(h, "Epoch {}/6 - Loss: {}, Val Loss: {}"),
    "own lines with arrows": lambda h: printed(h, "Epoch {}: loss -> {}, val_loss \u2192 {}"),
    "newest first": lambda h: "\n".join(
        ["epoch,loss,val_loss", *reversed(table(h, ",").splitlines()[1:])]
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_dialect(name, history, tmp_path):
    file = tmp_path / "log.txt"
    content = DIALECTS[name](history)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
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


def test_json_of_one_scalar_of_tensorboard(history, tmp_path):
    file = tmp_path / "run-validation-tag-epoch_loss.json"
    file.write_text(json.dumps([[1.6e9 + i, i, v] for i, v in enumerate(history["loss"])]))
    np.testing.assert_allclose(read_source(file).epochs.values["val_loss"], history["loss"])


def test_a_pickle_is_not_loaded(history, tmp_path):
    file = tmp_path / "history.pkl"
    file.write_bytes(pickle.dumps(history))
    with pytest.raises(UnreadableFileError, match="could run code"):
        read_source(file)


def test_metric_file_of_mlflow(history, tmp_path):
    file = tmp_path / "val_loss"
    lines = [f"{1600000000000 + i} {value} {i}" for i, value in enumerate(history["loss"])]
    file.write_text("\n".join(lines))
    np.testing.assert_allclose(read_source(file).epochs.values["val_loss"], history["loss"])


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
