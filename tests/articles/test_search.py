from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from articles import publishing, search
from articles.models import Article, Status
from articles.search import START, STOP, find, with_snippets
from tests.factories import NOON, make_article, make_author

pytestmark = pytest.mark.django_db


def headlines(words: str) -> list[str]:
    return [article.headline for article in find(words)]


def test_accents_make_no_difference_in_either_direction():
    make_article(headline="El régimen del agua", language="es", body="<p>Acueductos y represas.</p>")
    make_article(headline="Cafe culture at the port", body="<p>A new harbour master.</p>")
    assert headlines("regimen") == ["El régimen del agua"]
    assert headlines("café") == ["Cafe culture at the port"]


def test_a_word_is_found_by_its_stem():
    make_article(headline="Harbour delayed", body="<p>The dredgers are waiting.</p>")
    assert headlines("dredger wait") == ["Harbour delayed"]


@pytest.mark.parametrize(
    ("language", "text", "typed"),
    [
        ("en", "The dredgers are waiting.", "dredger wait"),
        ("es", "Las represas cerrarán mañana.", "represa cerrar"),
        ("fr", "Les ministres ont démissionné.", "ministre démissionner"),
        ("de", "Die Zeitungen berichteten.", "zeitung berichtet"),
        ("it", "I giornali pubblicavano.", "giornale pubblicare"),
        ("pt", "Os jornalistas publicaram.", "jornalista publicar"),
    ],
)
def test_an_article_is_found_by_the_inflections_of_its_own_language(language, text, typed):
    make_article(headline="Water", language=language, body=f"<p>{text}</p>")
    make_article(headline="Other")
    assert headlines(typed) == ["Water"]


def test_the_stemmer_of_another_language_finds_nothing_false():
    make_article(headline="Court", body="<p>The CAS has ruled.</p>")
    make_article(headline="Barrio", language="es", body="<p>La casa del puerto.</p>")
    assert headlines("casas") == ["Barrio"]  # “cas” to the Spanish stemmer


def test_what_a_minus_leaves_out_is_left_out_in_every_language():
    make_article(headline="Harbour", body="<p>Port news: the dredgers wait.</p>")
    make_article(headline="Presa", language="es", body="<p>Port: las represas.</p>")
    make_article(headline="Signed", body="<p>Port.</p>", authors=[make_author("Ann Williams")])
    assert set(headlines("port")) == {"Harbour", "Presa", "Signed"}
    assert set(headlines("port -dredger")) == {"Presa", "Signed"}
    assert set(headlines("port -represa")) == {"Harbour", "Signed"}
    assert set(headlines("port -williams")) == {"Harbour", "Presa"}
    assert set(headlines('port -"the dredgers" -represa')) == {"Signed"}
    assert headlines("williams -represa") == ["Signed"]


def test_a_minus_inside_a_word_leaves_nothing_out():
    make_article(headline="Wind", body="<p>A north-east wind.</p>")
    assert headlines("north-east") == ["Wind"]
    assert headlines("wind -south-east") == ["Wind"]
    assert headlines("wind -north-east") == []


@pytest.mark.parametrize("typed", ["newsroom", ":newsroom_english", "newsroom_english", "nothing", ":nothing", "’:nothing’"])
def test_the_mark_of_a_configuration_is_nothing_that_can_be_typed(typed):
    make_article()
    assert headlines(typed) == []


def test_a_language_that_changed_is_searched_as_the_new_one():
    article = make_article(headline="Agua", body="<p>Cerraron el puerto.</p>")
    assert headlines("cerrar") == []
    article.language = "es"
    article.save()
    publishing.keep(article, at=NOON)
    assert headlines("cerrar") == ["Agua"]


def test_one_look_into_the_index_serves_all_languages():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        # Emptier tables than a newsroom's mislead.
        cursor.execute("DROP INDEX published_newest_first, published_in_section, by_status_newest_first, changed_in_month")
    plan = find("harbour -represa").explain()
    assert (plan.count("Index Scan on published_text"), plan.count("Filter:")) == (1, 0)


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


def snippet_of(article: Article, words: str) -> str:
    found: Any = with_snippets(Article.objects.filter(pk=article.pk), words).get()
    return found.snippet


def test_a_snippet_marks_the_hits_and_carries_no_markup():
    article = make_article(body="<p>The <b>sluice</b> &amp; the gate were closed.</p>")
    snippet = snippet_of(article, "sluice")
    assert f"{START}sluice{STOP}" in snippet
    assert "<" not in snippet


def test_an_accented_hit_is_marked_when_the_question_had_no_accent():
    article = make_article(language="es", body="<p>El régimen del agua cambia en enero.</p>")
    assert f"{START}régimen{STOP}" in snippet_of(article, "regimen")


def test_a_snippet_marks_what_the_articles_own_language_takes_for_the_word():
    article = make_article(language="es", body="<p>Cerraron las represas del norte.</p>")
    assert f"{START}represas{STOP}" in snippet_of(article, "represa")


def test_of_a_word_that_stands_in_many_texts_the_newest_are_ranked(monkeypatch):
    monkeypatch.setattr(search, "MOST_RANKED", 2)
    make_article(headline="The river, long ago", published_at=NOON - timedelta(days=9))
    make_article(headline="A walk", body="<p>Along the river.</p>", published_at=NOON)
    make_article(headline="The river rises", published_at=NOON - timedelta(days=1))
    assert headlines("river") == ["The river rises", "A walk"]
