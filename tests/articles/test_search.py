from typing import Any

import pytest

from articles import publishing
from articles.models import Article, Status
from articles.search import START, STOP, find, with_snippets
from tests.factories import NOON, make_article, make_author

pytestmark = pytest.mark.django_db


def headlines(words: str, language: str = "en") -> list[str]:
    return [article.headline for article in find(words, language=language)]


def test_accents_make_no_difference_in_either_direction():
    make_article(headline="El régimen del agua", language="es", body="<p>Acueductos y represas.</p>")
    make_article(headline="Cafe culture at the port", body="<p>A new harbour master.</p>")
    assert headlines("regimen", "es") == ["El régimen del agua"]
    assert headlines("café") == ["Cafe culture at the port"]


def test_a_word_is_found_by_its_stem():
    make_article(headline="Harbour delayed", body="<p>The dredgers are waiting.</p>")
    assert headlines("dredger wait") == ["Harbour delayed"]


def test_names_in_bylines_and_tags_are_found():
    make_article(headline="Signed", authors=[make_author("José Núñez")])
    make_article(headline="Tagged", tags=["Tidal power"])
    assert headlines("nunez") == ["Signed"]
    assert headlines("tidal") == ["Tagged"]


def test_the_headline_weighs_more_than_the_text():
    make_article(headline="A quiet day", body="<p>Somebody mentioned the aqueduct once.</p>")
    make_article(headline="The aqueduct", body="<p>It leaks.</p>")
    assert headlines("aqueduct") == ["The aqueduct", "A quiet day"]


def test_phrases_and_exclusions_work():
    make_article(headline="One", body="<p>The night market opens.</p>")
    make_article(headline="Two", body="<p>The market opens at night.</p>")
    assert headlines('"night market"') == ["One"]
    assert headlines("market -night") == []
    assert headlines("market -nights") == []  # its stem is left out as well


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_what_is_not_public_is_not_found(status):
    make_article(headline="Hidden reservoir", status=status)
    assert headlines("reservoir") == []


def test_markup_is_not_searched():
    make_article(headline="Links", body='<p>See <a href="https://example.org/strongroom">this</a>.</p>')
    assert headlines("href") == []


def test_a_changed_text_is_found_by_its_new_words_only():
    article = make_article(headline="Old words")
    article.headline = "Fresh tidings"
    article.save()
    publishing.keep(article, at=NOON)
    assert headlines("tidings") == ["Fresh tidings"]
    assert headlines("old") == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "'",
        "a\x00b",
        "&|!()<->",
        "\\",
        "x" * 5000,
        "((((",
        '"',
        "-",
        "or or",
        "-" * 200,
        "- " * 99,
        "-(" * 99,
        "-!" * 99,
        '-"' * 99,
    ],
)
def test_whatever_a_reader_types_is_answered(words):
    make_article()
    assert isinstance(headlines(words), list)


def snippet_of(article: Article, words: str, language: str = "en") -> str:
    found: Any = with_snippets(Article.objects.filter(pk=article.pk), words, language=language).get()
    return found.snippet


def test_a_snippet_marks_the_hits_and_carries_no_markup():
    article = make_article(body="<p>The <b>sluice</b> &amp; the gate were closed.</p>")
    snippet = snippet_of(article, "sluice")
    assert f"{START}sluice{STOP}" in snippet
    assert "<" not in snippet


def test_an_accented_hit_is_marked_when_the_question_had_no_accent():
    article = make_article(language="es", body="<p>El régimen del agua cambia en enero.</p>")
    assert f"{START}régimen{STOP}" in snippet_of(article, "regimen", "es")
