import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.importing.clean import Library, Text, plain
from articles.richtext import ATTRIBUTES, TAGS
from tests.articles.importing.samples import quick
from tests.articles.importing.texts import cleaned, text

# Paragraphs


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\nline\n\n\n\nTwo", "<p>One<br>line</p>\n<p>Two</p>"),
        ("One<br />\nline", "<p>One<br>line</p>"),
        ("<p>One</p>\n<p>Two</p>", "<p>One</p>\n<p>Two</p>"),
        ("Before\n<h2>Head</h2>\nafter", "<p>Before</p>\n<h2>Head</h2>\n<p>after</p>"),
        ("<blockquote>Said\n\nTwice</blockquote>", "<blockquote><p>Said</p>\n<p>Twice</p></blockquote>"),
        ("<pre>a\n\n  b</pre>\nc", "<pre>a\n\n  b</pre>\n<p>c</p>"),
        ("<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul></li>\n</ul>",
         "<ul><li>a</li><li><p>b</p>\n<ul><li>c</li></ul></li></ul>"),
        ("&nbsp;\n\n<p>&nbsp;</p>\n\nx", "<p>x</p>"),
        ("<div>One</div><div>Two <span>three</span></div>", "<p>One</p>\n<p>Two three</p>"),
        ("<b>bold</b> <i>it</i> <strike>no</strike> <tt>t</tt> <u>u</u>",
         "<p><strong>bold</strong> <em>it</em> <s>no</s> <code>t</code> u</p>"),
        ("<h1>A</h1><h5>B</h5>", "<h2>A</h2>\n<h4>B</h4>"),
        ("<dl><dt>T</dt><dd>D</dd></dl>", "<p><strong>T</strong></p>\n<p>D</p>"),
        ("https://example.org/video?a=1&amp;b=2", '<p><a href="https://example.org/video?a=1&amp;b=2">https://example.org/video?a=1&amp;b=2</a></p>'),
        ("", ""),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("<table><caption>C</caption><tr><td colspan=2>a</td></tr></table>",
         '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>\n<p>C</p>'),
        ("one<!--more-->two<!--nextpage-->three", "<p>onetwothree</p>"),
        ("<strong>One\n\nTwo</strong>", "<p><strong>One</strong></p>\n<p><strong>Two</strong></p>"),
        ("<ol start='3'><li>x</li></ol>", '<ol start="3"><li>x</li></ol>'),
    ],
)  # fmt: skip
def test_a_classic_text_becomes_paragraphs(content, body):
    assert cleaned(content) == body


def test_line_ends_mean_nothing_in_the_block_editor():
    content = "<!-- wp:paragraph -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->\n\n"
    content += "<!-- wp:quote --><blockquote><p>Q</p><cite>Who</cite></blockquote><!-- /wp:quote -->"
    assert cleaned(content) == "<p>One\ntwo</p>\n<blockquote><p>Q</p>\n<p><em>Who</em></p></blockquote>"


def test_a_table_block_keeps_its_caption():
    content = '<!-- wp:table --><figure class="wp-block-table"><table><tbody><tr><td>1</td></tr></tbody></table>'
    content += "<figcaption>Sums</figcaption></figure><!-- /wp:table -->"
    assert cleaned(content) == "<table><tbody><tr><td>1</td></tr></tbody></table>\n<p>Sums</p>"


def test_a_reusable_block_is_put_in_its_place():
    content = '<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --><!-- wp:block {"ref":9} /-->'
    body = cleaned(content, reusable=lambda number: {"9": "<!-- wp:paragraph --><p>b</p><!-- /wp:paragraph -->"}.get(number, ""))
    assert body == "<p>a</p>\n<p>b</p>"


def test_a_reusable_block_in_itself_ends():
    assert (
        cleaned('<!-- wp:block {"ref":9} /-->x', reusable=lambda number: '<p>again</p><!-- wp:block {"ref":9} /-->').count(
            "again"
        )
        == 1
    )


def test_footnotes_stand_where_their_block_stood():
    footed = text()
    footed.footnotes = '[{"id":"a","content":"The <em>first</em>"},{"id":"b","content":"The second"}]'
    assert footed.clean("<!-- wp:paragraph --><p>x</p><!-- /wp:paragraph --><!-- wp:footnotes /-->") == (
        "<p>x</p>\n<ol><li>The <em>first</em></li><li>The second</li></ol>"
    )


# Links and what is embedded


def test_links_lead_to_our_own_pages_where_they_were_imported():
    body = cleaned(
        '<a href="/2020/05/post-2/">x</a>', address=lambda full: "/articles/post-2/" if full.endswith("post-2/") else ""
    )
    assert body == '<p><a href="/articles/post-2/">x</a></p>'


@pytest.mark.parametrize(
    ("link", "href"),
    [
        ("../other/", "https://old.example.org/2020/05/other/"),
        ("//example.org/a", "https://example.org/a"),
        ("HTTPS://example.org/ä?b=1&amp;c=2", "https://example.org/ä?b=1&amp;c=2"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
    ],
)
def test_other_links_get_their_full_address(link, href):
    assert cleaned(f'<a href="{link}">x</a>') == f'<p><a href="{href}">x</a></p>'


@pytest.mark.parametrize("link", ["#note-1", "", "javascript:alert(1)", "data:text/html,x", "https://[broken", "vbscript:x"])
def test_links_that_lead_nowhere_leave_their_words(link):
    assert cleaned(f'<a href="{link}">words</a>') == "<p>words</p>"


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ('<iframe src="https://player.example.org/v/1"></iframe>', "https://player.example.org/v/1"),
        ("[embed]https://player.example.org/v/1[/embed]", "https://player.example.org/v/1"),
        ('<video controls><source src="https://old.example.org/v.mp4"></video>', "https://old.example.org/v.mp4"),
        ('<!-- wp:embed --><figure><div class="wp-block-embed__wrapper">\nhttps://player.example.org/v\n</div></figure>'
         "<!-- /wp:embed -->", "https://player.example.org/v"),
        ('<object data="https://old.example.org/f.swf"></object>', "https://old.example.org/f.swf"),
        ('[audio mp3="https://old.example.org/a.mp3"][/audio]', "https://old.example.org/a.mp3"),
    ],
)  # fmt: skip
def test_players_become_links(content, address):
    assert cleaned(content) == f'<p><a href="{address}">{address}</a></p>'


def test_an_unknown_shortcodes_content_stays_and_it_is_told():
    found = text()
    assert found.clean('[box color="red"]Read <b>this</b>[/box] [sic]') == "<p>Read <strong>this</strong> [sic]</p>"
    assert found.losses == [("shortcode [box]", '[box color="red"]')]


def test_code_is_shown_and_not_run():
    assert cleaned('[sourcecode language="html"]<b>[gallery]</b>\n  &lt;x[/sourcecode]') == (
        "<pre><code>&lt;b&gt;[gallery]&lt;/b&gt;\n  &lt;x</code></pre>"
    )


def test_scripts_and_forms_go_and_are_told():
    found = text()
    assert found.clean("<script>alert(1)</script><form action='/x'>Name <input name=a></form>") == "<p>Name</p>"
    assert {what for what, _ in found.losses} == {"<script>, left out", "<form>, left out", "<input>, left out"}


# Anything at all


class Tags(HTMLParser):
    def __init__(self, body: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list]] = []
        self.feed(body)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, attributes))


MARKUP = """
<p> </p> <div> </div> <b> </b> <figure> </figure> <li> <ul> </ul> <table> <tr> <td> </table> <pre> </pre> <h2> </h2> <video>
<style> <blockquote> </blockquote> <script> </script> <img/src=/a.jpg> <a/href=/x> </a> <svg/onload=x> <iframe/src=//x>
<!--more--> ]]> [caption] [/caption] [gallery] [/x] [[z]] word &amp; & < > "
"""
SPACED = ["\n\n", "\n", " ", "[x y=1]", "<!-- wp:p -->", "<!-- /wp:p -->", "<!-- wp:q /-->"]
PIECES = st.sampled_from([*re.findall(r"\S+", MARKUP), *SPACED])


@given(content=st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_whatever_comes_in_only_what_is_allowed_goes_out(content):
    for body in (cleaned(content), cleaned(content, ours=True)):
        for tag, attributes in Tags(body).tags:
            assert tag in TAGS
            assert {name for name, _ in attributes} <= ATTRIBUTES.get(tag, set())


@pytest.mark.parametrize(
    "content",
    [
        *(
            "<div>" * 50_000,
            "<b>" * 50_000,
            "&" * 500_000,
            "&amp; " * 100_000,
            "\n" * 500_000,
            " " * 500_000 + "x",
            "<p>" * 50_000,
        ),
        *("<br>" * 50_000 + "x", "[a][" * 50_000, "<a href=/x><div>" * 2_000, "<table><tr><td>" * 3_000, "<!--" * 100_000),
        *("&nbsp;" * 50_000 + "x", "\u00a0" * 50_000 + "x", "<figure>" * 20_000, "<li>" * 50_000, "<p>" * 50_000),
    ],
)
def test_no_text_takes_for_ever(content):
    with quick():
        assert isinstance(cleaned(content), str)


def test_ampersands_beyond_all_reason_are_told():
    found = text()
    assert found.clean("x & " * 30_000).count("&amp;") == 20_000
    assert found.losses == [("text with more than 20,000 “&”: those beyond left out", "")]


def test_ampersands_that_stand_for_other_characters_are_no_trouble():
    found = text()
    assert found.clean("caf&eacute;&#8217;s&nbsp;" * 10_000).count("café’s") == 10_000
    assert found.losses == []


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("Title <em>With</em> <b>Mark<sup>up</sup></b>", "Title With Markup"),
        ("Arts &amp; Culture", "Arts & Culture"),
        ("  One\n two ", "One two"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("a < b", "a < b"),
        ("&lt;script&gt;", "<script>"),
        ("<script>x</script>y", "y"),
    ],
)
def test_one_line_of_plain_text(markup, words):
    assert plain(markup) == words


def test_nothing_asks_another_host_for_anything():
    body = cleaned(
        '<img src="//evil.example/x.png"><p style="background:url(//evil.example)" onclick=x>'
        "<link rel=prefetch href=//evil.example>t</p>"
    )
    assert not re.search(r"<(?!a )[^>]*//evil", body)


def test_reusable_blocks_that_name_one_another_end_soon():
    every = "".join(f'<!-- wp:block {{"ref":{number}}} /-->' for number in range(100))
    text = Text(Library(reusable=lambda number: every + "x"))
    with quick():
        assert len(text.clean(every)) < 2_000_000
    assert {what for what, _ in text.losses} == {
        "reusable block that stands in itself, left out",
        "reusable blocks of more than a million characters in one text: those beyond left out",
    }
