"""Every kind of change that readers can see, each a function of the town and of somebody at the desk."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow

from articles import images, pages, publishing, tagging
from articles.models import Article, FormerAddress, Masthead, Section, Tag
from articles.readdressing import readdress
from campaigns import forgetting, giving, running, updates, wall, ways, wishes
from campaigns.models import Way
from digest import editions
from digest.models import Notice
from tests.campaigns.gifts import received
from tests.factories import NOON, make_article, make_user

type Town = SimpleNamespace
CHANGES: dict[str, Callable[[Town, Client], Any]] = {}


def change[F: Callable[[Town, Client], Any]](make: F) -> F:
    CHANGES[make.__name__] = make
    return make


HARMLESS = {"keep_an_article_as_it_is", "hand_in_a_draft", "schedule_a_draft", "save_a_draft", "rename_an_unused_tag"}
HARMLESS |= {"write_news_that_nobody_sees_yet"}

# The verbs of articles


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
    publishing.publish_due(at=town.now + timedelta(seconds=2))


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
    publishing.restore(town.withdrawn, by=None)


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


# The desk


def post(desk: Client, address: str, **fields: Any) -> None:
    """The form as it is, but for these fields."""
    response = desk.get(address)
    assert response.status_code == 200, address
    form = response.context["adminform"].form
    data = {
        name: value
        for name, value in ((bound.html_name, bound.value()) for bound in form)
        if value is not None and value is not False
    }
    for name, value in list(data.items()):
        widget = form.fields[name].widget
        if hasattr(widget, "decompress") and name in data:
            data |= {f"{name}_{n}": part for n, part in enumerate(widget.decompress(value)) if part is not None}
            del data[name]
    for formset in response.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {bound.html_name: bound.value() for bound in management}
        for inline in formset.formset.forms:
            data |= typed_in(inline)
    response = desk.post(address, {**{k: v for k, v in data.items() if not hasattr(v, "read") and v is not None}, **fields})
    assert response.status_code == 302, (
        (response.context["adminform"].form.errors, data) if response.context else response.content[:500]
    )


def typed_in(inline: Any) -> dict[str, Any]:
    typed = {bound.html_name: (bound.value(), bound.field.widget) for bound in inline if bound.value() is not None}
    data: dict[str, Any] = {}
    for name, (value, widget) in typed.items():
        parts = widget.decompress(value) if hasattr(widget, "decompress") else None
        data |= {name: value} if parts is None else {f"{name}_{n}": part for n, part in enumerate(parts) if part is not None}
    return data


def admin(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@change
def save_an_article_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.articles[6]), headline="From the desk", tags="Courts, Brand new")


@change
def sign_an_article_otherwise_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.articles[9]), **{"bylines-0-DELETE": "on"})


@change
def save_a_draft(town: Town, desk: Client) -> None:
    post(desk, admin(town.draft), headline="Still a draft")


@change
def rename_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.home), name="At home")


@change
def rename_a_section_out_of_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.hidden), name="Still hidden")


@change
def describe_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.world), description="Far away.")


@change
def readdress_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.hidden), slug="out-of-sight")


@change
def reorder_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.home), position="9")


@change
def take_a_section_out_of_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.world), in_navigation="")


@change
def add_a_section(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_section_add"), {"name": "Sport", "slug": "sport", "position": "4", "in_navigation": "on"})
    assert Section.objects.filter(slug="sport").exists()


@change
def delete_a_section(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_section_delete", args=[town.empty.pk]), {"post": "yes"})
    assert not Section.objects.filter(pk=town.empty.pk).exists()


@change
def rename_an_author(town: Town, desk: Client) -> None:
    post(desk, admin(town.ada), name="Ada B.")


@change
def readdress_an_author(town: Town, desk: Client) -> None:
    post(desk, admin(town.ben), slug="benjamin")


@change
def rewrite_a_biography(town: Town, desk: Client) -> None:
    post(desk, admin(town.ben), bio="Draws.")


@change
def take_an_authors_address_away(town: Town, desk: Client) -> None:
    post(desk, admin(town.ada), email="ada@example.org")


@change
def rename_a_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.water, name="Rivers", slug="water", by=None)


@change
def readdress_a_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.courts, name="Courts", slug="justice", by=None)


@change
def rename_a_tag_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.courts), name="Justice", slug="justice")


@change
def describe_a_tag(town: Town, desk: Client) -> None:
    post(desk, admin(town.courts), description="And prosecutors.")


@change
def rename_an_unused_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.unused, name="Still unused", slug="unused", by=None)


@change
def merge_tags(town: Town, desk: Client) -> None:
    tagging.merge([town.water, town.courts], into=town.courts, by=None)


@change
def merge_tags_the_other_way(town: Town, desk: Client) -> None:
    tagging.merge([town.water, town.courts], into=town.water, by=None)


@change
def merge_the_last_of_a_tag(town: Town, desk: Client) -> None:
    lonely = Tag.objects.get(name="Lonely")
    tagging.merge([lonely], into=town.water, by=None)


@change
def delete_a_tag(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_tag_delete", args=[town.water.pk]), {"post": "yes"})
    assert not Tag.objects.filter(pk=town.water.pk).exists()


@change
def rename_the_newsroom(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), name="The Lantern")


@change
def change_the_tagline(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), tagline="By day")


@change
def describe_the_newsroom(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), description="Who we are.")


@change
def change_the_footer(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), footer="Printed here.")


@change
def say_who_to_write_to(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), contact_email="desk@example.org")


@change
def change_the_sign_up(town: Town, desk: Client) -> None:
    post(desk, admin(Notice.objects.get()), title="By mail")


@change
def add_a_former_address(town: Town, desk: Client) -> None:
    readdress(town.articles[0], former_path="/2019/05/story/")


@change
def delete_a_former_address(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/2019/tag/courts")
    desk.post(reverse("admin:articles_formeraddress_delete", args=[former.pk]), {"post": "yes"})
    assert not FormerAddress.objects.filter(pk=former.pk).exists()


@change
def correct_a_former_address(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/2019/05/story/")
    post(desk, admin(former), path="/2019/05/another/", article=str(former.article_id))


@change
def lead_a_former_address_of_a_list_elsewhere(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/authors/old-ben/")
    post(desk, admin(former), author=str(town.ada.pk))


# Pictures


@change
def describe_a_picture(town: Town, desk: Client) -> None:
    images.describe(town.images[1], by=None, alt="Another alt")


@change
def caption_a_picture(town: Town, desk: Client) -> None:
    images.describe(town.images[2], by=None, caption="A caption", credit="By hand")


@change
def make_renditions_of_a_picture(town: Town, desk: Client) -> None:
    image, file = town.images[1], BytesIO()
    Pillow.new("RGB", (image.width, image.height), "teal").save(file, "PNG")
    images.keep(str(image.file), file.getvalue())
    images.make_renditions(image.pk)


@change
def describe_a_portrait(town: Town, desk: Client) -> None:
    images.describe(town.images[3], by=None, alt="A portrait")


# Campaigns and gifts


@change
def receive_a_gift(town: Town, desk: Client) -> None:
    received(town.campaign, at=town.now, email="ben@example.org")


@change
def refund_a_gift(town: Town, desk: Client) -> None:
    giving.refund(town.gift, amount=1000, key=uuid4(), by=make_user("Fundraiser"), at=town.now)


@change
def open_a_campaign(town: Town, desk: Client) -> None:
    running.open_campaign(town.planned, by=None, at=town.now)


@change
def close_the_campaign(town: Town, desk: Client) -> None:
    running.close_campaign(town.campaign, by=None, at=town.now)


@change
def close_the_other_campaign(town: Town, desk: Client) -> None:
    running.close_campaign(town.second, by=None, at=town.now)


@change
def close_what_has_ended(town: Town, desk: Client) -> None:
    running.campaigns_due(at=town.now + timedelta(days=11))


@change
def change_the_call(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), call="Another call.")


@change
def change_the_story(town: Town, desk: Client) -> None:
    post(desk, admin(town.second), story="<p>Another story.</p>")


@change
def raise_the_goal(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), goal="2000")


@change
def ask_for_the_other_campaign(town: Town, desk: Client) -> None:
    post(desk, admin(town.second), priority="5")


# Where and when it is asked


@change
def choose_a_campaign_by_hand(town: Town, desk: Client) -> None:
    post(desk, admin(town.second), is_chosen="on")


@change
def ask_for_a_campaign_beside_another_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.local), sections=[str(town.home.pk)])


@change
def ask_for_a_campaign_beside_a_tag(town: Town, desk: Client) -> None:
    post(desk, admin(town.local), tags=[str(town.courts.pk)])


@change
def ask_for_a_campaign_everywhere(town: Town, desk: Client) -> None:
    post(desk, admin(town.dry), tags=[], priority="-3")


@change
def change_the_call_beside_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.local), call="For the world.")


@change
def put_one_of_two_before_the_other_where_both_are_meant(town: Town, desk: Client) -> None:
    post(desk, admin(town.local), priority="2")


@change
def close_the_campaign_beside_a_section(town: Town, desk: Client) -> None:
    running.close_campaign(town.local, by=None, at=town.now)


@change
def put_a_bar_up(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), has_bar="on")


@change
def end_the_campaign_a_day_earlier(town: Town, desk: Client) -> None:
    end = timezone.localtime(town.campaign.ends_at) - timedelta(days=1)
    post(desk, admin(town.campaign), ends_at_0=f"{end:%Y-%m-%d}", ends_at_1=f"{end:%H:%M:%S}")


@change
def put_a_planned_campaign_behind_the_others(town: Town, desk: Client) -> None:
    post(desk, admin(town.soon), priority="-9")


@change
def take_a_planned_campaign_back(town: Town, desk: Client) -> None:
    running.close_campaign(town.soon, by=None, at=town.now)


@change
def delete_a_tag_beside_which_it_is_asked(town: Town, desk: Client) -> None:
    post(desk, admin(town.dry), tags=[str(town.spare.pk)], priority="-3")
    desk.post(reverse("admin:articles_tag_delete", args=[town.spare.pk]), {"post": "yes"})


@change
def leave_an_article_without_an_appeal(town: Town, desk: Client) -> None:
    post(desk, admin(town.articles[2]), without_appeal="on")


@change
def add_a_partner(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:campaigns_partnerhost_add"), {"host": "b.example", "name": ""})


@change
def take_a_partner_away(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:campaigns_partnerhost_delete", args=[town.partner.pk]), {"post": "yes"})


@change
def receive_a_gift_whose_donor_is_named(town: Town, desk: Client) -> None:
    received(town.campaign, at=town.now, email="zoe@example.org", name="Zoe", on_wall=True)


@change
def leave_the_wall(town: Town, desk: Client) -> None:
    wall.leave(town.named[0])


@change
def hide_the_name_of_a_donor(town: Town, desk: Client) -> None:
    wishes.change_shown(town.named[0].donor, past=False, future=None, wall=None, at=town.now)


@change
def erase_a_donor(town: Town, desk: Client) -> None:
    forgetting.erase(town.named[0].donor, at=town.now)


@change
def take_the_wall_down(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), has_wall="")


@change
def publish_news_of_a_campaign(town: Town, desk: Client) -> None:
    updates.publish(town.unpublished, by=None, at=town.now)


@change
def correct_news_of_a_campaign(town: Town, desk: Client) -> None:
    post(desk, admin(town.news), headline="Oil again")


@change
def withdraw_news_of_a_campaign(town: Town, desk: Client) -> None:
    updates.withdraw(town.news, by=None)


@change
def write_news_that_nobody_sees_yet(town: Town, desk: Client) -> None:
    post(desk, admin(town.unpublished), headline="Still more oil")


@change
def break_a_way_to_give(town: Town, desk: Client) -> None:
    ways.failed("sandbox", "The bank is closed.", at=town.now)


@change
def stop_a_way_to_give(town: Town, desk: Client) -> None:
    ways.stop("offline", by=None, at=town.now)


@change
def rename_a_way_to_give(town: Town, desk: Client) -> None:
    ways.add_rows()
    post(desk, admin(Way.objects.get(processor="offline")), label="By post")


@change
def aim_at_a_number_of_donors(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), goal_kind="donors", goal="500")


@change
def take_yearly_gifts(town: Town, desk: Client) -> None:
    post(desk, admin(town.second), rhythms=["once", "yearly"], suggested_yearly="60, 120")


@change
def ask_for_what_a_tax_office_wants(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), tax_country="DE", offers_tribute="on", asks_address="on")


@change
def rewrite_a_story_that_is_shown_in_two_languages(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), story="<p>Another story.</p>")


@change
def rewrite_what_is_shown_in_one_language(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), **{"translations-0-call": "Ayuda ya."})


@change
def translate_a_story(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), **{"translations-0-story": "<p>La historia.</p>"})


@change
def speak_another_language(town: Town, desk: Client) -> None:
    german = {"language": "de", "title": "Bleib", "call": "Hilf."}
    post(desk, admin(town.campaign), **{f"translations-1-{name}": value for name, value in german.items()})


@change
def speak_a_language_no_more(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), **{"translations-0-DELETE": "on"})


@change
def promise_more(town: Town, desk: Client) -> None:
    post(desk, admin(town.campaign), **{"pools-0-cap": "900"})


@change
def promise_something(town: Town, desk: Client) -> None:
    pool = {"sponsor": "Berth 6", "numerator": "1", "denominator": "2", "cap": "100", "starts_at_0": "2026-01-01"}
    pool |= {"starts_at_1": "00:00"}
    post(desk, admin(town.second), **{f"pools-0-{name}": value for name, value in pool.items()})


# The digest


@change
def compose_an_edition(town: Town, desk: Client) -> None:
    assert editions.compose(town.now.date(), editions.since_last(until=town.now), at=town.now)


@change
def restore_what_leads_an_edition(town: Town, desk: Client) -> None:
    publishing.restore(town.mailed, by=None)
