"""The audit log on the desk."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from newsroom import audit
from newsroom.models import AuditEntry
from tests.articles.forms import tree
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/newsroom/auditentry/"


@pytest.fixture
def administrator() -> Client:
    return signed_in("Administrator")


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def recorded(deed: str = audit.LOOKED, subject: str = "campaigns.donor 12", by: User | None = None) -> AuditEntry:
    audit.record(by, deed, subject)
    return AuditEntry.objects.latest("pk")


def subjects(client: Client, **query: str) -> list[str]:
    page = tree(client.get(LIST, query))
    return ["".join(cell.itertext()) for cell in page.iter("td") if cell.get("class") == "field-about"]


def test_administrators_read_who_did_what(administrator):
    recorded(by=make_user(username="grace"))
    page = administrator.get(LIST).content.decode()
    for words in ("grace", "looked at", "campaigns.donor 12", 'href="/admin/campaigns/donor/12/change/"'):
        assert words in page


@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser"])
def test_others_do_not_read_it(group):
    entry = recorded()
    client = signed_in(group)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{entry.pk}/change/").status_code == 403


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("root", [False, True])
def test_nobody_adds_changes_or_deletes(administrator, root):
    entry = recorded()
    if root:
        administrator.force_login(make_user(is_superuser=True))
    assert administrator.get(f"{LIST}add/").status_code == 403
    assert administrator.post(f"{LIST}{entry.pk}/change/", {"deed": "nothing"}).status_code == 403
    assert administrator.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    administrator.post(LIST, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})
    assert AuditEntry.objects.get(pk=entry.pk).deed == audit.LOOKED


def test_it_is_searched_by_how_a_subject_begins(administrator):
    for subject in ("campaigns.donor 1", "campaigns.donor 12", "campaigns.donation 1"):
        recorded(subject=subject)
    assert subjects(administrator, q="campaigns.donor ") == ["campaigns.donor 12", "campaigns.donor 1"]
    assert subjects(administrator, q="campaigns.donation 1") == ["campaigns.donation 1"]
    assert subjects(administrator, q="donor") == []
    assert subjects(administrator, q="%") == []


def test_it_is_narrowed_by_deed_and_by_person(administrator):
    grace = make_user(username="grace")
    recorded(subject="one", by=grace)
    recorded(deed="saw to", subject="two")
    recorded(deed=audit.EXPORTED, subject="three", by=grace)
    assert subjects(administrator, deed="saw to") == ["two"]
    assert subjects(administrator, person=str(grace.pk)) == ["three", "one"]
    assert subjects(administrator, person="none") == ["two"]
    assert subjects(administrator, person=str(grace.pk), deed=audit.EXPORTED) == ["three"]


@pytest.mark.parametrize(
    "query", [{"person": "x"}, {"person": "9" * 40}, {"deed": "\0"}, {"q": "\0'"}, {"p": "x"}, {"o": "1.2.3"}]
)
def test_strange_questions_are_answered(administrator, query):
    recorded()
    assert administrator.get(LIST, query).status_code in {200, 302}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_at_one_entry_and_at_three(administrator, django_assert_num_queries, number):
    for _ in range(number):
        recorded(by=make_user())
    with django_assert_num_queries(8):
        administrator.get(LIST)


def test_a_subject_without_a_page_is_told_as_it_is(administrator):
    for subject in ("campaigns.instalment 1", "nothing.like 1", "campaigns.donor x", "the books"):
        recorded(subject=subject)
    assert subjects(administrator) == ["the books", "campaigns.donor x", "nothing.like 1", "campaigns.instalment 1"]
    table = administrator.get(LIST).content.decode().partition("result_list")[2].partition("</table>")[0]
    assert "nothing.like 1" in table
    assert 'href="/admin/campaigns/' not in table
