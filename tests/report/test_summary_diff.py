"""Before and after as a diff of two summaries."""

from dataclasses import replace

from keras_debugger.report.summary_diff import diff_text, summary_diff
from keras_debugger.types.record import LayerDescription, ModelDescription
from keras_debugger.types.vocabulary import Activation, LayerKind, ModelKind


def dense(name, **more):
    return LayerDescription(
        name=name,
        path=name,
        kind=LayerKind.DENSE,
        class_name="Dense",
        output_shape=(None, 8),
        parameters=72,
        **more,
    )


def model(*layers):
    return ModelDescription(
        name="model",
        kind=ModelKind.SEQUENTIAL,
        layers=layers,
        parameters=sum(layer.parameters for layer in layers),
    )


def test_equal_models_have_no_diff():
    assert summary_diff(model(dense("a")), model(dense("a"))) == ()
    assert diff_text(()) == ""


def test_a_changed_and_a_new_layer_are_marked():
    drop = LayerDescription(
        name="a_kd_dropout",
        path="a_kd_dropout",
        kind=LayerKind.DROPOUT,
        class_name="Dropout",
        dropout=0.3,
        output_shape=(None, 8),
    )
    lines = summary_diff(
        model(dense("a"), dense("b", activation=Activation.TANH)),
        model(dense("a"), drop, dense("b", activation=Activation.RELU)),
    )
    assert [line.mark for line in lines] == [" ", "-", "+", "+", " "]
    text = diff_text(lines).splitlines()
    assert text[0].startswith("  a (Dense)")
    assert text[2].startswith("+ a_kd_dropout (Dropout: dropout 0.3)")
    assert text[3].split() == ["+", "b", "(Dense:", "relu)", "(?,", "8)", "72"]
    assert text[-1].split() == ["all", "weights", "144"]


def test_what_stays_far_from_a_change_is_left_out():
    many = [dense(f"layer_{i}") for i in range(30)]
    changed = [replace(many[0], l2=0.01), *many[1:]]
    lines = summary_diff(model(*many), model(*changed))
    assert [line.mark for line in lines] == ["-", "+", " ", " ", ".", " "]
    assert lines[4].layer == "27 layers as they were"


def test_the_neighbours_of_a_layer_put_first_or_last_are_shown():
    many = [dense(f"layer_{i}") for i in range(5)]
    first = summary_diff(model(*many), model(dense("new"), *many))
    assert [line.mark for line in first] == ["+", " ", " ", ".", "-", "+"]
    assert first[1].layer.startswith("layer_0 ")
    last = summary_diff(model(*many), model(*many, dense("new")))
    assert [line.mark for line in last] == [".", " ", " ", "+", "-", "+"]
    assert last[2].layer.startswith("layer_4 ")


def test_the_number_of_weights_is_told_before_and_after():
    lines = summary_diff(model(dense("a"), dense("b")), model(dense("a")))
    assert [(line.mark, line.parameters) for line in lines[-2:]] == [("-", "144"), ("+", "72")]
