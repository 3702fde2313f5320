"""What a name means: a tag, its synonyms, its relatives; and what a text names."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from articles import synonyms, tagging
from articles.models import Article, Synonym, Tag
from tests.articles.forms import ADD, errors, press, tree
from tests.factories import make_article, make_tag, make_user

pytestmark = pytest.mark.django_db


def named(tag: Tag) -> list[str]:
    return list(tag.synonyms.values_list("name", flat=True))


def form_of(tag: Tag) -> str:
    return f"/admin/articles/tag/{tag.pk}/change/"


def test_a_synonym_that_is_typed_means_its_tag(editor):
    tagging.name_synonyms(make_tag("Harbour"), ["Port", "Docks"], by=None)
    press(editor, ADD, headline="H", tags="port, DOCKS, New")
    assert sorted(Article.objects.get().tags.names()) == ["Harbour", "New"]
    assert Tag.objects.count() == 2


def test_synonyms_are_kept_by_the_tags_form(editor):
    tag = make_tag("Harbour")
    press(editor, form_of(tag), synonyms="Port, port, Docks")
    assert named(tag) == ["Docks", "Port"]
    press(editor, form_of(tag), synonyms="Docks, Harbour")
    assert named(tag) == ["Docks"]


def test_a_name_means_one_tag(editor):
    tag, other = make_tag("Harbour"), make_tag("Courts")
    tagging.name_synonyms(tag, ["Port"], by=None)
    sentence = "“Port” is a synonym of “Harbour”. Take it away there first."
    assert errors(press(editor, form_of(other), synonyms="PORT")) == [sentence]
    assert errors(press(editor, "/admin/articles/tag/add/", name="port")) == [sentence]
    assert errors(press(editor, form_of(tag), synonyms="courts")) == ["There is a tag “Courts” already. Merge the two instead."]
    with pytest.raises(ValidationError):
        tagging.name_synonyms(other, ["Port"], by=None)


def test_the_database_keeps_tags_and_synonyms_apart():
    tagging.name_synonyms(make_tag("Harbour"), ["Port"], by=None)
    for wrong in (lambda: make_tag("PORT"), lambda: Synonym.objects.create(name="harbour", tag=make_tag("Courts"))):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_a_tag_takes_its_synonym_as_its_name():
    tag = make_tag("Harbour")
    tagging.name_synonyms(tag, ["Port"], by=None)
    assert named(tagging.rename(tag, name="Port", slug=tag.slug, by=None)) == []


def test_the_names_of_merged_tags_become_synonyms():
    kept, gone, twin = make_tag("Harbour"), make_tag("Port"), make_tag("HARBOUR")
    tagging.name_synonyms(gone, ["Docks"], by=None)
    tagging.merge([gone, twin], into=kept, by=None)
    assert named(kept) == ["Docks", "Port"]
    assert synonyms.standing(["port", "docks", "Harbour", "New"]) == ["Harbour", "New"]


def test_what_was_related_to_a_merged_tag_is_related_to_the_one_that_stays():
    kept, gone, other = make_tag("Harbour"), make_tag("Port"), make_tag("Ferries")
    tagging.relate(gone, [other, kept], by=None)
    tagging.merge([gone], into=kept, by=None)
    assert list(kept.related.all()) == [other]
    assert list(other.related.all()) == [kept]


def test_related_tags_are_related_to_each_other_and_seen_where_they_have_articles(editor, client):
    tag, other, empty = make_tag("Harbour", slug="harbour"), make_tag("Ferries", slug="ferries"), make_tag("Empty")
    make_article(tags=["Harbour"])
    make_article(tags=["Ferries"])
    press(editor, form_of(tag), related=[other.pk, empty.pk], description="Ships and such.")
    assert set(tag.related.all()) == {other, empty}
    page = client.get("/tags/harbour/").content.decode()
    assert '<a href="/tags/ferries/">Ferries</a>' in page
    assert "Ships and such." in page
    assert "Empty" not in page
    assert '<a href="/tags/harbour/">Harbour</a>' in client.get("/tags/ferries/").content.decode()


def test_tags_that_stand_often_together_are_offered(editor):
    for _ in range(2):
        make_article(tags=["Harbour", "Ferries"])
    make_article(tags=["Harbour", "Courts"])
    tag, ferries = Tag.objects.get(name="Harbour"), Tag.objects.get(name="Ferries")
    assert tagging.often_together(tag) == [(ferries, 2)]
    page = tree(editor.get(form_of(tag)))
    assert [" ".join(label.text_content().split()) for label in page.xpath("//div[@id='id_often']//label")] == [
        "Ferries (on 2 articles too)"
    ]
    press(editor, form_of(tag), often=[ferries.pk])
    assert (list(tag.related.all()), tagging.often_together(tag)) == ([ferries], [])


def test_a_tag_is_not_related_to_itself(editor):
    tag = make_tag("Harbour")
    assert errors(press(editor, form_of(tag), related=[tag.pk])) == ["A tag is not related to itself."]


SUGGEST, FOUND = "/admin/articles/tag/suggest/", "/admin/articles/tag/found/"


def test_tags_are_suggested_by_their_synonyms(editor):
    tagging.name_synonyms(make_tag("Harbour"), ["Port"], by=None)
    make_tag("Portraits")
    assert editor.get(SUGGEST, {"q": "por"}).json() == {"names": ["Portraits", "Harbour"]}


def test_tags_that_a_text_names_are_found_as_they_come(editor):
    tagging.name_synonyms(make_tag("Harbour"), ["Port of Sines"], by=None)
    for name in ("Courts", "COVID-19", "Ana Ruiz", "Sines", "Straße", "Town"):
        make_tag(name)
    typed = {
        "headline": "“COVID-19”, again",
        "standfirst": "Ana Ruiz's",
        "body": "<p>the <b>port of</b> Sines, in court</p><p>straße</p>",
    }
    assert editor.post(FOUND, typed).json() == {"names": ["COVID-19", "Ana Ruiz", "Harbour", "Sines", "Straße"]}
    assert editor.post(FOUND, {"body": "\x00<<p>&amp;"}).json() == {"names": []}
    assert editor.get(FOUND).json() == {"names": []}


def test_what_a_text_names_costs_one_query(editor, django_assert_num_queries):
    make_tag("Harbour")
    with django_assert_num_queries(1):
        assert synonyms.named_in(["harbour " * 5000, "x " * 100_000]) == ["Harbour"]


def test_strangers_name_and_relate_nothing():
    tag, stranger = make_tag(), make_user("Writer")
    with pytest.raises(PermissionDenied):
        tagging.name_synonyms(tag, ["Port"], by=stranger)
    with pytest.raises(PermissionDenied):
        tagging.relate(tag, [make_tag()], by=stranger)


def test_deleting_a_tag_says_how_many_articles_lose_it(editor):
    make_article(tags=["Harbour"])
    make_article(tags=["Harbour"], status="draft")
    page = editor.get(f"/admin/articles/tag/{Tag.objects.get().pk}/delete/").content.decode()
    assert "2 articles carry this tag" in page


def test_tags_on_no_article_are_found(editor):
    make_tag("Unused")
    make_article(tags=["Used"], status="draft")
    page = tree(editor.get("/admin/articles/tag/", {"use": "none"}))
    assert [cell.text_content() for cell in page.xpath("//th[contains(@class, 'field-name')]")] == ["Unused"]
