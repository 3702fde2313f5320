"""A donor's own page, by signed link."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from campaigns import donors, links
from campaigns.models import Donor, Pledge
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import begun, pledge_of, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def path_of(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def test_the_link_is_mailed_to_a_donor(client, run_jobs):
    received(make_campaign())
    response = client.post("/giving/", {"email": "ADA@example.org"})
    assert (response.status_code, response.headers["Location"]) == (302, "/giving/?asked=1")
    assert "If we know this address" in text_of(client.get("/giving/?asked=1"))
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ada@example.org"], "Your gifts to Newsroom")
    link = re.search(r"http://127.0.0.1:8000(/giving/\S+/)", str(message.body))
    assert link
    assert "€25" in text_of(client.get(link[1]))


def test_nothing_tells_a_stranger_whether_an_address_is_known(client, run_jobs, django_assert_num_queries):
    begun(make_campaign())
    answers = []
    for address in ("ada@example.org", "nobody@example.org"):
        with django_assert_num_queries(8):
            response = client.post("/giving/", {"email": address})
        answers.append((response.status_code, response.headers["Location"], response.content))
    assert answers[0] == answers[1]
    assert run_jobs() == ["campaigns.mail_link"] * 2
    assert len(mail.outbox) == 1


def test_one_mail_an_address_in_ten_minutes(run_jobs):
    begun(make_campaign())
    for seconds in (0, 30, 599, 600):
        donors.mail_link_to("ada@example.org", at=NOON + timedelta(seconds=seconds))
    run_jobs()
    assert len(mail.outbox) == 2
    assert Donor.objects.get().link_mailed_at == NOON + timedelta(seconds=600)


@pytest.mark.parametrize("email", ["", "nobody", "a@b.example\nBcc: x@y.example"])
def test_what_is_no_address_is_said_so(client, email):
    response = client.post("/giving/", {"email": email})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert mail.outbox == []


def test_a_form_of_another_site_mails_nothing(client, run_jobs):
    begun(make_campaign())
    assert client.post("/giving/", {"email": "ada@example.org"}, HTTP_ORIGIN="https://evil.example").status_code == 403
    assert run_jobs() == []


def test_the_donors_link_shows_all_gifts_and_runs_out(client, django_assert_num_queries):
    campaign = make_campaign(title="The winter", ends_at=None)
    received(campaign)
    pledged = received(campaign, rhythm="monthly", amount=900)
    received(campaign, email="ben@example.org", amount=7700)
    address = path_of(links.to_donor(pledged.donor))
    with django_assert_num_queries(7):
        page = client.get(address)
    words = text_of(page)
    for expected in ("€25", "€9", "2026-000001", "2026-000002", "€9 monthly for “The winter”", "Stop this gift"):
        assert expected in words
    assert "€77" not in words
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_that_ran_out_or_was_altered_offers_a_new_one(client, monkeypatch):
    donor = begun(make_campaign()).donor
    address = path_of(links.to_donor(donor))
    assert client.get(address).status_code == 200
    for wrong in (address[:-2] + "x/", "/giving/p1.abc/", "/giving/dx/", "/giving/d1.1xVQUF.abc/", f"/giving/p{donor.pk}/"):
        response = client.get(wrong)
        assert response.status_code == 404
        assert "Type your address, and we mail you a new one." in text_of(response)
    moment = timezone.now().timestamp() + links.VALID_FOR.total_seconds() + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: moment)
    assert client.get(address).status_code == 404


def test_one_kind_of_link_does_not_open_the_other():
    donation = received(make_campaign(), rhythm="monthly")
    pledge_link = links.to_pledge(pledge_of(donation)).rstrip("/").rpartition("/")[2]
    with pytest.raises(links.BadLink):
        links.read("d" + pledge_link[1:])


def test_the_receipts_link_stops_the_monthly_gift_and_a_look_does_not(client, run_jobs):
    donation = received(make_campaign(ends_at=None), rhythm="monthly", mail=True)
    run_jobs()
    link = re.search(r"http://127.0.0.1:8000(/giving/p\S+/)", str(mail.outbox[0].body))
    assert link
    page = client.get(link[1])
    client.head(link[1])
    assert "€25 monthly" in text_of(page)
    assert pledge_of(donation).status == "active"
    response = client.post(link[1], {"stop": str(donation.pledge_id)})
    assert (response.status_code, response.headers["Location"]) == (302, link[1])
    assert pledge_of(donation).status == "ended"
    assert "Stopped on" in text_of(client.get(link[1]))
    assert client.post(link[1], {"stop": str(donation.pledge_id)}).status_code == 302


def test_a_link_stops_nobody_elses_gift(client):
    mine, other = received(make_campaign(), rhythm="monthly"), received(make_campaign(), rhythm="monthly", email="b@example.org")
    for address in (links.to_pledge(pledge_of(mine)), links.to_donor(mine.donor)):
        for wrong in (str(other.pledge_id), "", "x", "99999999999999999999", "9" * 5000, "²"):
            assert client.post(path_of(address), {"stop": wrong}).status_code == 404
    assert set(Pledge.objects.values_list("status", flat=True)) == {"active"}


def test_another_site_cannot_stop_a_gift(client):
    donation = received(make_campaign(), rhythm="monthly")
    address = path_of(links.to_pledge(pledge_of(donation)))
    response = client.post(address, {"stop": str(donation.pledge_id)}, HTTP_SEC_FETCH_SITE="cross-site")
    assert response.status_code == 403
    assert pledge_of(donation).status == "active"
