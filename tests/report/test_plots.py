"""Pictures draw whatever a record holds, without a display and without pyplot."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from report_values import HOSTILE, falling, record, result, sick, stuck

from keras_debugger.report.comparison_curves import epochs_of, logged_metric
from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.drawing import DARK, drawable, label, thin, to_png, to_svg, wants_log
from keras_debugger.report.plots import comparison_figure
from keras_debugger.report.run_plots import layer_norms, run_figure
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import TrainingRecord


def words(axes):
    return " ".join(text.get_text() for text in axes.texts)


def test_four_panels_before_and_after():
    figure = comparison_figure([record(stuck())], [record(falling(), rate=0.001)])
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Loss", "Accuracy", "Gradient norm, all layers", "Learning rate"]
    entries = [text.get_text() for text in figure.legends[0].get_texts()]
    parts = ["training", "validation"]
    assert entries == [f"{when}, {part}" for when in ("before", "after") for part in parts]
    loss, _, norms, rates = figure.axes
    assert len(loss.lines) == 4
    np.testing.assert_allclose(loss.lines[0].get_ydata(), stuck())
    assert list(loss.lines[0].get_xdata()[:2]) == [1.0, 2.0]
    assert norms.get_yscale() == rates.get_yscale() == "log"
    assert set(rates.lines[1].get_ydata()) == {0.001}
    assert to_png(figure).startswith(b"\x89PNG")


def test_what_was_not_recorded_is_said():
    figure = comparison_figure([TrainingRecord()], [])
    assert [words(axes) for axes in figure.axes] == ["not recorded"] * 4
    assert to_png(figure)


@pytest.mark.parametrize(
    "loss",
    [
        [np.nan],
        [1.0],
        [1.0, np.nan, np.nan],
        [np.inf, -np.inf, np.nan],
        [1e308, 1e-308, 5.0],
        [-1.0, 0.0, 1e20],
        [0.0, 0.0],
        [],
    ],
    ids=str,
)
def test_any_values_draw(loss):
    for palette in (DARK,):
        figure = comparison_figure([record(loss)], [record(falling())], palette=palette)
        assert to_png(figure)
        assert to_svg(run_figure(view(Diagnosis(record=record(loss)))))


def test_a_loss_that_becomes_nan_is_marked_where_it_does():
    figure = comparison_figure([record([2.0, 1.5, np.nan, np.nan])], [])
    mark = figure.axes[0].lines[-1]
    assert list(mark.get_xdata()) == [3.0]
    assert mark.get_marker() == "x"


def test_all_nan_says_that_there_is_no_finite_value():
    figure = comparison_figure([record([np.nan, np.nan])], [])
    assert words(figure.axes[0]) == "no finite value"


@pytest.mark.parametrize("name", [HOSTILE, "$\\frac$", "$a", "\u5c64\U0001f600", "a" * 5000])
def test_any_layer_name_draws(name):
    hostile = sick(place=name, names=(name, "dense_1", "predictions"))
    assert to_png(run_figure(hostile))
    logs = hostile.record.epoch_logs
    named = replace(logs, values={"loss": logs.values["loss"], name: logs.values["loss"]})
    assert to_png(comparison_figure([replace(hostile.record, epoch_logs=named)], []))


def test_findings_are_marked_at_their_epochs():
    axes = run_figure(sick()).axes[0]
    assert words(axes) == "LOS104"
    assert any(set(line.get_xdata()) == {10} for line in axes.lines)


def test_norms_of_layers_are_the_root_of_the_sum_of_squares():
    log = record(stuck()).gradient_log
    names, norms = layer_norms(log)
    assert names == ["dense", "dense_1", "predictions"]
    np.testing.assert_allclose(norms[1], np.hypot(log.norm[:, 2], log.norm[:, 3]))


def test_steps_lie_inside_their_epochs():
    run = record(stuck(4))
    x = epochs_of(run.step_logs.step, run)
    np.testing.assert_allclose(x[[0, 4, 5, 19]], [0.2, 1.0, 1.2, 4.0])
    without = epochs_of(run.step_logs.step, replace(run, step_logs=None))
    assert without[-1] == pytest.approx(4.0)


def test_thin_keeps_every_peak():
    y = np.sin(np.arange(100_000) / 50.0)
    y[54_321], y[77_777] = 99.0, np.nan
    x, kept = thin(np.arange(100_000.0), y)
    assert len(kept) <= 1200
    assert kept.max() == 99.0
    assert x[kept.argmax()] == 54_321


def test_small_parts():
    assert np.isnan(drawable(np.array([np.inf, 1e31, -1e31]))).all()
    assert wants_log([np.array([1.0, 5000.0])])
    assert not wants_log([np.array([0.0, 5000.0])])
    assert label("$x_1$") == r"\$x_1\$"


def test_the_metric_that_decided_is_drawn():
    run = record(stuck())
    assert logged_metric((run,), "accuracy") == "accuracy"
    assert logged_metric((run,), "balanced_accuracy") == "accuracy"
    assert logged_metric((run,), "") == "accuracy"
    assert logged_metric((TrainingRecord(),), "accuracy") == ""


def test_a_result_plots_to_a_file(tmp_path):
    figure = result().plot(tmp_path / "new" / "picture.png")
    assert (tmp_path / "new" / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert len(figure.axes) == 4


def test_pyplot_is_never_loaded():
    code = (
        "import sys; sys.path.insert(0, 'tests/report'); from report_values import result;"
        "result()._repr_html_(); print('matplotlib.pyplot' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
