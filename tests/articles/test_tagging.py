import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles import search, tagging
from articles.models import FormerAddress, Tag
from tests.factories import make_article, make_tag, make_user

pytestmark = pytest.mark.django_db


def paths(tag: Tag) -> list[str]:
    return sorted(tag.former_addresses.values_list("path", flat=True))


def names(article) -> list[str]:
    return sorted(tag.name for tag in article.tags.all())


def found(words: str) -> list[str]:
    return [article.headline for article in search.find(words)]


def test_a_renamed_tag_keeps_its_articles_and_its_former_address(client):
    tag = make_tag("Habour", slug="habour")
    article = make_article(tags=["Habour"])
    tagging.rename(tag, name="Harbour", slug="harbour", by=None)
    assert names(article) == ["Harbour"]
    assert client.get("/tags/habour/").headers["Location"] == "/tags/harbour/"


def test_articles_are_found_by_the_new_name_of_their_tag(run_jobs):
    tag = make_tag("Fishing")
    make_article(headline="Nets", tags=["Fishing"])
    tagging.rename(tag, name="Trawlers", slug=tag.slug, by=None)
    run_jobs()
    assert found("trawlers") == ["Nets"]
    assert found("fishing") == []


def test_renaming_back_leaves_no_address_that_leads_to_itself():
    tag = make_tag("Harbour", slug="harbour")
    tag = tagging.rename(tag, name="Port", slug="port", by=None)
    tag = tagging.rename(tag, name="Harbour", slug="harbour", by=None)
    assert paths(tag) == ["/tags/port/"]


def test_a_slug_with_accents_is_remembered_as_readers_type_it():
    tag = make_tag("Año", slug="año")
    tag = tagging.rename(tag, name="Año", slug="años", by=None)
    assert paths(tag) == ["/tags/año/"]
    tag = tagging.rename(tag, name="Año", slug="año", by=None)
    assert paths(tag) == ["/tags/años/"]


def test_a_name_that_differs_only_in_capitals_from_another_is_refused():
    make_tag("Courts")
    other = make_tag("Tribunals")
    with pytest.raises(ValidationError, match="There is a tag “Courts” already"):
        tagging.rename(other, name="COURTS", slug="tribunals", by=None)
    other.refresh_from_db()
    assert other.name == "Tribunals"


def test_a_tag_may_change_its_own_capitals():
    tag = make_tag("courts")
    assert tagging.rename(tag, name="Courts", slug=tag.slug, by=None).name == "Courts"


def test_a_slug_that_another_tag_has_is_refused():
    make_tag("Courts", slug="courts")
    other = make_tag("Tribunals", slug="tribunals")
    with pytest.raises(ValidationError):
        tagging.rename(other, name="Tribunals", slug="courts", by=None)


def test_merged_tags_leave_their_articles_and_addresses_to_one(client):
    kept, gone, gone_too = make_tag("Harbour", slug="harbour"), make_tag("Port", slug="port"), make_tag("Docks", slug="docks")
    both, one, other = make_article(tags=["Harbour", "Port"]), make_article(tags=["Port"]), make_article(tags=["Docks"])
    tagging.rename(gone, name="Port", slug="the-port", by=None)
    tagging.merge([gone, gone_too], into=kept, by=None)
    assert [names(article) for article in (both, one, other)] == [["Harbour"]] * 3
    assert list(Tag.objects.values_list("name", flat=True)) == ["Harbour"]
    assert paths(kept) == ["/tags/docks/", "/tags/port/", "/tags/the-port/"]
    for path in paths(kept):
        assert client.get(path).headers["Location"] == "/tags/harbour/"


def test_articles_are_found_by_the_tag_they_were_merged_into(run_jobs):
    kept, gone = make_tag("Trawlers"), make_tag("Boats")
    make_article(headline="Nets", tags=["Boats"])
    tagging.merge([gone], into=kept, by=None)
    run_jobs()
    assert found("trawlers") == ["Nets"]
    assert found("boats") == []


def test_merging_again_or_a_tag_into_itself_does_nothing():
    kept, gone = make_tag("Harbour"), make_tag("Port")
    make_article(tags=["Harbour"])
    tagging.merge([gone], into=kept, by=None)
    tagging.merge([gone, kept], into=kept, by=None)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Harbour"]
    assert FormerAddress.objects.count() == 1


def test_a_target_that_is_gone_is_refused_and_nothing_is_lost():
    kept, gone = make_tag("Harbour"), make_tag("Port")
    article = make_article(tags=["Port"])
    Tag.objects.filter(pk=kept.pk).delete()
    with pytest.raises(ValidationError, match="is gone"):
        tagging.merge([gone], into=kept, by=None)
    assert names(article) == ["Port"]


@pytest.mark.parametrize("group", ["Writer", "Fundraiser", ""])
def test_strangers_neither_rename_nor_merge(group):
    stranger = make_user(group)
    tag, other = make_tag("Harbour", slug="harbour"), make_tag("Port")
    with pytest.raises(PermissionDenied):
        tagging.rename(tag, name="Other", slug="other", by=stranger)
    with pytest.raises(PermissionDenied):
        tagging.merge([other], into=tag, by=stranger)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Harbour", "Port"]


def test_an_editor_renames_and_merges():
    editor = make_user("Editor")
    tag, other = make_tag("Harbour"), make_tag("Port")
    tag = tagging.rename(tag, name="Haven", slug="haven", by=editor)
    tagging.merge([other], into=tag, by=editor)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Haven"]


def test_articles_are_indexed_in_batches_by_the_worker(monkeypatch, run_jobs):
    monkeypatch.setattr(tagging, "BATCH", 2)
    tag = make_tag("Fishing")
    for _ in range(5):
        make_article(tags=["Fishing"])
    tagging.rename(tag, name="Trawlers", slug=tag.slug, by=None)
    assert found("trawlers") == []
    assert run_jobs() == ["articles.index"] * 3
    assert len(found("trawlers")) == 5
