"""News from a campaign: on its page, and by mail to those of its donors who want it, each of them once."""

from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from campaigns import links, mailing, news, updates
from campaigns.models import Campaign, CampaignUpdate, Donor, UpdateMail
from tests.campaigns.forms import an_open_campaign, text_of
from tests.campaigns.gifts import received
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def campaign() -> Campaign:
    return an_open_campaign(slug="lamp", title="The lamp")


def an_update(campaign: Campaign, **overrides: Any) -> CampaignUpdate:
    fields = {"headline": "The oil is here", "text": "<p>Forty litres of it.</p>"} | overrides
    return CampaignUpdate.objects.create(campaign=campaign, **fields)


def donors(campaign: Campaign, *names: str) -> None:
    """Who gave and asked for news."""
    for name in names:
        received(campaign, at=timezone.now(), email=f"{name}@example.org", name=name.title(), wants_news=True)


def mailed(campaign: Campaign, **overrides: Any) -> CampaignUpdate:
    update = updates.publish(an_update(campaign, **overrides), by=None, at=NOON)
    return news.mail_out(update, by=None, at=NOON)


def states(update: CampaignUpdate) -> dict[str, str]:
    return dict(UpdateMail.objects.filter(update=update).values_list("donor__email", "status"))


def reached() -> list[str]:
    return sorted(message.to[0] for message in outbox.outbox)


# On the page


def test_published_news_stands_on_the_campaigns_page_newest_first(client, campaign):
    an_update(campaign, headline="A draft")
    for hours, headline in [(3, "First"), (1, "Third"), (2, "Second")]:
        updates.publish(an_update(campaign, headline=headline), by=None, at=timezone.now() - hours * HOUR)
    words = text_of(client.get("/campaigns/lamp/"))
    assert words.index("Third") < words.index("Second") < words.index("First")
    assert "A draft" not in words


def test_publishing_again_changes_nothing_and_withdrawing_takes_it_off(client, campaign):
    update = updates.publish(an_update(campaign), by=None, at=NOON)
    assert updates.publish(update, by=None, at=NOON + HOUR).published_at == NOON
    updates.withdraw(update, by=None)
    assert "The oil is here" not in text_of(client.get("/campaigns/lamp/"))


def test_what_was_mailed_stays_on_the_page(campaign):
    with pytest.raises(ValidationError, match="it stays on the page"):
        updates.withdraw(mailed(campaign), by=None)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_five_queries_however_much_news(client, campaign, django_assert_num_queries, number):
    for _ in range(number):
        updates.publish(an_update(campaign), by=None, at=NOON)
    with django_assert_num_queries(5):
        client.get("/campaigns/lamp/")


# By mail


def test_those_donors_of_the_campaign_who_want_news_get_it_once(campaign):
    donors(campaign, "ada", "ben")
    donors(an_open_campaign(), "elsewhere")
    received(campaign, at=timezone.now(), email="silent@example.org")
    Donor.objects.filter(email="ben@example.org").update(erased_at=NOON)
    update = mailed(campaign)
    news.mail_out(update, by=None, at=NOON + HOUR)
    for _ in range(3):
        news.send(update)
    assert (reached(), states(update)) == (["ada@example.org"], {"ada@example.org": "sent"})
    update.refresh_from_db()
    assert (update.mailed_from, update.mailed_until is not None) == (NOON, True)


def test_the_mail_says_what_it_is_about_and_how_to_end_it(campaign):
    donors(campaign, "ada")
    news.send(mailed(campaign))
    message = outbox.outbox[0].message()
    link = links.to_news(Donor.objects.get())
    assert message["Subject"] == "The lamp: The oil is here"
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (f"<{link}>", "List-Unsubscribe=One-Click")
    assert f"List-Unsubscribe: <{link}>\n".encode() in message.as_bytes()
    plain = outbox.outbox[0].body
    for words in ("Dear Ada,", "Forty litres of it.", "/campaigns/lamp/#news-", f"No more news: {link}"):
        assert words in plain


def test_who_left_between_the_wish_and_the_mail_is_skipped(campaign):
    donors(campaign, "ada", "ben")
    update = mailed(campaign)
    Donor.objects.filter(email="ben@example.org").update(wants_news=False)
    news.send(update)
    assert states(update) == {"ada@example.org": "sent", "ben@example.org": "skipped"}


def test_a_worker_killed_while_it_sends_sends_to_nobody_twice(campaign, monkeypatch):
    donors(campaign, "ada", "ben", "cleo")
    update, real = mailed(campaign), mailing.send_update

    def killed_after_sending(update: CampaignUpdate, donor: Donor) -> None:
        real(update, donor)
        if donor.email == "ben@example.org":
            raise SystemExit

    monkeypatch.setattr(mailing, "send_update", killed_after_sending)
    with pytest.raises(SystemExit):
        news.send(update)
    monkeypatch.setattr(mailing, "send_update", real)
    news.send(update)
    assert reached() == ["ada@example.org", "ben@example.org", "cleo@example.org"]
    assert states(update)["ben@example.org"] == "claimed"
    news.send(update, clock=lambda: timezone.now() + HOUR)
    assert (len(outbox.outbox), states(update)["ben@example.org"]) == (3, "unknown")
    update.refresh_from_db()
    assert update.mailed_until is not None


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({"ada@example.org": (550, b"no")}), "refused"),
        (SMTPRecipientsRefused({"ada@example.org": (450, b"later")}), "due"),
        (ConnectionRefusedError(), "due"),
        (SMTPServerDisconnected(), "unknown"),
        (TimeoutError(), "unknown"),
    ],
)
def test_what_the_mail_server_says_is_kept_and_what_is_uncertain_is_not_repeated(campaign, monkeypatch, error, state):
    donors(campaign, "ada")
    update = mailed(campaign)

    def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr("newsroom.letter.Letter.send", failing)
    news.send(update)
    row = UpdateMail.objects.get()
    assert (row.status, "ada" in row.problem, bool(row.problem)) == (state, False, True)
    monkeypatch.undo()
    news.send(update, clock=lambda: timezone.now() + HOUR)
    assert len(outbox.outbox) == (1 if state == "due" else 0)


def test_what_is_put_off_too_often_is_refused(campaign, monkeypatch):
    donors(campaign, "ada")
    update, at = mailed(campaign), timezone.now()
    days = [at + timedelta(days=number) for number in range(len(news.PUT_OFF) + 1)]

    def failing(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("newsroom.letter.Letter.send", failing)
    for day in days:
        news.send(update, clock=partial(timezone.localtime, day))
    assert states(update) == {"ada@example.org": "refused"}


def test_the_worker_sends_it(campaign, run_jobs):
    donors(campaign, "ada")
    mailed(campaign)
    run_jobs()
    assert "ada@example.org" in reached()


def test_a_run_costs_the_same_for_each_donor(campaign, django_assert_num_queries):
    for number in (1, 3):
        donors(campaign, *(f"donor{number}{each}" for each in range(number)))
        update = mailed(campaign)
        rows = UpdateMail.objects.filter(update=update).count()
        with django_assert_num_queries(6 + 6 * rows):
            news.send(update)


# Ending it


def test_a_look_at_the_link_changes_nothing_and_a_press_ends_the_news(campaign):
    donors(campaign, "ada")
    donor, client = Donor.objects.get(), Client(enforce_csrf_checks=True)
    address = links.to_news(donor)
    page = client.get(address)
    assert ("No more news" in text_of(page), page.headers["Referrer-Policy"]) == (True, "no-referrer")
    assert "no-store" in page.headers["Cache-Control"]
    donor.refresh_from_db()
    assert donor.wants_news
    assert client.post(address).status_code == 303
    donor.refresh_from_db()
    assert not donor.wants_news
    assert "You get no news" in text_of(client.get(address))


def test_one_click_of_a_mail_program_is_answered_without_a_redirect(client, campaign):
    donors(campaign, "ada")
    answer = client.post(links.to_news(Donor.objects.get()), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, Donor.objects.get().wants_news) == (200, False)


@pytest.mark.parametrize("token", ["n1", "n1.x", "p1.x", "é"])
def test_a_forged_link_ends_nothing(client, token):
    assert client.get(f"/giving/news/{token}/").status_code == 404
    assert client.post(f"/giving/news/{token}/").status_code == 404


def test_the_link_to_ones_own_page_ends_no_news_and_the_other_way_round(client, campaign):
    donors(campaign, "ada")
    donor = Donor.objects.get()
    own, leave = links.to_donor(donor).split("/")[-2], links.to_news(donor).split("/")[-2]
    assert client.get(f"/giving/news/{own}/").status_code == 404
    assert client.get(f"/giving/{leave}/").status_code == 404


# At the desk


def desk(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def form(campaign: Campaign, **more: str) -> dict[str, str]:
    return {"campaign": str(campaign.pk), "headline": "Oil", "text": "<p>Here.</p>", "image": "", **more}


def test_an_editor_writes_and_publishes_and_may_not_mail(campaign):
    client = desk("Editor")
    client.post("/admin/campaigns/campaignupdate/add/", form(campaign, _publish=""))
    update = CampaignUpdate.objects.get()
    assert update.published_at is not None
    page = client.get(f"/admin/campaigns/campaignupdate/{update.pk}/change/").content.decode()
    assert "_mail" not in page
    answer = client.post(f"/admin/campaigns/campaignupdate/{update.pk}/change/", form(campaign, _mail=""))
    update.refresh_from_db()
    assert (answer.status_code, update.mailed_from) == (403, None)


def test_a_fundraiser_publishes_and_mails_in_one_step_and_sees_how_it_went(campaign):
    donors(campaign, "ada")
    client = desk("Fundraiser")
    client.post("/admin/campaigns/campaignupdate/add/", form(campaign, _mail=""))
    update = CampaignUpdate.objects.get()
    news.send(update)
    page = text_of(client.get(f"/admin/campaigns/campaignupdate/{update.pk}/change/"))
    assert "Mails: sent: 1." in page
    assert "ada@" not in page


def test_a_correction_of_published_news_reaches_readers_and_a_draft_touches_nothing(campaign, monkeypatch):
    client, touched = desk("Editor"), []
    monkeypatch.setattr("newsroom.pages.touch", lambda *keys: touched.append(set(keys)))
    monkeypatch.setattr("articles.pages.pages.touch", lambda *keys: touched.append(set(keys)))
    update = an_update(campaign)
    client.post(f"/admin/campaigns/campaignupdate/{update.pk}/change/", form(campaign, _save=""))
    assert set().union(*touched) == set()
    CampaignUpdate.objects.update(published_at=NOON)
    client.post(f"/admin/campaigns/campaignupdate/{update.pk}/change/", form(campaign, headline="Corrected", _save=""))
    assert set().union(*touched) == {f"news:{campaign.pk}"}


@pytest.mark.parametrize("group", ["", "Writer"])
def test_a_stranger_writes_publishes_and_mails_nothing(campaign, group):
    assert desk(group).post("/admin/campaigns/campaignupdate/add/", form(campaign)).status_code in {302, 403}
    assert not CampaignUpdate.objects.exists()
    update, user = an_update(campaign), make_user(group)
    for refused in (
        lambda: updates.publish(update, by=user, at=NOON),
        lambda: updates.withdraw(update, by=user),
        lambda: news.mail_out(update, by=user, at=NOON),
    ):
        with pytest.raises(PermissionDenied):
            refused()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_news_costs_eight_queries(campaign, django_assert_num_queries, rows):
    client = desk("Editor")
    for _ in range(rows):
        an_update(campaign)
    with django_assert_num_queries(8):
        client.get("/admin/campaigns/campaignupdate/")
