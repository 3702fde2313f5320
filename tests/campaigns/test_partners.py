"""The give form in a frame on partners' pages, and on nobody else's."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from campaigns import partners
from campaigns.models import Donation, PartnerHost
from tests.campaigns.forms import an_open_campaign, filled_in, hidden, text_of
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("news.example.org", "news.example.org"),
        (" News.Example.ORG. ", "news.example.org"),
        ("https://news.example.org/", "news.example.org"),
        ("http://news.example.org:8080", "news.example.org:8080"),
        ("news.example.org:443", "news.example.org"),
        ("zürich.example", "xn--zrich-kva.example"),
        ("localhost:8000", "localhost:8000"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
    ],
)
def test_a_host_is_kept_as_browsers_compare_it(typed, host):
    assert partners.clean_host(typed) == host


HOSTILE = [
    "",
    "*",
    "*.example.org",
    "https://*.example.org",
    "example.org/path",
    "example.org?x",
    "a@example.org",
    "example.org;x",
]
HOSTILE += ["example.org 'self'", "example.org\nx", "'none'", "https:", "example.org:0", "example.org:70000", "example.org:x"]
HOSTILE += [
    "org",
    "[::1]",
    "127.1",
    "2130706433",
    "256.1.1.1",
    "-a.example",
    "a..example",
    "a_b.example",
    "data:text/html,x",
    "x" * 300,
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_no_single_host_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError):
        partners.clean_host(typed)


def frame(client: Client, address: str) -> tuple[str, str | None]:
    """Who may frame a page, by both headers."""
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    return re.search(r"frame-ancestors ([^;]*)", policy)[1], answer.headers.get("X-Frame-Options")  # type: ignore[index]


def test_partners_alone_may_frame_the_form(client, settings):
    campaign = an_open_campaign(slug="lamp")
    assert frame(client, "/campaigns/lamp/embed/") == ("'none'", "DENY")
    for host in ("a.example", "b.example:8443"):
        PartnerHost.objects.create(host=host)
    every = "http://a.example https://a.example http://b.example:8443 https://b.example:8443"
    assert frame(client, "/campaigns/lamp/embed/") == (every, None)
    assert frame(client, "/campaigns/lamp/embed/a.example/") == ("http://a.example https://a.example", None)
    assert client.get("/campaigns/lamp/embed/c.example/").status_code == 404
    assert frame(client, campaign.get_absolute_url()) == ("'none'", "DENY")
    settings.SITE_URL = "https://lamp.example"
    assert frame(client, "/campaigns/lamp/embed/a.example/") == ("https://a.example", None)


def test_the_form_needs_no_script_and_leaves_the_frame(client):
    an_open_campaign(slug="lamp", title="The lamp")
    PartnerHost.objects.create(host="a.example")
    page = client.get("/campaigns/lamp/embed/a.example/").content.decode()
    assert "<script" not in page
    assert '<base target="_top">' in page
    assert 'method="post" action="/campaigns/lamp/embed/a.example/"' in page
    assert not client.get("/campaigns/lamp/embed/").cookies


def test_the_gift_names_the_partner(client):
    an_open_campaign(slug="lamp")
    PartnerHost.objects.create(host="a.example")
    answer = client.post("/campaigns/lamp/embed/a.example/", filled_in())
    assert (answer.status_code, Donation.objects.get().source) == (303, "embed:a.example")


def test_a_mistake_is_put_right_on_our_own_page_and_the_partner_is_not_forgotten(client):
    an_open_campaign(slug="lamp")
    PartnerHost.objects.create(host="a.example")
    answer = client.post("/campaigns/lamp/embed/a.example/", filled_in(email="no"))
    assert (answer.status_code, hidden(answer)["source"]) == (422, "embed:a.example")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    client.post("/campaigns/lamp/", filled_in(**{**hidden(answer), "email": "ada@example.org"}))
    assert Donation.objects.get().source == "embed:a.example"


@pytest.mark.parametrize("source", ["embed:evil.example", "a.example\x00", "embed:", "x" * 5000, "embed:" + "é" * 200])
def test_who_is_no_partner_is_no_source(client, source):
    campaign = an_open_campaign()
    assert client.post(campaign.get_absolute_url(), filled_in(source=source)).status_code == 303
    assert Donation.objects.get().source == ""


def test_a_form_from_a_sandbox_without_an_origin_is_shown_again_and_not_taken(client):
    an_open_campaign(slug="lamp")
    PartnerHost.objects.create(host="a.example")
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    answer = client.post("/campaigns/lamp/embed/a.example/", filled_in(), headers=foreign)
    assert (answer.status_code, Donation.objects.count()) == (403, 0)
    assert "What you typed is still here" in text_of(answer)
    assert 'value="ada@example.org"' in answer.content.decode()
    assert hidden(answer)["source"] == "embed:a.example"


def test_after_the_end_the_frame_thanks(client):
    make_campaign(slug="lamp", status="closed")
    PartnerHost.objects.create(host="a.example")
    page = client.get("/campaigns/lamp/embed/a.example/")
    assert "takes no gifts now" in text_of(page)
    assert client.post("/campaigns/lamp/embed/a.example/", filled_in()).status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_a_frame_costs_four_queries(client, django_assert_num_queries, number):
    an_open_campaign(slug="lamp")
    for each in range(number):
        PartnerHost.objects.create(host=f"{each}.example")
    with django_assert_num_queries(4):
        client.get("/campaigns/lamp/embed/")


# At the desk


def desk(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def test_a_fundraiser_adds_a_partner_and_copies_the_code(settings):
    campaign, client = an_open_campaign(slug="lamp", title='A <b> "c"'), desk("Fundraiser")
    client.post("/admin/campaigns/partnerhost/add/", {"host": "https://News.Example/", "name": "The News"})
    assert PartnerHost.objects.get().host == "news.example"
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    code = f"&lt;iframe src=&quot;{settings.SITE_URL}/campaigns/lamp/embed/news.example/&quot;"
    assert code in page
    assert "progress.png" in page


def test_a_wildcard_is_refused_at_the_desk_with_a_sentence():
    page = desk("Fundraiser").post("/admin/campaigns/partnerhost/add/", {"host": "*.example", "name": ""})
    assert "no “*”" in text_of(page)
    assert not PartnerHost.objects.exists()


def test_there_are_as_many_partners_as_a_header_can_bear():
    PartnerHost.objects.bulk_create(PartnerHost(host=f"{number}.example") for number in range(partners.MOST))
    page = desk("Fundraiser").post("/admin/campaigns/partnerhost/add/", {"host": "one.more.example", "name": ""})
    assert "100 partner sites already" in text_of(page)


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_adds_no_partner(group):
    answer = desk(group).post("/admin/campaigns/partnerhost/add/", {"host": "a.example", "name": ""})
    assert (answer.status_code, PartnerHost.objects.exists()) == (403, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_partners_costs_seven_queries(django_assert_num_queries, rows):
    client = desk("Fundraiser")
    for number in range(rows):
        PartnerHost.objects.create(host=f"{number}.example")
    with django_assert_num_queries(7):
        client.get("/admin/campaigns/partnerhost/")
