"""The kinds of change that campaigns and gifts know; those of the desk stand in changes.py."""

from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import forgetting, giving, running, updates, wall, ways, wishes
from campaigns.models import Way
from tests.campaigns.gifts import received
from tests.exactness.changes import Town, admin, change, post
from tests.factories import make_user

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
    post(desk, admin(town.articles[2]), without_appeal="on", _update="1")


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
