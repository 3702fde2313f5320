"""What can be read but not written down: halves of characters, NULs, file names of another age. No import ends over it."""

import os

import pytest

from articles.importing.writable import shown
from articles.models import Article, Section
from tests.articles.importing.samples import item, run

pytestmark = pytest.mark.django_db


def test_a_file_name_in_latin_1_is_told_and_passed_over(tmp_path):
    root = tmp_path / "uploads"
    root.mkdir()
    (root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    outcome = run(tmp_path, item(1), media_root=root)
    assert Article.objects.count() == 1
    assert [details for what, details in outcome.losses.items() if "name is not UTF-8" in what] == [["caf\ufffd.jpg"]]


def test_half_a_character_in_a_block_is_left_out(tmp_path):
    outcome = run(tmp_path, item(1, content='<p>Text</p><!-- wp:embed {"url":"https://x.example/\\ud83d"} /-->'))
    assert outcome.losses["block “embed”, which has no text of its own"] == ["https://x.example/"]


def test_half_a_character_in_a_footnote_is_left_out(tmp_path):
    notes = '[{"content":"cut off \\ud83d\\u0000here","id":"a"}]'
    run(tmp_path, item(1, content="<p>Text</p><!-- wp:footnotes /-->", meta=[("footnotes", notes)]))
    assert "<li>cut off here</li>" in Article.objects.get().body


def test_a_nul_in_an_address_is_left_out(tmp_path):
    terms = [("category", "a%00b", "News"), ("post_tag", "c%00d", "")]
    run(tmp_path, item(1, terms=terms, link="https://old.example.org/2020/x%00y/", post_name="x%00y", creator="a%00na"))
    assert Article.objects.get().section == Section.objects.get(name="News")


def test_an_address_that_cannot_be_read_round_a_picture_is_no_link(tmp_path):
    run(tmp_path, item(1, content='<p>Text <a href="//[broken"><img src="a.jpg" alt="A">words</a></p>'))
    assert "words" in Article.objects.get().body


def test_a_name_that_is_not_utf_8_can_be_shown():
    assert shown(os.fsdecode(b"\xe9t\xe9.xml")) == "\ufffdt\ufffd.xml"
