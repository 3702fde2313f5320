"""What word processors and web pages leave behind. The same files are pasted in tests/browser/test_writing.py."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.pasting import clean, without_tracking
from articles.richtext import sanitise, taken_in
from tests.articles.test_richtext import offences

PASTES = Path(__file__).parent / "pastes"


@pytest.mark.parametrize("source", ["word", "google", "web"])
def test_what_is_posted_from_elsewhere_arrives_as_one_would_write_it(source):
    wanted = (PASTES / f"{source}.clean.html").read_text()
    assert taken_in((PASTES / f"{source}.html").read_text()) == wanted
    assert taken_in(wanted) == wanted


@pytest.mark.parametrize(
    "body",
    [
        "<p>Plain <strong>words</strong>, and\na line end.</p>",
        "<pre><code>a\n  b &lt;b&gt;</code></pre>",
        '<p><a href="/x/?page=2&amp;q=a+b">x</a></p>',
    ],
)
def test_a_text_without_their_marks_is_not_touched(body):
    assert clean(body) == body


def test_code_keeps_its_lines():
    assert clean("<div><pre>a\n  b</pre></div>") == "<pre>a\n  b</pre>"


@given(
    st.lists(
        st.sampled_from(
            [
                "<b>",
                "</b>",
                "<p>",
                "<div>",
                "</div>",
                "<!--",
                "-->",
                "<o:p>",
                " ",
                "x",
                "<br>",
                "<span style='font-weight:700'>",
                "</span>",
                "<style>",
                "<li>",
                "<a>",
            ]
        )
    )
)
def test_any_heap_of_their_tags_comes_out_harmless_and_stable(parts):
    once = taken_in("".join(parts))
    assert offences(once) == []
    assert sanitise(once) == once


@pytest.mark.parametrize(
    "hostile", ["<style>" * 100_000, "<!--" * 100_000, "<!--[if" * 100_000, "<xml><style>" * 50_000, "<b><i>" * 50_000]
)
def test_a_text_made_of_things_that_never_end_is_cleaned_in_a_moment(hostile):
    started = time.process_time()
    assert offences(taken_in(f"<p>Before</p>{hostile}")) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://a.example/?utm_source=x&b=1&UTM_Medium=y", "https://a.example/?b=1"),
        ("https://a.example/?gclid=1", "https://a.example/"),
        ("https://a.example/?b=a+b&c", "https://a.example/?b=a+b&c"),
        ("https://www.google.com/url?q=https://a.example/x?fbclid%3D1&sa=D", "https://a.example/x"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("http://[", "http://["),
        ("mailto:desk@lamp.example", "mailto:desk@lamp.example"),
    ],
)
def test_a_link_loses_what_follows_its_reader(address, wanted):
    assert without_tracking(address) == wanted
