"""Whatever stands in a field of the give form: a clear sentence or a gift, nothing lost, and no error of ours."""

import html
import re

import pytest
from django.utils import timezone

from campaigns import guard
from campaigns.forms import GiveForm
from campaigns.guard import tickets
from campaigns.models import Donation, GuardState, WaitingForm
from tests.campaigns.forms import an_open_campaign, filled_in, text_of

pytestmark = pytest.mark.django_db
HOSTILE = {"NUL": "a\x00b", "long": "x" * 6000, "signs": "\x1b\x7f\u202e\ufffe", "lines": "a\r\nb", "markup": '"><b>&#0;'}
HIDDEN = ["key", "after", "hint", "source", "guard", "altcha", "unknown"]
CHOSEN = ["rhythm", "amount_once", "processor", "tribute", "country"]
TYPED = ["own_amount", "name", "email", "message", "tribute_name", "street", "postcode", "city", "region", "tax_number"]


def a_whole_form(**overrides):
    return an_open_campaign(asks_address=True, offers_tribute=True, **overrides)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_typed_stops_no_gift(client, name, value):
    response = client.post(a_whole_form().get_absolute_url(), filled_in() | {name: value})
    assert response.status_code == 303
    assert Donation.objects.get().amount == 2500


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", CHOSEN)
def test_a_choice_that_is_none_is_said_so_in_a_sentence(client, name, value):
    response = client.post(a_whole_form().get_absolute_url(), filled_in(message="Courage!", **{name: value}))
    words = text_of(response)
    assert (response.status_code, re.findall("Choose|takes gifts", words) != []) == (422, True)
    assert "Courage!" in words
    assert not re.search("Null characters|valid choice|Ensure", words)
    assert len(words) < 6000 + 9000


@pytest.mark.parametrize("name", TYPED)
def test_a_sign_that_cannot_be_kept_is_left_out_said_and_everything_else_stays(client, name):
    campaign = a_whole_form(tax_country="ES")
    typed = filled_in(**{"name": "Ada", "message": "Courage!", name: "Ca\x00fé"})
    response = client.post(campaign.get_absolute_url(), typed)
    assert response.status_code == 422
    assert "A sign in it cannot be read and was left out." in text_of(response) or name in {"own_amount", "email"}
    page = response.content.decode()
    assert ("\x00" in page, "Café" in page) == (False, True)
    assert f'href="#give-{name}"' in page


def test_the_same_form_sent_once_more_as_it_came_back_is_a_gift(client):
    campaign = a_whole_form()
    page = client.post(campaign.get_absolute_url(), filled_in(name="A\x00da", key="k\x00ey")).content.decode()
    again = filled_in(name=re.findall(r'name="name"[^>]* value="([^"]*)"', page)[0])
    assert client.post(campaign.get_absolute_url(), again).status_code == 303
    assert Donation.objects.get().name == "Ada"


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", "\x00\ud83d"])
@pytest.mark.parametrize("name", ["key", "hint", "name", "message", "own_amount", "email", "country", "processor"])
def test_half_a_surrogate_pair_is_no_sign_either(name, value):
    """No browser sends one; some encodings that a header may name decode to it."""
    form = GiveForm(a_whole_form(), filled_in() | {name: value})
    form.is_valid()
    "".join(told for _, told in form.typed()).encode()
    "".join(f"{field.value()}" for field in form).encode()


@pytest.mark.parametrize("body", [b"name=%ff%fe&message=%c3%28", b"name=\xff\xfe", b"name=%00%ed%a0%80", b"hint=%ff%00&key=%ff"])
def test_broken_utf8_is_no_error_of_ours(client, body):
    typed = b"rhythm=once&amount_once=2500&email=ada%40example.org&processor=sandbox&"
    address = a_whole_form().get_absolute_url()
    response = client.generic("POST", address, typed + body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {303, 422}


@pytest.mark.parametrize("charset", ["utf-16", "unicode_escape", "utf-7", "cp037", "latin-1"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_another_charset_is_no_error_of_ours(client, charset, kind):
    parts = {**filled_in(name="\\ud800+2AA-"), "hint": "\\ud800"}
    pairs = "&".join(f"{name}={value}" for name, value in parts.items()).encode()
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts.items()) + "--x--\r\n"
    sent = body.encode() if "boundary" in kind else pairs
    response = client.generic("POST", a_whole_form().get_absolute_url(), sent, content_type=f"{kind}; charset={charset}")
    assert response.status_code < 500


def test_what_is_kept_for_a_link_by_mail_is_the_form_and_nothing_else(client, monkeypatch):
    monkeypatch.setattr(tickets, "WAITS", dict.fromkeys(tickets.WAITS, 0))
    guard.force(GuardState.Step.WORK, by=None, at=timezone.now())
    address, hostile = a_whole_form().get_absolute_url(), {"unknown": "\x00" * 9, "more": "x" * 90_000}
    typed = filled_in(message="Courage!", key="k\x00ey") | hostile
    asked = client.post(address, typed)
    ticket = html.unescape(re.findall(r'name="guard" value="([^"]*)"', asked.content.decode())[0])
    response = client.post(address, typed | {"guard": ticket, "by_mail": "1"})
    assert "Look into your mailbox" in text_of(response)
    kept = dict(WaitingForm.objects.get().fields["typed"])
    assert (kept["message"], kept["key"], kept.keys() & hostile.keys()) == ("Courage!", "key", set())


# From the guard's page back to the form


def test_the_guards_page_goes_back_to_the_form_with_all_that_was_typed(client):
    guard.force(GuardState.Step.WORK, by=None, at=timezone.now())
    campaign = a_whole_form(has_wall=True)
    typed = filled_in(
        key="the-key", name="Ada <3", own_amount="12.50", message="One\r\ntwo", wants_news="on", street="1 Street", country="PE"
    )
    asked = client.post(campaign.get_absolute_url(), typed)
    page = asked.content.decode()
    assert f'name="another" value="1" formaction="{campaign.get_absolute_url()}#giving"' in page
    kept = [
        (name, html.unescape(value)) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    ]
    back = client.post(campaign.get_absolute_url(), dict(kept) | {"another": "1"})
    page = html.unescape(back.content.decode())
    assert back.status_code == 200
    for expected in ('value="Ada <3"', 'value="12.50"', "One\r\ntwo</textarea>", 'value="1 Street"', 'value="the-key"'):
        assert expected in page
    assert re.search(r'name="wants_news" checked', page)
    assert re.search(r'value="PE" selected', page)
    assert 'class="errors"' not in page
    assert Donation.objects.count() == 0


def test_to_go_back_with_half_a_form_is_no_error(client):
    response = client.post(an_open_campaign().get_absolute_url(), {"another": "1", "email": "ada@", "own_amount": "x"})
    assert (response.status_code, 'value="ada@"' in response.content.decode()) == (200, True)
    assert 'class="errors"' not in response.content.decode()


def test_an_unfinished_gifts_page_goes_back_to_the_form_as_it_was(client):
    campaign = an_open_campaign()
    client.post(campaign.get_absolute_url(), filled_in(name="Ada", own_amount="12.50", message="Courage!", cover="on"))
    page = client.get(Donation.objects.get().get_absolute_url()).content.decode()
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    back = html.unescape(client.post(campaign.get_absolute_url(), dict(kept) | {"another": "1"}).content.decode())
    for expected in ('value="Ada"', 'value="ada@example.org"', 'value="12.50"', "Courage!</textarea>"):
        assert expected in back


def test_another_site_cannot_fill_in_the_form(client):
    response = client.post(an_open_campaign().get_absolute_url(), {"another": "1", "name": "x"}, HTTP_SEC_FETCH_SITE="cross-site")
    assert response.status_code == 403
