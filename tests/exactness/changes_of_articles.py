"""What the verbs of articles change."""

from datetime import timedelta
from typing import Any

from django.test import Client

from articles import contents, drafting, pages, publishing, scheduling, talking
from articles.models import Article
from tests.exactness.changes import Town, change
from tests.factories import NOON, make_article, make_user


@change
def publish_a_draft(town: Town, desk: Client) -> None:
    publishing.publish(town.draft, by=None, at=town.now)


@change
def publish_one_that_fills_a_page(town: Town, desk: Client) -> None:
    article = make_article(status="draft", section=town.home, tags=["Courts"], authors=[town.ada])
    publishing.publish(article, by=None, at=town.now)


@change
def publish_the_first_of_a_section(town: Town, desk: Client) -> None:
    make_article(section=town.empty, tags=["New tag"], published_at=town.now)


@change
def publish_the_first_of_an_empty_section_with_an_old_date(town: Town, desk: Client) -> None:
    make_article(section=town.empty, published_at=town.now - timedelta(days=300))


@change
def publish_with_an_old_date(town: Town, desk: Client) -> None:
    make_article(section=town.home, tags=["Water"], authors=[town.ada], published_at=town.now - timedelta(days=36, hours=12))


@change
def publish_the_first_of_a_month(town: Town, desk: Client) -> None:
    make_article(section=town.home, published_at=town.now - timedelta(days=400))


@change
def publish_a_second_one(town: Town, desk: Client) -> None:
    for hours in (1, 2):
        make_article(section=town.world, published_at=town.now - timedelta(minutes=hours))


@change
def hand_in_a_draft(town: Town, desk: Client) -> None:
    publishing.submit(town.draft, by=None)


@change
def schedule_a_draft(town: Town, desk: Client) -> None:
    publishing.schedule(town.draft, by=None, publish_at=town.now + timedelta(days=1), at=town.now)


@change
def publish_what_is_due(town: Town, desk: Client) -> None:
    publishing.schedule(town.draft, by=None, publish_at=town.now + timedelta(seconds=1), at=town.now)
    scheduling.publish_due(at=town.now + timedelta(seconds=2))


@change
def approve_a_draft(town: Town, desk: Client) -> None:
    publishing.submit(town.draft, by=None)
    publishing.approve(town.draft, by=None)


@change
def plan_what_readers_see_later(town: Town, desk: Client) -> None:
    """An end, a moment for changes, an embargo, work for somebody, words among colleagues: readers see nothing of it."""
    later, by = town.now + timedelta(days=1), make_user("Editor")
    article = town.articles[3]
    content = contents.of(article).with_changes(headline="Tomorrow")
    article = drafting.save(article, content, by=None, at=town.now, expected=None)
    scheduling.schedule_changes(article, by=None, publish_at=later, at=town.now)
    scheduling.end_at(article, by=None, withdraw_at=later + timedelta(days=1), at=town.now)
    scheduling.embargo(town.draft, by=None, until=later, at=town.now)
    talking.assign(article, to=by, by=None)
    talking.see_to(talking.say(article, "A name.", by=by, at=town.now, kind="wanted"), by=by, at=town.now)


@change
def withdraw_what_has_its_end(town: Town, desk: Client) -> None:
    scheduling.end_at(town.articles[6], by=None, withdraw_at=town.now + timedelta(seconds=1), at=town.now)
    scheduling.publish_due(at=town.now + timedelta(seconds=2))


@change
def publish_changes_at_their_moment(town: Town, desk: Client) -> None:
    content = contents.of(town.articles[3]).with_changes(headline="Tomorrow")
    article = drafting.save(town.articles[3], content, by=None, at=town.now, expected=None)
    scheduling.schedule_changes(article, by=None, publish_at=town.now + timedelta(seconds=1), at=town.now)
    scheduling.publish_due(at=town.now + timedelta(seconds=2))


@change
def withdraw_the_newest(town: Town, desk: Client) -> None:
    publishing.withdraw(town.articles[0], by=None, at=town.now)


@change
def withdraw_an_old_one(town: Town, desk: Client) -> None:
    publishing.withdraw(town.articles[12], by=None, at=town.now)


@change
def withdraw_one_from_the_middle(town: Town, desk: Client) -> None:
    publishing.withdraw(town.articles[6], by=None, at=town.now)


@change
def withdraw_the_last_of_its_tag_and_month(town: Town, desk: Client) -> None:
    publishing.withdraw(town.loner, by=None, at=town.now)


@change
def withdraw_one_that_the_digest_sent(town: Town, desk: Client) -> None:
    publishing.withdraw(town.articles[4], by=None, at=town.now)


@change
def restore_one(town: Town, desk: Client) -> None:
    publishing.restore(town.withdrawn, by=None, at=town.now)


def edit(article: Article, **fields: Any) -> None:
    """As the desk does it."""
    article = Article.objects.get(pk=article.pk)
    before, former = pages.of_article(article), article.slug
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    publishing.keep(article, before=before, former_slug=former, at=(article.published_at or NOON) + timedelta(hours=1))


@change
def correct_a_text(town: Town, desk: Client) -> None:
    edit(town.articles[9], body="<p>Another text with the same length as nothing else. Two sentences.</p>", summary="A summary.")


@change
def correct_a_headline(town: Town, desk: Client) -> None:
    edit(town.articles[1], headline="Another headline")


@change
def correct_a_standfirst(town: Town, desk: Client) -> None:
    edit(town.articles[1], standfirst="Another standfirst.")


@change
def correct_the_body_of_the_lead(town: Town, desk: Client) -> None:
    edit(town.articles[0], body="<p>Wholly other words stand here now. And again.</p>")


@change
def give_an_article_another_address(town: Town, desk: Client) -> None:
    edit(town.articles[3], slug="readdressed")


@change
def move_an_article_to_another_section(town: Town, desk: Client) -> None:
    edit(town.articles[4], section=town.world)


@change
def move_an_article_to_an_empty_section(town: Town, desk: Client) -> None:
    edit(town.articles[8], section=town.empty)


@change
def give_an_article_another_picture(town: Town, desk: Client) -> None:
    edit(town.articles[2], lead_image=town.images[0])


@change
def take_the_picture_from_a_second(town: Town, desk: Client) -> None:
    edit(town.articles[1], lead_image=None)


@change
def name_the_source(town: Town, desk: Client) -> None:
    edit(town.articles[7], source_outlet="The Other", source_url="https://example.org/a")


@change
def change_the_language(town: Town, desk: Client) -> None:
    edit(town.articles[9], language="es")


@change
def keep_an_article_as_it_is(town: Town, desk: Client) -> None:
    edit(town.draft)
