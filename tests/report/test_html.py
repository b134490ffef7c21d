"""Pages: self-contained, without scripts, safe against names, and complete."""

from html.parser import HTMLParser

import numpy as np
import pytest
from report_values import HOSTILE, record, result, sick, sound, stuck

from keras_debugger.report.diagnosis_view import view
from keras_debugger.report.highlight import highlight
from keras_debugger.report.html import diagnosis_page, result_page
from keras_debugger.types.diagnosis import Diagnosis
from keras_debugger.types.record import TrainingRecord
from keras_debugger.types.vocabulary import Decision

VOID = {"meta", "img", "source", "link", "br", "hr", "input"}


class Page(HTMLParser):
    """Reads a page strictly: tags must close in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.words, self.attributes = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "title"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def check(text):
    page = Page(text)
    assert page.open == []
    assert not set(page.tags) & {"script", "link", "iframe", "object", "form", "base"}
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("src", "srcset", "href", "action"):
            assert value.startswith("data:image/"), (tag, name, value[:40])
    assert len(text.encode("utf-8")) < 2_000_000
    assert "url(" not in text
    return page


@pytest.mark.parametrize("decision", list(Decision))
def test_every_verdict_has_a_page(decision):
    page = check(result_page(result(decision)))
    assert decision.value in page.text
    assert ("img", "alt") in {(tag, name) for tag, name, _ in page.attributes}


def test_the_page_holds_all_parts_in_order():
    text = check(result_page(result(), files=(("final_report.html", "this page"),))).text
    parts = [
        "verified",
        "Normalising the inputs cuts the error",
        "What was found",
        "Why",
        "The fix",
        "normalization.adapt(x_train)",
        "Before and after",
        "seed 1000",
        "mean",
        "The trainings, mean over seeds",
        "Recommendations",
        "What was tried",
        "How it was measured",
        "What is left after the fix",
        "What could not be judged",
        "Files",
    ]
    place = 0
    for part in parts:
        place = text.find(part, place)
        assert place >= 0, part
    assert "0.388888" not in text


def test_the_policy_allows_only_images_and_styles_of_the_page():
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    page = check(diagnosis_page(sick()))
    assert ("meta", "content", policy) in page.attributes


def test_hostile_names_stay_text():
    hostile = sick(place=HOSTILE, names=(HOSTILE, "dense_1", "predictions"))
    page = check(result_page(result(diagnosis=hostile)))
    assert "x" not in [value for _, name, value in page.attributes if name == "src"]
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "{{7*7}}" in page.text
    check(diagnosis_page(hostile))


def test_nan_curves_and_missing_parts_make_pages():
    broken = record([1.0, np.nan, np.inf, 1e308, np.nan])
    check(diagnosis_page(view(Diagnosis(record=broken, checked=("LOS101",)))))
    check(diagnosis_page(view(Diagnosis(record=TrainingRecord(), checked=("LOS101",)))))


def test_a_healthy_page_says_so_in_its_first_sentence():
    assert "This run is healthy" in check(diagnosis_page(sound())).text[:300]


def test_a_hundred_thousand_steps_stay_below_two_megabytes():
    check(diagnosis_page(view(Diagnosis(record=record(np.tile(stuck(), 700))))))


def test_fragments_are_for_notebooks():
    for text in (result()._repr_html_(), sick()._repr_html_()):
        page = check(text)
        assert "html" not in page.tags
        assert "body" not in page.tags


def test_code_is_coloured_and_escaped():
    code = 'a = "<b>"  # <i>\nfor x in 3:\n    pass\n'
    marked = str(highlight(code))
    assert '<span class="s">&#34;&lt;b&gt;&#34;</span>' in marked
    assert '<span class="k">for</span>' in marked
    assert Page(marked).words
    assert "".join(Page(marked).words) == code


def test_code_that_is_no_python_is_only_escaped():
    assert str(highlight("'''<b>")) == "&#39;&#39;&#39;&lt;b&gt;"
