"""The desk of the ways to give."""

import pytest
from django.test import Client

from campaigns import ways
from campaigns.models import Way
from newsroom.models import AuditEntry
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
FORM = {"is_offered": "on", "position": "5", "label": "", "hint": "", "fee_rate": "0", "fee_fixed": "", "least": "", "most": ""}


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def a_way(name: str = "sandbox") -> Way:
    ways.add_rows()
    return Way.objects.get(processor=name)


def change(client: Client, way: Way, **fields: str) -> Way:
    response = client.post(f"/admin/campaigns/way/{way.pk}/change/", FORM | fields)
    assert response.status_code == 302, response.content.decode()
    return Way.objects.get(pk=way.pk)


def errors(client: Client, way: Way, **fields: str) -> str:
    response = client.post(f"/admin/campaigns/way/{way.pk}/change/", FORM | fields)
    assert response.status_code == 200
    return response.content.decode()


def test_every_configured_way_is_listed_with_its_state_and_keys(fundraiser):
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    page = fundraiser.get("/admin/campaigns/way/").content.decode()
    assert "Card (pretended)" in page
    assert "Cheque or bank transfer" in page
    assert "Does not work since 23 November 2026" in page
    assert page.count("Complete") == 2


def test_a_way_whose_keys_are_missing_says_which(fundraiser, settings):
    settings.PROCESSORS = settings.PROCESSORS | {"keyless": ("tests.campaigns.doubles.Keyless", {})}
    assert "Missing: BANK_KEY" in fundraiser.get("/admin/campaigns/way/").content.decode()
    assert "keyless" not in [offer.name for offer in ways.offered("EUR")]


def test_the_list_costs_the_same_at_two_ways_and_at_four(fundraiser, settings, django_assert_num_queries):
    a_way()
    with django_assert_num_queries(7):
        fundraiser.get("/admin/campaigns/way/")
    settings.PROCESSORS = settings.PROCESSORS | dict.fromkeys(("second", "third"), settings.PROCESSORS["sandbox"])
    with django_assert_num_queries(7):
        fundraiser.get("/admin/campaigns/way/")


def test_fees_and_limits_are_typed_as_people_write_them(fundraiser):
    sums = {"fee_fixed": "EUR 0.25, USD 0.30; JPY 40", "least": "EUR 5", "most": "eur 10,000"}
    way = change(fundraiser, a_way(), fee_rate="2.9", **sums)
    assert (way.fee_rate, way.fee_fixed) == (290, {"EUR": 25, "USD": 30, "JPY": 40})
    assert (way.least, way.most) == ({"EUR": 500}, {"EUR": 1000000})
    page = fundraiser.get(f"/admin/campaigns/way/{way.pk}/change/").content.decode()
    assert 'value="EUR 0.25, JPY 40, USD 0.30"' in page
    assert 'value="2.9"' in page
    assert AuditEntry.objects.filter(deed="changed", subject=f"campaigns.way {way.pk}").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("fee_fixed", "0.25", "One sum for each currency"),
        ("fee_fixed", "EUR 0.25, EUR 0.30", "One sum for each currency"),
        ("fee_fixed", "EUR 0.255", "cannot be read"),
        ("fee_fixed", "XAU 1", "cannot be read"),
        ("fee_rate", "-1", "greater than or equal to 0"),
        ("fee_rate", "NaN", "Enter a number"),
        ("most", "EUR 4", "smaller than the smallest"),
    ],
)
def test_what_cannot_be_meant_has_a_plain_sentence(fundraiser, field, typed, sentence):
    way = a_way()
    assert sentence in errors(fundraiser, way, **{"least": "EUR 5"} | {field: typed})
    assert Way.objects.get(pk=way.pk).fee_fixed == {}


def test_saving_a_way_does_not_mend_its_circuit(fundraiser):
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    assert change(fundraiser, a_way(), label="Card").opened_at == NOON


@pytest.mark.parametrize(("deed", "names"), [("stop", ["offline"]), ("resume", ["sandbox", "offline"])])
def test_a_way_is_stopped_and_used_again_by_a_button(fundraiser, deed, names):
    way = a_way()
    if deed == "resume":
        ways.stop("sandbox", by=None, at=NOON)
    fundraiser.post(f"/admin/campaigns/way/{way.pk}/act/", {"deed": deed})
    assert [offer.name for offer in ways.offered("EUR")] == names


def test_a_broken_way_is_asked_by_a_button(fundraiser, settings):
    way = a_way()
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    fundraiser.post(f"/admin/campaigns/way/{way.pk}/act/", {"deed": "probe"})
    assert Way.objects.get(pk=way.pk).opened_at is None
    settings.PROCESSORS = settings.PROCESSORS | {"sandbox": ("tests.campaigns.doubles.DownToProbes", {})}
    page = fundraiser.post(f"/admin/campaigns/way/{way.pk}/act/", {"deed": "probe"}, follow=True).content.decode()
    assert "It does not work: Still closed." in page


def test_a_get_does_nothing(fundraiser):
    way = a_way()
    fundraiser.get(f"/admin/campaigns/way/{way.pk}/act/?deed=stop")
    assert Way.objects.get(pk=way.pk).stopped_at is None


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_strangers_are_refused(group):
    way, client = a_way(), signed_in(group)
    for address in ["", f"{way.pk}/change/"]:
        assert client.get(f"/admin/campaigns/way/{address}").status_code == 403
    assert client.post(f"/admin/campaigns/way/{way.pk}/act/", {"deed": "stop"}).status_code == 403
    assert client.post(f"/admin/campaigns/way/{way.pk}/change/", FORM).status_code == 403
    assert Way.objects.get(pk=way.pk).stopped_at is None
