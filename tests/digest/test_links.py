"""The pages behind the links in our mails: a look changes nothing, a button does, and strangers hold no link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from digest import subscribing, tokens
from digest.models import Subscriber
from tests.factories import NOON, make_subscriber
from tests.pages import tree

pytestmark = pytest.mark.django_db

Status = Subscriber.Status
NOW = timezone.now()
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def confirm_path(subscriber: Subscriber, at=NOW) -> str:
    return f"/digest/confirm/{tokens.to_confirm(subscriber.token, at=at)}/"


def leave_path(subscriber: Subscriber) -> str:
    return f"/digest/unsubscribe/{tokens.to_unsubscribe(subscriber.token)}/"


def own_path(subscriber: Subscriber) -> str:
    return f"/digest/preferences/{tokens.to_preferences(subscriber.token)}/"


def heading(response) -> str:
    return tree(response).xpath("string(//main//h1)")


def buttons(response) -> list[str]:
    return tree(response).xpath("//main//form//button/text()")


def state() -> str:
    return Subscriber.objects.get().status


@pytest.fixture
def pending() -> Subscriber:
    return make_subscriber(status=Status.PENDING)


@pytest.fixture
def reader() -> Subscriber:
    return make_subscriber()


def test_looking_confirms_nothing(client, pending):
    for method in (client.get, client.head, client.get):
        method(confirm_path(pending))
    assert state() == Status.PENDING
    assert buttons(client.get(confirm_path(pending))) == ["Yes, send me the digest"]


def test_the_button_confirms_and_pressing_it_again_does_no_harm(client, pending):
    for _ in range(2):
        response = client.post(confirm_path(pending), follow=True)
        assert (state(), heading(response), buttons(response)) == (Status.CONFIRMED, "You get the digest", [])


def test_an_old_link_offers_a_new_one(client, pending):
    path = confirm_path(pending, at=NOW - timedelta(days=15))
    for response in (client.get(path), client.post(path)):
        assert (response.status_code, heading(response)) == (410, "This link no longer works")
        assert tree(response).xpath("//main//input/@value") == [pending.email]
        assert tree(response).xpath("//main//form/@action") == ["/digest/"]
    assert state() == Status.PENDING


def test_a_link_made_before_leaving_brings_nobody_back(client, reader):
    path = confirm_path(reader, at=NOW - timedelta(hours=1))
    subscribing.unsubscribe(reader, at=NOW)
    assert client.post(path).status_code == 410
    assert state() == Status.UNSUBSCRIBED


def test_another_site_can_confirm_nobody(client, pending):
    response = client.post(confirm_path(pending), headers={"origin": "https://evil.example"})
    assert (response.status_code, state()) == (403, Status.PENDING)


def test_looking_unsubscribes_nobody(client, reader):
    for method in (client.get, client.head):
        method(leave_path(reader))
    assert state() == Status.CONFIRMED
    assert buttons(client.get(leave_path(reader))) == ["Yes, unsubscribe me"]


def test_the_button_unsubscribes(client, reader):
    for _ in range(2):
        response = client.post(leave_path(reader), follow=True)
        assert (state(), heading(response), buttons(response)) == (Status.UNSUBSCRIBED, "No digest comes any more", [])


@pytest.mark.parametrize("headers", [{}, {"origin": "https://mail.example"}, {"sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart"])
def test_a_mail_program_unsubscribes_with_one_click(reader, headers, form):
    provider = Client(enforce_csrf_checks=True)
    if form == "multipart":
        response = provider.post(leave_path(reader), ONE_CLICK, headers=headers)
    else:
        response = provider.post(leave_path(reader), "List-Unsubscribe=One-Click", content_type=form, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert response.content == b"You are unsubscribed.\n"
    assert (state(), dict(provider.cookies)) == (Status.UNSUBSCRIBED, {})


def test_one_click_is_answered_the_same_when_it_comes_again_or_too_late(client, reader):
    path = leave_path(reader)
    first = client.post(path, ONE_CLICK)
    again = client.post(path, ONE_CLICK)
    subscribing.erase(reader)
    erased = client.post(path, ONE_CLICK)
    assert {response.content for response in (first, again, erased)} == {b"You are unsubscribed.\n"}
    assert {response.status_code for response in (first, again, erased)} == {200}


def test_a_year_later_the_link_still_unsubscribes(client, reader):
    Subscriber.objects.update(asked_at=NOON - timedelta(days=700), confirmed_at=NOON - timedelta(days=700))
    client.post(leave_path(reader), ONE_CLICK)
    assert state() == Status.UNSUBSCRIBED


def test_preferences_say_where_the_digest_goes_and_offer_to_leave_or_be_erased(client, reader):
    response = client.get(own_path(reader))
    assert reader.email in response.content.decode()
    assert buttons(response) == ["Unsubscribe", "Erase my address"]


def test_preferences_take_a_reader_out_and_back(client, reader):
    response = client.post(own_path(reader), {"wish": "unsubscribe"}, follow=True)
    assert (state(), buttons(response)) == (Status.UNSUBSCRIBED, ["Send me the digest again", "Erase my address"])
    client.post(own_path(reader), {"wish": "subscribe"})
    assert state() == Status.CONFIRMED


def test_the_link_to_leave_leads_to_no_other_power(client, reader):
    for _ in range(2):
        links = tree(client.get(leave_path(reader))).xpath("//main//@href")
        assert not any("preferences" in link or "confirm" in link for link in links)
        client.post(leave_path(reader))


def test_who_left_is_shown_the_way_back(client, reader):
    response = client.post(leave_path(reader), follow=True)
    assert tree(response).xpath("//main//a/@href") == ["/digest/"]


def test_no_link_brings_back_who_complained(client, reader):
    subscribing.mark_complained(reader, at=NOW)
    page = client.get(own_path(reader))
    assert buttons(page) == ["Erase my address"]
    assert "You called our mail spam" in page.content.decode()
    client.post(own_path(reader), {"wish": "subscribe"})
    for made_at in (NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)):
        assert client.post(confirm_path(reader, at=made_at)).status_code == 410
    assert state() == Status.COMPLAINED


def test_who_complained_is_told_what_is_kept_when_the_rest_is_erased(client, reader):
    subscribing.mark_complained(reader, at=NOW)
    assert "a code made from your address" in client.post(own_path(reader), {"wish": "erase"}).content.decode()
    assert not Subscriber.objects.exists()


def test_preferences_erase(client, reader):
    response = client.post(own_path(reader), {"wish": "erase"})
    assert (response.status_code, heading(response)) == (200, "Your address is erased")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("wish", ["", "confirm", "delete", "erase "])
def test_an_unknown_wish_changes_nothing(client, reader, wish):
    assert client.post(own_path(reader), {"wish": wish}).status_code == 303
    assert state() == Status.CONFIRMED


def test_another_site_changes_no_preferences(client, reader):
    response = client.post(own_path(reader), {"wish": "erase"}, headers={"sec-fetch-site": "cross-site"})
    assert (response.status_code, state()) == (403, Status.CONFIRMED)


@pytest.mark.parametrize("path_of", [confirm_path, leave_path, own_path])
def test_after_being_erased_a_link_leads_nowhere(client, reader, path_of):
    path = path_of(reader)
    subscribing.erase(reader)
    response = client.get(path)
    assert (response.status_code, heading(response)) == (404, "This link leads nowhere")


@pytest.mark.parametrize("kind", ["confirm", "unsubscribe", "preferences"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_with_a_forged_link_gets_nothing(client, reader, kind, method):
    others = {"confirm": leave_path, "unsubscribe": own_path, "preferences": leave_path}
    borrowed = others[kind](reader).split("/")[3]
    for token in ("x", f"{borrowed}x", borrowed):
        response = getattr(client, method)(f"/digest/{kind}/{token}/", {"wish": "erase"} | ONE_CLICK)
        assert (response.status_code, heading(response)) == (404, "This link leads nowhere")
    assert state() == Status.CONFIRMED


@pytest.mark.parametrize("path_of", [confirm_path, leave_path, own_path])
def test_pages_behind_a_link_are_kept_nowhere_found_by_nobody_and_told_to_no_site(client, reader, path_of):
    for response in (client.get(path_of(reader)), client.get(f"{path_of(reader)[:-2]}/")):
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        assert tree(response).xpath('//meta[@name="robots"]/@content') == ["noindex"]
        assert not response.cookies


@pytest.mark.parametrize("path_of", [confirm_path, leave_path, own_path])
def test_other_methods_are_refused(client, reader, path_of):
    assert client.put(path_of(reader)).status_code == 405
    assert client.delete(path_of(reader)).status_code == 405
    assert state() == Status.CONFIRMED
