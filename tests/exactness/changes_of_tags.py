"""What is done to tags, and to many articles at once."""

from django.test import Client
from django.utils import timezone

from articles import bulk, tagging
from articles.models import Tag
from tests.exactness.changes import Town, admin, change, post
from tests.factories import make_article, make_user


@change
def relate_two_tags(town: Town, desk: Client) -> None:
    tagging.relate(town.courts, [Tag.objects.get(slug="lonely")], by=None)


@change
def relate_two_tags_no_more(town: Town, desk: Client) -> None:
    tagging.relate(town.courts, [], by=None)


@change
def publish_the_first_of_a_related_tag(town: Town, desk: Client) -> None:
    make_article(section=town.home, tags=["Unused"], published_at=town.now)


@change
def merge_into_a_related_tag_without_articles(town: Town, desk: Client) -> None:
    tagging.merge([Tag.objects.get(slug="lonely")], into=town.unused, by=None)


@change
def give_a_tag_a_picture_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.water), image=str(town.images[1].pk))


@change
def name_a_synonym(town: Town, desk: Client) -> None:
    tagging.name_synonyms(town.water, ["Aqua"], by=None)


def at_once(town: Town, kind: str, **what: object) -> bulk.BulkDeed:
    by, at = make_user("Administrator", is_superuser=True), timezone.now()
    deed = bulk.prepare(kind, [town.articles[0].pk, town.articles[7].pk, town.draft.pk], by=by, at=at)
    return bulk.run_or_order(bulk.begin(deed, by=by, at=at, **what), at=at)  # type: ignore[arg-type]


@change
def add_a_tag_to_several(town: Town, desk: Client) -> None:
    at_once(town, "add_tag", tag="Lonely")


@change
def move_several_to_another_section(town: Town, desk: Client) -> None:
    at_once(town, "section", section=town.world)
