"""A campaign in several languages."""

import pytest
from django.utils import timezone

from campaigns import giving, mailing, running
from campaigns.locations import first
from campaigns.models import CampaignTranslation, Donation
from campaigns.sandbox import bank
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import received
from tests.factories import make_campaign
from tests.pages import tree

pytestmark = pytest.mark.django_db


def translate(campaign, **overrides):
    fields = {
        "language": "es",
        "title": "El invierno",
        "call": "Ayúdanos.",
        "story": "<p>Hace frío.</p>",
        "thanks": "<p>Gracias.</p>",
    }
    return CampaignTranslation.objects.create(campaign=campaign, **fields | overrides)


@pytest.fixture
def campaign():
    campaign = an_open_campaign(title="The winter", slug="winter")
    translate(campaign)
    return campaign


def test_a_translation_has_a_page_of_its_own_with_the_same_form(client, campaign, django_assert_num_queries):
    with django_assert_num_queries(5):  # one more: its texts
        response = client.get("/campaigns/winter/es/")
    words = text_of(response)
    for expected in ("El invierno", "Ayúdanos.", "Hace frío.", "0 € de 1.000 €"):
        assert expected in words
    assert "The winter" not in words
    assert 'action="/campaigns/winter/es/"' in response.content.decode()


def test_pages_name_each_other_for_readers_and_for_machines(client, campaign):
    translate(campaign, language="de", title="Der Winter")
    for address, current in (("/campaigns/winter/", "en"), ("/campaigns/winter/es/", "es")):
        page = tree(client.get(address))
        links = [(link.get("hreflang"), link.get("href")) for link in page.xpath("//link[@rel='alternate' and @hreflang]")]
        known = [("en", "/campaigns/winter/"), ("de", "/campaigns/winter/de/"), ("es", "/campaigns/winter/es/")]
        assert [(code, href.split("8000")[-1]) for code, href in links] == [*known, ("x-default", "/campaigns/winter/")]
        switch = page.xpath("//nav[@aria-label='Languages' or @aria-label='Idiomas']//a")
        assert [(link.text_content(), link.get("lang")) for link in switch] == [
            ("English", "en"),
            ("Deutsch", "de"),
            ("Español", "es"),
        ]
        assert [link.get("lang") for link in switch if link.get("aria-current")] == [current]


def test_foreign_texts_are_marked_and_what_is_empty_is_said_in_the_campaigns_own(client, campaign):
    CampaignTranslation.objects.update(story="")
    page = tree(client.get("/campaigns/winter/es/"))
    assert (page.xpath("string(/html/@lang)"), page.xpath("//h1/@lang")) == ("es", [])
    assert set(page.xpath("//div[contains(@class, 'prose')]/@lang")) == {"en"}
    assert "The first paragraph of the story." in page.text_content()


def test_a_campaign_in_one_language_has_no_switch(client):
    page = client.get(an_open_campaign().get_absolute_url()).content.decode()
    assert "hreflang" not in page
    assert 'aria-label="Languages"' not in page


@pytest.mark.parametrize(("address", "status"), [("de", 404), ("xx", 404), ("en", 307), ("ES", 404)])
def test_what_it_does_not_speak_has_no_page(client, campaign, address, status):
    assert client.get(f"/campaigns/winter/{address}/").status_code == status


def test_errors_come_back_on_the_page_of_the_language(client, campaign):
    response = client.post("/campaigns/winter/es/", filled_in(email=""))
    assert (response.status_code, "El invierno" in text_of(response)) == (422, True)


def test_thanks_and_mails_speak_the_language_of_the_page(client, campaign, mailoutbox):
    client.post("/campaigns/winter/es/", filled_in())
    donation = Donation.objects.get()
    assert donation.language == "es"
    bank.pay(donation.processor_ref, tell=False)
    giving.settle(donation, at=timezone.now())
    assert "Gracias." in text_of(client.get(donation.get_absolute_url()))
    mailing.send("receipt", donation, at=timezone.now())
    (mail,) = mailoutbox
    assert "Gracias." in mail.body
    assert "/campaigns/winter/es/" in mail.body


def test_a_gift_in_a_language_that_is_gone_is_thanked_in_the_campaigns_own(client, campaign):
    donation = received(campaign, at=timezone.now(), language="de")
    assert "Thank you." in text_of(client.get(donation.get_absolute_url()))


def test_a_closed_or_hidden_campaign_is_that_in_every_language(client, campaign):
    draft = make_campaign(status="draft")
    translate(draft)
    assert client.get(f"{draft.get_absolute_url()}es/").status_code == 404
    running.close_campaign(campaign, by=None, at=timezone.now())
    assert 'class="give"' not in client.get("/campaigns/winter/es/").content.decode()


def test_every_language_is_among_the_addresses(campaign):
    assert "/campaigns/winter/es/" in list(first())
