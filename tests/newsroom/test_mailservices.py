"""EMAIL_URL names a mail service: what leaves this machine then, and what is refused at the start."""

import json
from base64 import b64encode
from typing import Any

import pytest
import requests
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from newsroom.mail import NotSent, mailers, send
from newsroom.mailservices import SERVICES

ADDRESSES = {
    "brevo://KEY-1@": ("https://api.brevo.com/", "KEY-1"),
    "mailersend://KEY-1@": ("https://api.mailersend.com/", "Bearer KEY-1"),
    "mailgun://KEY-1@news.example": ("https://api.mailgun.net/v3/news.example/", "KEY-1"),
    "mailgun://KEY-1@": ("https://api.mailgun.net/v3/sender.example/", "KEY-1"),
    "mailgun://KEY-1@news.example/?region=eu": ("https://api.eu.mailgun.net/v3/news.example/", "KEY-1"),
    "mailjet://KEY-1:S%2FECRET@": ("https://api.mailjet.com/", "S/ECRET"),
    "mailtrap://KEY-1@": ("https://send.api.mailtrap.io/", "KEY-1"),
    "mandrill://KEY-1@": ("https://mandrillapp.com/", "KEY-1"),
    "postal://KEY-1@postal.example": ("https://postal.example/", "KEY-1"),
    "postmark://KEY%2F1@": ("https://api.postmarkapp.com/", "KEY/1"),
    "postmark://KEY-1@?stream=digest": ("https://api.postmarkapp.com/", "digest"),
    "resend://re_a_b%40c@": ("https://api.resend.com/", "Bearer re_a_b@c"),
    "scaleway://KEY-1:PROJECT@?region=nl-ams": (
        "https://api.scaleway.com/transactional-email/v1alpha1/regions/nl-ams/",
        "PROJECT",
    ),
    "sparkpost://KEY-1@/?region=eu": ("https://api.eu.sparkpost.com/", "KEY-1"),
}


@pytest.fixture
def sent(monkeypatch) -> list[dict[str, Any]]:
    """What would have left this machine. The service answers 401, as to a key that was taken back."""
    requests_: list[dict[str, Any]] = []

    def request(self: requests.Session, **what: Any) -> requests.Response:
        requests_.append(what)
        response = requests.Response()
        response.status_code, response.reason, response.url = 401, "Unauthorized", what["url"]
        response._content = b'{"message": "no mail to reader@example.org with this key"}'
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    return requests_


def backend(address: str, tmp_path) -> Any:
    default = mailers(address, outbox=tmp_path)["default"]
    return import_string(default["BACKEND"])(alias="default", **default["OPTIONS"])


def message() -> mail.EmailMultiAlternatives:
    letter = mail.EmailMultiAlternatives("Thank you", "Grüße", "desk@sender.example", ["reader@example.org"])
    letter.attach_alternative("<p>Grüße</p>", "text/html")
    return letter


def test_every_service_of_the_table_is_tried_here():
    assert {address.split(":")[0] for address in ADDRESSES} == set(SERVICES)


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_a_mail_goes_to_the_service_by_https_and_brings_its_key(address, expected, sent, tmp_path):
    with pytest.raises(requests.HTTPError):
        backend(address, tmp_path).send_messages([message()])
    (request,) = sent
    where, key = expected
    assert request["url"].startswith(where)
    said = json.dumps(
        [dict(request.get("headers") or {}), str(request.get("auth")), str(request.get("data")), request.get("json")]
    )
    assert key in said or b64encode(key.encode()).decode() in said
    assert request["timeout"] == 10


def test_a_service_that_says_no_is_told_without_names(sent, tmp_path, settings):
    settings.MAILERS = mailers("postmark://KEY-1@", outbox=tmp_path)
    with pytest.raises(NotSent) as raised:
        send(message())
    assert str(raised.value) == "The mail server did not take a mail with 401 (AnymailRequestsAPIError)."


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postmark://", "the key is missing"),
        ("resend://re_secret", "the key is missing"),
        ("resend://re_secret@api.resend.com", "nothing may stand after the “@”"),
        ("postmark://secret:more@", "there is a “:” in the key"),
        ("mailjet://secret@", "the secret key is missing"),
        ("scaleway://secret@", "the project id is missing"),
        ("mailjet://secret:sec/ret@", "is missing"),
        ("brevo://secret@/v3", "there is a “/”"),
        ("postal://secret@", "the host is missing"),
        ("mailgun://secret@news example", "is no host name"),
        ("mailgun://secret@news.example/?region=mars", "region is us or eu, not “mars”"),
        ("postmark://secret@/?tls=1", "“tls” is not an option of postmark"),
        ("brevo://secret@/?timeout=soon", "could not convert string to float"),
        ("amazon_ses://secret@", "must begin with smtp://, smtps:// or one of"),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_its_reason_and_without_the_key(tmp_path, address, reason):
    with pytest.raises(ImproperlyConfigured) as refused:
        mailers(address, outbox=tmp_path)
    assert reason in str(refused.value)
    assert "secret" not in str(refused.value).replace("secret key", "")
