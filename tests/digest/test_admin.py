"""The desk: who sees what of the digest, and who may send it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client
from django.utils import timezone

from digest import delivery, editions
from digest.models import Delivery, Edition, Notice, Subscriber
from tests.factories import NOON, make_article, make_subscriber, make_user
from tests.pages import tree

pytestmark = pytest.mark.django_db

LISTS = {name: f"/admin/digest/{name}/" for name in ("notice", "subscriber", "edition", "delivery")}
NEXT = "/admin/digest/edition/next/"


def as_(group: str, **overrides: object) -> Client:
    client = Client()
    client.force_login(make_user(group, **({"email": "staff@example.org"} | overrides)))
    return client


def act(client: Client, name: str, action: str, *rows, **more: str):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(LISTS[name], chosen, follow=True)


def sentences(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def cells(response, column: str) -> list[str]:
    found = tree(response).xpath(f'//td[contains(@class, "field-{column}")]')
    return [cell.text_content().strip() for cell in found]


def make_edition(*readers: str, at=None) -> Edition:
    for reader in readers:
        make_subscriber(f"{reader}@example.org")
    at = at or timezone.now()
    make_article(headline="The ferry is back", published_at=at - timedelta(minutes=5))
    edition = editions.compose(editions.today(at), editions.since_last(until=at), at=at)
    assert edition is not None
    return edition


@pytest.mark.parametrize(
    ("group", "seen"),
    [
        ("", set()),
        ("Writer", set()),
        ("Fundraiser", set()),
        ("Editor", {"notice", "edition", "delivery"}),
        ("Administrator", {"notice", "edition", "delivery", "subscriber"}),
    ],
)
def test_each_group_sees_its_lists_and_no_other(group, seen):
    client = as_(group)
    answers = {name: client.get(path, follow=True).status_code for name, path in LISTS.items()}
    assert answers == {name: 200 if name in seen else 403 for name in LISTS}
    assert client.get(NEXT).status_code == (200 if "edition" in seen else 403)


def test_a_stranger_is_asked_to_sign_in(client):
    for path in (*LISTS.values(), NEXT):
        assert client.get(path)["Location"] == f"/admin/login/?next={path}"


def test_the_list_of_the_sign_up_block_is_its_form():
    editor = as_("Editor")
    assert editor.get(LISTS["notice"])["Location"] == "/admin/digest/notice/1/change/"
    editor.post("/admin/digest/notice/1/change/", {"title": "Daily", "pitch": "One mail.", "button": "Join"})
    assert str(Notice.objects.get()) == "Daily"


@pytest.mark.parametrize("path", ["/admin/digest/notice/add/", "/admin/digest/notice/1/delete/"])
def test_the_sign_up_block_is_one_row(path):
    assert as_("Administrator").get(path).status_code == 403


@pytest.mark.parametrize("name", ["subscriber", "edition", "delivery"])
def test_nobody_adds_rows_by_hand(name):
    assert as_("Administrator").get(f"{LISTS[name]}add/").status_code == 403


def test_subscribers_are_found_by_address():
    make_subscriber("ana@example.org")
    make_subscriber("ben@example.org")
    response = as_("Administrator").get(LISTS["subscriber"], {"q": "ana"})
    assert cells(response, "status") == ["Confirmed"]
    assert b"ana@example.org" in response.content


def test_the_filter_counts_subscribers():
    for status in ("confirmed", "confirmed", "pending"):
        make_subscriber(status=status)
    page = tree(as_("Administrator").get(LISTS["subscriber"]).content)
    shown = [" ".join(link.text_content().split()) for link in page.xpath('//*[@id="changelist-filter"]//a')]
    assert {"Confirmed (2)", "Not confirmed yet (1)", "Unsubscribed (0)"} <= set(shown)


def test_a_subscribers_state_is_read_only():
    reader = make_subscriber()
    client, path = as_("Administrator"), f"{LISTS['subscriber']}{reader.pk}/change/"
    assert not tree(client.get(path)).xpath('//input[@name="email" or @name="status"]')
    assert client.post(path, {"email": "eve@example.org", "status": "pending"}).status_code == 403
    assert str(Subscriber.objects.get()) == reader.email


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        ("unsubscribe", "unsubscribed", "2 readers no longer get the digest."),
        ("mark_bounced", "bounced", "2 readers are marked as refusing mail."),
        ("mark_complained", "complained", "2 readers will never be mailed again."),
        ("welcome_back", "confirmed", "2 readers can sign up again."),
    ],
)
def test_an_administrator_changes_states_by_verbs(action, status, said):
    readers = [make_subscriber(), make_subscriber()]
    response = act(as_("Administrator"), "subscriber", action, *readers)
    assert sentences(response) == [said]
    assert set(Subscriber.objects.values_list("status", flat=True)) == {status}


@pytest.mark.parametrize("action", ["unsubscribe", "mark_bounced", "mark_complained", "welcome_back", "delete_selected"])
@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser"])
def test_others_change_no_subscriber(group, action):
    reader = make_subscriber()
    assert act(as_(group), "subscriber", action, reader, post="yes").status_code == 403
    assert Subscriber.objects.get().status == "confirmed"


def make_readers(number: int) -> list[Subscriber]:
    return [make_subscriber() for _ in range(number)]


@pytest.fixture
def _small_numbers(monkeypatch):
    """As if lists counted to five and worked on two rows at a time."""
    monkeypatch.setattr("newsroom.lists.MOST_COUNTED", 5)
    monkeypatch.setattr("digest.admin.MOST_COUNTED", 5)
    monkeypatch.setattr("digest.admin.BATCH", 2)
    monkeypatch.setattr("digest.admin.ERASED_AT_ONCE", 2)


ALL = {"select_across": "1"}


@pytest.mark.usefixtures("_small_numbers")
@pytest.mark.parametrize("name", ["subscriber", "edition", "delivery"])
def test_lists_count_no_further_than_anybody_pages(name):
    for number in range(7):
        make_edition(f"reader{number}", at=NOON + number * timedelta(days=1))
    assert as_("Administrator").get(LISTS[name]).context["cl"].result_count == 5


@pytest.mark.usefixtures("_small_numbers")
def test_all_is_done_for_as_many_as_the_list_counts_and_the_rest_is_told_of():
    readers = make_readers(7)
    client, filtered = as_("Administrator"), f"{LISTS['subscriber']}?status__exact=confirmed"
    chosen = {"action": "unsubscribe", "_selected_action": [readers[0].pk]} | ALL
    first = client.post(filtered, chosen, follow=True)
    assert sentences(first) == [
        "These were the first 5. For the others, choose all again in a list of those still to do.",
        "5 readers no longer get the digest.",
    ]
    assert Subscriber.objects.filter(status="confirmed").count() == 2
    assert sentences(client.post(filtered, chosen, follow=True)) == ["2 readers no longer get the digest."]
    assert not Subscriber.objects.filter(status="confirmed").exists()


@pytest.mark.usefixtures("_small_numbers")
def test_all_copies_are_sent_again_batch_by_batch(run_jobs):
    edition = make_edition(*(f"reader{number}" for number in range(5)))
    edition.deliveries.update(status="unknown", settled_at=NOON, claimed_at=NOON)
    response = act(as_("Administrator"), "delivery", "send_again", edition.deliveries.first(), **ALL)
    assert sentences(response) == ["5 will be sent again."]
    run_jobs()
    assert edition.deliveries.tally() == {"accepted": 5}


@pytest.mark.usefixtures("_small_numbers")
def test_nobody_erases_the_whole_list_by_two_clicks():
    readers = make_readers(3)
    response = act(as_("Administrator"), "subscriber", "delete_selected", readers[0], post="yes", **ALL)
    assert sentences(response) == ["Nobody was erased: choose at most 2 at a time."]
    assert Subscriber.objects.count() == 3


def test_nobody_has_a_test_of_every_edition_sent(run_jobs):
    made = [make_edition(at=NOON + day * timedelta(days=1)) for day in range(6)]
    response = act(as_("Editor"), "edition", "send_test", *made)
    assert sentences(response) == ["No test was sent: choose at most 5 editions."]
    assert run_jobs() == []


@pytest.mark.parametrize("by_page", [True, False])
def test_erasing_who_complained_leaves_them_in_peace(run_jobs, by_page):
    reader = make_subscriber("ana@example.org", status="complained")
    client = as_("Administrator")
    if by_page:
        client.post(f"{LISTS['subscriber']}{reader.pk}/delete/", {"post": "yes"})
    else:
        act(client, "subscriber", "delete_selected", reader, post="yes")
    assert not Subscriber.objects.exists()
    client.post("/digest/", {"email": "ana@example.org"})
    run_jobs()
    assert mail.outbox == []


def test_erasing_leaves_the_address_nowhere():
    reader = make_subscriber("ana@example.org")
    client = as_("Administrator")
    act(client, "subscriber", "unsubscribe", reader)
    act(client, "subscriber", "delete_selected", reader, post="yes")
    assert not Subscriber.objects.exists()
    logged = [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all()]
    assert len(logged) == 2
    assert not any("ana" in entry for entry in logged)


def test_editions_show_their_figures_while_they_are_sent_and_after():
    edition = make_edition("ana", "ben")
    editor = as_("Editor")
    assert cells(editor.get(LISTS["edition"]), "readers") == ["2 readers: 0 accepted, 0 refused, 0 unknown, 2 still due"]
    delivery.send(edition)
    assert cells(editor.get(LISTS["edition"]), "readers") == ["2 readers: 2 accepted, 0 refused, 0 unknown"]
    page = editor.get(f"{LISTS['edition']}{edition.pk}/change/").content.decode()
    assert "2 readers: 2 accepted" in page
    assert "The ferry is back" in page


@pytest.mark.parametrize("finished", [True, False])
def test_the_list_of_editions_costs_the_same_for_one_and_for_three(django_assert_num_queries, finished):
    editor = as_("Editor")
    for number in (1, 2, 3):
        make_edition(f"reader{number}", at=NOON + number * timedelta(days=1))
        if finished:
            Edition.objects.update(finished_at=NOON, outcome={"accepted": 1})
        if number in (1, 3):
            with django_assert_num_queries(6):
                assert len(cells(editor.get(LISTS["edition"]), "readers")) == number


def test_the_list_of_deliveries_costs_the_same_for_one_and_for_three(django_assert_num_queries):
    administrator = as_("Administrator")
    for number, readers in ((1, ["ana"]), (3, ["ben"])):
        make_edition(*readers, at=NOON + number * timedelta(days=1))
        with django_assert_num_queries(6):
            assert len(cells(administrator.get(LISTS["delivery"]), "reader")) == number


def test_the_list_of_subscribers_costs_the_same_for_one_and_for_three(django_assert_num_queries):
    administrator = as_("Administrator")
    for number in (1, 2, 3):
        make_subscriber()
        if number in (1, 3):
            with django_assert_num_queries(8):
                assert len(cells(administrator.get(LISTS["subscriber"]), "status")) == number


def test_editors_see_what_became_of_the_mail_and_not_whose_it_was():
    edition = make_edition("ana")
    edition.deliveries.update(status="refused", settled_at=NOON, problem="550 no such user")
    for group, shown in (("Editor", False), ("Administrator", True)):
        page = as_(group).get(LISTS["delivery"], {"edition__id__exact": edition.pk}).content.decode()
        assert "550 no such user" in page
        assert ("ana@example.org" in page) == shown


def test_an_editor_gets_a_test_of_an_edition(run_jobs):
    edition = make_edition()
    response = act(as_("Editor"), "edition", "send_test", edition)
    assert sentences(response) == [f"A test of {edition} is on its way to staff@example.org."]
    run_jobs()
    assert [(message.to, message.subject) for message in mail.outbox] == [(["staff@example.org"], "[Test] The ferry is back")]


def test_an_editor_gets_a_test_of_the_next_digest(run_jobs):
    make_article(headline="Not out yet", published_at=timezone.now() - timedelta(minutes=5))
    response = as_("Editor").post(NEXT, {"test": ""}, follow=True)
    assert sentences(response) == ["A test of the next digest is on its way to staff@example.org."]
    run_jobs()
    assert [message.subject for message in mail.outbox] == ["[Test] Not out yet"]
    assert not Edition.objects.exists()


def test_without_an_address_there_is_no_test(run_jobs):
    response = act(as_("Editor", email=""), "edition", "send_test", make_edition())
    assert sentences(response) == ["Your account has no e-mail address to send a test to."]
    assert run_jobs() == []


def test_the_next_digest_tells_to_how_many():
    make_subscriber()
    make_article(headline="Not out yet", published_at=timezone.now() - timedelta(minutes=5))
    page = tree(as_("Administrator").get(NEXT).content)
    assert page.xpath("//ol/li/a[contains(@href, 'articles')]/text()") == ["Not out yet"]
    assert page.xpath("//button[@name='send']/text()") == ["Send it now to 1 reader"]
    assert not tree(as_("Editor").get(NEXT)).xpath("//button[@name='send']")


def test_an_administrator_sends_it_now(run_jobs):
    make_subscriber("ana@example.org")
    make_article(headline="The ferry is back", published_at=timezone.now() - timedelta(minutes=5))
    administrator = as_("Administrator")
    (said,) = sentences(administrator.post(NEXT, {"send": ""}, follow=True))
    assert said == f"{Edition.objects.get()} is on its way to 1 reader. Reload this page to see how far it is."
    administrator.post(NEXT, {"send": ""})
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_with_nobody_to_send_it_to_that_is_said():
    make_article(published_at=timezone.now() - timedelta(minutes=5))
    response = as_("Administrator").post(NEXT, {"send": ""}, follow=True)
    assert sentences(response) == ["Nothing new was sent: there is no reader."]
    assert not Edition.objects.exists()


def test_nothing_to_send_is_said():
    make_subscriber()
    response = as_("Administrator").post(NEXT, {"send": ""}, follow=True)
    assert sentences(response) == ["Nothing new was sent: no article waits for an edition."]


@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser"])
def test_others_send_nothing(run_jobs, group):
    make_subscriber()
    make_article(published_at=timezone.now() - timedelta(minutes=5))
    assert as_(group).post(NEXT, {"send": ""}).status_code == 403
    assert (run_jobs(), Edition.objects.count()) == ([], 0)


def test_an_administrator_has_the_unknown_sent_again(run_jobs):
    edition = make_edition("ana", "ben")
    ana, ben = edition.deliveries.all()
    edition.deliveries.filter(pk=ana.pk).update(status="unknown", settled_at=NOON, claimed_at=NOON)
    edition.deliveries.filter(pk=ben.pk).update(status="accepted", settled_at=NOON)
    (said,) = sentences(act(as_("Administrator"), "delivery", "send_again", ana, ben))
    assert said.startswith("1 will be sent again. 1 left as they are")
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_an_editor_has_nothing_sent_again(run_jobs):
    edition = make_edition("ana")
    edition.deliveries.update(status="unknown", settled_at=NOON, claimed_at=NOON)
    act(as_("Editor"), "delivery", "send_again", edition.deliveries.get())
    assert (run_jobs(), Delivery.objects.get().status) == ([], "unknown")


@pytest.mark.parametrize("name", ["edition", "delivery"])
def test_nobody_deletes_what_was_sent(name):
    edition = make_edition("ana")
    row = edition if name == "edition" else edition.deliveries.get()
    assert as_("Administrator").post(f"{LISTS[name]}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Delivery.objects.count() == 1
