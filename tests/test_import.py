"""Importing the package is cheap, and its names are what they should be."""

import subprocess
import sys

import keras_debugger

SLOW = "tensorflow", "keras", "matplotlib", "sklearn", "scipy", "numpy"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_import_loads_nothing_heavy():
    loaded = run(f"import sys, keras_debugger; print([m for m in {SLOW} if m in sys.modules])")
    assert loaded == "[]"


def test_listing_checks_loads_neither_tensorflow_nor_scipy():
    code = (
        "import sys; from keras_debugger.cli import main; main(['list-checks']);"
        "print([m for m in ('tensorflow', 'keras', 'scipy', 'sklearn') if m in sys.modules])"
    )
    assert run(code).splitlines()[-1] == "[]"


def test_a_folder_without_a_run_is_refused_before_tensorflow_loads(tmp_path):
    code = (
        "import sys; from keras_debugger.cli import main;"
        f"print(main(['resume', {str(tmp_path)!r}]));"
        "print('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert run(code).splitlines() == ["2", "False"]


def test_diagnosing_curves_loads_no_tensorflow():
    code = (
        "import sys, keras_debugger; keras_debugger.diagnose({'loss': [1.0, 0.5, 0.3]});"
        "print('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert run(code).splitlines()[-1] == "False"


def test_every_public_name_loads_and_is_documented():
    for name in keras_debugger.__all__:
        assert getattr(keras_debugger, name).__doc__
    assert len(keras_debugger.__all__) <= 14
    assert sorted(keras_debugger.__all__) == dir(keras_debugger)


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(keras_debugger, "autofixx")


def test_without_tensorflow_one_sentence_says_so():
    code = (
        "import sys; sys.modules['tensorflow'] = None; import importlib.util as u;"
        "find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'tensorflow' else find(name, *a);"
        "import keras_debugger\n"
        "try: keras_debugger.Recorder\n"
        "except ImportError as error: print(error)"
    )
    said = run(code)
    assert said.count("\n") == 0
    assert "without TensorFlow" in said
    assert "pip install" in said
