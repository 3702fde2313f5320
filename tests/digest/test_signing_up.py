"""The sign-up form: one answer for every address, and a sentence for everything that is none."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from articles import publishing
from articles.models import Article
from digest import editions, subscribing, views
from digest.forms import SignUpForm
from digest.models import Notice, Subscriber
from newsroom import limits
from newsroom.models import Share
from tests.factories import NOON, make_article, make_subscriber
from tests.pages import tree

pytestmark = pytest.mark.django_db

Status = Subscriber.Status


def sign_up(client: Client, email: str = "ana@example.org", **headers: str):
    return client.post("/digest/", {"email": email}, headers=headers)


def field(response):
    (found,) = tree(response).xpath('//main//input[@name="email"]')
    return found


def sentence(response) -> str:
    page = tree(response)
    (described_by,) = page.xpath('//main//input[@name="email"]/@aria-describedby')
    return page.get_element_by_id(described_by).text_content()


def test_the_page_has_the_words_of_the_block_and_one_field(client):
    Notice.objects.update(title="Daily mail", pitch="One mail a day.", button="Join")
    page = tree(client.get("/digest/"))
    assert page.xpath("string(//h1)") == "Daily mail"
    assert page.xpath('//form[@action="/digest/"]//button/text()') == ["Join"]
    assert len(page.xpath('//input[@name="email"]')) == 1


def make_edition(*, days_ago: int, headline: str = "A headline") -> Article:
    at = NOON - timedelta(days=days_ago)
    article = make_article(headline=headline, published_at=at)
    editions.compose(at.date(), editions.Span(at - timedelta(hours=1), at), at=at)
    return article


def listed(response) -> list[tuple[str, str]]:
    links = tree(response).xpath('//section[@aria-labelledby="editions"]//a')
    return [(link.get("href"), link.text) for link in links]


def test_the_page_lists_past_editions_by_their_first_headline(client):
    make_edition(days_ago=2, headline="Older")
    make_edition(days_ago=1, headline="Newer")
    assert listed(client.get("/digest/")) == [("/digest/2026-11-22/", "Newer"), ("/digest/2026-11-21/", "Older")]


def test_a_withdrawn_headline_leaves_the_list(client):
    publishing.withdraw(make_edition(days_ago=1), by=None, at=NOON)
    assert listed(client.get("/digest/")) == []


def test_each_year_has_a_page(client):
    make_edition(days_ago=1, headline="This year")
    make_edition(days_ago=366, headline="Last year")
    assert tree(client.get("/digest/")).xpath("//nav[@class='years']//a/@href") == ["/digest/2026/", "/digest/2025/"]
    assert listed(client.get("/digest/2025/")) == [("/digest/2025-11-22/", "Last year")]
    assert client.get("/digest/2024/").status_code == 404
    assert client.get("/digest/0000/").status_code == 404


def test_the_pages_cost_the_same_with_one_edition_and_with_three(client, django_assert_num_queries):
    for number in (1, 2, 3):
        make_edition(days_ago=number)
        if number in (1, 3):
            with django_assert_num_queries(6):
                assert len(listed(client.get("/digest/"))) == number
            with django_assert_num_queries(5):
                assert len(listed(client.get("/digest/2026/"))) == number


def test_a_sign_up_brings_the_mail_with_the_link(client, run_jobs):
    response = sign_up(client)
    assert (response.status_code, mail.outbox) == (200, [])
    assert "Now look into your mailbox" in response.content.decode()
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_where_the_reader_signed_up_is_kept(client):
    sign_up(client, referer="http://testserver/articles/harbour/?x=1")
    assert Subscriber.objects.get().place == "/articles/harbour/"


def test_where_another_site_claims_it_was_is_not_kept(client):
    sign_up(client, referer="https://elsewhere.example/path/")
    assert Subscriber.objects.get().place == ""


def test_a_page_that_no_address_names_is_not_kept(client):
    assert sign_up(client, referer="http://[").status_code == 200
    assert Subscriber.objects.get().place == ""


def test_the_answer_is_the_same_for_every_address(client):
    for status in Status:
        make_subscriber("ana@example.org", status=status)
        first, second = sign_up(client), sign_up(client)
        for response in (first, second):
            assert (response.status_code, response.content) == (200, first.content)
            assert dict(response.headers) == dict(first.headers)
        Subscriber.objects.all().delete()
        unknown = sign_up(client)
        assert (unknown.content, dict(unknown.headers)) == (first.content, dict(first.headers))
        Subscriber.objects.all().delete()


def test_the_answer_costs_the_same_for_every_address(client, django_assert_num_queries):
    for status in Status:
        make_subscriber(f"{status}@example.org", status=status)
    for name in ["new", *Status]:
        for _ in range(2):
            with django_assert_num_queries(12):
                sign_up(client, f"{name}@example.org")


def test_what_was_typed_is_kept_beside_the_sentence(client):
    response = sign_up(client, "ana@@example.org")
    assert response.status_code == 422
    assert sentence(response) == "This is not an e-mail address. It should look like name@example.org."
    assert field(response).get("value") == "ana@@example.org"
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "typed", ["", "a" * 5000, "ana@example.org\r\nBcc: eve@example.org", "ana\x00@example.org", "ána@example.org"]
)
def test_hostile_input_gets_a_sentence_and_no_mail(client, run_jobs, typed):
    response = sign_up(client, typed)
    assert response.status_code == 422
    assert sentence(response)
    assert (run_jobs(), mail.outbox) == ([], [])
    assert b"\x00" not in response.content


def test_a_form_without_the_field_gets_a_sentence(client):
    response = client.post("/digest/", {"other": "x"})
    assert sentence(response) == "Enter your e-mail address."


def naughty() -> list[str]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "xss"
    found = [value for path in sorted(folder.glob("*.json")) for value in json.loads(path.read_text()) if isinstance(value, str)]
    return found or ["<script>alert(1)</script>", "'; DROP TABLE x; --", "‮evil", "${7*7}", "%0d%0aBcc:x@y.z"]


def test_naughty_strings_never_reach_the_page_as_markup():
    for typed in naughty():
        form = SignUpForm({"email": typed})
        form.is_valid()
        markup = render_to_string("digest/_form.html", {"id": "email", "button": "Go", "typed": form.typed, "error": form.error})
        (found,) = tree(markup).xpath("//input")
        assert set(found.attrib) <= {
            *("id", "type", "name", "value", "maxlength", "autocomplete", "required"),
            *("aria-invalid", "aria-describedby", "autofocus"),
        }
        assert found.get("value") == form.typed
        assert [element.tag for element in tree(markup).iter()] in (
            ["form", "p", "p", "label", "input", "p", "button"],
            ["form", "p", "label", "input", "p", "button"],
        )


def test_another_site_cannot_sign_anybody_up(client):
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert sign_up(client, **headers).status_code == 403
    assert not Subscriber.objects.exists()


def test_the_form_needs_no_cookie_and_no_token():
    client = Client(enforce_csrf_checks=True)
    assert sign_up(client, origin="http://testserver").status_code == 200
    assert not client.cookies


def test_a_network_has_its_share_of_an_hour(client, settings, monkeypatch):
    monkeypatch.setattr(views, "SIGN_UPS_AN_HOUR", 2)
    for number in range(3):
        response = client.post("/digest/", {"email": f"r{number}@example.org"}, REMOTE_ADDR=f"192.0.2.{number}")
    assert response.status_code == 429
    assert sentence(response) == "Many people signed up from your network within this hour. Please try again in an hour."
    assert field(response).get("value") == "r2@example.org"
    assert Subscriber.objects.count() == 2
    assert client.post("/digest/", {"email": "r3@example.org"}, REMOTE_ADDR="192.0.3.1").status_code == 200


def test_one_mailbox_gets_three_mails_a_day_under_however_many_addresses(client, run_jobs):
    for number in range(20):
        assert sign_up(client, f"Victim+{number}@example.org").status_code == 200
    sign_up(client, "somebody@example.org")
    run_jobs()
    numbers = [f"Victim+{number}@example.org" for number in range(3)]
    assert [message.to[0] for message in mail.outbox] == [*numbers, "somebody@example.org"]


def test_sign_ups_are_counted_with_every_other_share_and_no_network_is_kept_in_clear(client):
    sign_up(client)
    assert not limits.take("digest.sign_up", "127.0.0.0/24", most=1, per=limits.HOUR, at=timezone.now())
    assert not Share.objects.filter(who__contains="127.0.0").exists()


def test_the_block_stands_on_other_pages_and_not_beside_the_form_itself(client):
    front = tree(client.get("/"))
    assert front.xpath('//section[@aria-labelledby="digest-notice"]//form/@action') == ["/digest/"]
    assert not tree(client.get("/digest/")).xpath('//section[@aria-labelledby="digest-notice"]')


def test_a_sign_up_from_an_unconfirmed_to_a_confirmed_reader(client, run_jobs):
    sign_up(client)
    subscriber = Subscriber.objects.get()
    subscribing.confirm(subscriber, at=timezone.now())
    Subscriber.objects.update(mailed_at=timezone.now() - timedelta(days=2))
    sign_up(client)
    run_jobs()
    assert mail.outbox[-1].subject == "You already get the digest of Newsroom"
