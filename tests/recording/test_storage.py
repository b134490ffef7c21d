"""A record survives its file, and every kind of source is read."""

import json
import math
import zipfile
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType

import hypothesis.extra.numpy as arrays
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_debugger.errors import InvalidArgumentError, UnreadableFileError
from keras_debugger.recording.storage import load_record, read_source, save_record
from keras_debugger.types import record as parts
from keras_debugger.types.record import EpochLogs, TrainingRecord
from keras_debugger.types.vocabulary import (
    Activation,
    Ending,
    LabelForm,
    LayerKind,
    LossKind,
    ModelKind,
    VariableRole,
)


def same(one, other):
    """Equal in type, value, dtype and NaN."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(
            one, other, equal_nan=one.dtype.kind == "f"
        )
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "items"):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and one == other


def full_record():
    """A record that uses every kind of field."""
    steps = np.arange(3)
    grid = np.array([[1.0, np.nan], [np.inf, 0.0], [2.0, 3.0]])
    variable = parts.VariableDescription(
        path="m/d/kernel", layer="d", role=VariableRole.KERNEL, shape=(4, 2), depth=1
    )
    layer = parts.LayerDescription(
        name="d",
        path="m/d",
        kind=LayerKind.DENSE,
        class_name="Dense",
        activation=Activation.RELU,
        output_shape=(None, 2),
        recurrent_activation=Activation.SIGMOID,
        feeds=("m/e",),
    )
    output = parts.OutputDescription(
        name="out",
        layer="m/d",
        activation=Activation.SOFTMAX,
        units=2,
        rank=2,
        loss=LossKind.SPARSE_CATEGORICAL_CROSSENTROPY,
        loss_name="sparse_categorical_crossentropy",
        from_logits=False,
    )
    labels = parts.LabelProfile(
        name="",
        form=LabelForm.BINARY,
        shape=(),
        dtype="int64",
        minimum=0.0,
        maximum=1.0,
        mean=0.5,
        sd=0.5,
        median=0.5,
        mean_abs_deviation=0.5,
        nonfinite=0,
        integer_valued=True,
        outlier_share=float("nan"),
        classes=(0.0, 1.0),
        counts=(5, 5),
    )
    return TrainingRecord(
        epoch_logs=EpochLogs(
            epoch=np.arange(2),
            values={"loss": np.array([1.0, np.nan]), "val_loss": np.array([np.inf, 1e-300])},
            restarts=(1,),
            missing={"val_loss": (1,)},
        ),
        gradient_log=parts.GradientLog(
            variables=(variable,),
            step=steps,
            norm=grid,
            max_abs=grid,
            zero_share=grid,
            finite=np.isfinite(grid),
            weight_norm=grid.astype(np.float32),
            update_norm=grid,
            first_nonfinite=(1, 0),
        ),
        model_description=parts.ModelDescription(
            name="m",
            kind=ModelKind.SEQUENTIAL,
            layers=(layer,),
            outputs=(output,),
            optimizer=parts.OptimizerDescription(
                name="adam", learning_rate=float("nan"), clipnorm=1.0
            ),
        ),
        data_profile=parts.DataProfile(rows=10, sampled=10, inputs=(), labels=(labels,)),
        fit_description=parts.FitDescription(
            epochs=2, class_weight=MappingProxyType({0: 1.0, 1: 2.5}), shuffle=True
        ),
        ending=Ending.STOPPED_EARLY,
        ending_detail="EarlyStopping — 'patience' reached",
        versions=MappingProxyType({"keras": "3.15"}),
        notes=("one", "zwei ü"),
    )


def test_a_record_survives_its_file(tmp_path):
    record = full_record()
    file = save_record(record, tmp_path / "run.npz")
    again = load_record(file)
    assert same(record, again)
    assert not again.gradients.norm.flags.writeable
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


numbers = st.floats(allow_nan=True, width=64)
words = st.text(st.characters(codec="utf-8"), max_size=12)
grids = arrays.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
    arrays.array_shapes(max_dims=2, max_side=4),
)


@settings(max_examples=40, deadline=None)
@given(
    values=st.dictionaries(words, grids, max_size=4),
    seconds=numbers,
    notes=st.lists(words, max_size=3),
    restarts=st.lists(st.integers(0, 9), max_size=3),
    weights=st.none() | st.dictionaries(st.integers(0, 5), numbers, max_size=3),
    ending=st.sampled_from(Ending),
)
def test_any_values_survive(values, seconds, notes, restarts, weights, ending, tmp_path_factory):
    record = TrainingRecord(
        epoch_logs=EpochLogs(epoch=np.arange(2), values=values, restarts=tuple(restarts)),
        fit_description=parts.FitDescription(class_weight=weights),
        seconds=seconds,
        notes=tuple(notes),
        ending=ending,
    )
    file = tmp_path_factory.mktemp("records") / "run.npz"
    assert same(record, load_record(save_record(record, file)))


def with_json(file, change):
    """The same file with another JSON text inside."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    plain = json.loads(entries["record.json"])
    change(plain)
    entries["record.json"] = json.dumps(plain).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def test_an_older_file_lacks_fields_and_a_newer_one_is_refused(tmp_path):
    file = save_record(full_record(), tmp_path / "run.npz")
    with_json(file, lambda plain: plain["record"]["epoch_logs"].pop("missing"))
    with_json(file, lambda plain: plain["record"].update(of_a_later_version=1))
    assert load_record(file).epochs.missing == {}
    with_json(file, lambda plain: plain.update(schema=parts.SCHEMA_VERSION + 1))
    with pytest.raises(UnreadableFileError, match="newer"):
        load_record(file)


def test_damaged_files_are_refused(tmp_path):
    file = save_record(full_record(), tmp_path / "run.npz")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableFileError):
        load_record(file)
    np.savez(tmp_path / "other.npz", loss=np.arange(3))
    with pytest.raises(UnreadableFileError, match="no record"):
        load_record(tmp_path / "other.npz")
    with pytest.raises(UnreadableFileError, match="no file"):
        load_record(tmp_path / "absent.npz")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    file = save_record(full_record(), tmp_path / "run.npz")
    before = file.read_bytes()
    broken = replace(full_record(), notes=(object(),))
    with pytest.raises(TypeError, match="notes"):
        save_record(broken, file)
    objects = EpochLogs(epoch=np.arange(1), values={"loss": np.array([{}], dtype=object)})
    with pytest.raises(TypeError, match="objects"):
        save_record(replace(full_record(), epoch_logs=objects), file)
    assert file.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.fixture(scope="module")
def keras_history():
    x = np.linspace(-1, 1, 64).reshape(-1, 1)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model.fit(x, 2 * x, epochs=4, validation_data=(x, x), validation_freq=2, verbose=0)


def test_a_keras_history_is_read(keras_history):
    record = read_source(keras_history)
    logs = record.epochs
    np.testing.assert_array_equal(logs.values["loss"], keras_history.history["loss"])
    np.testing.assert_array_equal(logs.values["val_loss"][1::2], keras_history.history["val_loss"])
    assert logs.missing["val_loss"] == (0, 2)
    assert (record.fit.epochs, record.fit.steps_per_epoch) == (4, 2)


def test_other_sources_are_read(tmp_path):
    record = full_record()
    recorder = type("Anything", (), {"record": record})()
    assert read_source(record) is record
    assert read_source(recorder) is record
    save_record(record, tmp_path)
    assert same(read_source(tmp_path), record)
    assert same(read_source(str(tmp_path / "record.npz")), record)
    logs = read_source({"loss": [2.0, 1.0], "val_loss": [2.0, 3.0]}).epochs
    assert logs.values["val_loss"].tolist() == [2.0, 3.0]


def test_a_folder_with_only_a_history_is_read(tmp_path):
    content = {"loss": [1.0, "nan"], "val_loss": ["inf", None]}
    (tmp_path / "training_history.json").write_text(json.dumps(content))
    logs = read_source(tmp_path).epochs
    assert logs.missing == {"val_loss": (1,)}
    np.testing.assert_array_equal(logs.values["loss"], [1.0, np.nan])
    assert logs.values["val_loss"][0] == np.inf


def test_other_things_are_refused(tmp_path):
    for source in (3, None, [1, 2], object()):
        with pytest.raises(InvalidArgumentError, match="History"):
            read_source(source)
    with pytest.raises(InvalidArgumentError):
        read_source({"weights": [1, 2]})
    with pytest.raises(UnreadableFileError, match="folder"):
        read_source(tmp_path)
