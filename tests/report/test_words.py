"""Numbers and names as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_values import HOSTILE

from keras_debugger.report.words import (
    MEANINGS,
    TONES,
    clean,
    duration,
    families,
    listing,
    number,
    percent,
    score_words,
    title,
)
from keras_debugger.types.vocabulary import Decision


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.9722222, "0.972"),
        (1.0, "1"),
        (1234.0, "1,234"),
        (1234.56, "1,235"),
        (0.0000123, "1.23e-5"),
        (1e10, "1e10"),
        (2.5e38, "2.5e38"),
        (-0.5, "-0.5"),
        (0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "infinity"),
        (float("-inf"), "-infinity"),
    ],
)
def test_numbers_have_three_digits(value, words):
    assert number(value) == words


@given(st.floats(width=64))
def test_no_number_is_long(value):
    assert len(number(value)) <= 12


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.93, "93 %"), (0.0, "0 %"), (0.004, "0.4 %"), (-0.12, "-12 %"), (float("nan"), "not known")],
)
def test_shares_are_percentages(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.26, "4.3 s"), (45.2, "45 s"), (200.0, "3 min 20 s"), (3900.0, "1 h 5 min")],
)
def test_times(seconds, words):
    assert duration(seconds) == words


def test_a_hostile_name_becomes_one_harmless_line():
    words = clean(HOSTILE)
    assert "\n" not in words
    assert "\x1b" not in words
    assert "\u202e" not in words
    assert "\\x1b[31m\\u202e" in words


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_cleaned_and_can_be_written(text):
    words = clean(text)
    words.encode("utf-8")
    assert words.isprintable()


def test_a_long_name_is_shortened():
    assert len(clean("a" * 5000, limit=60)) <= 60


def test_half_surrogates_can_be_written():
    assert clean("a\udcff").encode("utf-8") == b"a\\udcff"


def test_small_words():
    assert title("exploding-gradients") == "Exploding gradients"
    assert title("dead-relu-at-start") == "Dead ReLU at start"
    assert title("nan-gradients") == "NaN gradients"
    assert [score_words(value) for value in (0.6, 0.66149, 0.0, 1234.5, float("nan"))] == [
        "0.600",
        "0.661",
        "0",
        "1,234",
        "NaN",
    ]
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert families(["LOS101", "LOS102", "GRD101", "X1"]) == (
        "loss curves (2), gradients (1) and other checks (1)"
    )


def test_every_decision_has_words():
    assert set(MEANINGS) == set(TONES) == set(Decision)
