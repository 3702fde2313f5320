"""What another system's export brought, beside the processor's own books: known by the payment's names, and no difference."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.comparing import compare
from campaigns.giving.taking_over import PastGift, PastRefund, Person, take_back, take_over
from campaigns.models import Difference, Donation
from campaigns.reconciling import reconcile
from newsroom.models import Alarm
from tests.campaigns.books import a_line, kept
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def imported(*names: tuple[str, str], **overrides: Any) -> Donation:
    """A gift that GiveWP's export brought, and that the pretended bank has in its books."""
    names = (("givewp", "101"), *names)
    columns: dict[str, Any] = {"amount": 2500, "currency": "EUR", "at": NOON, "person": Person("ada@example.org", "Ada")}
    columns |= {"line": 2, "system": "givewp", "names": names, "processor": "import:givewp", "ref": "101"} | overrides
    take_over([PastGift(**columns)], into={"EUR": make_campaign()}, by=None, at=NOON)
    return Donation.objects.get()


def open_ones() -> list[tuple[str, str]]:
    still = Difference.objects.filter(status="open").order_by("pk")
    return [(one.side, one.transaction.ref if one.transaction else "") for one in still]


@pytest.mark.parametrize("line", [{"ref": "ch_1"}, {"ref": "pi_1", "also": "ch_1"}], ids=["its name", "another name of it"])
def test_a_payment_that_an_import_knows_is_no_difference_and_sounds_no_alarm(settings, line):
    imported(("sandbox", "ch_1"))
    lines = [a_line(**line)]
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.books.WithLines", {"lines": lines, "asked": []})}
    assert reconcile("sandbox", since=NOON.date(), at=LATER).is_good
    assert (open_ones(), Alarm.objects.count()) == ([], 0)


def test_another_processors_payment_of_the_same_name_is_not_it():
    imported(("stripe", "ch_1"))
    kept("ch_1")
    compare("sandbox", at=LATER)
    assert open_ones() == [("theirs", "ch_1")]


def test_one_of_another_sum_is_still_looked_into():
    imported(("sandbox", "ch_1"), amount=2400)
    kept("ch_1")
    compare("sandbox", at=LATER)
    assert open_ones() == [("theirs", "ch_1")]


def test_a_difference_passes_by_itself_when_its_payment_is_imported():
    kept("ch_1")
    compare("sandbox", at=LATER)
    assert open_ones() == [("theirs", "ch_1")]
    imported(("sandbox", "ch_1"))
    compare("sandbox", at=LATER)
    assert (open_ones(), Difference.objects.get().status) == ([], "gone")


def test_one_that_was_looked_into_stays_as_it_is():
    kept("ch_1")
    compare("sandbox", at=LATER)
    Difference.objects.update(status="explained")
    imported(("sandbox", "ch_1"))
    assert compare("sandbox", at=LATER) == 0
    assert Difference.objects.get().status == "explained"


def test_what_went_back_of_it_is_none_either_by_its_name_or_by_the_sum():
    gift = imported(("sandbox", "ch_1"), refunded=700)
    kept("ch_1")
    kept("re_1", kind="refund", amount=-500, payment="pi_1", also="ch_1")
    kept("re_2", kind="refund", amount=-200, payment="pi_1", also="ch_1")
    compare("sandbox", at=LATER)
    assert open_ones() == []
    kept("re_3", kind="refund", amount=-300, payment="pi_1", also="ch_1")
    compare("sandbox", at=LATER)
    assert [ref for _, ref in open_ones()] == ["re_1", "re_2", "re_3"]
    take_back([PastRefund(3, "givewp", ("givewp", "101"), "re_3", 300, "EUR", NOON)], by=None, at=NOON)
    compare("sandbox", at=LATER)
    assert (open_ones(), gift.entries.count()) == ([], 3)


def test_a_gift_booked_under_the_processor_by_another_name_is_not_missed_there(settings):
    imported(("sandbox", "pi_1"), processor="sandbox", ref="pi_1")
    lines = [a_line("cs_1", also="pi_1")]
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.books.WithLines", {"lines": lines, "asked": []})}
    reconcile("sandbox", since=(NOON - timedelta(days=3)).date(), at=NOON + timedelta(days=4))
    assert open_ones() == []
