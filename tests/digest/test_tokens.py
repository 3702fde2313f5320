import uuid
from datetime import timedelta

import pytest

from digest import tokens
from tests.factories import NOON

ANA = uuid.UUID("11111111-2222-3333-4444-555555555555")


def test_a_link_to_confirm_brings_back_whom_and_when():
    asked = tokens.read_confirmation(tokens.to_confirm(ANA, at=NOON))
    assert (asked.subscriber, asked.made_at) == (ANA, NOON)


def test_a_link_to_confirm_runs_out_after_two_weeks():
    asked = tokens.read_confirmation(tokens.to_confirm(ANA, at=NOON))
    assert not asked.is_over(at=NOON + timedelta(days=14))
    assert asked.is_over(at=NOON + timedelta(days=14, seconds=1))


def test_links_to_leave_and_to_change_never_run_out():
    assert tokens.read_unsubscription(tokens.to_unsubscribe(ANA)) == ANA
    assert tokens.read_preferences(tokens.to_preferences(ANA)) == ANA


MAKE = {
    "confirm": lambda: tokens.to_confirm(ANA, at=NOON),
    "unsubscribe": lambda: tokens.to_unsubscribe(ANA),
    "preferences": lambda: tokens.to_preferences(ANA),
}
READ = {
    "confirm": tokens.read_confirmation,
    "unsubscribe": tokens.read_unsubscription,
    "preferences": tokens.read_preferences,
}


@pytest.mark.parametrize("made", MAKE)
@pytest.mark.parametrize("read", READ)
def test_no_link_stands_in_for_another(made, read):
    if made == read:
        assert READ[read](MAKE[made]())
    else:
        with pytest.raises(tokens.BadToken):
            READ[read](MAKE[made]())


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("forged", ["", ".", "..", "abc", "a.b.c", "x" * 5000, "ERERESIiMzNERFVVVVVVVQ.", "é", "\x00"])
def test_a_forged_link_is_refused(read, forged):
    with pytest.raises(tokens.BadToken):
        READ[read](forged)


@pytest.mark.parametrize("kind", MAKE)
def test_one_changed_letter_is_refused(kind):
    token = MAKE[kind]()
    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(tokens.BadToken):
            READ[kind](changed)
