"""Every kind of model times every group of edits: it works, or it is refused by name."""

import keras
import numpy as np
import pytest
from rewriting_contract import check_edits, copied_state, edits_of, input_arrays
from rewriting_zoo import KINDS

from keras_debugger.errors import UnsupportedModelError
from keras_debugger.recording.model_description import describe_model, walk_layers
from keras_debugger.rewriting import model_form
from keras_debugger.rewriting.blueprint import read_blueprint

WORKING = [name for name, kind in KINDS.items() if "set-up" not in kind.refused]
OWN_CODE = ("operations and lambdas", "own layers", "own step")  # Keras loads them with the code
REFUSED = [name for name in KINDS if name not in WORKING]


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="module")
def table(request):
    """What became of each kind and group: Y works, R is refused by name; shown at the end."""
    rows = {}
    yield rows
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not rows:
        return
    groups = list(next(iter(rows.values())))
    reporter.write_line(" | ".join(["\nkind".ljust(28), *groups]))
    for name, cells in rows.items():
        marks = (cells.get(group, "-").center(len(group)) for group in groups)
        reporter.write_line(" | ".join([name.ljust(27), *marks]))


@pytest.mark.parametrize("name", KINDS)
def test_paths_are_those_of_the_description(name):
    model = KINDS[name].make()
    ours = [(path, id(layer)) for path, layer in model_form.walk_layers(model)]
    assert ours == [(path, id(layer)) for path, layer in walk_layers(model)]


@pytest.mark.parametrize("name", WORKING)
def test_the_rebuilt_model_shows_each_edit_and_trains(name, tmp_path, table):
    kind = KINDS[name]
    model = kind.make()
    x, y = kind.data()
    before = copied_state(model)
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.refusal == ""
    cells = table.setdefault(name, {})
    for group, edits in edits_of(kind).items():
        cells[group] = "R" if group in kind.refused else "Y"
        if group in kind.refused:
            with pytest.raises(UnsupportedModelError, match=kind.refused[group]):
                blueprint.build(edits, seed=1, inputs=input_arrays(x))
            continue
        new = blueprint.build(edits, seed=1, inputs=input_arrays(x))
        check_edits(group, edits, blueprint, new)
        if group == "shrink":
            assert np.isfinite(new.fit(x, y, batch_size=12, verbose=0).history["loss"]).all()
    everything = tuple(
        edit
        for group, edits in edits_of(kind).items()
        if group not in kind.refused and group != "shrink"  # of a layer that a skip starts from
        for edit in edits
    )
    new = blueprint.build(everything, seed=1, inputs=input_arrays(x))
    history = new.fit(x, y, batch_size=12, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    if name not in (*OWN_CODE, "layer in and outside"):  # Keras itself splits that layer on load
        new.save(tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        assert_same_answers(new, loaded, x)
    assert all(np.array_equal(a, b) for a, b in zip(before, copied_state(model), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_rebuilt_is_refused_by_name(name, table):
    kind = KINDS[name]
    model = kind.make()
    before = copied_state(model)
    blueprint = read_blueprint(model, describe_model(model))
    assert blueprint.graph is None
    assert kind.refused["set-up"] in blueprint.refusal
    assert "build=" in blueprint.refusal
    for edits in edits_of(kind).values():
        with pytest.raises(UnsupportedModelError, match=kind.refused["set-up"]):
            blueprint.build(edits, seed=1)
    table[name] = dict.fromkeys(edits_of(kind), "R")
    assert all(np.array_equal(a, b) for a, b in zip(before, copied_state(model), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_with_build_the_set_up_can_change(name):
    if name == "quantized":
        pytest.skip("a quantized model cannot be trained")
    kind = KINDS[name]
    model = kind.make()
    x, y = kind.data()
    model.predict(x, verbose=0)
    blueprint = read_blueprint(model, describe_model(model), build=kind.make)
    assert blueprint.graph is None
    groups = edits_of(kind)
    new = blueprint.build(groups.pop("set-up"), seed=1)
    assert new is not model
    assert float(new.optimizer.learning_rate) == pytest.approx(0.01)
    assert new.optimizer.global_clipnorm == 1.0
    new.fit(x, y, batch_size=12, verbose=0)
    for edits in groups.values():
        with pytest.raises(UnsupportedModelError, match=kind.refused["set-up"]):
            blueprint.build(edits, seed=1)


@pytest.mark.parametrize("name", WORKING)
def test_a_rebuild_without_edits_equals_and_depends_on_the_seed(name):
    kind = KINDS[name]
    x, _ = kind.data()
    model = kind.make()
    model.predict(x, verbose=0)
    blueprint = read_blueprint(model, describe_model(model))
    one, same, other = (
        blueprint.build((), seed=seed, inputs=input_arrays(x)) for seed in (1, 1, 2)
    )
    assert [v.shape for v in one.variables] == [v.shape for v in model.variables]
    assert type(one) is model_form.kept_class(model) or name == "own __init__"
    pairs = zip(copied_state(one), copied_state(same), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    pairs = zip(copied_state(one), copied_state(other), strict=True)
    assert not all(np.array_equal(a, b) for a, b in pairs)
    for target, source in zip(one.variables, model.variables, strict=True):
        target.assign(source)
    assert_same_answers(model, one, x)


def assert_same_answers(one, two, x):
    ours, theirs = one.predict(x, verbose=0), two.predict(x, verbose=0)
    keras.tree.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6), ours, theirs
    )
