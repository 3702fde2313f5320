import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.importing.decoding import Notes, Refused
from articles.importing.repairing import repaired
from tests.articles.importing.samples import quick

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"]) | st.sampled_from("<>&]['\"/!?-\n ")


def mended(text: str, size: int = 0) -> tuple[str, Notes]:
    notes = Notes()
    chunks = [text[at : at + size] for at in range(0, len(text), size)] if size else [text]
    return "".join(repaired(iter(chunks), notes)), notes


def content(text: str) -> str:
    """What an XML parser reads in the mended text's only element."""
    return ElementTree.fromstring(mended(text)[0]).text or ""


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("a?b=1&c=2&d", "a?b=1&c=2&d"),
        ("caf&eacute;&nbsp;&hellip;", "café\xa0…"),
        ("&unheard; &of", "&unheard; &of"),
        ("fine &amp; &lt;b&gt; &#233; &#x1F600;", "fine & <b> é 😀"),
        ("&#0;&#8;&#xFFFF;&#xD800;", "��"),
        ("3 < 4, I <3 you", "3 < 4, I <3 you"),
        ("an end ]]> in the open", "an end ]]> in the open"),
        ("<!-- gone -- quite --> here", " here"),
        ("<?php echo 1 ?>here", "here"),
    ],
)
def test_what_real_exports_get_wrong_is_mended(broken, meant):
    assert content(f"<rss>{broken}</rss>") == meant


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("<![CDATA[a <![CDATA[ b ]]> c]]>", "a <![CDATA[ b ]]> c"),
        ("<![CDATA[]]>]]>", "]]>"),
        ("<![CDATA[<p>x ]]> y</p><p>z</p>]]>", "<p>x ]]> y</p><p>z</p>"),
        ("<![CDATA[one]]> two <![CDATA[three]]>", "one two three"),
        ("<![CDATA[one]]>\n<![CDATA[two]]>", "one\ntwo"),
        ("<![CDATA[kept ]]]]><![CDATA[> whole]]>", "kept ]]> whole"),
        ("<![CDATA[ends with ]] >]]>", "ends with ]] >"),
    ],
)
def test_cdata_ends_where_its_element_does(broken, meant):
    assert content(f"<rss>{broken}</rss>") == meant


@given(text=st.text(CHARACTERS))
def test_what_a_careful_writer_wrote_is_read_as_it_was_meant(text):
    wrapped = text.replace("]]>", "]]]]><![CDATA[>")
    assert content(f"<rss><![CDATA[{wrapped}]]></rss>") == text


@given(text=st.text(CHARACTERS), size=st.integers(1, 9))
def test_the_size_of_a_chunk_changes_nothing(text, size):
    whole = f"<rss><a>{text}</a><b><![CDATA[{text}]]></b></rss>"
    try:
        expected = mended(whole)[0]
    except Refused as refusal:
        with pytest.raises(Refused, match=re.escape(str(refusal))):
            mended(whole, size)
    else:
        assert mended(whole, size)[0] == expected


@given(text=st.text(CHARACTERS))
def test_lines_keep_their_numbers(text):
    try:
        out = mended(f"<rss>{text}</rss>")[0]
    except Refused:
        return
    assert out.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "declaration", ["<!DOCTYPE rss>", '<!DOCTYPE r [<!ENTITY a "b">]>', "<!ENTITY a 'b'>", "<!doctype rss SYSTEM 'x'>"]
)
def test_a_document_type_is_refused_with_its_line(declaration):
    with pytest.raises(Refused, match=r"line 3: .*entities of its own"):
        mended(f"\n\n{declaration}<rss></rss>")


def test_a_web_page_is_told_from_an_export():
    with pytest.raises(Refused, match="line 1: this is a web page"):
        mended("<!DOCTYPE html><html></html>")


def test_what_plug_ins_print_before_the_document_is_left_out_and_told():
    out, notes = mended('<br />\n<b>Warning</b>: x.php\n<?xml version="1.0"?><rss>a</rss>')
    assert out.strip() == "<rss>a</rss>"
    assert out.count("\n") == 2
    assert notes.times("text before the document")


def test_a_comment_without_an_end_is_refused_at_its_beginning():
    with pytest.raises(Refused, match="line 2: a comment"):
        mended("<rss>\n<!-- for ever")


@pytest.mark.parametrize(
    "text", ["&" * 200_000, "< " * 100_000, "<![CDATA[" + "]]>x" * 100_000, "<!-- -->" * 100_000, "]]>" * 100_000]
)
def test_no_text_takes_for_ever(text):
    with quick():
        assert mended(f"<rss>{text}</rss>")[0]
