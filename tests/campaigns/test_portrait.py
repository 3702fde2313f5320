"""What a donor takes away: everything that any table knows of them, however much it is, and nothing of anybody else."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import links, personal, portrait
from campaigns.models import Donation, Donor, Pledge
from digest.models import Subscriber
from newsroom import audit
from tests.campaigns import quist
from tests.campaigns.gifts import pledge_of, received
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def told_of(donor: Donor) -> Any:
    return json.loads("".join(portrait.pieces_about(donor)))


def by_client(client, donor: Donor) -> Any:
    answer = client.get(f"{path_of(links.to_donor(donor))}about-me.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-gifts.json"'
    return json.loads(answer.getvalue())


def test_everything_we_know_is_taken_away(client):
    campaign = make_campaign(ends_at=None)
    donation = received(campaign, rhythm="monthly", message="Go on", address={"city": "Lima"})
    received(campaign, email="b@example.org", name="Ben")
    told = by_client(client, donation.donor)
    assert (told["donor"]["email"], told["donor"]["city"]) == ("ada@example.org", "Lima")
    (gift,) = told["gifts"]
    assert (gift["message"], gift["ledger"][0]["amount"], gift["receipt"][0]["contents"]["number"]) == (
        "Go on",
        2500,
        "2026-000001",
    )
    assert told["pledges"][0]["instalments"][0]["status"] == "paid"
    assert "Ben" not in json.dumps(told)


def test_every_table_that_knows_something_tells_it(run_jobs):
    """By the same list as the erasure: what stands there and does not say why it is not told."""
    donor = quist.make()
    run_jobs()
    told = told_of(donor)
    values = {f"{value}" for value in flat(told)}
    every = dicts(told)
    for table in (table for table in personal.OF_DONORS if table.told):
        row = table.model._default_manager.filter(**{table.donor: donor.pk}).first()
        assert row, f"{table.model.__name__}: tests/campaigns/quist.py makes none"
        known = json.loads(portrait._json({name: getattr(row, name) for name in table.told}))
        assert any(known.items() <= found.items() for found in every), f"{table.model.__name__}: told nowhere"
    for trace in [quist.NAME, quist.EMAIL, quist.STREET, quist.TAX, quist.MESSAGE, quist.GRANDMOTHER, quist.CARD]:
        assert any(trace in value for value in values), trace
    (pledge,) = told["pledges"]
    assert {"pledge changes", "renewals", "pledge mails", "instalments", "outages"} <= pledge.keys()
    named = {key for gift in told["gifts"] for key in gift}
    assert {"ledger", "refunds", "disputes", "sent mails", "bank", "imported gifts", "names elsewhere", "wall"} <= named
    assert {"holds", "receipts", "receipt", "what its processor told"} <= named
    assert {"news", "matching", "year statements", "statements", "forms not sent yet"} <= told.keys()


def flat(told: Any) -> list[Any]:
    if isinstance(told, dict):
        return [one for value in told.values() for one in flat(value)]
    return [one for value in told for one in flat(value)] if isinstance(told, list) else [told]


def dicts(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, dict):
        return [told, *(one for value in told.values() for one in dicts(value))]
    return [one for value in told for one in dicts(value)] if isinstance(told, list) else []


def test_looks_are_told_with_their_moment_and_without_who_looked():
    gift = received(make_campaign(ends_at=None), rhythm="monthly")
    for row in (gift.donor, gift, pledge_of(gift)):
        audit.record(make_user("Fundraiser", username=f"grace{row.pk}"), audit.LOOKED, row, at=NOON)
    other = received(make_campaign(), email="b@example.org")
    audit.record(make_user("Fundraiser"), audit.LOOKED, other.donor, at=NOON)
    told = told_of(gift.donor)
    look = [{"at": "2026-11-23T12:00:00Z", "deed": "looked at"}]
    assert told["looked at"] == told["gifts"][0]["looked at"] == told["pledges"][0]["looked at"] == look
    assert "grace" not in json.dumps(told)


def test_a_subscription_to_the_digest_under_the_same_address_is_told(client):
    donor = received(make_campaign()).donor
    assert by_client(client, donor)["digest"] is None
    Subscriber.objects.create(email="ADA@example.org", consent="Yes", place="/latest/", asked_at=NOON)
    Subscriber.objects.create(email="ben@example.org", consent="No", asked_at=NOON)
    told = by_client(client, donor)["digest"]
    assert (told["email"], told["consent"], told["place"]) == ("ADA@example.org", "Yes", "/latest/")
    assert "token" not in told


def test_a_donor_without_an_address_gets_no_subscription_and_no_forms():
    told = told_of(received(make_campaign(), email="").donor)
    assert (told["digest"], told["forms not sent yet"], len(told["gifts"])) == (None, [], 1)


def copies(gift: Donation, number: int) -> None:
    """As many more gifts of the same donor."""
    rows = [
        Donation(
            submit_key=f"copy{one}",
            fingerprint=f"copy{one}",
            reference=f"C{one}",
            processor_ref=f"copy{one}",
            **{name: getattr(gift, name) for name in ("campaign", "donor", "amount", "currency", "status", "processor")},
            created_at=gift.created_at,
            received_at=gift.received_at,
        )
        for one in range(number)
    ]
    Donation.objects.bulk_create(rows)


def queries_of(donor: Donor) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert len(told_of(donor)["gifts"]) == Donation.objects.filter(donor=donor).count()
    return len(asked) - 1


def test_it_costs_the_same_for_one_gift_and_for_five_hundred_and_as_much_again_for_each_five_hundred():
    gift = received(make_campaign())
    assert queries_of(gift.donor) == 23
    copies(gift, 499)
    assert queries_of(gift.donor) == 23
    Donation.objects.filter(submit_key__startswith="copy").delete()
    copies(gift, 1499)
    assert queries_of(gift.donor) == 23 + 2 * 14


def test_thousands_of_gifts_are_told_piece_by_piece():
    gift = received(make_campaign())
    copies(gift, 1_999)
    longest = total = 0
    for piece in portrait.pieces_about(gift.donor):
        longest, total = max(longest, len(piece)), total + 1
    assert total > 2_000
    assert longest < 10_000


def test_nothing_of_a_donor_who_was_erased_is_told(client):
    donor = received(make_campaign(ends_at=None), rhythm="monthly").donor
    address = f"{path_of(links.to_donor(donor))}about-me.json"
    Donor.objects.filter(pk=donor.pk).update(erased_at=NOON)
    assert client.get(address).status_code == 404
    assert Pledge.objects.exists()
