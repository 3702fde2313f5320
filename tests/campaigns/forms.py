"""The give form as a browser without JavaScript fills it in and sends it."""

import html
import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from campaigns import giving
from campaigns.models import Campaign, Donation
from campaigns.sandbox import bank
from tests.factories import make_campaign


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


def hidden(response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.content.decode()))
