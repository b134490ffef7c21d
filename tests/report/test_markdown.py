"""Markdown shows every text as it stands."""

import pytest

from keras_debugger.report.markdown import escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("val_loss of dense_1", "val_loss of dense_1"),
        ("_start and end_", r"\_start and end\_"),
        ("a|b", r"a\|b"),
        ("<b>", r"\<b\>"),
        ("[x](http://y)", r"\[x\](http\://y)"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("&lt;", r"\&lt;"),
        ("a * b `c`", r"a \* b \`c\`"),
        ("1.5 of 2", "1.5 of 2"),
    ],
)
def test_escape(text, escaped):
    assert escape(text) == escaped
