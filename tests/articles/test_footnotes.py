import pytest
from lxml import html

from articles import comparing, writing
from articles.footnotes import at_the_end
from articles.richtext import sanitise

BODY = (
    '<p>It rose<span class="footnote">By <em>two</em> metres.</span>, and fell <span class="footnote">See '
    '<a href="/tags/sea/">the sea</a>.</span>.</p>'
)


def test_notes_are_kept_where_they_belong():
    assert sanitise(BODY) == BODY


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ('<p>a <span>b</span> <span class="x">c</span></p>', "<p>a b c</p>"),
        (
            '<p><span class="footnote">a <span class="footnote">b</span> c</span></p>',
            '<p><span class="footnote">a b c</span></p>',
        ),
        ('<p><a href="/x/">a<span class="footnote">b</span></a></p>', '<p><a href="/x/">ab</a></p>'),
        ('<aside><p>a</p></aside><aside class="fact-box"><aside class="pull-quote"><p>b</p></aside></aside>',
         '<p>a</p><aside class="fact-box"><p>b</p></aside>'),
        ('<p class="footnote">a</p><figure class="x"><table></table></figure>', "<p>a</p><figure><table></table></figure>"),
    ],
)  # fmt: skip
def test_boxes_and_notes_without_sense_leave_their_words(posted, kept):
    assert sanitise(posted) == kept
    assert sanitise(kept) == kept


def test_readers_get_numbers_that_lead_to_notes_and_back():
    page = html.fragment_fromstring(at_the_end(BODY), "div")
    numbers, notes = page.xpath(".//sup[@class='note-number']"), page.xpath(".//section[@class='notes']/ol/li")
    assert [number.text_content() for number in numbers] == ["1", "2"]
    assert page.xpath("string(p)") == "It rose1, and fell2."
    assert [note.text_content() for note in notes] == ["By two metres. ↩", "See the sea. ↩"]
    for number, note in zip(numbers, notes, strict=True):
        assert number.find("a").get("href") == f"#{note.get('id')}"
        assert note.findall("a")[-1].get("href") == f"#{number.get('id')}"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)) == 5


def test_two_texts_on_a_page_keep_their_notes_apart():
    ids = html.fragment_fromstring(at_the_end(BODY) + at_the_end(f"<p>More.</p>{BODY}"), "div").xpath("//@id")
    assert len(set(ids)) == 10


def test_an_empty_note_has_no_number():
    assert at_the_end('<p>A<span class="footnote"> </span>.</p>') == "<p>A.</p>"


def test_a_text_without_notes_is_not_touched():
    assert at_the_end("<p>The word footnote.</p>") == "<p>The word footnote.</p>"


def test_a_note_is_no_part_of_a_summary_and_its_words_are_counted():
    assert writing.summarise(BODY) == "It rose, and fell."
    assert writing.plain_text(BODY) == "It rose [By two metres.], and fell [See the sea.]."
    assert writing.length(BODY) == writing.Length(10, 50, 1)
    assert str(writing.length("")) == "No words yet"


def test_a_summary_leaves_boxes_and_players_out():
    box = '<aside class="fact-box"><h3>Facts</h3><p>Many.</p></aside><figure class="embed"><a href="/x/">A film</a></figure>'
    assert writing.summarise(f"<p>First.</p>{box}<p>Last.</p>") == "First. Last."


def test_versions_show_a_note_in_brackets():
    assert comparing.paragraphs(BODY) == ["It rose [By two metres.], and fell [See the sea [/tags/sea/].]."]
