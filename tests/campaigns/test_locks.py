"""Pairs that take the same locks, on real connections: each waits for the other in one order, and none is thrown out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns import donors, giving, receipts, running, statements, wall, wishes
from campaigns.admin import batch
from campaigns.models import Campaign, Donation, Donor, LedgerEntry, Pledge, Receipt, WallName
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user
from tests.locks import crosswise

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def paid_not_settled(campaign: Campaign, **overrides: Any) -> Donation:
    donation = begun(campaign, **overrides)
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    return donation


def test_a_donor_who_hides_and_a_new_gift_of_theirs_that_arrives(monkeypatch):
    """The gift is begun after the donor's gifts were locked, and arrives while the donor's row is."""
    campaign = make_campaign(ends_at=None, has_wall=True)
    donor = received(campaign, on_wall=True, rhythm="monthly").donor
    new: list[Donation] = []

    def gives() -> None:
        new.append(paid_not_settled(campaign, amount=900, on_wall=True, rhythm="monthly"))
        giving.settle(new[0], at=NOON)

    def hides() -> None:
        wishes.change_shown(donor, past=False, future=False, wall=None, at=NOON)

    crosswise(monkeypatch, wishes, "locked", hides, gives)
    assert (LedgerEntry.objects.total(), Donation.objects.filter(status="received").count()) == (3400, 2)
    assert list(WallName.objects.values_list("donation__amount", flat=True)) == [900]


def test_a_gift_of_a_pledge_that_arrives_and_its_donor_who_hides(monkeypatch):
    campaign = make_campaign(ends_at=None, has_wall=True)
    first = received(campaign, on_wall=True)
    arriving_one = paid_not_settled(campaign, amount=900, on_wall=True, rhythm="monthly")

    def hides() -> None:
        wishes.change_shown(first.donor, past=False, future=False, wall=None, at=NOON)

    crosswise(monkeypatch, wall, "look_again", lambda: giving.settle(arriving_one, at=NOON), hides)
    assert WallName.objects.count() == 0
    assert set(Pledge.objects.values_list("anonymous", "status")) == {(True, "active")}


def test_two_donors_who_show_themselves_on_the_same_two_walls_in_opposite_order(monkeypatch):
    one, other = make_campaign(slug="one", has_wall=True), make_campaign(slug="other", has_wall=True)
    for email, campaigns in {"ada@example.org": [one, other], "bob@example.org": [other, one]}.items():
        for campaign in campaigns:
            received(campaign, email=email, anonymous=True)
    ada, bob = Donor.objects.order_by("pk")

    def shows(donor: Donor) -> Callable[[], Any]:
        return lambda: wishes.change_shown(donor, past=True, future=None, wall=True, at=NOON)

    crosswise(monkeypatch, wall, "_join", shows(ada), shows(bob))
    assert WallName.objects.count() == 4


class Row:
    """A line of a batch as its form leaves it."""

    def __init__(self, amount: int, email: str) -> None:
        self.cleaned_data = {"amount": amount, "email": email, "name": "", "note": ""}

    def has_changed(self) -> bool:
        return True

    def moment(self) -> Any:
        return NOON


class Rows:
    forms = [Row(100, ""), Row(200, "ada@example.org")]


def test_a_batch_of_cheques_and_a_gift_of_one_of_their_donors_that_arrives(monkeypatch):
    campaign, user = make_campaign(), make_user("Fundraiser")
    donation = paid_not_settled(campaign)

    def types() -> None:
        batch.record(campaign, Rows(), key="k", user=user, after=0)

    crosswise(monkeypatch, donors, "learn", lambda: giving.settle(donation, at=NOON), types)
    assert (LedgerEntry.objects.total(), sorted(Receipt.objects.values_list("number", flat=True))) == (2800, [1, 2, 3])


def refers(table: str, key: int) -> None:
    """What inserting a row that names this one does: its foreign key takes such a lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR KEY SHARE NOWAIT", [key])


@pytest.mark.parametrize("what", ["campaign", "donor", "gift", "receipt"])
def test_a_row_that_a_verb_holds_may_be_referred_to(monkeypatch, what):
    """Else closing a campaign, a year's statements, a wall or a correction stop every gift that names the row."""
    donation = received(make_campaign(has_wall=True), on_wall=True)
    receipt = Receipt.objects.get()
    entity, donor = donation.campaign.entity, donation.donor
    deeds: dict[str, tuple[Any, str, Callable[[], Any], int]] = {
        "campaign": (
            running,
            "locked",
            lambda: running.close_campaign(donation.campaign, by=None, at=NOON),
            donation.campaign_id,
        ),
        "donor": (statements, "_add", lambda: statements.make(donor, entity=entity, year=2026, at=NOON), donor.pk),
        "gift": (wall, "look_again", lambda: wall.leave(donation), donation.pk),
        "receipt": (
            receipts,
            "latest",
            lambda: receipts.correct(receipt, by=None, at=NOON, reason="A slip", name="Ada L.", lines=[]),
            receipt.pk,
        ),
    }
    tables = {"campaign": "campaign", "donor": "donor", "gift": "donation", "receipt": "receipt"}
    module, name, deed, key = deeds[what]
    crosswise(monkeypatch, module, name, deed, lambda: refers(f"campaigns_{tables[what]}", key))
