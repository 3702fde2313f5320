"""What a campaign's give form asks besides, each part only where the campaign says so."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import collecting, giving, mailing, pledges, ways
from campaigns.models import Campaign, Donation, LedgerEntry, Pledge, Way
from campaigns.sandbox import bank
from newsroom import money
from tests.campaigns.forms import an_open_campaign, filled_in, hidden, ref_in, text_of
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def page_of(campaign: Campaign) -> str:
    return Client().get(campaign.get_absolute_url()).content.decode()


def sent(campaign: Campaign, **fields: Any) -> Donation:
    response = Client().post(campaign.get_absolute_url(), filled_in(**fields))
    assert response.status_code == 303, errors(response)
    return Donation.objects.latest("pk")


def errors(response: Any) -> dict[str, str]:
    return {
        name: html.unescape(words) for name, words in re.findall(r'id="give-(\w+)-error">([^<]+)<', response.content.decode())
    }


def refused(campaign: Campaign, **fields: Any) -> dict[str, str]:
    response = Client().post(campaign.get_absolute_url(), filled_in(**fields))
    assert (response.status_code, Donation.objects.count()) == (422, 0)
    return errors(response)


def make_way(name: str = "sandbox", **fields: Any) -> Way:
    return Way.objects.update_or_create(processor=name, defaults={"position": 1} | fields)[0]


# Rhythms


def test_a_campaign_offers_the_rhythms_it_chose_in_their_order():
    campaign = an_open_campaign(rhythms=["yearly", "once", "monthly"], suggested_yearly=[6000, 12000], default_yearly=12000)
    page = page_of(campaign)
    assert re.findall(r'name="rhythm" value="(\w+)"( checked)?', page) == [("once", " checked"), ("monthly", ""), ("yearly", "")]
    assert re.findall(r'name="amount_yearly" value="(\d+)"( checked)?', page) == [("6000", ""), ("12000", " checked")]
    assert refused(campaign, rhythm="") == {"rhythm": "Choose once, monthly or yearly."}


def test_one_rhythm_is_no_choice_and_another_is_not_taken():
    campaign = an_open_campaign(rhythms=["once"])
    assert hidden_rhythm(campaign) == ["once"]
    assert str(pledges.CONSENT) not in text_of(Client().get(campaign.get_absolute_url()))
    assert refused(campaign, rhythm="monthly") == {"rhythm": "This campaign takes gifts once."}


def hidden_rhythm(campaign: Campaign) -> list[str]:
    return re.findall(r'<input type="hidden" name="rhythm" value="(\w+)"', page_of(campaign))


def test_a_yearly_pledge_is_given_by_the_form_and_collected_a_year_later():
    campaign = an_open_campaign(rhythms=["once", "yearly"])
    donation = sent(campaign, rhythm="yearly", amount_yearly="5000")
    bank.pay(donation.processor_ref, tell=False)
    giving.settle(donation, at=timezone.now(), mail=False)
    pledge = Pledge.objects.get()
    assert (pledge.rhythm, pledge.status, pledge.consent) == ("yearly", "active", f"Give €50 yearly. {pledges.CONSENT}")
    assert pledge.next_due is not None
    assert 364 <= (pledge.next_due - timezone.localdate()).days <= 366
    thanks = text_of(Client().get(donation.get_absolute_url()))
    assert "€50 yearly" in thanks
    assert "Your yearly gift goes on: the next one is due on" in thanks
    assert collecting.collect_due(at=timezone.now() + timedelta(days=367)) == (1, 0)
    assert LedgerEntry.objects.total() == 10_000


def test_each_rhythm_has_its_own_smallest_gift():
    campaign = an_open_campaign(minimum=1000, minimum_monthly=300)
    assert sent(campaign, rhythm="monthly", own_amount="3").amount == 300
    Donation.objects.all().delete()
    assert refused(campaign, own_amount="9.99") == {"own_amount": "The smallest gift is €10."}
    assert refused(campaign, rhythm="monthly", own_amount="2.99") == {"own_amount": "The smallest gift is €3."}


def test_an_amount_of_ones_own_may_be_switched_off():
    campaign = an_open_campaign(takes_own_amount=False)
    assert 'name="own_amount"' not in page_of(campaign)
    for typed in ({"own_amount": "30"}, {"amount_once": "3000"}, {"amount_once": ""}):
        assert refused(campaign, **typed) == {"own_amount": "Choose one of the amounts."}
    assert sent(campaign, amount_once="5000").amount == 5000


@pytest.mark.parametrize(
    ("currency", "tile", "typed", "amount"), [("JPY", "¥2,500", "3,000", 3000), ("KWD", "KWD 2.500", "3.250", 3250)]
)
def test_amounts_stand_in_the_currencys_own_decimals(currency, tile, typed, amount):
    campaign = an_open_campaign(currency=currency)
    assert tile in text_of(Client().get(campaign.get_absolute_url())).replace("\xa0", " ")
    assert sent(campaign, own_amount=typed).amount == amount


# The fee


def test_without_an_entered_fee_there_is_nothing_to_cover():
    campaign = an_open_campaign()
    assert 'name="cover"' not in page_of(campaign)
    assert sent(campaign, cover="on").covered == 0


def test_the_page_says_what_each_way_costs_and_what_covering_it_adds():
    campaign = an_open_campaign(rhythms=["once", "monthly"], suggested_monthly=[1000])
    make_way(fee_rate=290, fee_fixed={"EUR": 25})
    page = text_of(Client().get(campaign.get_absolute_url())).replace("\xa0", " ")
    assert "2.9 % + €0.25. Adds €1.01 to €25. Adds €0.56 to €10." in page
    assert page.count(" % + ") == 1


def test_what_is_covered_is_added_charged_and_kept_apart():
    campaign = an_open_campaign()
    make_way(fee_rate=290, fee_fixed={"EUR": 25})
    donation = sent(campaign, cover="on", rhythm="monthly", own_amount="25")
    assert (donation.amount, donation.covered) == (2601, 101)
    assert Pledge.objects.values_list("amount", "covered").get() == (2601, 101)
    assert "€26.01 monthly, of it €1.01 for the fee" in text_of(Client().get(donation.get_absolute_url()))
    assert sent(campaign, cover="on", processor="offline").covered == 0


def test_a_campaign_may_leave_the_fee_out_of_it():
    campaign = an_open_campaign(offers_fee_cover=False)
    make_way(fee_rate=290)
    assert 'name="cover"' not in page_of(campaign)
    assert sent(campaign, cover="on").covered == 0


def test_the_smallest_gift_is_reckoned_without_the_fee():
    campaign = an_open_campaign(minimum=100)
    make_way(fee_rate=1000)
    assert refused(campaign, own_amount="0.99", cover="on") == {"own_amount": "The smallest gift is €1."}


@settings(max_examples=25, deadline=None)
@given(
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    rate=st.integers(0, 4999),
    fixed=st.integers(0, 500),
    amount=st.integers(100, 10**8),
)
def test_what_is_shown_is_what_is_charged(currency, rate, fixed, amount):
    with transaction.atomic():
        way = make_way(fee_rate=rate, fee_fixed={currency: fixed})
        campaign = an_open_campaign(currency=currency, rhythms=["once"], suggested_amounts=[amount], minimum=1)
        shown = re.findall(r">Adds ([^<]+) to ([^<]+)\.</span>", page_of(campaign))
        donation = sent(campaign, cover="on", amount_once=str(amount))
        charged = [(money.display(donation.covered, currency), money.display(amount, currency))]
        assert [tuple(map(html.unescape, words)) for words in shown] == (charged if rate or fixed else [])
        (offer,) = [offer for offer in ways.offered(currency) if offer.name == way.processor]
        assert donation.amount - ways.fee(donation.amount, offer) >= amount == donation.amount - donation.covered
        transaction.set_rollback(True)


# Ways that do not take it


@pytest.mark.parametrize(
    ("limits", "fields", "sentence"),
    [
        ({"least": {"EUR": 3000}}, {}, "Card (test bank) takes gifts from €30. Choose another amount or another way."),
        ({"most": {"EUR": 2000}}, {}, "Card (test bank) takes gifts up to €20. Choose another amount or another way."),
        (
            {"most": {"EUR": 2500}, "fee_rate": 100},
            {"cover": "on"},
            "Card (test bank) takes gifts up to €25. Choose another amount or another way.",
        ),
    ],
)
def test_a_way_that_does_not_take_the_amount_says_so_beside_the_ways(limits, fields, sentence):
    make_way(label="Card (test bank)", **limits)
    assert refused(an_open_campaign(), **fields) == {"processor": sentence}


def test_limits_of_the_only_way_are_told_too(settings):
    settings.PROCESSORS = {"sandbox": settings.PROCESSORS["sandbox"]}
    make_way(label="Card", most={"EUR": 2000})
    campaign = an_open_campaign()
    assert refused(campaign) == {"processor": "Card takes gifts up to €20. Choose another amount or another way."}


# Tributes, the wall, news


def test_a_gift_in_memory_of_somebody_is_named_on_receipt_and_thanks(client, run_jobs, mailoutbox):
    campaign = an_open_campaign(offers_tribute=True)
    donation = sent(campaign, tribute="memory", tribute_name="  Old   Friend ")
    assert (donation.tribute, donation.tribute_name) == ("memory", "Old Friend")
    bank.pay(donation.processor_ref, tell=False)
    giving.settle(donation, at=timezone.now())
    assert "In memory of Old Friend" in text_of(client.get(donation.get_absolute_url()))
    mailing.send("receipt", donation, at=timezone.now())
    (mail,) = mailoutbox
    assert "In memory of: Old Friend" in mail.body
    assert "<td>Old Friend</td>" in mail.alternatives[0].content


@pytest.mark.parametrize(
    ("offers", "fields", "kept"),
    [
        (True, {"tribute": "honour", "tribute_name": ""}, ("", "")),
        (True, {"tribute_name": "Ada"}, ("honour", "Ada")),
        (False, {"tribute": "honour", "tribute_name": "Ada"}, ("", "")),
    ],
)
def test_a_dedication_needs_a_name_and_a_campaign_that_offers_it(offers, fields, kept):
    donation = sent(an_open_campaign(offers_tribute=offers), **fields)
    assert (donation.tribute, donation.tribute_name) == kept


def test_a_dedication_nobody_offers_is_refused_with_a_sentence():
    assert "tribute" in refused(an_open_campaign(offers_tribute=True), tribute="both", tribute_name="Ada")


@pytest.mark.parametrize("has_wall", [True, False])
def test_a_name_goes_on_the_wall_by_consent_where_there_is_one(has_wall):
    campaign = an_open_campaign(has_wall=has_wall)
    assert ('name="on_wall"' in page_of(campaign)) == has_wall
    assert sent(campaign, on_wall="on").on_wall == has_wall
    assert not sent(campaign, on_wall="on", anonymous="on").on_wall


def test_news_are_asked_for_and_become_the_donors_wish_when_the_gift_arrives():
    donation = sent(an_open_campaign(), wants_news="on")
    assert (donation.particulars, donation.donor.wants_news) == ({"wants_news": True}, False)
    bank.pay(donation.processor_ref, tell=False)
    giving.settle(donation, at=timezone.now(), mail=False)
    donation.donor.refresh_from_db()
    assert donation.donor.wants_news


# Another try, another gift


def test_another_try_has_everything_filled_in_as_it_was(client):
    campaign = an_open_campaign(offers_tribute=True, asks_address=True, has_wall=True, rhythms=["once", "yearly"])
    make_way(fee_rate=290)
    fields = {"tribute": "memory", "tribute_name": "Ada", "street": "Calle 1", "country": "PE", "wants_news": "on", "cover": "on"}
    donation = sent(campaign, rhythm="yearly", own_amount="70", on_wall="on", **fields)
    giving.refuse(donation, problem="The card was declined.", reason="", at=NOON)
    page = client.get(donation.get_absolute_url()).content.decode()
    parts = ['value="yearly" checked', 'value="70.00"', 'value="memory" checked', 'value="Ada"', 'value="Calle 1"']
    parts += ['<option value="PE" selected>', *(f'name="{name}" checked' for name in ("wants_news", "cover", "on_wall"))]
    assert [part for part in parts if part not in page] == []


def test_giving_again_asks_with_the_whole_form(client):
    campaign = an_open_campaign(offers_tribute=True)
    fields = filled_in(tribute="memory", tribute_name="Ada", wants_news="on")
    bank.pay(ref_in(client.post(campaign.get_absolute_url(), fields)), tell=False)
    giving.settle(Donation.objects.get(), at=timezone.now(), mail=False)
    asked = client.post(campaign.get_absolute_url(), fields)
    assert "Give again?" in text_of(asked)
    client.post(campaign.get_absolute_url(), hidden(asked))
    assert list(Donation.objects.values_list("tribute", "tribute_name")) == [("memory", "Ada")] * 2


# A goal of donors


def test_a_goal_of_donors_is_told_on_page_drawing_and_json(client, django_assert_num_queries):
    campaign = an_open_campaign(goal_kind="donors", goal=4)
    received(campaign, at=timezone.now())
    received(campaign, at=timezone.now(), amount=700, email="b@example.org")
    with django_assert_num_queries(5):
        page = client.get(campaign.get_absolute_url())
    assert "2 of 4 donors" in text_of(page)
    assert "€32 in 2 gifts" in text_of(page)
    assert 'max="4" value="2"' in page.content.decode()
    drawing = client.get(f"{campaign.get_absolute_url()}progress.svg").content.decode()
    assert "2 of 4 donors, €32 in 2 gifts, 9 days left." in drawing
    assert '<rect class="filled" y="34" width="240" height="8"/>' in drawing
    facts = client.get(f"{campaign.get_absolute_url()}progress.json").json()
    assert (facts["goal_kind"], facts["goal"], facts["reached"], facts["total"], facts["per_cent"]) == ("donors", 4, 2, 3200, 50)


def test_a_verb_knows_the_smallest_gift_of_a_rhythm_without_the_fee():
    campaign = make_campaign(minimum=500, minimum_yearly=3000)
    with pytest.raises(giving.CampaignTakesNoGifts):
        begun(campaign, at=NOON + timedelta(days=99))
    with pytest.raises(Exception, match="The smallest gift is €30"):
        begun(campaign, rhythm="yearly", amount=3100, covered=200)
    assert begun(campaign, rhythm="yearly", amount=3200, covered=200).covered == 200
