"""Campaign pages and the give form, as a browser without JavaScript meets them."""

import html
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns import giving, links, pledges, running
from campaigns.models import Campaign, Donation, LedgerEntry, Pledge, SandboxPayment
from campaigns.pages import ASKED_FOR, CALL, faces
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import make_article, make_campaign
from tests.pages import tree

pytestmark = pytest.mark.django_db


def an_open_campaign(**overrides) -> Campaign:
    """Open at the moment of the test, whenever it runs."""
    now = timezone.now()
    return make_campaign(**{"starts_at": now - timedelta(days=9), "ends_at": now + timedelta(days=9)} | overrides)


def filled_in(**overrides) -> dict[str, str]:
    fields = {"key": "", "rhythm": "once", "amount_once": "2500", "email": "ada@example.org", "processor": "sandbox"}
    return fields | overrides


def text_of(response) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def given_here(client: Client, campaign: Campaign, *, ago: timedelta, **overrides) -> Donation:
    """A gift by the form, paid and arrived."""
    bank.pay(ref_in(client.post(campaign.get_absolute_url(), filled_in(**overrides))), tell=False)
    donation = giving.settle(Donation.objects.latest("pk"), at=timezone.now(), mail=False)
    Donation.objects.filter(pk=donation.pk).update(received_at=timezone.now() - ago)
    return donation


def ref_in(response) -> str:
    found = re.fullmatch(r"/processors/sandbox/pay/(\w+)/", response.headers["Location"])
    assert found
    return found[1]


# Reading


def test_the_page_tells_story_progress_and_end_and_offers_the_form(client):
    campaign = an_open_campaign(title="The winter", goal=100_000)
    received(campaign, at=timezone.now(), amount=2550)
    words = text_of(client.get(campaign.get_absolute_url()))
    for expected in ("The winter", "Help us stay.", "The first paragraph", "The second.", "€25.50 of €1,000", "1 gift · until"):
        assert expected in words


def test_the_page_says_nothing_of_a_visitor_or_a_clock_and_sets_no_cookie(client):
    campaign = an_open_campaign()
    first, second = client.get(campaign.get_absolute_url()), Client(HTTP_COOKIE="sessionid=x").get(campaign.get_absolute_url())
    assert first.content == second.content
    assert b"csrfmiddlewaretoken" not in first.content
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")
    assert "days left" not in re.sub(r'alt="[^"]*"', "", first.content.decode())


@pytest.mark.parametrize("number", [1, 3])
def test_a_campaigns_page_costs_five_queries_however_many_gifts(client, django_assert_num_queries, number):
    campaign = an_open_campaign()
    for turn in range(number):
        received(campaign, at=timezone.now(), email=f"donor{turn}@example.org")
    with django_assert_num_queries(5):
        client.get(campaign.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_a_closed_campaigns_page_costs_five_queries_with_the_call_of_another(client, django_assert_num_queries, number):
    closed = make_campaign(status="closed")
    for turn in range(number):
        an_open_campaign()
        received(make_campaign(ends_at=None), at=timezone.now(), email=f"donor{turn}@example.org")
    with django_assert_num_queries(5):
        client.get(closed.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_four_queries_however_many_campaigns(client, django_assert_num_queries, number):
    for _ in range(number):
        an_open_campaign()
    with django_assert_num_queries(4):
        client.get("/campaigns/")


def test_the_list_shows_open_ones_first_and_no_drafts(client):
    closed, running_one = make_campaign(status="closed", title="Done"), an_open_campaign(title="Now")
    make_campaign(status="draft", title="Secret")
    make_campaign(status="planned", title="Soon")
    words = text_of(client.get("/campaigns/"))
    assert words.index(running_one.title) < words.index(closed.title)
    assert "Secret" not in words
    assert "Soon" not in words


@pytest.mark.parametrize("status", ["draft", "planned"])
def test_what_is_not_open_yet_has_no_page(client, status):
    campaign = make_campaign(status=status)
    for address in ("", "progress.svg", "progress.json"):
        assert client.get(campaign.get_absolute_url() + address).status_code == 404
    assert client.post(campaign.get_absolute_url(), filled_in()).status_code == 404


def test_a_closed_campaign_thanks_instead_of_asking(client):
    campaign = an_open_campaign()
    received(campaign, at=timezone.now(), amount=100_000)
    running.close_campaign(campaign, by=None, at=timezone.now())
    response = client.get(campaign.get_absolute_url())
    assert b'class="give"' not in response.content
    assert "Thank you" in text_of(response)
    assert "1 gift came in, and the goal was reached." in text_of(response)


def test_donate_leads_to_the_campaign_that_is_asked_for(client):
    assert client.get("/donate/").headers["Location"] == "/campaigns/"
    campaign = an_open_campaign()
    response = client.get("/donate/")
    assert (response.status_code, response.headers["Location"]) == (302, campaign.get_absolute_url())


# The call on every page


def calls(client: Client, address: str) -> list[str]:
    """The campaigns that a page's house notice asks for."""
    page = client.get(address).content.decode()
    return [html.unescape(title) for title in re.findall(r'id="campaign-call"><a href="[^"]+">([^<]+)</a>', page)]


def test_every_page_carries_the_call_but_not_the_page_that_asks_by_its_form(client):
    campaign = an_open_campaign(title="The winter", call="Help us through.", appeal="It is a long one.")
    article = make_article()
    words = text_of(client.get(article.get_absolute_url()))
    for expected in ("The winter", "Help us through.", "It is a long one."):
        assert expected in words
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'src="{campaign.get_absolute_url()}progress.svg"' in page
    assert f'href="{campaign.get_absolute_url()}#giving"' in page
    assert calls(client, campaign.get_absolute_url()) == []


def test_the_pages_of_campaigns_and_of_giving_carry_the_call_too(client):
    closed, other = make_campaign(status="closed"), an_open_campaign(title="The archive")
    an_open_campaign(title="The winter", priority=1)
    for address in (closed.get_absolute_url(), other.get_absolute_url(), "/campaigns/", "/giving/", "/giving/?asked=1"):
        assert (address, calls(client, address)) == (address, ["The winter"])


def test_a_campaign_in_the_list_and_the_call_for_it_are_no_two_landmarks_of_one_name(client):
    an_open_campaign(title="The winter")
    page = tree(client.get("/campaigns/"))
    names = [page.get_element_by_id(name).text_content() for name in page.xpath("//section/@aria-labelledby")]
    assert "The winter" in names
    assert len(names) == len(set(names))


def test_the_form_tells_the_script_what_the_server_takes(client):
    page = client.get(an_open_campaign(minimum=300).get_absolute_url()).content.decode()
    assert 'data-decimals="2" data-grouping="," data-signs="eur €" data-least="300" data-most="100000000000"' in page


def test_which_campaign_is_asked_for_is_told_apart_from_what_its_call_says():
    """Its own page shows no notice: another appeal changes every other page, another campaign that is asked for also this."""
    campaign = an_open_campaign(appeal="Once.")
    before = faces()
    Campaign.objects.update(appeal="Anew.")
    anew = faces()
    an_open_campaign(priority=1)
    asked = faces()
    assert (before[CALL] == anew[CALL], before[ASKED_FOR] == anew[ASKED_FOR] == campaign.pk) == (False, True)
    assert (anew[CALL] == asked[CALL], anew[ASKED_FOR] == asked[ASKED_FOR]) == (False, False)


def test_whoever_gives_or_looks_at_their_gifts_is_not_asked_at_the_same_time(client):
    donation = received(an_open_campaign(), at=timezone.now())
    for address in (donation.get_absolute_url(), links.to_donor(donation.donor)):
        page = client.get(address)
        assert (page.status_code, "campaign-call" in page.content.decode()) == (200, False)


def test_a_gift_changes_no_other_page(client):
    campaign, article = an_open_campaign(), make_article()
    before = client.get(article.get_absolute_url()).content
    received(campaign, at=timezone.now())
    assert client.get(article.get_absolute_url()).content == before


def test_without_an_open_campaign_there_is_no_call(client):
    make_campaign(status="closed", title="Long ago")
    assert "Long ago" not in text_of(client.get(make_article().get_absolute_url()))


# Progress for embedding


def test_progress_is_drawn_and_told(client):
    campaign = an_open_campaign(goal=10_000, title="A <b> & c")
    received(campaign, at=timezone.now(), amount=2500)
    svg = client.get(campaign.get_absolute_url() + "progress.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "€25 of €100, 1 gift, 9 days left." in svg.content.decode()
    assert '<rect class="filled" y="34" width="120" height="8"/>' in svg.content.decode()
    assert "A &lt;b&gt; &amp; c" in svg.content.decode()
    facts = client.get(campaign.get_absolute_url() + "progress.json").json()
    assert (facts["total"], facts["goal"], facts["gifts"], facts["per_cent"], facts["days_left"]) == (2500, 10_000, 1, 25, 9)
    assert (facts["currency"], facts["total_text"], facts["status"]) == ("EUR", "€25", "open")


def test_progress_may_be_embedded(client, django_assert_num_queries):
    campaign = an_open_campaign()
    for name in ("progress.svg", "progress.json"):
        with django_assert_num_queries(2):
            response = client.get(campaign.get_absolute_url() + name)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    policy = client.get(campaign.get_absolute_url() + "progress.svg").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_a_closed_campaign_counts_no_days(client):
    campaign = an_open_campaign(status="closed")
    facts = client.get(campaign.get_absolute_url() + "progress.json").json()
    assert (facts["days_left"], facts["days_left_text"]) == (None, "closed")


# Giving


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
        ({"email": "nobody"}, "email", "This does not look like an e-mail address"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", "This does not look like an e-mail address"),
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
        ({"rhythm": "daily"}, "rhythm", "Select a valid choice"),
        ({"processor": "pigeon"}, "processor", "Select a valid choice"),
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


def hidden(response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.content.decode()))


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
    assert "Nothing was charged. Try again in a minute, or choose another way." in text_of(response)
    assert 'value="Ada"' in response.content.decode()
    assert client.post(campaign.get_absolute_url(), filled_in(name="Ada", processor="offline")).status_code == 303


def test_a_lost_answer_is_found_again_by_the_same_form(client, settings):
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    campaign = an_open_campaign()
    assert client.post(campaign.get_absolute_url(), filled_in()).status_code == 503
    settings.PROCESSORS = working
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


# Coming back


def test_a_declined_gift_can_be_tried_again_with_everything_filled_in(client):
    campaign = an_open_campaign()
    sent = client.post(campaign.get_absolute_url(), filled_in(name="Ada", own_amount="12.50", rhythm="monthly", message="Hi"))
    back = client.post(sent.headers["Location"], {"deed": "decline"})
    page = client.get(back.headers["Location"])
    assert "Your gift did not go through The bank declined the payment. Nothing was charged." in text_of(page)
    for expected in ('value="12.50"', 'value="Ada"', 'value="ada@example.org"', 'value="monthly" checked', ">Hi</textarea>"):
        assert expected in page.content.decode()
    key = re.search(r'name="key" value="(\w{32})"', page.content.decode())
    assert key
    again = filled_in(name="Ada", own_amount="12.50", rhythm="monthly", message="Hi", key=key[1])
    assert ref_in(client.post(campaign.get_absolute_url(), again)) != ref_in(sent)


def declined_here(client: Client, campaign: Campaign, **overrides) -> Donation:
    sent = client.post(campaign.get_absolute_url(), filled_in(**overrides))
    client.post(sent.headers["Location"], {"deed": "decline"})
    client.get((donation := Donation.objects.latest("pk")).get_absolute_url())
    return donation


def retry_form(client: Client, declined: Donation) -> dict[str, str]:
    return filled_in() | {name: value for name, value in hidden(client.get(declined.get_absolute_url())).items() if value}


def test_a_retry_is_one_gift_however_often_its_page_is_drawn_and_its_form_sent(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign, key="k")
    refs = {ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))) for _ in range(3)}
    assert (len(refs), Donation.objects.count()) == (1, 2)


@pytest.mark.parametrize("changed", [{}, {"amount_once": "5000"}, {"email": "other@example.org"}])
def test_when_the_retry_was_paid_the_declined_page_says_so_and_offers_nothing(client, changed):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    form = retry_form(client, declined) | changed
    paid = given_here(client, campaign, ago=timedelta(0), **form)
    page = client.get(declined.get_absolute_url())
    assert "Your second try arrived" in text_of(page)
    assert f'href="{paid.get_absolute_url()}"' in page.content.decode()
    assert b'class="give"' not in page.content
    assert "Give again?" in text_of(client.post(campaign.get_absolute_url(), form))
    assert Donation.objects.count() == 2


def test_a_retry_that_is_paid_without_a_word_to_us_is_looked_up(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    bank.pay(ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))), tell=False)
    assert "Your second try arrived" in text_of(client.get(declined.get_absolute_url()))


def test_a_retry_by_way_of_the_campaigns_page_counts_too(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign, key="k")
    given_here(client, campaign, ago=timedelta(0), key="k")
    assert "Your second try arrived" in text_of(client.get(declined.get_absolute_url()))


def test_a_retry_that_the_bank_answers_late_is_not_tried_a_third_time(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    bank.pay_later(ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))))
    page = client.get(declined.get_absolute_url())
    assert "Your second try is on its way" in text_of(page)
    assert b'class="give"' not in page.content


def test_a_retry_that_is_declined_too_makes_room_for_a_third_on_both_pages(client):
    campaign = an_open_campaign()
    first = declined_here(client, campaign)
    second = declined_here(client, campaign, **retry_form(client, first))
    refs = {ref_in(client.post(campaign.get_absolute_url(), retry_form(client, page))) for page in (first, second)}
    assert (first != second, len(refs), Donation.objects.count()) == (True, 1, 3)


def test_a_declined_page_tells_nothing_of_other_gifts_to_the_same_address(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    received(campaign, at=timezone.now())
    page = client.get(declined.get_absolute_url())
    assert "did not go through" in text_of(page)
    assert "arrived" not in text_of(page)


def test_a_cancelled_gift_says_so(client):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    back = client.post(sent.headers["Location"], {"deed": "cancel"})
    assert "You stopped before paying Nothing was charged." in text_of(client.get(back.headers["Location"]))


def test_a_late_answer_is_awaited_and_comes_by_an_event(client, run_jobs):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    back = client.post(sent.headers["Location"], {"deed": "later"})
    waiting = client.get(back.headers["Location"])
    assert "Your bank has not answered yet" in text_of(waiting)
    assert run_jobs() == []
    assert run_jobs(at=timezone.now() + timedelta(seconds=9))[:3] == [
        "sandbox.answer_late",
        "sandbox.post_event",
        "campaigns.process_event",
    ]
    assert "Thank you" in text_of(client.get(back.headers["Location"]))


def test_who_comes_back_without_paying_may_go_on(client):
    campaign = an_open_campaign()
    sent = client.post(campaign.get_absolute_url(), filled_in())
    page = client.get(Donation.objects.get().get_absolute_url())
    assert "Your gift is not finished" in text_of(page)
    assert sent.headers["Location"] in page.content.decode()


def test_a_promised_cheque_gets_its_instructions_on_the_page(client):
    response = client.post(an_open_campaign().get_absolute_url(), filled_in(processor="offline"))
    words = text_of(client.get(response.headers["Location"]))
    assert "How to send your gift" in words
    assert Donation.objects.get().reference in words


def test_the_pages_of_a_gift_are_nobodys_to_keep_or_to_find(client):
    donation = begun(an_open_campaign(), at=timezone.now())
    page = client.get(donation.get_absolute_url())
    assert "no-store" in page.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert client.get("/giving/return/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_processor_that_is_down_leaves_the_page_waiting(client, settings):
    donation = begun(an_open_campaign(), at=timezone.now())
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    assert "Your gift is not finished" in text_of(client.get(donation.get_absolute_url()))


def test_the_pretended_bank_knows_four_buttons_and_pays_once(client):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    address = sent.headers["Location"]
    assert client.post(address, {"deed": "rob"}).status_code == 400
    assert client.post(address, {"deed": "pay"}, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    client.post(address, {"deed": "pay"})
    client.post(address, {"deed": "decline"})
    assert "This payment has been made." in text_of(client.get(address))
    assert client.get("/processors/sandbox/pay/nothing/").status_code == 404


# The books


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
