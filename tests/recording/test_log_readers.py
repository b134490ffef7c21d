"""Logs in the forms that people have are read with the right epochs and values."""

import contextlib
import io
import json

import keras
import numpy as np
import pytest

from keras_debugger.errors import UnreadableFileError
from keras_debugger.recording.storage import read_source
from keras_debugger.types.vocabulary import Ending


@pytest.fixture
def read(tmp_path):
    """Reads a text as a log file."""

    def read_text(text, name="log.txt"):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_source(file)

    return read_text


@pytest.fixture(scope="module")
def real_run(tmp_path_factory):
    """A real run with what Keras logs and prints of it."""
    file = tmp_path_factory.mktemp("run") / "log.csv"
    x = np.linspace(-1, 1, 96).reshape(-1, 1)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        history = model.fit(
            x,
            2 * x,
            epochs=3,
            validation_split=0.2,
            verbose=1,
            callbacks=[keras.callbacks.CSVLogger(file)],
        )
    return history.history, file, printed.getvalue()


def test_what_csv_logger_writes(real_run):
    history, file, _ = real_run
    logs = read_source(file).epochs
    assert set(logs.values) == set(history)
    for name, values in history.items():
        np.testing.assert_allclose(logs.values[name], values)
    assert logs.epoch.tolist() == [0, 1, 2]


def test_what_keras_prints(real_run, read):
    history, _, printed = real_run
    record = read(printed)
    assert record.epochs.count == 3
    for name, values in history.items():
        np.testing.assert_allclose(record.epochs.values[name], values, atol=1e-4)
    assert record.fit.epochs == 3
    assert record.notes == ()


def test_separators_percent_empty_cells_and_words(read):
    logs = read(
        "Epoch;Training Loss;Validation Accuracy;note\n1;0,9;55 %;x\n2;0,7;;x\n3;0,6;60 %;x\n"
    ).epochs
    assert logs.values["loss"].tolist() == [0.9, 0.7, 0.6]
    np.testing.assert_array_equal(logs.values["val_accuracy"], [55.0, np.nan, 60.0])
    assert logs.missing == {"val_accuracy": (1,)}
    assert logs.epoch.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("val_loss", "val_loss"),
        ("train_loss", "loss"),
        ("Training Accuracy", "accuracy"),
        ("val_accuracy [%]", "val_accuracy"),
        ("Validation Loss", "val_loss"),
        ("loss_train", "loss"),
        ("acc/val", "val_acc"),
        ("valLoss", "val_loss"),
        ("Test Acc", "val_acc"),
        ("val_dice_coef", "val_dice_coef"),
        ("F1_score", "F1_score"),
        ("val_out_caps_acc", "val_out_caps_acc"),
    ],
)
def test_names_of_columns(read, column, name):
    logs = read(f"epoch,mae,{column}\n0,1,0.5\n1,1,0.4\n").epochs
    assert list(logs.values) == ["mae", name]


def test_a_broken_cell_is_a_missing_value(read):
    rows = "".join(f"{i},[{1 / (i + 1):.3f}]\n" for i in range(9))
    logs = read(f"epoch,loss\n{rows}9,0.0?7\n").epochs
    assert logs.missing == {"loss": (9,)}
    assert logs.values["loss"][1] == 0.5


def test_columns_without_values_are_left_out(read):
    record = read("epoch,loss,val_loss\n0,0.5,NA\n1,0.4,NA\n")
    assert list(record.epochs.values) == ["loss"]
    assert any("val_loss" in note for note in record.notes)


def test_logged_nan_is_not_missing(read):
    logs = read("epoch,loss,acc\n0,0.5,nan\n1,nan,nan\n2,inf,nan\n").epochs
    assert np.isnan(logs.values["loss"][1])
    assert logs.values["loss"][2] == np.inf
    assert np.isnan(logs.values["acc"]).all()
    assert logs.missing == {}


@pytest.mark.parametrize(
    ("text", "restarts"),
    [
        ("epoch,loss\n0,3\n1,2\n2,1\n0,3\n1,2\n", (3,)),
        ("epoch,loss\n0,3\n1,2\nepoch,loss\n0,3\n1,2\n", (2,)),
        ("model,epoch,train_loss\na,1,3\na,2,2\na,3,2\nb,4,3\nb,5,2\nb,6,1\n", (3,)),
        ("fold,loss\n1,3\n1,2\n2,3\n2,1\n", (2,)),
        ("loss,val_loss\n3,1\n2,1\n", ()),
    ],
)
def test_runs_in_one_table(read, text, restarts):
    assert read(text).epochs.restarts == restarts


@pytest.mark.parametrize(
    "content",
    [
        {"fold_1": {"loss": [3, 2]}, "fold_2": {"loss": [3, 1]}},
        {"cnn": {"history": {"loss": [3, 2]}}, "rnn": {"history": {"loss": [3, 1]}}},
        [{"loss": [3, 2]}, {"loss": [3, 1]}],
    ],
)
def test_histories_in_one_json_are_runs(content, read):
    logs = read(json.dumps(content)).epochs
    assert logs.values["loss"].tolist() == [3, 2, 3, 1]
    assert logs.restarts == (2,)


def test_an_index_column_or_none_counts_epochs(read):
    assert list(read(",loss,accuracy\n0,1,0.5\n1,0.9,0.6\n").epochs.values) == ["loss", "accuracy"]
    assert read("loss,accuracy\n1,0.5\n0.9,0.6\n").epochs.epoch.tolist() == [0, 1]


def test_test_columns_stand_for_validation(read):
    record = read("epoch,train_loss,test_loss\n1,2,3\n2,1,2\n")
    assert record.epochs.values["val_loss"].tolist() == [3, 2]
    assert any("test_loss" in note for note in record.notes)


@pytest.mark.parametrize(
    "content",
    [
        {"loss": [2.0, 1.0], "val_loss": [3.0, 2.0]},
        {"history": {"loss": [2.0, 1.0], "val_loss": [3.0, 2.0]}, "params": {"epochs": 2}},
        {"loss": {"train": [2.0, 1.0], "val": [3.0, 2.0]}},
        {"loss": {"0": 2.0, "1": 1.0}, "val_loss": {"0": 3.0, "1": 2.0}},
        {"train": {"loss": [2.0, 1.0]}, "val": {"loss": [3.0, 2.0]}, "name": "run"},
        [{"epoch": 1, "loss": 2.0, "val_loss": 3.0}, {"epoch": 2, "loss": 1.0, "val_loss": 2.0}],
        {"loss": ["2.0", "1.0"], "val_loss": ["3.0", "2.0"]},
    ],
)
def test_forms_of_history_json(read, content):
    logs = read(json.dumps(content), "history.json").epochs
    assert logs.values["loss"].tolist() == [2.0, 1.0]
    assert logs.values["val_loss"].tolist() == [3.0, 2.0]
    assert logs.epoch.tolist() == [0, 1]


def test_json_lines_and_a_printed_dict(read):
    lines = '{"loss": 2.0}\n{"loss": NaN}\n'
    np.testing.assert_array_equal(read(lines).epochs.values["loss"], [2.0, np.nan])
    printed = "{'loss': [np.float32(2.0), nan], 'acc': [0.5, 0.25,]}"
    np.testing.assert_array_equal(read(printed).epochs.values["loss"], [2.0, np.nan])


def test_shorter_lists_are_aligned(read):
    record = read(json.dumps({"loss": [4, 3, 2, 1], "val_loss": [3, 1]}))
    np.testing.assert_array_equal(record.epochs.values["val_loss"], [np.nan, 3, np.nan, 1])
    assert any("one in 2 epochs" in note for note in record.notes)


KERAS_1 = """Train on 80 samples, validate on 20 samples
Epoch 1/3
40/80 [=====>......] - ETA: 3s - loss: 0.9 - acc: 0.4\r80/80 [======] - 6s - loss: 0.8 - acc: 0.5
Epoch 00000: val_loss improved from inf to 0.70000, saving model to w.h5
80/80 [===========] - 6s - loss: 0.8000 - acc: 0.5000 - val_loss: 0.7 - val_acc: 0.0000e+00
Epoch 2/3
80/80 [===========] - 6s 75us/sample - loss: 4.6e-01 - acc: 0.75 - val_loss: 0.6 - val_acc: 0.7
20/20 [===========] - 0s 50us/sample - loss: 0.6000 - acc: 0.7000
Epoch 3/3
## 59/80 [=====>........] - ETA: 45s - loss: 0.4100
"""


def test_keras_1_lines(read):
    record = read(KERAS_1)
    logs = record.epochs
    np.testing.assert_array_equal(logs.values["loss"], [0.8, 0.46, 0.41])
    np.testing.assert_array_equal(logs.values["val_acc"], [0.0, 0.7, np.nan])
    assert logs.missing["val_acc"] == (2,)
    assert record.notes == ("Epoch 3 is cut: its values are those seen last.",)


KERAS_3 = (
    "Epoch 1/2\n"
    "\x1b[1m1/4\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m━━\x1b[0m \x1b[1m12:10\x1b[0m 494ms/step"
    " - accuracy: 0.1 - loss: 2.0"
    + "\x08"
    * 30
    + "\n\x1b[1m4/4\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m0s\x1b[0m 4ms/step"
    " - accuracy: 0.4 - loss: 1.5\n"
    "Epoch 1: val_accuracy improved from None to 0.75, saving model to m.keras\n"
    "\x1b[1m4/4\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m7s\x1b[0m 8ms/step"
    " - accuracy: 0.5 - loss: 1.4 - val_accuracy: 0.75 - val_loss: 1.2\n"
    "Epoch 2/2\n"
    "4/4 - 7s - 760ms/step - accuracy: 0.6 - loss: nan - val_accuracy: 0.7 - val_loss: nan\n"
    "Epoch 2: early stopping\n"
)


def test_keras_3_lines(read):
    record = read(KERAS_3)
    logs = record.epochs
    np.testing.assert_array_equal(logs.values["loss"], [1.4, np.nan])
    np.testing.assert_array_equal(logs.values["val_accuracy"], [0.75, 0.7])
    assert logs.missing == {}
    assert record.ending is Ending.STOPPED_EARLY


def test_a_stop_between_bars(read):
    bar = "{}/234 [....] - ETA: 33:37:24 - loss: {}{}\n"
    text = bar.format(3, 44.4, "Batch 3: Invalid loss, terminating training") + bar.format(
        4, "inf", ""
    )
    record = read(text)
    assert record.epochs.values["loss"].tolist() == [np.inf]
    assert record.ending is Ending.STOPPED_EARLY


def test_lines_without_epoch_lines(read):
    logs = read(
        "45s - loss: 10.5 - acc: 0.49 - val_loss: 11.4\n52s - loss: 11.4 - acc: 0.4 - val_loss:"
    ).epochs
    np.testing.assert_array_equal(logs.values["loss"], [10.5, 11.4])
    logs = read(
        "iteration 1 9/9 [==] - 2s - loss: 2.0\niteration 2 9/9 [==] - 2s - loss: 1.0"
    ).epochs
    np.testing.assert_array_equal(logs.values["loss"], [2.0, 1.0])
    assert logs.restarts == ()


def test_a_fit_an_epoch_is_one_run(read):
    text = "".join(f"Epoch 1/1\n9/9 [====] - 2s - loss: {loss}\n" for loss in (3, 2, 1))
    logs = read(text).epochs
    assert logs.epoch.tolist() == [0, 1, 2]
    assert logs.restarts == ()


def test_a_fit_an_epoch_is_one_run_in_a_table(read):
    logs = read("epoch,loss\n0,3\n0,2\n0,1\n").epochs
    assert logs.epoch.tolist() == [0, 1, 2]
    assert logs.restarts == ()


def test_parts_of_epochs_are_counted(read):
    logs = read("epoch,loss\n0.5,3\n1.0,2\n1.5,1\n").epochs
    assert logs.epoch.tolist() == [0, 1, 2]
    assert logs.restarts == ()


def test_a_loss_that_pandas_wrote_as_nothing_is_nan(read):
    logs = read("epoch,loss,accuracy\n0,0.5,0.7\n1,,0.1\n2,,0.1\n").epochs
    assert logs.missing == {}
    cut = read("epoch,accuracy,loss\n0,0.5,0.7\n1,0.6,0.6\n2,0.7\n").epochs
    assert cut.missing == {"loss": (2,)}


def test_no_number_of_microsoft(read):
    logs = read("epoch,loss\n0,0.5\n1,1.#QNAN\n2,-1.#IND\n3,1.#INF\n").epochs
    np.testing.assert_array_equal(logs.values["loss"], [0.5, np.nan, np.nan, np.inf])
    assert logs.missing == {}


def test_runs_and_gaps_in_one_paste(read):
    def line(epoch, total, loss):
        return f"Epoch {epoch}/{total}\n9/9 [==] - 2s - loss: {loss} - val_loss: {loss}\n"

    again = read(line(1, 2, 3) + line(2, 2, 2) + line(1, 2, 3)).epochs
    assert again.restarts == (2,)
    longer = read(line(1, 2, 3) + line(2, 2, 2) + line(3, 9, 1)).epochs
    assert longer.restarts == (2,)
    record = read(line(1, 99, 3) + line(95, 99, 1))
    assert record.epochs.epoch.tolist() == [0, 94]
    assert any("leaves out" in note for note in record.notes)


def test_lines_that_were_joined(read):
    one = "Epoch 1/2 9/9 [==] - 2s - loss: 2.0 Epoch 2/2 9/9 [==] - 2s - loss: 1.0"
    logs = read(one).epochs
    assert logs.values["loss"].tolist() == [2.0, 1.0]
    assert logs.epoch.tolist() == [0, 1]


def test_names_of_metrics_with_spaces(read):
    line = "9/9 [==] - 2s - loss: 2.0 - top 5 accuracy: 0.5 - IoU(0.5): 0.25 - val. loss: 3.0\n"
    assert {name: values.tolist() for name, values in read(line).epochs.values.items()} == {
        "loss": [2.0],
        "top_5_accuracy": [0.5],
        "IoU(0.5)": [0.25],
        "val_loss": [3.0],
    }


def test_tqdm_lines(read):
    bar = "Epoch {}/2\n100%|████| 10/10 [00:01<00:00, 9.9batch/s, loss={}, accuracy=0.5]\n"
    assert read(bar.format(1, 0.7) + bar.format(2, 0.6)).epochs.values["loss"].tolist() == [
        0.7,
        0.6,
    ]


def test_encodings(read):
    assert read("epoch,loss\n0,1\n".encode("utf-16")).epochs.count == 1
    assert read(b"\xef\xbb\xbfepoch,loss\n0,1\n").epochs.values["loss"].tolist() == [1.0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "hello\nworld\n",
        "name,age\nada,36\n",
        "epoch,loss\n",
        "account,accident\n1,2\n2,3\n",
        "        precision    recall  f1-score\n     0       0.90      0.88      0.89\n",
        "INFO:tensorflow:global step 435: loss = 0.0630 (0.408 sec/step)\n",
        "traing iter: 125, test accuracy : 0.18, loss : 0.15\n" * 3,
        '{"weights": [1, 2]}',
        "[1, 2, 3]",
        "{broken",
        "loss,accuracy\nlow,high\n",
    ],
)
def test_what_is_no_log_is_refused(read, text):
    with pytest.raises(UnreadableFileError):
        read(text)


def test_binary_files_are_refused(read):
    with pytest.raises(UnreadableFileError):
        read(bytes(range(256)) * 4)
