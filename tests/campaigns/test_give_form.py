"""The give form, as a browser without JavaScript meets it."""

import html
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns import giving, pledges, running, ways
from campaigns.models import Campaign, Donation, LedgerEntry, Pledge, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.forms import an_open_campaign, filled_in, given_here, hidden, ref_in, text_of
from tests.campaigns.gifts import begun
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def test_a_gift_from_form_to_thanks_without_javascript(client, run_jobs):
    campaign = an_open_campaign(thanks="<p>You are kind.</p>")
    sent = client.post(campaign.get_absolute_url(), filled_in(name="Ada"))
    assert sent.status_code == 303
    bank_page = client.get(sent.headers["Location"])
    assert "No money moves here" in text_of(bank_page)
    back = client.post(sent.headers["Location"], {"deed": "pay"})
    thanks = client.get(back.headers["Location"])
    assert "Thank you, Ada" in text_of(thanks)
    assert "Your gift of €25 has arrived. The receipt is on its way to a…@example.org." in text_of(thanks)
    assert "You are kind." in text_of(thanks)
    run_jobs()
    assert LedgerEntry.objects.total() == 2500
    assert "€25 of €1,000" in text_of(client.get(campaign.get_absolute_url()))


def test_a_gift_may_be_monthly_anonymous_with_a_message_and_an_own_amount(client):
    campaign = an_open_campaign()
    form = filled_in(rhythm="monthly", own_amount="12,50", anonymous="on", message=" Go on! ", name="  Ada   Lund ")
    client.post(campaign.get_absolute_url(), form)
    donation = Donation.objects.get()
    assert (donation.amount, donation.anonymous, donation.message, donation.name) == (1250, True, "Go on!", "Ada Lund")
    assert Pledge.objects.get().rhythm == "monthly"


def test_each_rhythm_has_its_own_amounts_and_an_older_pages_amount_is_taken(client):
    campaign = an_open_campaign(suggested_monthly=[500, 900])
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert re.findall(r'name="amount_once" value="(\d+)"( checked)?', page) == [("1000", ""), ("2500", " checked"), ("5000", "")]
    assert re.findall(r'name="amount_monthly" value="(\d+)"( checked)?', page) == [("500", " checked"), ("900", "")]
    client.post(campaign.get_absolute_url(), filled_in(rhythm="monthly", amount_monthly="700"))
    assert Donation.objects.get().amount == 700


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"email": ""}, "email", "Type your e-mail address"),
        ({"email": "nobody"}, "email", "We cannot write to this."),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", "We cannot write to this."),
        ({"own_amount": "much"}, "own_amount", "Type an amount in figures"),
        ({"own_amount": "$25"}, "own_amount", "Amounts here are in EUR."),
        ({"own_amount": "25²"}, "own_amount", "Type an amount in figures, in EUR"),
        ({"own_amount": "12.345"}, "own_amount", "Is that 12345 or 12.34 EUR?"),
        ({"own_amount": "0.50"}, "own_amount", "The smallest gift is €1."),
        ({"own_amount": "99999999999"}, "own_amount", "Please write to us first."),
        ({"amount_once": ""}, "own_amount", "Choose an amount or type one."),
        ({"amount_once": "-2500"}, "own_amount", "Choose an amount or type one."),
        ({"amount_once": "x", "key": "k" * 999}, "own_amount", "Choose an amount or type one."),
        ({"rhythm": ""}, "rhythm", "Choose once or monthly."),
        ({"rhythm": "daily"}, "rhythm", "This campaign takes gifts once or monthly."),
        ({"processor": "pigeon"}, "processor", "Choose one of the ways to pay."),
        ({"name": "x" * 161}, "name", "at most 160 characters"),
        ({"message": "x" * 1001}, "message", "at most 1000 characters"),
    ],
)
def test_errors_stand_beside_the_field_and_what_was_typed_is_kept(client, wrong, field, sentence):
    campaign = an_open_campaign()
    response = client.post(campaign.get_absolute_url(), filled_in(name="Ada", message="Go on") | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    found = re.search(rf'<p class="field-error" id="give-{field}-error">([^<]+)</p>', page)
    assert found
    assert sentence in html.unescape(found[1])
    assert f'aria-describedby="give-{field}-error"' in page
    assert f'href="#give-{field}"' in page
    assert f'id="give-{field}"' in page
    assert 'value="Ada"' in page or "name" in wrong
    assert html.escape((filled_in() | wrong)["email"]) in page
    assert (Donation.objects.count(), "Please look again" in page) == (0, True)


def test_hostile_input_is_shown_as_text(client):
    campaign = an_open_campaign()
    response = client.post(campaign.get_absolute_url(), filled_in(name="<script>alert(1)</script>", email="x"))
    assert "<script>alert" not in response.content.decode()
    assert client.post(campaign.get_absolute_url(), filled_in(name="a\x00b")).status_code == 422


def test_a_page_of_another_site_cannot_send_the_form(client):
    campaign = an_open_campaign()
    foreign = {"HTTP_SEC_FETCH_SITE": "cross-site"}
    assert client.post(campaign.get_absolute_url(), filled_in(), **foreign).status_code == 403
    assert client.post(campaign.get_absolute_url(), filled_in(), HTTP_ORIGIN="https://evil.example").status_code == 403
    assert Donation.objects.count() == 0


def test_double_click_and_back_button_make_one_gift(client):
    campaign = an_open_campaign()
    addresses = {client.post(campaign.get_absolute_url(), filled_in()).headers["Location"] for _ in range(3)}
    assert len(addresses) == 1
    assert SandboxPayment.objects.count() == 1


def test_the_same_form_just_after_the_gift_arrived_asks_before_it_gives_again(client):
    campaign = an_open_campaign(title="The winter")
    donation = given_here(client, campaign, ago=timedelta(minutes=4))
    response = client.post(campaign.get_absolute_url(), filled_in())
    assert (response.status_code, Donation.objects.count()) == (200, 1)
    assert "You gave €25 to “The winter” 4 minutes ago." in text_of(response)
    again = hidden(response)
    assert again["key"]
    second = [client.post(campaign.get_absolute_url(), again) for _ in range(2)]
    assert second[0].headers["Location"] == second[1].headers["Location"]
    assert Donation.objects.exclude(pk=donation.pk).count() == 1


@pytest.mark.parametrize("key", ["", "k1", "k2"])
def test_whatever_key_it_carries_a_form_whose_gift_arrived_asks_and_yes_twice_is_one_gift(client, key):
    """“k1” is the page gone back to as the browser kept it, “k2” one that it drew anew, “” one without JavaScript."""
    campaign = an_open_campaign(title="The winter")
    first = given_here(client, campaign, ago=timedelta(minutes=1), key="k1")
    asked = client.post(campaign.get_absolute_url(), filled_in(key=key))
    assert (asked.status_code, "Give again?" in text_of(asked), Donation.objects.count()) == (200, True, 1)
    assert f'href="{first.get_absolute_url()}"' in asked.content.decode()
    asked_again = client.post(campaign.get_absolute_url(), filled_in(key=key))
    answers = [client.post(campaign.get_absolute_url(), hidden(page)) for page in (asked, asked, asked_again)]
    assert len({ref_in(answer) for answer in answers}) == 1
    assert (Donation.objects.count(), SandboxPayment.objects.count()) == (2, 2)


def test_saying_yes_once_more_after_the_second_arrived_asks_about_that_one(client):
    campaign = an_open_campaign()
    given_here(client, campaign, ago=timedelta(minutes=1))
    yes = hidden(client.post(campaign.get_absolute_url(), filled_in()))
    second = given_here(client, campaign, ago=timedelta(0), **yes)
    asked = client.post(campaign.get_absolute_url(), yes)
    assert f'href="{second.get_absolute_url()}"' in asked.content.decode()
    assert Donation.objects.count() == 2


def test_a_form_opened_after_the_thanks_is_another_gift_without_a_question(client):
    campaign = an_open_campaign()
    first = given_here(client, campaign, ago=timedelta(minutes=1), key="k1")
    sent = client.post(campaign.get_absolute_url(), filled_in(key="k2", after=str(first.token)))
    assert ref_in(sent) != first.processor_ref
    assert Donation.objects.count() == 2


@pytest.mark.parametrize("after", ["nothing", "00000000-0000-0000-0000-000000000000", "9" * 5000, "\x00"])
def test_a_gift_that_is_none_is_not_known(client, after):
    campaign = an_open_campaign()
    given_here(client, campaign, ago=timedelta(minutes=1), key="k1")
    response = client.post(campaign.get_absolute_url(), filled_in(key="k2", after=after))
    assert Donation.objects.count() == 1
    assert response.status_code in {200, 422}


def test_a_stranger_learns_nothing_of_a_gift_from_the_same_form(client):
    campaign = an_open_campaign()
    donation = given_here(client, campaign, ago=timedelta(minutes=1))
    for stranger in (Client(REMOTE_ADDR="198.51.100.7"), Client(HTTP_USER_AGENT="Another browser")):
        answers = [
            stranger.post(campaign.get_absolute_url(), filled_in(email=email)) for email in ("ada@example.org", "b@c.example")
        ]
        assert {answer.status_code for answer in answers} == {303}
        assert str(donation.token) not in "".join(answer.headers["Location"] + answer.content.decode() for answer in answers)


def test_a_stranger_is_not_led_to_an_unfinished_gift_either(client):
    campaign, form = an_open_campaign(), filled_in(processor="offline")
    own = client.post(campaign.get_absolute_url(), form).headers["Location"]
    assert client.post(campaign.get_absolute_url(), form).headers["Location"] == own
    assert Client(REMOTE_ADDR="198.51.100.7").post(campaign.get_absolute_url(), form).headers["Location"] != own


def test_a_key_goes_with_its_donor_from_network_to_network(client):
    campaign = an_open_campaign()
    here = client.post(campaign.get_absolute_url(), filled_in(key="k"))
    there = Client(REMOTE_ADDR="198.51.100.7").post(campaign.get_absolute_url(), filled_in(key="k"))
    assert here.headers["Location"] == there.headers["Location"]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=11), "11 minutes ago"),
        (timedelta(hours=1, minutes=5), "an hour ago"),
        (timedelta(days=1), "a day ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_a_key_of_former_days_thanks_for_nothing_but_asks(client, ago, words):
    campaign = an_open_campaign(title="The winter")
    given_here(client, campaign, ago=ago, key="k")
    response = client.post(campaign.get_absolute_url(), filled_in(key="k"))
    assert f"You gave €25 to “The winter” {words}." in text_of(response)
    again = hidden(response)
    assert client.post(campaign.get_absolute_url(), again).headers["Location"].startswith("/processors/sandbox/pay/")


def test_the_page_of_a_declined_gift_forgets_who_it_was(client):
    campaign = an_open_campaign()
    donation = begun(campaign, at=timezone.now(), name="Ada Lund", message="For the courts")
    bank.decline(donation.processor_ref, tell=False)
    fresh = client.get(donation.get_absolute_url()).content.decode()
    assert all(words in fresh for words in ("ada@example.org", "Ada Lund", "For the courts", "Everything is filled in"))
    Donation.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    later = client.get(donation.get_absolute_url()).content.decode()
    assert not any(words in later for words in ("ada@example.org", "Ada Lund", "For the courts"))
    assert "type your name and your address (a…@example.org) again" in later


@pytest.mark.parametrize(
    "odd",
    [
        "9" * 5000,
        "-9" * 2000,
        "1e5",
        "٢٥",
        "２５.５０",
        "1.2.3",
        "NaN",
        "Infinity",
        "0x19",
        " ",
        "\u202e25",
        "25€€",
        "2 5",
        "½",
        "²",
        ".",
        ",",
    ],
)
@pytest.mark.parametrize("field", ["own_amount", "amount_once"])
def test_odd_figures_are_an_amount_or_a_sentence(client, field, odd):
    response = client.post(an_open_campaign().get_absolute_url(), filled_in(amount_once="") | {field: odd})
    assert response.status_code in {303, 422}
    assert not any(words in response.content.decode() for words in ("integer string", "int()", "ecimal.", "literal", "Traceback"))
    if response.status_code == 303:
        assert Donation.objects.get().amount in {2500, 2550}


def test_no_page_of_giving_sets_a_cookie(client):
    campaign = an_open_campaign()
    donation = begun(campaign, at=timezone.now())
    answers = [
        client.post(campaign.get_absolute_url(), form)
        for form in (filled_in(), filled_in(email=""), filled_in(processor="offline"))
    ]
    answers += [
        client.get(address)
        for address in ("/campaigns/", "/donate/", "/giving/", donation.get_absolute_url(), donation.checkout_url)
    ]
    answers += [client.post("/giving/", {"email": "ada@example.org"}), client.get(campaign.get_absolute_url() + "progress.json")]
    assert [dict(answer.cookies) for answer in answers] == [{}] * len(answers)


def test_a_campaign_that_is_to_open_again_keeps_its_page_until_then(client):
    now = timezone.now()
    campaign = make_campaign(status="closed", starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=9))
    running.open_campaign(campaign, by=None, at=now)
    assert client.get(campaign.get_absolute_url()).status_code == 200
    assert text_of(client.get("/campaigns/")).count(campaign.title) == 1
    refused = client.post(campaign.get_absolute_url(), filled_in())
    assert (refused.status_code, "takes no gifts now: it opens again later" in text_of(refused)) == (409, True)
    running.close_campaign(campaign, by=None, at=now)
    assert client.get(campaign.get_absolute_url()).status_code == 200


def test_the_second_the_end_passes_the_form_thanks_kindly_and_takes_nothing(client):
    campaign = an_open_campaign(ends_at=timezone.now() + timedelta(hours=1))
    Campaign.objects.update(ends_at=timezone.now())
    response = client.post(campaign.get_absolute_url(), filled_in())
    assert response.status_code == 409
    assert "This campaign takes no gifts any more: it has ended. Nothing was charged." in text_of(response)
    assert Donation.objects.count() == 0


def test_a_processor_that_is_down_costs_nothing_and_offers_the_others(client, settings):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {}), "offline": settings.PROCESSORS["offline"]}
    campaign = an_open_campaign()
    response = client.post(campaign.get_absolute_url(), filled_in(name="Ada"))
    assert response.status_code == 503
    assert "Nothing was charged. Press Give once more to go on by: Cheque or bank transfer." in text_of(response)
    assert 'value="Ada"' in response.content.decode()
    assert client.post(campaign.get_absolute_url(), filled_in(name="Ada", processor="offline")).status_code == 303


def test_a_lost_answer_is_found_again_by_the_same_form(client, settings):
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    campaign = an_open_campaign()
    assert client.post(campaign.get_absolute_url(), filled_in()).status_code == 503
    settings.PROCESSORS = working
    ways.succeeded("sandbox", at=NOON)
    assert client.post(campaign.get_absolute_url(), filled_in()).headers["Location"].startswith("/processors/sandbox/pay/")
    assert (Donation.objects.count(), SandboxPayment.objects.count()) == (1, 1)


def test_with_one_way_to_give_nobody_has_to_choose(client, settings):
    settings.TRIAL = False
    campaign = an_open_campaign()
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert 'name="processor"' not in page
    assert "pretended" not in page
    form = filled_in()
    del form["processor"]
    response = client.post(campaign.get_absolute_url(), form)
    assert response.headers["Location"] == Donation.objects.get().get_absolute_url()
    assert Donation.objects.get().processor == "offline"
    assert client.post(campaign.get_absolute_url(), filled_in(processor="sandbox")).status_code == 422


def test_a_payment_page_on_another_host_is_reached_by_a_page_of_ours(client, settings):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Elsewhere", {})}
    response = client.post(an_open_campaign().get_absolute_url(), filled_in())
    donation = Donation.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"{donation.get_absolute_url()}checkout/")
    page = client.get(response.headers["Location"]).content.decode()
    assert '<meta http-equiv="refresh" content="0; url=https://pay.example/c/1?a=1&amp;b=2">' in page
    assert 'href="https://pay.example/c/1?a=1&amp;b=2"' in page
    bank.pay(donation.processor_ref)
    giving.settle(donation, at=timezone.now())
    assert client.get(response.headers["Location"]).headers["Location"] == donation.get_absolute_url()


def test_the_books_agree_after_a_day_of_giving(client, run_jobs, capsys):
    campaign = an_open_campaign()
    for number, deed in enumerate(["pay", "later", "decline", "cancel", "pay"]):
        sent = client.post(
            campaign.get_absolute_url(), filled_in(email=f"d{number}@example.org", rhythm="monthly", own_amount="10")
        )
        client.post(sent.headers["Location"], {"deed": deed})
    run_jobs(at=timezone.now() + timedelta(minutes=1))
    call_command("check_ledger")
    assert capsys.readouterr().out == "The books agree: 3 entries, 3 receipts.\n"
    assert Pledge.objects.filter(status=pledges.Status.ACTIVE).count() == 3
