import pytest

from campaigns import running
from tests.articles.test_telling_parallel import overlapping
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_of_two_last_campaigns_closed_at_once_one_takes_the_call_from_every_page():
    asked_for, other = make_campaign(slug="one", priority=1), make_campaign(slug="other")
    touched = overlapping(
        lambda: running.close_campaign(asked_for, by=None, at=NOON), lambda: running.close_campaign(other, by=None, at=NOON)
    )
    assert "call" in touched
